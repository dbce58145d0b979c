//! Whether a mean lies on the wanted side of a limit.

use flagfall::statistics::{Answer, Bounds, Estimate, Relation, StatisticsError, Tally, Threshold};
use proptest::prelude::*;

fn below(limit: f64) -> Threshold {
    Threshold { relation: Relation::Below, limit }
}

/// Numbers around that mean.
fn numbers(mean: f64, count: usize) -> Tally {
    let values: Vec<f64> = (0..count).map(|at| mean + (at % 5) as f64 - 2.0).collect();
    Tally::of(&values).unwrap()
}

#[test]
fn the_interval_decides() {
    let estimate = Estimate::of(&numbers(10.0, 50), 0.95).unwrap();
    let (low, high) = (estimate.low().unwrap(), estimate.high().unwrap());
    let answer = |relation, limit| Threshold { relation, limit }.answer(&estimate);
    for (relation, limit, wanted) in [
        (Relation::Below, 11.0, Answer::Yes),
        (Relation::Below, 9.0, Answer::No),
        (Relation::Below, 10.0, Answer::Undecided),
        (Relation::Above, 9.0, Answer::Yes),
        (Relation::Above, 11.0, Answer::No),
        // An end that is the limit counts for <= and >= alone.
        (Relation::Below, high, Answer::Undecided),
        (Relation::AtMost, high, Answer::Yes),
        (Relation::AtMost, low, Answer::Undecided),
        (Relation::Below, low, Answer::No),
        (Relation::AtLeast, low, Answer::Yes),
        (Relation::Above, low, Answer::Undecided),
        (Relation::Above, high, Answer::No),
    ] {
        assert_eq!(answer(relation, limit), wanted, "{relation} {limit}");
    }
}

#[test]
fn equal_numbers_decide_from_three_hundred_on() {
    let of = |count: usize| Estimate::of(&Tally::of(&vec![5.0; count]).unwrap(), 0.95).unwrap();
    let at_most = Threshold { relation: Relation::AtMost, limit: 5.0 };
    assert_eq!(at_most.answer(&of(299)), Answer::Undecided);
    assert_eq!(at_most.replications_needed(&of(299)), Ok(300));
    assert_eq!(at_most.answer(&of(300)), Answer::Yes);
    assert_eq!(below(5.0).answer(&of(300)), Answer::No);
    let one = StatisticsError::TooFew { needed: 2, got: 1 };
    assert_eq!(below(6.0).replications_needed(&of(1)), Err(one));
}

#[test]
fn of_shares_it_is_the_interval_of_clopper_and_pearson() {
    // By the rule of three, an event that never happened takes about 184 runs to be below 2 %:
    // 1 - 0.025^(1/183) = 0.01996.
    let never = |count| Estimate::of_yes_no(0, count, 0.95).unwrap();
    assert_eq!(below(0.02).answer(&never(100)), Answer::Undecided);
    assert_eq!(below(0.02).replications_needed(&never(100)), Ok(183));
    assert_eq!(below(0.02).answer(&never(182)), Answer::Undecided);
    assert_eq!(below(0.02).answer(&never(183)), Answer::Yes);
    // Near the limit, it is about z² p (1 - p) / d², here 1.96² · 0.0196 · 0.9804 / 0.0004².
    let near = Estimate::of_yes_no(196, 10_000, 0.95).unwrap();
    let needed = below(0.02).replications_needed(&near).unwrap();
    assert!((455_000..470_000).contains(&needed), "{needed}");
    let at = Estimate::of_yes_no(20, 1_000, 0.95).unwrap();
    assert_eq!(below(0.02).replications_needed(&at), Err(StatisticsError::OutOfReach));
}

proptest! {
    #[test]
    fn so_many_decide_and_one_less_does_not(gap in 0.05..1.5_f64, count in 3..40_usize) {
        let tally = numbers(10.0, count);
        let estimate = Estimate::of(&tally, 0.9).unwrap();
        let limit = estimate.mean + gap;
        let needed = below(limit).replications_needed(&estimate).unwrap();
        let variance = tally.variance().unwrap();
        let with = |count| {
            let then = Estimate::from_moments(count, estimate.mean, variance, 0.9).unwrap();
            below(limit).answer(&then)
        };
        prop_assert!(needed >= count as u64);
        prop_assert_eq!(with(needed.max(2)), Answer::Yes);
        if needed > count as u64 && needed > 2 {
            prop_assert_eq!(with(needed - 1), Answer::Undecided);
        }
    }

    #[test]
    fn moments_give_the_estimate_of_the_numbers(values in prop::collection::vec(-1e3..1e3_f64, 1..30)) {
        let tally = Tally::of(&values).unwrap();
        let (count, mean) = (tally.count(), tally.mean().unwrap());
        let of = Estimate::from_moments(count, mean, tally.variance().unwrap_or(0.0), 0.95).unwrap();
        let truth = Estimate::of(&tally, 0.95).unwrap();
        prop_assert_eq!((of.mean, of.count), (truth.mean, truth.count));
        match (of.bounds, truth.bounds) {
            (Bounds::Student { half_width: one }, Bounds::Student { half_width: other }) => {
                prop_assert!((one - other).abs() <= 1e-12 * other);
            }
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}
