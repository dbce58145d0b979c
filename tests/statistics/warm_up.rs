//! MSER against brute force.

use super::close;
use flagfall::statistics::{StatisticsError, Truncation};
use proptest::prelude::*;

/// The statistic of each candidate, by its definition.
fn statistics(series: &[f64], batch: usize) -> Vec<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let means: Vec<f64> = series.chunks_exact(batch).map(mean).collect();
    let statistic = |cut: usize| {
        let rest = &means[cut..];
        let centre = mean(rest);
        let squares: f64 = rest.iter().map(|value| (value - centre).powi(2)).sum();
        squares / (rest.len() as f64).powi(2)
    };
    (0..=means.len() - 5).map(statistic).collect()
}

/// A start that fades away, and noise.
fn series() -> impl Strategy<Value = Vec<f64>> {
    let noise = prop::collection::vec(-1.0..1.0_f64, 50..300);
    (noise, -10.0..10.0_f64, 0.5..0.99_f64).prop_map(|(noise, start, fading)| {
        let fade = |at: usize| 20.0 + start * fading.powi(at as i32);
        noise.iter().enumerate().map(|(at, by)| fade(at) + by).collect()
    })
}

proptest! {
    #[test]
    fn the_cut_is_at_the_minimum(series in series(), batch in 1..=5_usize) {
        let all = statistics(&series, batch);
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let batches = series.len() / batch;
        let cut = match Truncation::mser(&series, batch) {
            Ok(found) => {
                prop_assert!(close(found.statistic, least, 1e-9));
                prop_assert_eq!(found.rest(&series), &series[found.observations..]);
                prop_assert!(found.observations / batch <= batches / 2);
                found.observations
            }
            Err(StatisticsError::WarmUpNotOver { truncation, observations }) => {
                prop_assert_eq!(observations, series.len());
                prop_assert!(truncation / batch > batches / 2);
                truncation
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        prop_assert_eq!(cut % batch, 0);
        prop_assert!(close(all[cut / batch], least, 1e-9));
        prop_assert!(all[..cut / batch].iter().all(|before| *before > least * (1.0 - 1e-9)));
    }

    #[test]
    fn the_cut_does_not_depend_on_the_unit(series in series(), by in -20..20_i32) {
        let scaled: Vec<f64> = series.iter().map(|value| value * -(2_f64.powi(by))).collect();
        let cut = |series: &[f64]| Truncation::mser5(series).map(|found| found.observations);
        prop_assert_eq!(cut(&series), cut(&scaled));
    }
}

#[test]
fn a_start_that_sticks_out_is_cut_off() {
    // The first 20 of 200 are ten above the rest, which goes up and down by one.
    let wave = |at: usize| [0.0, 1.0, 0.0, -1.0, 2.0][at % 5] + f64::from(at as u32 / 5 % 2);
    let series: Vec<f64> = (0..200).map(|at| wave(at) + if at < 20 { 10.0 } else { 0.0 }).collect();
    let found = Truncation::mser5(&series).unwrap();
    assert_eq!((found.observations, found.batch), (20, 5));
    // 36 means that are 0.4 and 1.4 in turns: 36 / 4 / 36².
    assert!(close(found.statistic, 1.0 / 144.0, 1e-12), "{}", found.statistic);
    // Without it, nothing is.
    assert_eq!(Truncation::mser5(&series[20..]).unwrap().observations, 0);
    assert_eq!(Truncation::mser5(&[2.5; 60]).unwrap().observations, 0);
}

#[test]
fn what_cannot_be_cut_is_refused() {
    let short = [1.0; 49];
    let refused = Truncation::mser5(&short);
    assert_eq!(refused, Err(StatisticsError::TooFew { needed: 50, got: 49 }));
    assert_eq!(Truncation::mser(&short, 0), Err(StatisticsError::Batches { given: 0 }));
    assert!(Truncation::mser(&short, usize::MAX).is_err());
    let mut broken = [1.0; 60];
    broken[59] = f64::NAN;
    assert!(matches!(Truncation::mser5(&broken), Err(StatisticsError::Unusable { .. })));
    // A step beyond the middle.
    let step: Vec<f64> = (0..100).map(|at| if at < 60 { 0.0 } else { 1.0 }).collect();
    let error = Truncation::mser5(&step).unwrap_err();
    assert_eq!(error, StatisticsError::WarmUpNotOver { truncation: 60, observations: 100 });
    assert_eq!(
        error.to_string(),
        "the warm-up may not be over: 60 of 100 observations would have to go, \
         which is more than half; run longer",
    );
}
