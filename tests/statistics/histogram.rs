//! Histograms against the sorted observations.

use super::close;
use flagfall::statistics::{Histogram, Sample, StatisticsError};
use proptest::prelude::*;

const ERRORS: [f64; 5] = [0.25, 0.1, 0.01, 0.001, 1.0 / 32_768.0];

fn histogram_of(error: f64, values: &[u64]) -> Histogram {
    let mut histogram = Histogram::new(error).unwrap();
    values.iter().for_each(|value| histogram.add(*value));
    histogram
}

/// Numbers of all sizes.
fn values() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((any::<u64>(), 0..64_u32).prop_map(|(value, by)| value >> by), 1..60)
}

proptest! {
    #[test]
    fn quantiles_are_as_close_as_they_say(values in values(), p in 0.0..=1.0_f64, which in 0..5_usize) {
        let histogram = histogram_of(ERRORS[which], &values);
        let error = histogram.relative_error();
        prop_assert!(error <= ERRORS[which] && error > ERRORS[which] / 2.0);
        let as_floats: Vec<f64> = values.iter().map(|value| *value as f64).collect();
        let exact = Sample::of(&as_floats).unwrap().quantile(p).unwrap();
        let found = histogram.quantile(p).unwrap();
        prop_assert!(close(found, exact, error + 1e-15), "{} for {}", found, exact);
        let ends = (histogram.quantile(0.0).unwrap(), histogram.quantile(1.0).unwrap());
        prop_assert!(ends.0 <= found && found <= ends.1);
    }

    #[test]
    fn buckets_hold_every_observation_once(values in values(), which in 0..5_usize) {
        let histogram = histogram_of(ERRORS[which], &values);
        let mut after = None;
        for bucket in histogram.buckets() {
            prop_assert!(after < Some(bucket.low) && bucket.low <= bucket.high);
            let inside = values.iter().filter(|value| (bucket.low..=bucket.high).contains(*value));
            prop_assert_eq!(bucket.count, inside.count() as u64);
            after = Some(bucket.high);
        }
        prop_assert_eq!(histogram.buckets().map(|bucket| bucket.count).sum::<u64>(), values.len() as u64);
        prop_assert_eq!(histogram.min(), values.iter().min().copied());
        prop_assert_eq!(histogram.max(), values.iter().max().copied());
        let mean = values.iter().map(|value| u128::from(*value)).sum::<u128>() as f64 / values.len() as f64;
        prop_assert_eq!(histogram.mean(), Some(mean));
    }

    #[test]
    fn parts_merge_exactly_in_any_order(values in values(), cut in 0..60_usize) {
        let whole = histogram_of(0.01, &values);
        let (one, two) = values.split_at(cut.min(values.len()));
        let (one, two) = (histogram_of(0.01, one), histogram_of(0.01, two));
        let (mut forth, mut back) = (one.clone(), two.clone());
        forth.merge(&two).unwrap();
        back.merge(&one).unwrap();
        prop_assert_eq!(&forth, &whole);
        prop_assert_eq!(&back, &whole);
    }
}

#[test]
fn bounds_meet_at_every_power_of_two() {
    // Around each edge, neighbours are in one bucket or in adjacent ones.
    for error in ERRORS {
        let edges = (0..64).flat_map(|power| {
            let edge = 1_u64 << power;
            [edge.saturating_sub(1), edge, edge + 1]
        });
        for value in edges.chain([u64::MAX]) {
            let found: Vec<_> = histogram_of(error, &[value]).buckets().collect();
            assert!(found.len() == 1 && (found[0].low..=found[0].high).contains(&value));
            let width = (found[0].high - found[0].low) as f64;
            assert!(width / 2.0 <= error * found[0].low as f64, "{value} in {:?}", found[0]);
        }
    }
}

#[test]
fn what_cannot_be_answered_is_an_error() {
    for error in [0.0, -1.0, 0.26, 1e-5, f64::NAN, f64::INFINITY] {
        assert!(matches!(Histogram::new(error), Err(StatisticsError::Precision { .. })), "{error}");
    }
    let empty = Histogram::new(0.1).unwrap();
    assert_eq!(empty.quantile(0.5), Err(StatisticsError::TooFew { needed: 1, got: 0 }));
    assert_eq!((empty.mean(), empty.min(), empty.max()), (None, None, None));
    let one = histogram_of(0.1, &[3]);
    for p in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(one.quantile(p), Err(StatisticsError::Probability { .. })), "{p}");
    }
    assert_eq!(one.quantile(0.5), Ok(3.0));
    let mut finer = Histogram::new(0.01).unwrap();
    assert!(matches!(finer.merge(&one), Err(StatisticsError::DifferentPrecision { .. })));
    assert_eq!(finer, Histogram::new(0.01).unwrap());
}

#[test]
fn more_than_can_be_counted_is_an_error() {
    let mut histogram = histogram_of(0.1, &[u64::MAX]);
    let overflow = (0..70).find(|_| {
        let same = histogram.clone();
        histogram.merge(&same).is_err()
    });
    assert_eq!((overflow, histogram.count()), (Some(63), 1 << 63));
    histogram.add(u64::MAX);
    assert_eq!(histogram.mean(), Some(u64::MAX as f64));
    assert_eq!(histogram.quantile(0.5), Ok(u64::MAX as f64));
}

#[test]
fn definition_7_as_published() {
    // Of 1 to n, it is 1 + (n - 1) p (Hyndman and Fan: p(k) = (k - 1) / (n - 1)).
    let values: Vec<f64> = (1..=21).map(f64::from).collect();
    let sample = Sample::of(&values).unwrap();
    for k in 0..=20 {
        let p = f64::from(k) / 20.0;
        assert!(close(sample.quantile(p).unwrap(), 1.0 + 20.0 * p, 1e-15));
    }
    assert_eq!(Sample::of(&[7.0]).unwrap().quantile(0.3), Ok(7.0));
    let nothing = Sample::of(&[]).unwrap();
    assert_eq!(nothing.quantile(0.3), Err(StatisticsError::TooFew { needed: 1, got: 0 }));
    assert!(matches!(Sample::of(&[1.0, f64::NAN]), Err(StatisticsError::Unusable { .. })));
}
