//! Batch means and correlation against brute force and closed forms.

use super::close;
use super::coverage::autoregressive;
use flagfall::statistics::{BatchMeans, StatisticsError, autocorrelation, von_neumann_ratio};
use proptest::prelude::*;

proptest! {
    #[test]
    fn means_are_of_equal_batches(
        series in prop::collection::vec(-100.0..100.0_f64, 4..200),
        batches in 2..30_usize,
    ) {
        let batches = batches.min(series.len());
        let found = BatchMeans::of(&series, batches).unwrap();
        let length = series.len() / batches;
        let left_out = series.len() % batches;
        prop_assert_eq!((found.length(), found.left_out()), (length, left_out));
        prop_assert_eq!(found.means().len(), batches);
        for (at, mean) in found.means().iter().enumerate() {
            let batch = &series[left_out + at * length..][..length];
            let sum: f64 = batch.iter().sum();
            prop_assert!((mean - sum / length as f64).abs() < 1e-12 * 100.0);
        }
    }

    #[test]
    fn correlations_are_those_of_the_definition(
        series in prop::collection::vec(-100.0..100.0_f64, 3..60),
        lag in 0..3_usize,
    ) {
        let mean = series.iter().sum::<f64>() / series.len() as f64;
        let away: Vec<f64> = series.iter().map(|value| value - mean).collect();
        let squares: f64 = away.iter().map(|by| by * by).sum();
        let products: f64 = away.iter().zip(&away[lag..]).map(|(one, other)| one * other).sum();
        let found = autocorrelation(&series, lag).unwrap();
        prop_assert!((found - products / squares).abs() < 1e-11);
        prop_assert!(found.abs() <= 1.0 + 1e-12);
        // Steps are made of squares and neighbours: η = 2 (1 - r₁) - ends / squares.
        let ends = away[0].powi(2) + away[away.len() - 1].powi(2);
        let ratio = 2.0 * (1.0 - autocorrelation(&series, 1).unwrap()) - ends / squares;
        prop_assert!((von_neumann_ratio(&series).unwrap() - ratio).abs() < 1e-11);
    }
}

#[test]
fn an_autoregressive_series_has_its_correlations() {
    // Of AR(1) with coefficient 0.7, they are 0.7 to the lag; over 100,000
    // observations, standard errors are below 0.006.
    let series = autoregressive(3, 0.7, 100_000);
    for lag in 1..=6 {
        let (found, truth) = (autocorrelation(&series, lag).unwrap(), 0.7_f64.powi(lag as i32));
        assert!((found - truth).abs() < 0.02, "lag {lag}: {found} for {truth}");
    }
    // Its batch means vary by (1 + 0.7) / (1 - 0.7) / length times as much as one
    // observation, to first order.
    let batches = BatchMeans::of(&series, 1_000).unwrap();
    let variance = flagfall::statistics::Tally::of(batches.means()).unwrap().variance().unwrap();
    let one = 1.0 / 12.0 / (1.0 - 0.49);
    assert!(close(variance, one * 1.7 / 0.3 / 100.0, 0.15), "{variance}");
}

#[test]
fn correlated_batches_are_noticed() {
    // Of 3,000 observations that forget within a thousand, no batches are long
    // enough, which 10 means cannot always show; of those that forget within three,
    // 30 mostly are.
    let refused = (0..100).filter(|seed| {
        let slow = autoregressive(*seed, 0.999, 3_000);
        let found = BatchMeans::uncorrelated(&slow, 0.1);
        matches!(found, Err(StatisticsError::Correlated { batches: 10, lag_1 }) if lag_1 > 0.0)
    });
    let accepted = (0..100).filter(|seed| {
        let fast = autoregressive(*seed, 0.3, 3_000);
        BatchMeans::uncorrelated(&fast, 0.1).is_ok_and(|found| found.length() == 100)
    });
    let (refused, accepted) = (refused.count(), accepted.count());
    println!("{refused} of 100 slow series refused, {accepted} fast ones accepted");
    assert!(refused >= 65 && accepted >= 80, "{refused}, {accepted}");
}

#[test]
fn independent_means_are_taken_for_correlated_as_often_as_the_test_says() {
    // Under independence, p is uniform: of 2,000 series, 10 % are below 0.1, to
    // within three standard errors of 0.7 %.
    let below = (0..2_000).filter(|seed| {
        let series = autoregressive(*seed, 0.0, 20);
        BatchMeans::of(&series, 20).unwrap().p_value().unwrap() < 0.1
    });
    let share = below.count() as f64 / 2_000.0;
    assert!((0.08..0.12).contains(&share), "{share}");
}

#[test]
fn the_p_value_of_three_means_by_hand() {
    // Steps 2 and -1, deviations -1, 1 and 0: η = 5 / 2. Of three, 1 - η / 2 varies by
    // 1 / 8, so z = -√8 / 4 = -1 / √2, and p = (1 + erf(1 / 2)) / 2.
    let three = BatchMeans::of(&[1.0, 3.0, 2.0], 3).unwrap();
    assert!(close(three.p_value().unwrap(), (1.0 + 0.520_499_877_813_046_5) / 2.0, 1e-14));
}

#[test]
fn what_makes_no_batches_is_refused() {
    let series = [1.0, 2.0, 3.0];
    assert_eq!(BatchMeans::of(&series, 1), Err(StatisticsError::Batches { given: 1 }));
    let few = StatisticsError::TooFew { needed: 4, got: 3 };
    assert_eq!(BatchMeans::of(&series, 4), Err(few));
    assert!(BatchMeans::of(&[1.0, f64::NAN, 2.0], 3).is_err());
    let two = BatchMeans::of(&series, 2).unwrap();
    assert_eq!(two.p_value(), Err(StatisticsError::TooFew { needed: 3, got: 2 }));
    let flat = BatchMeans::of(&[4.0; 40], 10).unwrap();
    assert_eq!(flat.p_value(), Err(StatisticsError::NoVariation));
    assert_eq!(flat.lag_1(), Err(StatisticsError::NoVariation));
    assert_eq!(flat.interval(0.9).unwrap().half_width, 0.0);
    for significance in [0.0, 1.0, f64::NAN] {
        let refused = BatchMeans::uncorrelated(&series, significance);
        assert!(matches!(refused, Err(StatisticsError::Probability { .. })), "{significance}");
    }
    assert_eq!(autocorrelation(&series, 3), Err(StatisticsError::TooFew { needed: 4, got: 3 }));
    assert_eq!(von_neumann_ratio(&[1.0]), Err(StatisticsError::TooFew { needed: 2, got: 1 }));
    assert_eq!(von_neumann_ratio(&[1.0, 1.0]), Err(StatisticsError::NoVariation));
}
