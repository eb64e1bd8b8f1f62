//! The chances of each technology to end up first, read off its score, and how much an answer would tell about them.

use super::standing::{Board, Order, Rank};

/// How many points of score change the chances by a factor of e. Sampled interviews end well for anything from 2 to 4.
const POINTS: f64 = 3.0;
/// One more target served is worth more than any score.
const TARGET: f64 = 40.0;

/// The chances of each technology on these boards; they add up to 1, or to 0 when nothing fits.
pub(super) fn chances(boards: &[Board]) -> Vec<f64> {
    let count = boards.first().map_or(0, |board| board.standings.len());
    let order = Order::of(boards);
    let values: Vec<Option<f64>> = (0..count).map(|index| value(order.rank(boards, index))).collect();
    let best = values.iter().flatten().copied().fold(f64::MIN, f64::max);
    let odds = |value: Option<f64>| value.map_or(0.0, |value| ((value - best) / POINTS).exp());
    let odds: Vec<f64> = values.into_iter().map(odds).collect();
    let all: f64 = odds.iter().sum();
    odds.into_iter().map(|odds| if all > 0.0 { odds / all } else { 0.0 }).collect()
}

fn value(rank: Option<Rank>) -> Option<f64> {
    let rank = rank?;
    let targets = u32::try_from(rank.served).ok()?;
    let behind = if rank.is_put_back() { TARGET } else { 0.0 };
    Some(f64::from(rank.score) + TARGET * f64::from(targets) - behind)
}

/// How much answers tell about what comes first, in nats: the Jensen-Shannon divergence of the chances after each answer,
/// weighted by how probable that answer is. 0 when all answers leave the same chances.
pub(super) fn divergence(answers: &[(f64, Vec<f64>)]) -> f64 {
    let count = answers.first().map_or(0, |(_, chances)| chances.len());
    let mixed: Vec<f64> =
        (0..count).map(|index| answers.iter().map(|(share, chances)| share * chances[index]).sum()).collect();
    let told = |chances: &[f64]| -> f64 {
        let pairs = chances.iter().zip(&mixed).filter(|(chance, _)| **chance > 0.0);
        pairs.map(|(chance, mixed)| chance * (chance / mixed).ln()).sum()
    };
    answers.iter().map(|(share, chances)| share * told(chances)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_leave_the_same_chances_tell_nothing() {
        assert!(divergence(&[(0.5, vec![0.7, 0.3]), (0.5, vec![0.7, 0.3])]).abs() < 1e-12);
    }

    #[test]
    fn an_answer_that_decides_tells_more_than_one_that_only_shifts() {
        let decides = divergence(&[(0.5, vec![1.0, 0.0]), (0.5, vec![0.0, 1.0])]);
        let shifts = divergence(&[(0.5, vec![0.6, 0.4]), (0.5, vec![0.4, 0.6])]);
        assert!((decides - 2_f64.ln()).abs() < 1e-12 && shifts > 0.0 && shifts < decides);
    }
}
