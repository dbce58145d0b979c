//! The interval of Clopper and Pearson: right at least as often as its level says.

use flagfall::statistics::{Bounds, Estimate, StatisticsError, Tally};
use proptest::prelude::*;

fn ends(yes: u64, count: u64, level: f64) -> (f64, f64) {
    let estimate = Estimate::of_yes_no(yes, count, level).unwrap();
    (estimate.low().unwrap(), estimate.high().unwrap())
}

#[test]
fn ends_are_those_of_tables() {
    // The sums of the binomial law solved by bisection, in another language.
    for (yes, count, level, low, high) in [
        (0, 10, 0.95, 0.0, 0.308_497_11),
        (1, 10, 0.95, 0.002_528_579, 0.445_016_12),
        (5, 10, 0.95, 0.187_086_03, 0.812_913_97),
        (10, 10, 0.95, 0.691_502_89, 1.0),
        (0, 1, 0.95, 0.0, 0.975),
        (7, 1000, 0.95, 0.002_818_859, 0.014_369_195),
        (3, 20, 0.90, 0.042_169_41, 0.343_663_80),
    ] {
        let (least, most) = ends(yes, count, level);
        assert!((least - low).abs() < 1e-7, "{yes} of {count}: {least}, not {low}");
        assert!((most - high).abs() < 1e-7, "{yes} of {count}: {most}, not {high}");
    }
}

/// How often the interval of so many answers covers that share, summed up exactly.
fn coverage(share: f64, count: u64, level: f64) -> f64 {
    // The probability of each number of yes, from that of none.
    let mut chance = (1.0 - share).powi(count as i32);
    let mut covered = 0.0;
    for yes in 0..=count {
        let (low, high) = ends(yes, count, level);
        if (low..=high).contains(&share) {
            covered += chance;
        }
        chance *= (count - yes) as f64 / (yes + 1) as f64 * share / (1.0 - share);
    }
    covered
}

#[test]
fn it_covers_as_often_as_its_level_says() {
    for level in [0.8, 0.95, 0.99] {
        for count in [1, 2, 10, 40] {
            for share in [0.0001, 0.003, 0.017, 0.1, 0.35, 0.5, 0.8, 0.99] {
                let covered = coverage(share, count, level);
                assert!(covered >= level - 1e-9, "{share} of {count} at {level}: {covered}");
            }
        }
    }
    // And not always: an interval from 0 to 1 would be no answer.
    assert!(coverage(0.5, 40, 0.95) < 0.99);
}

proptest! {
    #[test]
    fn ends_are_in_order(count in 1_u64..5_000, part in 0.0..=1.0_f64, level in 0.01..0.999_f64) {
        let yes = (part * count as f64) as u64;
        let (low, high) = ends(yes, count, level);
        let mean = yes as f64 / count as f64;
        prop_assert!(0.0 <= low && low <= mean && mean <= high && high <= 1.0, "{} {} {}", low, mean, high);
        // Yes and no exchanged, the interval is the other way round.
        let (no_low, no_high) = ends(count - yes, count, level);
        prop_assert!((low - (1.0 - no_high)).abs() < 1e-12 && (high - (1.0 - no_low)).abs() < 1e-12);
    }

    #[test]
    fn numbers_have_an_interval_only_if_they_differ(value in -1e6..1e6_f64, count in 1_usize..50) {
        let tally = Tally::of(&vec![value; count]).unwrap();
        let estimate = Estimate::of(&tally, 0.95).unwrap();
        prop_assert_eq!(estimate.bounds, Bounds::Undefined);
        prop_assert!(!estimate.to_string().contains('±'));
        let tally = Tally::of(&[value, value + 1.0]).unwrap();
        let estimate = Estimate::of(&tally, 0.95).unwrap();
        prop_assert!(estimate.half_width() > Some(0.0));
    }
}

#[test]
fn large_counts_and_bad_input() {
    let (low, high) = ends(1, 100_000_000, 0.95);
    // The limits of Poisson's law: 0.0253 and 5.572 of 10^8.
    assert!((low - 2.5318e-10).abs() < 1e-13 && (high - 5.5716e-8).abs() < 1e-11, "{low} {high}");
    let error = Estimate::of_yes_no(0, 0, 0.95).unwrap_err();
    assert_eq!(error, StatisticsError::TooFew { needed: 1, got: 0 });
    for level in [-0.1, 1.0, f64::NAN] {
        let error = Estimate::of_yes_no(1, 2, level).unwrap_err();
        assert!(matches!(error, StatisticsError::Probability { .. }), "{level}");
    }
}

/// With so many answers, the ends times their number are those of Poisson's distribution
/// (mpmath, 40 digits).
#[test]
fn the_ends_are_right_for_few_of_very_many() {
    let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 1e-8;
    for (yes, low, high) in [
        (1, 0.025_317_807_984_289_875, 5.571_643_390_938_899),
        (1000, 938.973_018_407_695_2, 1_063.952_136_016_302),
    ] {
        for count in [10_u64.pow(12), 10_u64.pow(15)] {
            let (least, most) = ends(yes, count, 0.95);
            let [least, most] = [least, most].map(|end| end * count as f64);
            assert!(near(least, low) && near(most, high), "{yes} of {count}: {least} {most}");
        }
    }
    // Half of them: the normal distribution.
    for count in [10_u64.pow(8), 10_u64.pow(12)] {
        let (least, most) = ends(count / 2, count, 0.95);
        let half = 1.959_963_984_540_054 * (0.25 / count as f64).sqrt();
        for found in [0.5 - least, most - 0.5] {
            assert!((found / half - 1.0).abs() < 1e-3, "{count}: {found}");
        }
    }
}
