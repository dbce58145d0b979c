//! What observations say of a mean: an interval that fits their kind, or that there is none.

use super::binomial::clopper_pearson;
use super::{Interval, StatisticsError, Tally};
use std::fmt;

/// What some replications say of the mean of a measure. It prints as all tables do.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Estimate, Tally};
///
/// // Numbers that differ: Student's interval, rounded to the second digit of its half-width.
/// let tally = Tally::of(&[16_400.0, 16_500.0, 16_556.0])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "16485 ± 196");
/// // Numbers that are all equal say nothing of how far the next may be from them.
/// let tally = Tally::of(&[10.0; 100])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "10 (all 100 equal)");
/// // Nor does a single one.
/// let tally = Tally::of(&[10.0])?;
/// assert_eq!(Estimate::of(&tally, 0.95)?.to_string(), "10 (one value, no interval)");
/// // Yes and no: what was never seen in 100 runs may happen in 3.6 % of them.
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
    /// How many observations it rests on.
    pub count: u64,
    /// How far the true mean may be from it.
    pub bounds: Bounds,
}

/// How far a true mean may be from that of the observations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// Student's interval: the mean plus or minus this.
    Student {
        /// How far the ends are from the mean.
        half_width: f64,
    },
    /// The interval of Clopper and Pearson, of counts of yes and no: at least as often right
    /// as its level says, whatever the true share and however few observations there are.
    ClopperPearson {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// There is no interval: a single observation, or all are equal. Of n equal ones it is
    /// only known that, with 95 % confidence, fewer than a share of 3/n of all others differ
    /// (the rule of three: Hanley and Lippman-Hand, JAMA 249 (1983), 1743-1745).
    Undefined,
}

impl Estimate {
    /// What `tally` says of the mean of numbers of any kind.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] without an observation, [`StatisticsError::Probability`]
    /// if `level` is out of range, as for [`Interval::of`].
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

    /// What `tally` says of the mean of shares, each from 0 to 1. If all are 0, or all 1, it
    /// is bounded by the share of observations that may be something else.
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

    /// What `yes` answers of yes among `count` say of the share of yes.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] without an answer, [`StatisticsError::Probability`] if
    /// `level` is out of range.
    pub fn of_yes_no(yes: u64, count: u64, level: f64) -> Result<Self, StatisticsError> {
        let (low, high) = clopper_pearson(yes, count, level)?;
        let mean = yes as f64 / count as f64;
        Ok(Self { mean, level, count, bounds: Bounds::ClopperPearson { low, high } })
    }

    /// What the reader of a table has to know of estimates by [`Bounds::ClopperPearson`], of
    /// several observations that leave [`Bounds::Undefined`], and of a single one.
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

    /// How far the farther end of the interval is from the mean, if there is an interval.
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

/// Numbers with as many digits as an error of that size leaves meaning to: the error itself
/// gets two, or all that are before the point.
fn rounded<const N: usize>(error: f64, numbers: [f64; N]) -> [String; N] {
    // The place of the second digit that counts.
    let place = 1 - libm::floor(libm::log10(error)) as i32;
    numbers.map(|number| match place {
        _ if number == 0.0 && N == 3 => "0".to_owned(),
        _ if error == 0.0 => plain(number),
        0..=12 => format!("{number:.*}", place as usize),
        ..0 if number.abs() < 1e15 => format!("{number:.0}"),
        _ => format!("{number:.3e}"),
    })
}

/// A number whose error is not known: the shortest text of at most six digits, and of all
/// that are before the point.
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
