//! Intervals against published ones.

use super::close;
use flagfall::statistics::{Estimate, Interval, StatisticsError, Tally};
use proptest::prelude::*;

#[test]
fn published_intervals_come_out() {
    // NIST/SEMATECH e-Handbook, section 1.3.5.2 (ZARR13.DAT): 195 observations, whose
    // mean and deviation are printed with six decimals.
    let heat = Interval::from_moments(195, 9.261_460, 0.022_789 * 0.022_789, 0.95).unwrap();
    assert!((heat.low() - 9.258_242).abs() < 1e-6, "{}", heat.low());
    assert!((heat.high() - 9.264_679).abs() < 1e-6, "{}", heat.high());
    // Ten observations of Law and Kelton, third edition, section 4.5: 1.34 ± 0.24.
    let ten = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09];
    let ten = Interval::of(&Tally::of(&ten).unwrap(), 0.90).unwrap();
    assert_eq!(format!("{ten:.2}"), "1.34 ± 0.24 (90 %, n = 10)");
    // Of two observations, the half-width is half their distance times tan(level π / 2).
    let two = Interval::of(&Tally::of(&[3.0, 5.0]).unwrap(), 0.95).unwrap();
    let cauchy = libm::tan(0.95 * std::f64::consts::FRAC_PI_2);
    assert!(close(two.half_width, cauchy, 1e-12), "{two}");
}

proptest! {
    #[test]
    fn intervals_move_and_grow_with_the_unit(
        values in prop::collection::vec(-1e3..1e3_f64, 2..40),
        shift in -100..100_i32,
        level in 0.5..0.999_f64,
    ) {
        let of = |map: &dyn Fn(f64) -> f64| {
            let mapped: Vec<f64> = values.iter().map(|value| map(*value)).collect();
            Interval::of(&Tally::of(&mapped).unwrap(), level).unwrap()
        };
        let (plain, scaled) = (of(&|x| x), of(&|x| -8.0 * x));
        prop_assert_eq!((scaled.mean, scaled.half_width), (-8.0 * plain.mean, 8.0 * plain.half_width));
        let shifted = of(&|x| x + f64::from(shift));
        prop_assert!((shifted.mean - plain.mean - f64::from(shift)).abs() < 1e-11);
        prop_assert!((shifted.half_width - plain.half_width).abs() < 1e-9);
        prop_assert!(plain.covers(plain.mean) && plain.covers(plain.low()) && plain.covers(plain.high()));
        let tally = Tally::of(&values).unwrap();
        let moments = Interval::from_moments(
            tally.count(), tally.mean().unwrap(), tally.variance().unwrap(), level,
        );
        prop_assert_eq!(moments, Ok(plain));
    }
}

#[test]
fn what_has_no_interval_is_refused() {
    let one = Tally::of(&[1.0]).unwrap();
    assert_eq!(Interval::of(&one, 0.95), Err(StatisticsError::TooFew { needed: 2, got: 1 }));
    let two = Tally::of(&[1.0, 2.0]).unwrap();
    for level in [0.0, 1.0, 1.5, -0.1, f64::NAN] {
        let refused = Interval::of(&two, level);
        // At level 0 the interval is the mean: of no use, but defined.
        if level == 0.0 {
            assert_eq!(refused.map(|interval| interval.half_width), Ok(0.0));
        } else {
            assert!(
                matches!(refused, Err(StatisticsError::Probability { value }) if value.to_bits() == level.to_bits())
            );
        }
    }
    assert!(Interval::from_moments(3, f64::NAN, 1.0, 0.9).is_err());
    assert!(Interval::from_moments(3, 1.0, -1.0, 0.9).is_err());
    assert!(Interval::from_moments(3, 1.0, f64::NAN, 0.9).is_err());
    let zero = Interval::of(&Tally::of(&[-1.0, 1.0]).unwrap(), 0.9).unwrap();
    assert_eq!(zero.relative_half_width(), None);
    assert_eq!(zero.to_string().split(" (").nth(1), Some("90 %, n = 2)"));
    let none = Estimate::of(&Tally::of(&[1.0, 2.0]).unwrap(), 0.0).unwrap();
    assert_eq!(none.to_string(), "1.5 ± 0");
}
