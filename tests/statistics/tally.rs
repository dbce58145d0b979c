//! Tallies against exact arithmetic.

use super::close;
use flagfall::statistics::{
    BatchMeans, CLOSEST, Estimate, Interval, LARGEST, Paired, Precision, StatisticsError,
    StoppingRule, Tally, Truncation, autocorrelation, replications_needed, von_neumann_ratio,
};
use proptest::prelude::*;

/// Mean and variance of whole numbers, rounded once or twice: the sum of squares
/// around the first of them is an integer.
fn exact(values: &[i64]) -> (f64, f64) {
    let count = values.len() as i128;
    let first = i128::from(values[0]);
    let apart: Vec<i128> = values.iter().map(|value| i128::from(*value) - first).collect();
    let (sum, squares) = (apart.iter().sum::<i128>(), apart.iter().map(|x| x * x).sum::<i128>());
    let mean = (first * count + sum) as f64 / count as f64;
    let variance = (count * squares - sum * sum) as f64 / count as f64 / (count - 1) as f64;
    (mean, variance)
}

fn tally_of(values: &[i64]) -> Tally {
    let values: Vec<f64> = values.iter().map(|value| *value as f64).collect();
    Tally::of(&values).expect("usable")
}

/// Numbers of very different size around anything: all exact as `f64`.
fn values() -> impl Strategy<Value = Vec<i64>> {
    let far = prop_oneof![Just(0), -1_000..1_000_i64, -(1_i64 << 51)..(1_i64 << 51)];
    let wide = prop_oneof![Just(3), Just(1_000), Just(1_i64 << 40)];
    (far, wide).prop_flat_map(|(far, wide)| prop::collection::vec(far - wide..=far + wide, 2..80))
}

fn agree(tally: &Tally, values: &[i64]) {
    let (mean, variance) = exact(values);
    let largest = values.iter().map(|value| value.unsigned_abs()).max().unwrap() as f64;
    assert_eq!(tally.count(), values.len() as u64);
    assert!((tally.mean().unwrap() - mean).abs() <= 1e-14 * largest, "{tally:?}, mean {mean}");
    assert!(close(tally.variance().unwrap(), variance, 1e-12), "{tally:?}, variance {variance}");
    assert_eq!(tally.min(), values.iter().min().map(|value| *value as f64));
    assert_eq!(tally.max(), values.iter().max().map(|value| *value as f64));
}

proptest! {
    #[test]
    fn moments_are_those_of_exact_arithmetic(values in values()) {
        agree(&tally_of(&values), &values);
    }

    #[test]
    fn parts_merge_into_the_whole(values in values(), mut cuts in prop::collection::vec(0..80_usize, 0..6)) {
        cuts.iter_mut().for_each(|cut| *cut = (*cut).min(values.len()));
        cuts.extend([0, values.len()]);
        cuts.sort_unstable();
        let parts = || cuts.windows(2).map(|cut| tally_of(&values[cut[0]..cut[1]]));
        let mut whole = Tally::new();
        parts().for_each(|part| whole.merge(&part));
        agree(&whole, &values);
        // The same partition, merged again: the same bits.
        let mut again = Tally::new();
        parts().for_each(|part| again.merge(&part));
        prop_assert_eq!(whole, again);
    }

    #[test]
    fn powers_of_two_scale_every_bit(values in values(), by in -40..40_i32) {
        let scale = 2_f64.powi(by);
        let scaled: Vec<f64> = values.iter().map(|value| *value as f64 * scale).collect();
        let (one, other) = (tally_of(&values), Tally::of(&scaled).unwrap());
        prop_assert_eq!(other.mean(), one.mean().map(|mean| mean * scale));
        prop_assert_eq!(other.variance(), one.variance().map(|variance| variance * scale * scale));
    }
}

#[test]
fn a_million_observations_far_from_zero() {
    // 1e15 + 0, 1, 2: the mean square of 0, 1, 2 around 1 is 2/3.
    let mut tally = Tally::new();
    for at in 0..999_999 {
        tally.add(1e15 + f64::from(at % 3)).unwrap();
    }
    assert_eq!(tally.mean(), Some(1e15 + 1.0));
    assert!(close(tally.variance().unwrap(), 2.0 / 3.0 * 999_999.0 / 999_998.0, 1e-12));
}

#[test]
fn nothing_unusable_is_taken_in() {
    let mut tally = Tally::of(&[1.0, 2.0]).unwrap();
    let before = tally;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.1 * LARGEST, -1.1 * LARGEST] {
        let error = tally.add(value).unwrap_err();
        assert!(matches!(error, StatisticsError::Unusable { .. }), "{error}");
        assert!(error.to_string().contains("finite and at most 1e140"));
    }
    assert_eq!(tally, before);
    let ends = Tally::of(&[LARGEST, -LARGEST]).unwrap();
    assert!(ends.variance().unwrap().is_finite());
    assert_eq!(ends.mean(), Some(0.0));
}

/// Series of which neighbours, means and rests differ, but by too little for squares.
fn too_close() -> [Vec<f64>; 4] {
    let waves = |low: f64, high: f64| (0..60).map(|at| [low, high][at / 3 % 2]).collect();
    [waves(5e-324, 1.5e-323), waves(0.0, 1e-170), waves(-1e-150, 1e-150), waves(1e-141, 5e-141)]
}

#[test]
fn what_squares_lose_is_refused() {
    let is_refused = |error: StatisticsError| matches!(error, StatisticsError::TooClose { .. });
    for series in too_close() {
        let tally = Tally::of(&series).unwrap();
        assert_eq!((tally.variance(), tally.standard_error()), (None, None));
        assert!(is_refused(Interval::of(&tally, 0.95).unwrap_err()));
        let error = Estimate::of(&tally, 0.95).unwrap_err();
        assert!(error.to_string().ends_with("so that they differ by 1e-140 or more"), "{error}");
        let precision = Precision::Absolute(1.0);
        assert!(is_refused(replications_needed(&tally, precision, 0.9).unwrap_err()));
        let rule = StoppingRule::new(precision, 0.9).unwrap();
        assert!(is_refused(rule.verdict(&tally).unwrap_err()));
        assert!(is_refused(autocorrelation(&series, 1).unwrap_err()));
        assert!(is_refused(von_neumann_ratio(&series).unwrap_err()));
        assert!(is_refused(Truncation::mser5(&series).unwrap_err()));
        let batches = BatchMeans::of(&series, 20).unwrap();
        assert!(is_refused(batches.interval(0.9).unwrap_err()));
        assert!(is_refused(batches.p_value().unwrap_err()));
        let paired = Paired::of(&series, &[0.0; 60]).unwrap();
        assert!(is_refused(paired.interval(0.9).unwrap_err()));
        assert_eq!((paired.variance_ratio(), paired.correlation()), (None, None));
        let shares = Estimate::of_shares(&tally, 0.95);
        assert!(is_refused(shares.unwrap_err()));
    }
    assert!(is_refused(Interval::from_moments(2, 0.0, 5e-324, 0.9).unwrap_err()));
}

#[test]
fn what_squares_keep_has_the_digits_of_larger_numbers() {
    // A power of two above 1e-140: 2^-465 is 1.05e-140.
    let scale = 2_f64.powi(-465);
    let values = [1.0, 2.0, 1.25, 1.5];
    let scaled = values.map(|value| value * scale);
    let one = Interval::of(&Tally::of(&values).unwrap(), 0.95).unwrap();
    let other = Interval::of(&Tally::of(&scaled).unwrap(), 0.95).unwrap();
    assert!(scale > CLOSEST && other.half_width > 0.0);
    assert!(close(other.half_width, one.half_width * scale, 1e-15));
    assert_eq!(autocorrelation(&values, 1), autocorrelation(&scaled, 1));
    assert_eq!(von_neumann_ratio(&values), von_neumann_ratio(&scaled));
    // Parts that are close, of a whole that is not.
    let mut whole = Tally::of(&[0.0, 1e-150]).unwrap();
    assert_eq!(whole.variance(), None);
    whole.merge(&Tally::of(&[1.0, 1.0]).unwrap());
    assert_eq!(whole.variance(), Some(1.0 / 3.0));
}

#[test]
fn more_than_can_be_counted_is_no_panic() {
    let mut tally = Tally::of(&[1.0, 3.0]).unwrap();
    for _ in 0..70 {
        let same = tally;
        tally.merge(&same);
    }
    tally.add(2.0).unwrap();
    assert_eq!((tally.count(), tally.mean()), (u64::MAX, Some(2.0)));
}

#[test]
fn too_little_has_no_moments() {
    let empty = Tally::new();
    assert_eq!(
        (empty.mean(), empty.variance(), empty.min(), empty.max()),
        (None, None, None, None)
    );
    let one = Tally::of(&[-0.0]).unwrap();
    assert_eq!((one.mean(), one.variance(), one.standard_error()), (Some(0.0), None, None));
    assert!(one.min().unwrap().is_sign_positive(), "zero has no sign");
    let mut merged = empty;
    merged.merge(&one);
    merged.merge(&empty);
    assert_eq!(merged, one);
}
