//! Control variates, against values of numpy and scipy, and for what is known to be true.

use super::best::Noise;
use super::close;
use flagfall::statistics::{Controlled, Interval, StatisticsError, Tally};
use proptest::prelude::*;

/// By numpy.linalg.lstsq on the design matrix with the controls less their means, and the quantile of
/// scipy.stats.t with 7 degrees of freedom.
#[test]
fn two_controls_are_those_of_numpy() {
    let values = [30.2, 28.1, 35.5, 27.7, 31.9, 33.3, 29.4, 36.8, 25.9, 32.6];
    let one = [101.0, 98.0, 107.0, 97.0, 103.0, 104.0, 99.0, 110.0, 93.0, 103.0];
    let other = [2.1, 1.9, 2.6, 2.0, 2.2, 2.3, 1.8, 2.4, 1.9, 2.2];
    let found = Controlled::of(&values, &[(&one, 100.0), (&other, 2.0)], 0.95).unwrap();
    assert!(close(found.interval.mean, 29.939_621_249_385_16, 1e-12), "{found:?}");
    assert!(close(found.interval.half_width, 0.411_392_752_291_266_4, 1e-10), "{found:?}");
    assert!(close(found.coefficients[0], 0.606_535_907_525_821, 1e-10), "{found:?}");
    assert!(close(found.coefficients[1], 2.075_534_923_757_998, 1e-10), "{found:?}");
    assert!(close(found.variance_ratio, 0.024_572_025_602_073_513, 1e-10), "{found:?}");
    // As many plain observations have an interval as wide, and one fewer does not.
    let deviation = Tally::of(&values).unwrap().standard_deviation().unwrap();
    let plain = |count: u64| {
        Interval::from_moments(count, 0.0, deviation * deviation, 0.95).unwrap().half_width
    };
    let independent = found.independent.unwrap();
    assert!(plain(independent) <= found.interval.half_width, "{independent}");
    assert!(plain(independent - 1) > found.interval.half_width, "{independent}");
}

#[test]
fn without_a_control_it_is_the_plain_interval() {
    let values = [1.0, 5.0, 2.5, 4.0];
    let found = Controlled::of(&values, &[], 0.9).unwrap();
    let plain = Interval::of(&Tally::of(&values).unwrap(), 0.9).unwrap();
    assert!(close(found.interval.mean, plain.mean, 1e-15), "{found:?}");
    assert!(close(found.interval.half_width, plain.half_width, 1e-12), "{found:?}");
    assert_eq!((found.independent, found.coefficients.len()), (Some(4), 0));
    assert!(close(found.variance_ratio, 1.0, 1e-12), "{found:?}");
}

#[test]
fn what_cannot_be_controlled_is_refused() {
    let values = [1.0, 5.0, 2.5, 4.0];
    let of = |controls: &[(&[f64], f64)]| Controlled::of(&values, controls, 0.95).unwrap_err();
    assert_eq!(
        of(&[(&[1.0, 2.0, 3.0], 0.0)]),
        StatisticsError::DifferentLengths { one: 4, other: 3 }
    );
    assert_eq!(of(&[(&[7.0; 4], 0.0)]), StatisticsError::NoVariation);
    let (one, twice) = ([1.0, 2.0, 4.0, 3.0], [2.5, 4.5, 8.5, 6.5]);
    assert_eq!(of(&[(&one, 0.0), (&twice, 0.0)]), StatisticsError::Dependent);
    let third = [0.0, 1.0, 0.0, 5.0];
    let three: [(&[f64], f64); 3] = [(&one, 0.0), (&[4.0, 1.0, 1.0, 2.0], 0.0), (&third, 0.0)];
    assert_eq!(of(&three), StatisticsError::TooFew { needed: 5, got: 4 });
    assert!(matches!(of(&[(&one, f64::NAN)]), StatisticsError::Unusable { .. }));
    let level = Controlled::of(&values, &[(&one, 0.0)], 1.5).unwrap_err();
    assert_eq!(level, StatisticsError::Probability { value: 1.5 });
    let equal = Controlled::of(&[3.0; 4], &[(&one, 0.0)], 0.95).unwrap_err();
    assert_eq!(equal, StatisticsError::NoVariation);
}

proptest! {
    /// What is a linear function of its controls has no error.
    #[test]
    fn a_linear_function_is_known(
        pairs in prop::collection::vec((-1e3_f64..1e3, -1e3_f64..1e3), 5..40),
        (a, b, c) in (-9.0_f64..9.0, -9.0_f64..9.0, -9.0_f64..9.0),
        (true_one, true_other) in (-1e3_f64..1e3, -1e3_f64..1e3),
    ) {
        prop_assume!(a.abs() + b.abs() > 0.1);
        let (one, other): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let both = one.iter().zip(&other);
        let values: Vec<_> = both.map(|(one, other)| a * one + b * other + c).collect();
        let controls: [(&[f64], f64); 2] = [(&one, true_one), (&other, true_other)];
        if let Ok(found) = Controlled::of(&values, &controls, 0.95) {
            let truth = a * true_one + b * true_other + c;
            let error = (found.interval.mean - truth).abs();
            prop_assert!(error < 1e-4, "{found:?} {truth}");
            prop_assert!(found.interval.half_width < 1e-2, "{found:?} {truth}");
        }
    }

    /// Other units and origins change nothing but the units.
    #[test]
    fn units_do_not_matter(
        rows in prop::collection::vec((0_i32..1_000, 0_i32..1_000), 4..40),
        unit in -120_i32..120,
        shift in -9_i32..9,
    ) {
        let (values, control): (Vec<f64>, Vec<f64>) =
            rows.into_iter().map(|(one, other)| (f64::from(one), f64::from(other))).unzip();
        let plain = Controlled::of(&values, &[(&control, 500.0)], 0.95);
        let unit = 2.0_f64.powi(unit);
        let other: Vec<f64> =
            control.iter().map(|one| (one + f64::from(shift)) * unit).collect();
        let known = (500.0 + f64::from(shift)) * unit;
        let scaled = Controlled::of(&values, &[(&other, known)], 0.95);
        match (plain, scaled) {
            (Ok(plain), Ok(scaled)) => {
                let near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * one.abs().max(1e-3);
                prop_assert!(near(plain.interval.mean, scaled.interval.mean), "{plain:?} {scaled:?}");
                let widths = (plain.interval.half_width, scaled.interval.half_width);
                prop_assert!((widths.0 - widths.1).abs() <= 1e-6 * widths.0.max(1e-3), "{widths:?}");
            }
            (plain, scaled) => prop_assert_eq!(plain.err(), scaled.err()),
        }
    }
}

/// The intervals are exact for normal observations, of which there are very few here.
#[test]
fn intervals_of_normal_observations_cover_exactly() {
    let mut noise = Noise(7);
    let covers = |_: &u32| {
        let mut rows = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..7 {
            let (one, other) = (noise.normal(), noise.normal());
            rows[0].push(20.0 + 3.0 * one - 2.0 * other + noise.normal());
            rows[1].push(5.0 + one);
            rows[2].push(1.0 + one + other);
        }
        let controls: [(&[f64], f64); 2] = [(&rows[1], 5.0), (&rows[2], 1.0)];
        Controlled::of(&rows[0], &controls, 0.95).unwrap().interval.covers(20.0)
    };
    let covered = (0..10_000).filter(covers).count();
    println!("controlled, normal: {covered} of 10000");
    // Three standard errors.
    assert!((9_435..=9_565).contains(&covered), "{covered}");
}
