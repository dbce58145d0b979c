//! Quantiles of Student's t distribution.

use super::special::fraction;
use super::{StatisticsError, normal};

/// The smallest probability of a tail.
const SMALLEST_TAIL: f64 = 1e-15;
/// Above this number of degrees the series in 1 / degrees is exact; below, the continued
/// fraction is short.
const MANY: u64 = 10_000;
const SQRT_PI: f64 = 1.772_453_850_905_516;

/// The quantile of Student's t distribution with `degrees` degrees of freedom; its relative
/// error is at most 1e-12.
///
/// For a 95 % interval, the probability is 0.975. It solves for the incomplete beta function
/// (DLMF 8.17), evaluated by the continued fraction 8.17.22, and is exact except for rounding.
/// Above 10,000 degrees, it is the asymptotic expansion 26.7.5 of Abramowitz and Stegun,
/// "Handbook of Mathematical Functions" (1964), whose next term is below the precision.
///
/// # Cost
/// A few hundred divisions; at most about 2,000, for thousands of degrees.
///
/// # Errors
/// [`StatisticsError::TooFew`] without a degree of freedom,
/// [`StatisticsError::Probability`] if it is not between 1e-15 and 1 - 1e-15.
///
/// # Examples
/// ```
/// use flagfall::statistics::student_quantile;
///
/// // As in every table.
/// assert_eq!(format!("{:.3}", student_quantile(9, 0.95)?), "1.833");
/// assert_eq!(format!("{:.3}", student_quantile(1, 0.975)?), "12.706");
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
pub fn student_quantile(degrees: u64, probability: f64) -> Result<f64, StatisticsError> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(StatisticsError::Probability { value: probability });
    }
    // Above 0.5 the difference from 1 is exact.
    if probability > 0.5 {
        upper(degrees, 1.0 - probability)
    } else {
        upper(degrees, probability).map(|t| 0.0 - t)
    }
}

/// The half-width of a two-sided interval at `level`, in standard errors.
pub(super) fn two_sided(degrees: u64, level: f64) -> Result<f64, StatisticsError> {
    if !(0.0..=1.0).contains(&level) {
        return Err(StatisticsError::Probability { value: level });
    }
    upper(degrees, (1.0 - level) / 2.0).map_err(|error| match error {
        StatisticsError::Probability { .. } => StatisticsError::Probability { value: level },
        other => other,
    })
}

/// The number that the distribution exceeds with probability `tail`, at most 1/2.
fn upper(degrees: u64, tail: f64) -> Result<f64, StatisticsError> {
    if tail < SMALLEST_TAIL {
        return Err(StatisticsError::Probability { value: tail });
    }
    if degrees == 0 {
        return Err(StatisticsError::TooFew { needed: 2, got: 1 });
    }
    if tail == 0.5 {
        return Ok(0.0);
    }
    let z = normal::upper(tail);
    Ok(if degrees > MANY { expansion(degrees as f64, z) } else { solve(degrees as f64, tail, z) })
}

/// Abramowitz and Stegun, 26.7.5.
fn expansion(degrees: f64, z: f64) -> f64 {
    let s = z * z;
    let first = (s + 1.0) / 4.0;
    let second = ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let third = (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let fourth = ((((79.0 * s + 776.0) * s + 1_482.0) * s - 1_920.0) * s - 945.0) / 92_160.0;
    let more = (((fourth / degrees + third) / degrees + second) / degrees + first) / degrees;
    z + z * more
}

/// Newton's method on the logarithms of both sides, which are nearly linear in the tail. It
/// is kept between bounds that start from the normal quantile.
fn solve(degrees: f64, tail: f64, z: f64) -> f64 {
    let distribution = Student::new(degrees);
    let (mut low, mut high) = (z * 0.5, z);
    while distribution.tail(high) > tail {
        low = high;
        high *= 2.0;
    }
    // For more than a few degrees, the expansion is a good start.
    let mut t = if degrees < 20.0 { high } else { expansion(degrees, z).clamp(low, high) };
    for _ in 0..100 {
        let above = distribution.tail(t);
        if above > tail {
            low = t;
        } else {
            high = t;
        }
        let slope = t * distribution.density(t) / above;
        let mut next = t * libm::exp(libm::log(above / tail) / slope);
        // NaN is outside, too.
        if !(low..=high).contains(&next) {
            next = low + (high - low) / 2.0;
        }
        let step = (next - t).abs();
        t = next;
        if step <= 1e-12 * t {
            // Convergence is quadratic, so the next step would be below rounding.
            break;
        }
    }
    t
}

/// A Student distribution, with the terms that do not depend on the argument.
struct Student {
    degrees: f64,
    /// 1 / B(degrees / 2, 1 / 2).
    inverse_beta: f64,
}

impl Student {
    fn new(degrees: f64) -> Self {
        Self { degrees, inverse_beta: gamma_ratio(degrees / 2.0) / SQRT_PI }
    }

    /// (1 + t^2 / degrees)^(-degrees / 2).
    fn power(&self, t: f64) -> f64 {
        libm::exp(-0.5 * self.degrees * libm::log1p(t * t / self.degrees))
    }

    fn density(&self, t: f64) -> f64 {
        let ratio = t * t / self.degrees;
        self.inverse_beta * self.power(t) / libm::sqrt(self.degrees * (1.0 + ratio))
    }

    /// The probability above `t`, which is positive: half of the incomplete beta function at
    /// degrees / (degrees + t^2), or half of its complement if only that continued fraction
    /// converges (DLMF 8.17.22).
    fn tail(&self, t: f64) -> f64 {
        let (a, b) = (self.degrees / 2.0, 0.5);
        let ratio = t * t / self.degrees;
        let (x, rest) = (1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
        let front = self.inverse_beta * self.power(t) * libm::sqrt(rest);
        if x < (a + 1.0) / (a + b + 2.0) {
            0.5 * front * fraction(a, b, x) / a
        } else {
            0.5 - 0.5 * front * fraction(b, a, rest) / b
        }
    }
}

/// Γ(a + 1/2) / Γ(a). The series in 1 / a (Graham, Knuth, Patashnik, "Concrete
/// Mathematics", exercise 9.60) is exact from 50. A smaller a is raised to 50 by the
/// recurrence of the gamma function.
fn gamma_ratio(a: f64) -> f64 {
    let (mut a, mut product) = (a, 1.0);
    while a < 50.0 {
        product *= a / (a + 0.5);
        a += 1.0;
    }
    let r = 1.0 / a;
    let series = 869.0 / 4_194_304.0;
    let series = -399.0 / 262_144.0 + r * series;
    let series = -21.0 / 32_768.0 + r * series;
    let series = 5.0 / 1_024.0 + r * series;
    let series = 1.0 / 128.0 + r * series;
    let series = -0.125 + r * series;
    product * libm::sqrt(a) * (1.0 + r * series)
}
