//! Numbers of replications against a search one by one, and the sequential rule.

use flagfall::statistics::{
    Interval, Precision, StatisticsError, StoppingRule, Tally, Verdict, replications_needed,
};
use proptest::prelude::*;

/// The first number, from that of the tally on, whose half-width is small enough.
fn one_by_one(tally: &Tally, widest: f64, level: f64) -> u64 {
    let (mean, variance) = (tally.mean().unwrap(), tally.variance().unwrap());
    let half = |count| Interval::from_moments(count, mean, variance, level).unwrap().half_width;
    (tally.count()..).find(|count| half(*count) <= widest).unwrap()
}

proptest! {
    #[test]
    fn bisection_finds_the_first(
        values in prop::collection::vec(5.0..15.0_f64, 2..20),
        share in 0.03..0.5_f64,
        level in 0.8..0.99_f64,
    ) {
        let tally = Tally::of(&values).unwrap();
        let found = replications_needed(&tally, Precision::Absolute(share * 10.0), level);
        prop_assert_eq!(found, Ok(one_by_one(&tally, share * 10.0, level)));
        // Relative to the true mean: less of the estimate (Law and Kelton's γ').
        let widest = share / (1.0 + share) * tally.mean().unwrap();
        let found = replications_needed(&tally, Precision::Relative(share), level);
        prop_assert_eq!(found, Ok(one_by_one(&tally, widest, level)));
    }

    #[test]
    fn a_rule_stops_where_the_interval_is_narrow_enough(
        values in prop::collection::vec(5.0..15.0_f64, 60),
        share in 0.03..0.3_f64,
    ) {
        let rule = StoppingRule::new(Precision::Relative(share), 0.9).unwrap();
        for count in 0..=values.len() {
            let tally = Tally::of(&values[..count]).unwrap();
            let verdict = rule.verdict(&tally).unwrap();
            if count < 10 {
                prop_assert_eq!(verdict, Verdict::Continue);
                continue;
            }
            let interval = Interval::of(&tally, 0.9).unwrap();
            let narrow = interval.half_width <= share / (1.0 + share) * interval.mean.abs();
            prop_assert_eq!(verdict == Verdict::Stop(interval), narrow);
            prop_assert_eq!(verdict == Verdict::Continue, !narrow);
            prop_assert_eq!(rule.estimate(&tally).unwrap() > count as u64, !narrow);
        }
    }
}

#[test]
fn the_bank_of_law_and_kelton_by_its_printed_moments() {
    // Third edition, section 9.4.1: mean 2.03 and variance 0.31 of 10 days give
    // 16 for a half-width of 0.25 and 27 for 10 %, at 90 %.
    let needed = |widest: f64| {
        let half = |count| Interval::from_moments(count, 2.03, 0.31, 0.90).unwrap().half_width;
        (10..).find(|count| half(*count) <= widest).unwrap()
    };
    assert_eq!(needed(0.25), 16);
    assert_eq!(needed(0.10 / 1.10 * 2.03), 27);
}

#[test]
fn what_no_number_reaches_is_said() {
    let around_zero = Tally::of(&[-1.0, 1.0]).unwrap();
    let relative = Precision::Relative(0.1);
    let refused = replications_needed(&around_zero, relative, 0.9);
    assert_eq!(refused, Err(StatisticsError::OutOfReach));
    let rule = StoppingRule::new(relative, 0.9).unwrap();
    assert_eq!(rule.fewest(2).verdict(&around_zero), Ok(Verdict::Continue));
    assert_eq!(rule.estimate(&around_zero), Err(StatisticsError::OutOfReach));
    let far = replications_needed(&around_zero, Precision::Absolute(1e-9), 0.9);
    assert_eq!(far, Err(StatisticsError::OutOfReach));
    // Without variance there is no interval: the rule of three says how many.
    let same = Tally::of(&[3.0, 3.0]).unwrap();
    assert_eq!(replications_needed(&same, relative, 0.9), Ok(300));
    let many = Tally::of(&[3.0; 400]).unwrap();
    assert_eq!(replications_needed(&many, Precision::Absolute(1.0), 0.9), Ok(400));
    assert_eq!((rule.verdict(&same), rule.estimate(&same)), (Ok(Verdict::Continue), Ok(300)));
    // But what has not varied is not believed so soon.
    assert_eq!(rule.fewest(0).verdict(&same), Ok(Verdict::Continue));
    let same = Tally::of(&[3.0; 300]).unwrap();
    assert!(matches!(rule.fewest(0).verdict(&same), Ok(Verdict::Stop(_))));
}

#[test]
fn precision_and_level_are_checked_at_once() {
    for value in [0.0, -0.1, 1.0, f64::NAN, f64::INFINITY] {
        let refused = StoppingRule::new(Precision::Relative(value), 0.9).unwrap_err();
        assert!(matches!(refused, StatisticsError::Precision { .. }), "{value}");
    }
    for value in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let refused = StoppingRule::new(Precision::Absolute(value), 0.9).unwrap_err();
        assert!(matches!(refused, StatisticsError::Precision { .. }), "{value}");
    }
    let refused = StoppingRule::new(Precision::Absolute(1.0), 1.0).unwrap_err();
    assert_eq!(refused, StatisticsError::Probability { value: 1.0 });
}
