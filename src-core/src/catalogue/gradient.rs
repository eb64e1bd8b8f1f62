//! The gradient as data: what stands on each rung, what a rung brings first, and how each technology stands in a ranking.
//!
//! Every front end draws the same picture from it; signs, colours and room are its own business.

use serde::Serialize;

use super::{Entry, Layer, Level, level_of, levels};

/// The level that is no rung: what it names carries artifacts of the others.
const DELIVERY: &str = "delivery";

/// Ranks that stand out.
pub const FRONT: usize = 3;

/// How a technology stands in a ranking. The first come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Among the first, from 1.
    Front(usize),
    /// It fits.
    Possible,
    /// It does not.
    Out,
}

/// One technology with its standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// Its id.
    pub technology: &'static str,
    /// How it stands; possible where nothing is ranked.
    pub standing: Standing,
}

/// One rung, or what stands beside all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// The level, by id.
    pub level: &'static str,
    /// What it is called in short.
    pub name: &'static str,
    /// Its number from 1, the lightest first; `None` for what carries artifacts of any rung.
    pub number: Option<usize>,
    /// The layer that artifacts of this rung bring, and those of no rung before.
    pub brings_first: Option<Layer>,
    /// What stands on it: the front-runners first, what is ruled out last, each in the order of the catalogue.
    pub technologies: Vec<Placed>,
}

/// What the catalogue alone says of each level. Made once: for every frame it would cost more than all else.
#[derive(Debug)]
pub struct Gradient(Vec<Shelf>);

#[derive(Debug)]
struct Shelf {
    level: &'static Level,
    number: Option<usize>,
    brings_first: Option<Layer>,
    members: Vec<&'static Entry>,
}

impl Level {
    /// Whether it is a step of the gradient, and does not stand beside it.
    pub fn is_rung(&self) -> bool {
        self.id != DELIVERY
    }

    /// Its number from 1; `None` where it is no rung.
    pub fn number(&self) -> Option<usize> {
        levels().iter().filter(|level| level.is_rung()).position(|level| level.id == self.id).map(|index| index + 1)
    }
}

impl Gradient {
    /// The gradient of these technologies.
    pub fn of(entries: &[&'static Entry]) -> Self {
        let mut brought = vec![Layer::Dependencies];
        let shelves = levels().iter().map(|level| {
            let on_it = |entry: &&&Entry| level_of(&entry.id).is_some_and(|of| of.id == level.id);
            let members: Vec<&'static Entry> = entries.iter().filter(on_it).copied().collect();
            let bring = |layer: Layer| members.iter().filter(|entry| entry.brings.contains(&layer)).count();
            let is_new = |layer: &Layer| !brought.contains(layer) && bring(*layer) * 2 > members.len();
            let new: Vec<Layer> = Layer::ALL.into_iter().filter(is_new).collect();
            let number = level.number();
            let brings_first = number.and(new.first().copied());
            brought.extend(new.into_iter().filter(|_| number.is_some()));
            Shelf { level, number, brings_first, members }
        });
        Self(shelves.collect())
    }

    /// The number of a technology's rung, from 1. What carries artifacts of any rung counts as the last, and so does what
    /// nobody knows.
    pub fn number_of(&self, technology: &str) -> usize {
        let holds = |shelf: &&Shelf| shelf.members.iter().any(|entry| entry.id == technology);
        let last = || self.0.iter().filter_map(|shelf| shelf.number).max().unwrap_or_default();
        self.0.iter().find(holds).and_then(|shelf| shelf.number).unwrap_or_else(last)
    }

    /// Every level with its technologies, as they stand in a ranking of ids, the best first.
    pub fn rungs(&self, ranking: Option<&[&str]>) -> Vec<Rung> {
        let rung = |shelf: &Shelf| {
            let placed =
                |entry: &&'static Entry| Placed { technology: &entry.id, standing: standing(&entry.id, ranking) };
            let mut technologies: Vec<Placed> = shelf.members.iter().map(placed).collect();
            technologies.sort_by_key(|placed| placed.standing);
            Rung {
                level: &shelf.level.id,
                name: &shelf.level.name,
                number: shelf.number,
                brings_first: shelf.brings_first,
                technologies,
            }
        };
        self.0.iter().map(rung).collect()
    }
}

fn standing(technology: &str, ranking: Option<&[&str]>) -> Standing {
    let Some(ranking) = ranking else { return Standing::Possible };
    match ranking.iter().position(|ranked| *ranked == technology) {
        Some(rank) if rank < FRONT => Standing::Front(rank + 1),
        Some(_) => Standing::Possible,
        None => Standing::Out,
    }
}

/// Which part an artifact has in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// It brings the layer.
    Brought,
    /// It brings the layer in part, or when it is installed.
    InPart,
    /// It takes the layer from its target.
    Taken,
    /// It does neither.
    Neither,
}

impl Share {
    /// The part in each layer, from the code down.
    pub fn of(brings: &[Layer], takes: &[Layer]) -> [Self; Layer::ALL.len()] {
        Layer::ALL.map(|layer| match (brings.contains(&layer), takes.contains(&layer)) {
            (true, false) => Self::Brought,
            (true, true) => Self::InPart,
            (false, true) => Self::Taken,
            (false, false) => Self::Neither,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_and_what_is_taken_is_told_for_each_layer() {
        use Share::{Brought, InPart, Neither, Taken};
        let (brings, takes) = ([Layer::Code, Layer::Dependencies], [Layer::Dependencies, Layer::Kernel]);
        assert_eq!(Share::of(&brings, &takes), [Brought, InPart, Neither, Neither, Taken, Neither]);
    }

    #[test]
    fn rungs_are_counted_from_the_lightest_and_delivery_stands_beside_them() {
        let numbers: Vec<_> = levels().iter().map(Level::number).collect();
        let rungs = numbers.len() - 1;
        assert_eq!(numbers[..rungs], (1..=rungs).map(Some).collect::<Vec<_>>());
        assert_eq!((numbers[rungs], levels()[rungs].is_rung()), (None, false));
    }

    #[test]
    fn nothing_is_ruled_out_where_nothing_is_ranked() {
        assert_eq!(standing("x", None), Standing::Possible);
        let ranking = ["a", "b", "c", "d"];
        let standings = ["a", "c", "d", "x"].map(|id| standing(id, Some(&ranking)));
        assert_eq!(standings, [Standing::Front(1), Standing::Front(3), Standing::Possible, Standing::Out]);
    }
}
