//! Confidence intervals of means.

use super::tally::usable;
use super::{CLOSEST, StatisticsError, Tally, student};
use std::fmt;

/// A mean with Student's confidence interval.
///
/// Of many intervals at level 0.95, 95 % cover the true mean if the observations are
/// independent and normally distributed. Replications of a simulation are independent, and
/// their means are nearly normal. Observations within one run are neither, so they need
/// [`BatchMeans`](super::BatchMeans).
///
/// Source: A. M. Law, W. D. Kelton, "Simulation Modeling and Analysis", third
/// edition (2000), section 4.5; any textbook.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Interval, Tally};
///
/// // Ten days of a bank (Law and Kelton, section 9.4.1): minutes of delay.
/// let days = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60];
/// let interval = Interval::of(&Tally::of(&days)?, 0.90)?;
/// assert_eq!(format!("{interval:.2}"), "2.03 ± 0.32 (90 %, n = 10)");
/// assert!(interval.covers(2.0) && !interval.covers(2.5));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Interval {
    /// The mean of the observations.
    pub mean: f64,
    /// The distance of the ends from the mean.
    pub half_width: f64,
    /// The confidence level, such as 0.95.
    pub level: f64,
    /// The number of observations.
    pub count: u64,
}

impl Interval {
    /// The interval of the mean of the observations in `tally`.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] for fewer than two observations,
    /// [`StatisticsError::TooClose`] for different ones within [`CLOSEST`],
    /// [`StatisticsError::Probability`] if `level` is not between 0 and 1 - 2e-15.
    pub fn of(tally: &Tally, level: f64) -> Result<Self, StatisticsError> {
        let (Some(mean), Some(error)) = (tally.mean(), tally.spread()?.standard_error()) else {
            return Err(StatisticsError::TooFew { needed: 2, got: tally.count() });
        };
        let reach = student::two_sided(tally.count() - 1, level)?;
        Ok(Self { mean, half_width: reach * error, level, count: tally.count() })
    }

    /// The interval of a mean from published moments: those of `count` observations with
    /// that mean and that unbiased variance.
    ///
    /// # Errors
    /// As [`Interval::of`], and [`StatisticsError::Unusable`] if mean or variance are
    /// not numbers or the variance is negative.
    pub fn from_moments(
        count: u64,
        mean: f64,
        variance: f64,
        level: f64,
    ) -> Result<Self, StatisticsError> {
        let mean = usable(mean)?;
        if !(variance >= 0.0 && variance.is_finite()) {
            return Err(StatisticsError::Unusable { value: variance });
        }
        if variance > 0.0 && variance < CLOSEST * CLOSEST {
            return Err(StatisticsError::TooClose { range: libm::sqrt(variance) });
        }
        if count < 2 {
            return Err(StatisticsError::TooFew { needed: 2, got: count });
        }
        let reach = student::two_sided(count - 1, level)?;
        Ok(Self { mean, half_width: reach * libm::sqrt(variance / count as f64), level, count })
    }

    /// The lower end.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.mean - self.half_width
    }

    /// The upper end.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.mean + self.half_width
    }

    /// Whether `value` lies in the interval, ends included.
    #[must_use]
    pub fn covers(&self, value: f64) -> bool {
        (self.low()..=self.high()).contains(&value)
    }

    /// The half-width divided by the magnitude of the mean; `None` if the mean is zero.
    #[must_use]
    pub fn relative_half_width(&self) -> Option<f64> {
        (self.mean != 0.0).then(|| self.half_width / self.mean.abs())
    }
}

impl fmt::Display for Interval {
    /// `{:.3}` prints mean and half-width with three decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mean, half) = (self.mean, self.half_width);
        match f.precision() {
            Some(digits) => write!(f, "{mean:.digits$} ± {half:.digits$}")?,
            None => write!(f, "{mean} ± {half}")?,
        }
        // 0.95 must print as 95, although the product is rounded.
        let percent = libm::rint(self.level * 1e10) / 1e8;
        write!(f, " ({percent} %, n = {})", self.count)
    }
}
