//! Quantiles of Student's distribution: tables, closed forms, its finite series.

use super::close;
use flagfall::statistics::{StatisticsError, student_quantile};
use proptest::prelude::*;
use std::f64::consts::PI;

/// How likely it is to be within `t` of zero: the finite series for whole degrees of
/// freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
fn within(t: f64, degrees: u64) -> f64 {
    let angle = libm::atan(t / (degrees as f64).sqrt());
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = degrees % 2 == 1;
    // Each term is the one before it times cos² and the next two factors.
    let mut term = if odd { cosine } else { 1.0 };
    let (mut sum, mut at) = (0.0, if odd { 3 } else { 2 });
    while at <= degrees {
        sum += term;
        term *= cosine * cosine * (at as f64 - 1.0) / at as f64;
        at += 2;
    }
    if odd { 2.0 / PI * (angle + sine * sum) } else { sine * sum }
}

#[test]
fn tables_agree() {
    // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2.
    let table: [(u64, [&str; 5]); 14] = [
        (1, ["3.078", "6.314", "12.706", "31.821", "63.657"]),
        (2, ["1.886", "2.920", "4.303", "6.965", "9.925"]),
        (3, ["1.638", "2.353", "3.182", "4.541", "5.841"]),
        (4, ["1.533", "2.132", "2.776", "3.747", "4.604"]),
        (5, ["1.476", "2.015", "2.571", "3.365", "4.032"]),
        (6, ["1.440", "1.943", "2.447", "3.143", "3.707"]),
        (8, ["1.397", "1.860", "2.306", "2.896", "3.355"]),
        (10, ["1.372", "1.812", "2.228", "2.764", "3.169"]),
        (15, ["1.341", "1.753", "2.131", "2.602", "2.947"]),
        (20, ["1.325", "1.725", "2.086", "2.528", "2.845"]),
        (30, ["1.310", "1.697", "2.042", "2.457", "2.750"]),
        (60, ["1.296", "1.671", "2.000", "2.390", "2.660"]),
        (100, ["1.290", "1.660", "1.984", "2.364", "2.626"]),
        (u64::MAX, ["1.282", "1.645", "1.960", "2.326", "2.576"]),
    ];
    for (degrees, row) in table {
        for (p, printed) in [0.9, 0.95, 0.975, 0.99, 0.995].into_iter().zip(row) {
            let quantile = student_quantile(degrees, p).unwrap();
            assert_eq!(format!("{quantile:.3}"), printed, "{degrees} degrees, {p}");
        }
    }
}

#[test]
fn one_two_and_four_degrees_have_closed_forms() {
    for tail in [1e-15, 1e-9, 1e-4, 0.005, 0.025, 0.05, 0.1, 0.25, 0.4, 0.49] {
        // In the lower half the probability is not rounded.
        let quantile = |degrees| -student_quantile(degrees, tail).unwrap();
        let one = libm::cos(PI * tail) / libm::sin(PI * tail);
        assert!(close(quantile(1), one, 1e-12), "{tail}: {} for {one}", quantile(1));
        let root = (4.0 * tail * (1.0 - tail)).sqrt();
        let two = (1.0 - 2.0 * tail) * 2.0_f64.sqrt() / root;
        assert!(close(quantile(2), two, 1e-12), "{tail}: {} for {two}", quantile(2));
        let four = 2.0 * (libm::cos(libm::acos(root) / 3.0) / root - 1.0).sqrt();
        assert!(close(quantile(4), four, 1e-12), "{tail}: {} for {four}", quantile(4));
    }
}

#[test]
fn many_degrees_are_nearly_normal() {
    // Quantiles of the normal distribution, to all digits.
    let normal = [
        (0.75, 0.674_489_750_196_081_7),
        (0.95, 1.644_853_626_951_472_2),
        (0.975, 1.959_963_984_540_054),
        (0.995, 2.575_829_303_548_900_4),
        (0.999, 3.090_232_306_167_813_5),
    ];
    for (p, z) in normal {
        let quantile = student_quantile(u64::MAX, p).unwrap();
        assert!(close(quantile, z, 1e-14), "{p}: {quantile} for {z}");
    }
}

#[test]
fn forty_digits_agree() {
    // Solved for the incomplete beta function with 40 digits (mpmath 1.3, betainc and
    // findroot), on both sides of 10,000 degrees; negative, as the tail is the lower.
    let quantiles = [
        (3, 0.025, 3.182_446_305_283_709_5),
        (7, 0.005, 3.499_483_297_350_493_9),
        (19, 1e-10, 12.185_020_116_364_002),
        (199, 0.025, 1.971_956_544_251_753_8),
        (1_000, 1e-6, 4.781_608_620_458_351),
        (9_999, 1e-12, 7.043_372_491_879_411),
        (10_001, 0.05, 1.645_006_002_830_235),
        (10_001, 1e-15, 7.954_080_405_772_859),
        (123_456, 0.000_5, 3.290_605_544_529_297_4),
    ];
    for (degrees, tail, magnitude) in quantiles {
        let quantile = student_quantile(degrees, tail).unwrap();
        assert!(close(quantile, -magnitude, 2e-14), "{degrees}, {tail}: {quantile}");
    }
}

#[test]
fn both_ways_of_computing_meet() {
    for p in [1e-15, 1e-6, 0.025, 0.3, 0.49] {
        let quantiles: Vec<f64> =
            (9_997..=10_004).map(|degrees| student_quantile(degrees, p).unwrap()).collect();
        // The expansion begins at 10,001. A step there would show in the third
        // differences, which but for rounding are below 1e-13 of the whole.
        for four in quantiles.windows(4) {
            let third = four[3] - four[0] - 3.0 * (four[2] - four[1]);
            assert!(third.abs() <= 2e-12 * four[1].abs(), "{p}: {third:e} of {}", four[1]);
        }
    }
}

proptest! {
    #[test]
    fn quantiles_invert_the_distribution(degrees in 1..400_u64, p in 0.55..0.999_f64) {
        let quantile = student_quantile(degrees, p).unwrap();
        // What the rounding of a probability near one moves the quantile by is below
        // 1e-12 of it for these.
        prop_assert!((within(quantile, degrees) - (2.0 * p - 1.0)).abs() < 1e-14 * 20.0);
        let mirror = student_quantile(degrees, 1.0 - p).unwrap();
        prop_assert!(close(-mirror, quantile, 1e-12));
    }

    #[test]
    fn quantiles_grow_with_the_probability(degrees in 1..20_000_u64, p in 0.01..0.98_f64) {
        let (low, high) = (student_quantile(degrees, p), student_quantile(degrees, p + 0.01));
        prop_assert!(low.unwrap() < high.unwrap());
        // And tails are thinner with more degrees.
        let q = 0.5 + p / 2.0;
        prop_assert!(student_quantile(degrees + 1, q).unwrap() < student_quantile(degrees, q).unwrap());
    }
}

#[test]
fn what_has_no_quantile_is_refused() {
    for p in [0.0, 1.0, -0.5, 2.0, 1e-16, f64::NAN, f64::INFINITY] {
        let error = student_quantile(5, p).unwrap_err();
        assert!(matches!(error, StatisticsError::Probability { .. }), "{p}: {error}");
    }
    assert_eq!(student_quantile(0, 0.9), Err(StatisticsError::TooFew { needed: 2, got: 1 }));
    assert_eq!(student_quantile(3, 0.5), Ok(0.0));
}
