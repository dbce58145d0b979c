//! Estimates of a mean, with a confidence interval for each kind of observations.

use super::binomial::clopper_pearson;
use super::{Interval, StatisticsError, Tally};
use std::fmt;

/// An estimate of the mean of a measure from replications. It prints as in all tables.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Estimate, Tally};
///
/// // Different numbers: Student's interval, rounded to the second digit of its half-width.
/// let tally = Tally::of(&[16_400.0, 16_500.0, 16_556.0])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "16485 ± 196");
/// // Equal numbers give no interval, because the next number may be different.
/// let tally = Tally::of(&[10.0; 100])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "10 (all 100 equal)");
/// // A single number gives no interval.
/// let tally = Tally::of(&[10.0])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "10 (one value, no interval)");
/// // Yes and no: an event that never happened in 100 runs may happen in 3.6 % of all runs.
/// assert_eq!(Estimate::of_yes_no(0, 100, 0.95)?.to_string(), "0 (0 to 0.036)");
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// The confidence level that was asked for.
    pub level: f64,
    /// The number of observations.
    pub count: u64,
    /// The confidence interval of the true mean.
    pub bounds: Bounds,
}

/// The confidence interval of a true mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Student's interval: the mean plus or minus this.
    Student {
        /// The distance of the ends from the mean.
        half_width: f64,
    },
    /// The interval of Clopper and Pearson, for counts of yes and no. Its coverage is at least
    /// its level, for every share and every number of observations.
    ClopperPearson {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// There is no interval: a single observation, or all are equal. For n equal ones, the
    /// rule of three says only that, at 95 % confidence, fewer than 3/n of further
    /// replications differ (Hanley and Lippman-Hand, JAMA 249 (1983), 1743-1745).
    Undefined,
}

impl Estimate {
    /// The estimate of the mean of any numbers.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] without an observation, [`StatisticsError::TooClose`] and
    /// [`StatisticsError::Probability`] as for [`Interval::of`].
    pub fn of(tally: &Tally, level: f64) -> Result<Self, StatisticsError> {
        let Some(mean) = tally.mean() else {
            return Err(StatisticsError::TooFew { needed: 1, got: 0 });
        };
        let bounds = if tally.min() == tally.max() {
            Bounds::Undefined
        } else {
            Bounds::Student { half_width: Interval::of(tally, level)?.half_width }
        };
        Ok(Self { mean, level, count: tally.count(), bounds })
    }

    /// The estimate of the mean of shares, each from 0 to 1. If all are 0, or all are 1, the
    /// interval is that of Clopper and Pearson.
    ///
    /// # Errors
    /// As [`Estimate::of`].
    pub fn of_shares(tally: &Tally, level: f64) -> Result<Self, StatisticsError> {
        let count = tally.count();
        match (tally.min(), tally.max()) {
            (Some(0.0), Some(0.0)) => Self::of_yes_no(0, count, level),
            (Some(1.0), Some(1.0)) => Self::of_yes_no(count, count, level),
            _ => Self::of(tally, level),
        }
    }

    /// The estimate of the share of yes, with `yes` answers yes of `count`.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] without an answer, [`StatisticsError::Probability`] if
    /// `level` is out of range.
    pub fn of_yes_no(yes: u64, count: u64, level: f64) -> Result<Self, StatisticsError> {
        let (low, high) = clopper_pearson(yes, count, level)?;
        let mean = yes as f64 / count as f64;
        Ok(Self { mean, level, count, bounds: Bounds::ClopperPearson { low, high } })
    }

    /// The estimate of a mean from published moments: those of `count` numbers with that mean and
    /// that unbiased variance. Without a variance, there is no interval.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] without an observation; otherwise as
    /// [`Interval::from_moments`].
    ///
    /// # Examples
    /// ```
    /// use flagfall::statistics::Estimate;
    ///
    /// assert_eq!(Estimate::from_moments(10, 2.0, 0.25, 0.95)?.to_string(), "2.00 ± 0.36");
    /// assert_eq!(Estimate::from_moments(10, 2.0, 0.0, 0.95)?.to_string(), "2 (all 10 equal)");
    /// # Ok::<(), flagfall::statistics::StatisticsError>(())
    /// ```
    pub fn from_moments(
        count: u64,
        mean: f64,
        variance: f64,
        level: f64,
    ) -> Result<Self, StatisticsError> {
        if count == 0 {
            return Err(StatisticsError::TooFew { needed: 1, got: 0 });
        }
        let interval = Interval::from_moments(count.max(2), mean, variance, level)?;
        let bounds = match count == 1 || variance == 0.0 {
            true => Bounds::Undefined,
            false => Bounds::Student { half_width: interval.half_width },
        };
        Ok(Self { mean: interval.mean, level, count, bounds })
    }

    /// The notes below a table with estimates by [`Bounds::ClopperPearson`], with several
    /// equal observations ([`Bounds::Undefined`]), or with a single observation.
    #[must_use]
    pub fn notes(clopper_pearson: bool, undefined: bool, single: bool) -> Vec<&'static str> {
        let share = "Mean (low to high): Clopper and Pearson, for yes and no and for shares that \
                     are all 0 or all 1.";
        let equal = "All n equal: no interval; at 95 % confidence, fewer than 3/n of all \
                     replications differ.";
        let one = "One value: no interval; it takes two replications or more to have one.";
        let notes = [(clopper_pearson, share), (undefined, equal), (single, one)];
        notes.into_iter().filter(|(told, _)| *told).map(|(_, note)| note).collect()
    }

    /// The lower end of the interval, if there is one.
    #[must_use]
    pub fn low(&self) -> Option<f64> {
        match self.bounds {
            Bounds::Student { half_width } => Some(self.mean - half_width),
            Bounds::ClopperPearson { low, .. } => Some(low),
            Bounds::Undefined => None,
        }
    }

    /// The upper end of the interval, if there is one.
    #[must_use]
    pub fn high(&self) -> Option<f64> {
        match self.bounds {
            Bounds::Student { half_width } => Some(self.mean + half_width),
            Bounds::ClopperPearson { high, .. } => Some(high),
            Bounds::Undefined => None,
        }
    }

    /// The distance of the farther end of the interval from the mean, if there is an interval.
    #[must_use]
    pub fn half_width(&self) -> Option<f64> {
        match self.bounds {
            Bounds::Student { half_width } => Some(half_width),
            Bounds::ClopperPearson { low, high } => Some((self.mean - low).max(high - self.mean)),
            Bounds::Undefined => None,
        }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mean = self.mean;
        match self.bounds {
            Bounds::Student { half_width } => {
                let [mean, half] = rounded(half_width, [mean, half_width]);
                write!(f, "{mean} ± {half}")
            }
            Bounds::ClopperPearson { low, high } => {
                let [mean, low, high] = rounded((mean - low).max(high - mean), [mean, low, high]);
                write!(f, "{mean} ({low} to {high})")
            }
            Bounds::Undefined if self.count > 1 => {
                write!(f, "{} (all {} equal)", plain(mean), self.count)
            }
            Bounds::Undefined => write!(f, "{} (one value, no interval)", plain(mean)),
        }
    }
}

/// The numbers, rounded to the significant digits of that error: its first two, or all
/// before the point.
fn rounded<const N: usize>(error: f64, numbers: [f64; N]) -> [String; N] {
    // The place of the second significant digit. An error of zero, as at level 0, has none.
    let place = 1_i32.saturating_sub(libm::floor(libm::log10(error)) as i32);
    numbers.map(|number| match place {
        _ if number == 0.0 && N == 3 => "0".to_owned(),
        _ if error == 0.0 => plain(number),
        0..=12 => format!("{number:.*}", place as usize),
        ..0 if number.abs() < 1e15 => format!("{number:.0}"),
        _ => format!("{number:.3e}"),
    })
}

/// A number with an unknown error: the shortest text of at most six digits, but with all
/// digits before the point.
fn plain(number: f64) -> String {
    let size = number.abs();
    if number != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{number:.5e}");
    }
    let before = libm::floor(libm::log10(size.max(1.0))) as usize + 1;
    let text = format!("{number:.*}", 6_usize.saturating_sub(before));
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text.as_str()
    };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
