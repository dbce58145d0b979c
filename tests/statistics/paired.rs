//! Paired comparisons.

use super::close;
use flagfall::statistics::{Interval, Paired, StatisticsError, Tally};
use proptest::prelude::*;

fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 2..40)
}

fn paired_of(pairs: &[(f64, f64)]) -> Paired {
    let (first, second): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    Paired::of(&first, &second).unwrap()
}

proptest! {
    #[test]
    fn the_interval_is_that_of_the_differences(pairs in pairs()) {
        let paired = paired_of(&pairs);
        let differences: Vec<f64> = pairs.iter().map(|(one, other)| one - other).collect();
        let differences = Tally::of(&differences).unwrap();
        prop_assert_eq!(paired.interval(0.95), Interval::of(&differences, 0.95));
        // The other way round, it is mirrored.
        let turned: Vec<(f64, f64)> = pairs.iter().map(|(one, other)| (*other, *one)).collect();
        let turned = paired_of(&turned).interval(0.95).unwrap();
        let interval = paired.interval(0.95).unwrap();
        prop_assert_eq!((turned.mean, turned.half_width), (-interval.mean, interval.half_width));
    }

    #[test]
    fn correlation_is_that_of_the_definition(pairs in pairs()) {
        let paired = paired_of(&pairs);
        let (one, other) = (paired.first().mean().unwrap(), paired.second().mean().unwrap());
        let product: f64 = pairs.iter().map(|(x, y)| (x - one) * (y - other)).sum();
        let squares = |values: Vec<f64>| values.iter().map(|by| by * by).sum::<f64>();
        let across = squares(pairs.iter().map(|(x, _)| x - one).collect());
        let up = squares(pairs.iter().map(|(_, y)| y - other).collect());
        let truth = product / (across * up).sqrt();
        prop_assert!((paired.correlation().unwrap() - truth).abs() < 1e-9);
        // Var(X - Y) = Var X + Var Y - 2 Cov.
        let ratio = 1.0 - 2.0 * product / (across + up);
        prop_assert!((paired.variance_ratio().unwrap() - ratio).abs() < 1e-9);
    }

    #[test]
    fn parts_merge_into_the_whole(pairs in pairs(), cut in 0..40_usize) {
        let (head, tail) = pairs.split_at(cut.min(pairs.len()));
        let (whole, mut merged) = (paired_of(&pairs), paired_of(head));
        merged.merge(&paired_of(tail));
        prop_assert_eq!(merged.difference().count(), whole.difference().count());
        prop_assert!(close(
            merged.difference().variance().unwrap(),
            whole.difference().variance().unwrap(),
            1e-11,
        ));
    }
}

#[test]
fn the_inventory_of_law_and_kelton() {
    // Third edition, section 10.2.1: mean 4.98, variance of the mean 2.44, and the 90 %
    // interval from 1.65 to 8.31.
    let one = [126.97, 124.31, 126.68, 122.66, 127.23];
    let other = [118.21, 120.22, 122.45, 122.68, 119.40];
    let paired = Paired::of(&one, &other).unwrap();
    let difference = paired.difference();
    let variance = difference.variance().unwrap() / 5.0;
    assert_eq!(format!("{:.2} {variance:.2}", difference.mean().unwrap()), "4.98 2.44");
    let interval = paired.interval(0.90).unwrap();
    assert_eq!(format!("{:.2} {:.2}", interval.low(), interval.high()), "1.65 8.31");
}

#[test]
fn common_random_numbers_show_in_the_ratio() {
    let common: Vec<(f64, f64)> =
        (0..100).map(|at| f64::from(at * 37 % 100)).map(|by| (10.0 + by, 12.0 + by)).collect();
    let paired = paired_of(&common);
    assert_eq!((paired.variance_ratio(), paired.correlation()), (Some(0.0), Some(1.0)));
    assert_eq!(paired.interval(0.95).unwrap().mean, -2.0);
    let against: Vec<(f64, f64)> = common.iter().map(|(one, other)| (*one, -other)).collect();
    let paired = paired_of(&against);
    assert!(close(paired.variance_ratio().unwrap(), 2.0, 1e-12));
    assert!(close(paired.correlation().unwrap(), -1.0, 1e-12));
}

#[test]
fn what_makes_no_pair_is_refused() {
    let refused = Paired::of(&[1.0], &[1.0, 2.0]);
    assert_eq!(refused, Err(StatisticsError::DifferentLengths { one: 1, other: 2 }));
    let mut paired = Paired::of(&[1.0, 2.0], &[1.0, 5.0]).unwrap();
    let before = paired;
    assert!(paired.add(f64::NAN, 1.0).is_err());
    assert!(paired.add(1.0, f64::INFINITY).is_err());
    assert!(paired.add(9e139, -9e139).is_err(), "their difference is too large");
    assert_eq!(paired, before);
    let flat = Paired::of(&[1.0, 1.0], &[2.0, 2.0]).unwrap();
    assert_eq!((flat.correlation(), flat.variance_ratio()), (None, None));
    assert!(Paired::new().interval(0.9).is_err());
}
