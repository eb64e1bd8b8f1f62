//! The closed set of facts and tags, read once from `catalogue/vocabulary.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::embedded::data;

/// The contract with everybody who writes facts: ids of facts and their tags, technologies by level, families.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    facts: BTreeMap<String, Definition>,
    levels: toml::Table,
    families: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    tags: Vec<String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| data!("catalogue/vocabulary.toml"));

/// Facts in the order of their ids; a [`Fact`] is an index into this list.
static FACTS: LazyLock<Vec<(&'static str, &'static [String])>> = LazyLock::new(|| {
    VOCABULARY.facts.iter().map(|(id, definition)| (id.as_str(), definition.tags.as_slice())).collect()
});

impl Vocabulary {
    /// The vocabulary compiled into this program.
    pub fn get() -> &'static Self {
        &VOCABULARY
    }

    /// Technologies of each level, in gradient order, as `(level, technologies)`.
    pub fn levels(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.levels.iter().map(|(level, list)| {
            let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
            (level.as_str(), list.iter().filter_map(toml::Value::as_str).collect())
        })
    }

    /// Families of technologies that answer the same need.
    pub fn families(&self) -> &BTreeMap<String, Vec<String>> {
        &self.families
    }
}

/// One question the advisor knows, such as `audience`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact(u8);

/// One answer to a fact, such as `end-users`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    fact: Fact,
    bit: u8,
}

/// A set of tags of one fact.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tags(u32);

/// A word that is not in the vocabulary, with the nearest one that is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} `{word}`{}", nearest.as_ref().map(|near| format!("; the nearest known one is `{near}`")).unwrap_or_default())]
pub struct UnknownWord {
    /// What kind of word it was taken for: a fact, or a tag of one.
    pub kind: String,
    /// The word as given.
    pub word: String,
    /// The nearest known word, where one is near.
    pub nearest: Option<String>,
}

impl Fact {
    /// All facts, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FACTS.len()).filter_map(|index| u8::try_from(index).ok()).map(Self)
    }

    /// The fact with this id.
    pub fn named(id: &str) -> Result<Self, UnknownWord> {
        Self::all().find(|fact| fact.id() == id).ok_or_else(|| UnknownWord {
            kind: "fact".into(),
            word: id.into(),
            nearest: nearest(id, Self::all().map(Self::id)),
        })
    }

    /// The id, as the vocabulary spells it.
    pub fn id(self) -> &'static str {
        FACTS[self.0 as usize].0
    }

    /// A dense number below [`Fact::count`], to index tables with.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// How many facts there are.
    pub fn count() -> usize {
        FACTS.len()
    }

    /// Its tags, in the order of the vocabulary.
    pub fn tags(self) -> impl Iterator<Item = Tag> {
        (0..FACTS[self.0 as usize].1.len())
            .filter_map(|bit| u8::try_from(bit).ok())
            .map(move |bit| Tag { fact: self, bit })
    }

    /// Its tag with this id.
    pub fn tag(self, id: &str) -> Result<Tag, UnknownWord> {
        self.tags().find(|tag| tag.id() == id).ok_or_else(|| UnknownWord {
            kind: format!("tag of `{}`", self.id()),
            word: id.into(),
            nearest: nearest(id, self.tags().map(Tag::id)),
        })
    }

    /// Its tags with these ids.
    pub fn tag_set<'a>(self, ids: impl IntoIterator<Item = &'a str>) -> Result<Tags, UnknownWord> {
        ids.into_iter().try_fold(Tags::default(), |set, id| Ok(set.with(self.tag(id)?)))
    }
}

impl Tag {
    /// The fact this tag answers.
    pub fn fact(self) -> Fact {
        self.fact
    }

    /// The id, as the vocabulary spells it.
    pub fn id(self) -> &'static str {
        &FACTS[self.fact.0 as usize].1[self.bit as usize]
    }
}

impl Tags {
    /// This set and one more tag.
    #[must_use]
    pub fn with(self, tag: Tag) -> Self {
        Self(self.0 | 1 << tag.bit)
    }

    /// Tags in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Tags in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Tags of this set that the other lacks.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set holds nothing.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether both sets share a tag.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether every tag of this set is in the other.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether the set holds this tag.
    pub fn has(self, tag: Tag) -> bool {
        self.0 & (1 << tag.bit) != 0
    }

    /// How many tags it holds.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The ids of its tags, in the order of the vocabulary.
    pub fn ids(self, fact: Fact) -> impl Iterator<Item = &'static str> {
        fact.tags().filter(move |tag| self.has(*tag)).map(Tag::id)
    }
}

/// The known word within two typing mistakes, if there is one.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|candidate| (strsim::levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2 || candidate.starts_with(word) && word.len() >= 3)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.fact.id(), self.id())
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#b}", self.0)
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_fits_in_a_bit_set() {
        assert!(Fact::count() > 20);
        for fact in Fact::all() {
            assert!(fact.tags().count() <= 32, "{fact} has too many tags");
            assert_eq!(Fact::named(fact.id()), Ok(fact));
        }
    }

    #[test]
    fn levels_keep_the_order_of_the_gradient() {
        let levels: Vec<&str> = Vocabulary::get().levels().map(|(level, _)| level).collect();
        assert_eq!(levels[0], "source");
        assert_eq!(levels[9], "own-hardware");
        assert_eq!(Vocabulary::get().levels().map(|(_, list)| list.len()).sum::<usize>(), 53);
    }

    #[test]
    fn a_misspelt_word_is_answered_with_the_nearest_one() {
        let error = Fact::named("audiance").unwrap_err();
        assert_eq!(error.to_string(), "there is no fact `audiance`; the nearest known one is `audience`");
        let error = Fact::named("os").unwrap().tag("beos-r5").unwrap_err();
        assert_eq!(error.to_string(), "there is no tag of `os` `beos-r5`");
    }

    #[test]
    fn sets_of_tags_meet_and_nest() {
        let os = Fact::named("os").unwrap();
        let both = os.tag_set(["linux", "windows"]).unwrap();
        let one = os.tag_set(["linux"]).unwrap();
        assert!(one.within(both) && both.meets(one) && !both.within(one));
        assert_eq!(both.ids(os).collect::<Vec<_>>(), ["linux", "windows"]);
    }
}
