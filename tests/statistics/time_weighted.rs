//! Levels over time against sums nanosecond by nanosecond.

use super::close;
use flagfall::statistics::{StatisticsError, TimeAverage, TimeWeighted};
use flagfall::{Span, VirtualTime};
use proptest::prelude::*;

fn at(nanos: u64) -> VirtualTime {
    VirtualTime::from_nanos(nanos)
}

/// Each level, and how long it holds.
fn steps() -> impl Strategy<Value = Vec<(i64, u64)>> {
    let far = prop_oneof![Just(0), -5..5_i64, -(1_i64 << 30)..(1_i64 << 30)];
    far.prop_flat_map(|far| prop::collection::vec((far - 4..far + 4, 0..6_u64), 1..20))
}

fn run(start: u64, steps: &[(i64, u64)]) -> (TimeWeighted, u64) {
    let mut level = TimeWeighted::new(at(start), steps[0].0);
    let mut now = start + steps[0].1;
    for (next, span) in &steps[1..] {
        level.set(at(now), *next).unwrap();
        now += span;
    }
    (level, now)
}

proptest! {
    #[test]
    fn averages_are_those_of_every_nanosecond(start in 0..1_000_u64, steps in steps()) {
        let (level, end) = run(start, &steps);
        let average = level.average(at(end)).unwrap();
        let each: Vec<i64> =
            steps.iter().flat_map(|(level, span)| (0..*span).map(move |_| *level)).collect();
        prop_assert_eq!(average.span().as_nanos(), each.len() as u64);
        prop_assert_eq!(average.integral(), each.iter().map(|level| i128::from(*level)).sum::<i128>());
        prop_assert_eq!(average.lowest(), each.iter().min().copied());
        prop_assert_eq!(average.highest(), each.iter().max().copied());
        if each.is_empty() {
            prop_assert_eq!((average.mean(), average.variance()), (None, None));
        } else {
            let count = each.len() as i128;
            let sum: i128 = each.iter().map(|level| i128::from(*level)).sum();
            let squares: i128 = each.iter().map(|level| i128::from(*level).pow(2)).sum();
            prop_assert!(close(average.mean().unwrap(), sum as f64 / count as f64, 1e-15));
            let variance = (count * squares - sum * sum) as f64 / (count * count) as f64;
            prop_assert!(close(average.variance().unwrap(), variance, 1e-14));
        }
    }

    #[test]
    fn parts_merge_in_any_order(steps in steps(), cut in 0..20_usize) {
        let (level, end) = run(0, &steps);
        let whole = level.average(at(end)).unwrap();
        let cut = cut.min(steps.len());
        let sum = |steps: &[(i64, u64)]| {
            let mut sum = TimeAverage::new();
            for (level, span) in steps {
                sum.merge(&TimeAverage::constant(*level, Span::from_nanos(*span))).unwrap();
            }
            sum
        };
        let (mut forth, mut back) = (sum(&steps[..cut]), sum(&steps[cut..]));
        let first = forth;
        forth.merge(&back).unwrap();
        back.merge(&first).unwrap();
        prop_assert_eq!(forth, whole);
        prop_assert_eq!(back, whole);
    }

    #[test]
    fn a_restart_leaves_what_comes_after(steps in steps(), later in steps()) {
        let (mut level, now) = run(0, &steps);
        level.restart(at(now)).unwrap();
        let (alone, end) = run(now, &[&[(level.level(), 0)], &later[..]].concat());
        let mut then = now;
        for (next, span) in &later {
            level.set(at(then), *next).unwrap();
            then += span;
        }
        prop_assert_eq!(level.average(at(end)), alone.average(at(end)));
    }
}

#[test]
fn the_largest_levels_and_spans_fit() {
    for level in [i64::MIN, i64::MAX] {
        let mut average = TimeAverage::constant(level, Span::MAX);
        assert_eq!(average.integral(), i128::from(level) * i128::from(u64::MAX));
        assert_eq!((average.mean(), average.variance()), (Some(level as f64), None));
        let before = average;
        let more = TimeAverage::constant(0, Span::from_nanos(1));
        assert_eq!(average.merge(&more), Err(StatisticsError::Overflow));
        assert_eq!(average, before);
    }
    let mut level = TimeWeighted::new(VirtualTime::ZERO, i64::MAX);
    assert_eq!(level.change(VirtualTime::ZERO, 1), Err(StatisticsError::Overflow));
    assert_eq!(level.level(), i64::MAX);
}

#[test]
fn levels_below_two_to_the_31_have_a_variance_for_584_years() {
    for level in [(1_i64 << 31) - 1, 1 - (1_i64 << 31)] {
        let half = Span::from_nanos(u64::MAX / 2);
        let mut average = TimeAverage::constant(level, half);
        average.merge(&TimeAverage::constant(-level, half)).unwrap();
        assert_eq!(average.variance(), Some((level as f64).powi(2)));
    }
}

#[test]
fn time_goes_on() {
    let mut level = TimeWeighted::new(at(5), 1);
    level.set(at(7), 2).unwrap();
    let back = StatisticsError::BackInTime { last: at(7), now: at(6) };
    assert_eq!(level.set(at(6), 3), Err(back));
    assert_eq!(level.change(at(6), 3), Err(back));
    assert_eq!(level.restart(at(6)), Err(back));
    assert_eq!(level.average(at(6)), Err(back));
    assert_eq!(
        back.to_string(),
        "0.000000006s is before 0.000000007s, the last instant at which the level was set"
    );
    assert_eq!(level.average(at(8)).unwrap().integral(), 4);
}
