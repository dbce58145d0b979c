//! Time-weighted statistics of a level over virtual time.

use super::StatisticsError;
use crate::time::{Span, VirtualTime};

/// A level over virtual time, such as the length of a queue or the number of busy servers,
/// with its time-weighted average so far.
///
/// Levels are whole numbers, which may be negative (a stock with backorders). Use a smaller
/// unit for fractions. Integrals are exact: integers of levels times nanoseconds, which cannot
/// overflow.
///
/// # Examples
/// ```
/// use flagfall::statistics::TimeWeighted;
/// use flagfall::{Span, VirtualTime};
///
/// let at = |seconds| VirtualTime::from_secs(seconds);
/// let mut line = TimeWeighted::new(at(0), 0);
/// line.change(at(2), 1)?; // somebody comes
/// line.change(at(3), 1)?;
/// line.change(at(6), -2)?; // both go
///
/// let average = line.average(at(10))?;
/// assert_eq!(average.mean(), Some(0.7)); // 1 for 1 s, 2 for 3 s, of 10 s
/// assert_eq!((average.lowest(), average.highest()), (Some(0), Some(2)));
///
/// // Cut off a warm-up: the level stays, and the average starts again.
/// line.restart(at(10))?;
/// assert_eq!(line.average(at(12))?.mean(), Some(0.0));
/// assert!(line.set(at(9), 1).is_err());
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWeighted {
    level: i64,
    last: VirtualTime,
    passed: TimeAverage,
}

impl TimeWeighted {
    /// A level from `start` on.
    #[must_use]
    pub fn new(start: VirtualTime, level: i64) -> Self {
        Self { level, last: start, passed: TimeAverage::new() }
    }

    /// The level now.
    #[must_use]
    pub const fn level(&self) -> i64 {
        self.level
    }

    /// Sets the level from `now` on. Several changes at one instant are allowed; only the
    /// last of them lasts and counts.
    ///
    /// # Errors
    /// [`StatisticsError::BackInTime`] if `now` is before the last change.
    pub fn set(&mut self, now: VirtualTime, level: i64) -> Result<(), StatisticsError> {
        self.passed = self.average(now)?;
        self.last = now;
        self.level = level;
        Ok(())
    }

    /// Changes the level by `by` from `now` on.
    ///
    /// # Errors
    /// [`StatisticsError::BackInTime`] as [`TimeWeighted::set`], and
    /// [`StatisticsError::Overflow`] if the level leaves 64 bits.
    pub fn change(&mut self, now: VirtualTime, by: i64) -> Result<(), StatisticsError> {
        let level = self.level.checked_add(by).ok_or(StatisticsError::Overflow)?;
        self.set(now, level)
    }

    /// The average from the start, or from the last [`TimeWeighted::restart`], to
    /// `now`.
    ///
    /// # Errors
    /// [`StatisticsError::BackInTime`] if `now` is before the last change.
    pub fn average(&self, now: VirtualTime) -> Result<TimeAverage, StatisticsError> {
        let back = StatisticsError::BackInTime { last: self.last, now };
        let span = now.checked_since(self.last).ok_or(back)?;
        let mut average = self.passed;
        average.merge(&TimeAverage::constant(self.level, span))?;
        Ok(average)
    }

    /// All that it keeps: the level, when it changed last, and the parts of the average before. For
    /// programs that save it.
    #[doc(hidden)]
    #[must_use]
    pub const fn parts(&self) -> (i64, VirtualTime, TimeAverageParts) {
        let TimeAverage { span, integral, squares, range } = self.passed;
        (self.level, self.last, (span, integral, squares, range))
    }

    /// The level of such parts; `None` if they are of none.
    #[doc(hidden)]
    #[must_use]
    pub fn of_parts((level, last, parts): (i64, VirtualTime, TimeAverageParts)) -> Option<Self> {
        let (span, integral, squares, range) = parts;
        let (lowest, highest) = range.unwrap_or_default();
        let bounds = [lowest, highest].map(|level| i128::from(level) * i128::from(span.as_nanos()));
        let is_possible = range.is_some() != span.is_zero()
            && lowest <= highest
            && (bounds[0]..=bounds[1]).contains(&integral)
            && span <= last - VirtualTime::ZERO;
        let passed = TimeAverage { span, integral, squares, range };
        is_possible.then_some(Self { level, last, passed })
    }

    /// Drops everything before `now` except the level: the end of a warm-up.
    ///
    /// # Errors
    /// [`StatisticsError::BackInTime`] if `now` is before the last change.
    pub fn restart(&mut self, now: VirtualTime) -> Result<(), StatisticsError> {
        self.set(now, self.level)?;
        self.passed = TimeAverage::new();
        Ok(())
    }
}

/// Span, integral, integral of squares, and range.
type TimeAverageParts = (Span, i128, Option<u128>, Option<(i64, i64)>);

/// The time-weighted average of a level over a span, with exact integer integrals.
///
/// Averages of several spans merge, weighted by their lengths. Merging is exact in any order,
/// because all numbers are whole.
///
/// # Examples
/// ```
/// use flagfall::Span;
/// use flagfall::statistics::TimeAverage;
///
/// let mut average = TimeAverage::constant(3, Span::from_secs(1));
/// average.merge(&TimeAverage::constant(1, Span::from_secs(3)))?;
/// assert_eq!(average.mean(), Some(1.5));
/// assert_eq!(average.variance(), Some(0.75)); // (1.5² + 3 · 0.5²) / 4
/// assert_eq!(average.integral(), 6_000_000_000);
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeAverage {
    span: Span,
    /// Level times nanoseconds: below 2^127, as spans are below 2^64.
    integral: i128,
    /// Squares of levels times nanoseconds; `None` above 2^128.
    squares: Option<u128>,
    range: Option<(i64, i64)>,
}

impl Default for TimeAverage {
    fn default() -> Self {
        Self::new()
    }
}

impl TimeAverage {
    /// The average over an empty span.
    #[must_use]
    pub const fn new() -> Self {
        Self { span: Span::ZERO, integral: 0, squares: Some(0), range: None }
    }

    /// The average of a level that did not change for `span`.
    #[must_use]
    pub fn constant(level: i64, span: Span) -> Self {
        let nanos = span.as_nanos();
        let square = u128::from(level.unsigned_abs()) * u128::from(level.unsigned_abs());
        Self {
            span,
            integral: i128::from(level) * i128::from(nanos),
            squares: square.checked_mul(u128::from(nanos)),
            range: (nanos > 0).then_some((level, level)),
        }
    }

    /// Adds the time of `other`.
    ///
    /// # Errors
    /// [`StatisticsError::Overflow`] if both together are longer than 584 years
    /// ([`Span::MAX`]). Then nothing is changed.
    pub fn merge(&mut self, other: &Self) -> Result<(), StatisticsError> {
        self.span = self.span.checked_add(other.span).ok_or(StatisticsError::Overflow)?;
        self.integral += other.integral;
        self.squares = match (self.squares, other.squares) {
            (Some(one), Some(two)) => one.checked_add(two),
            _ => None,
        };
        self.range = match (self.range, other.range) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
            (one, two) => one.or(two),
        };
        Ok(())
    }

    /// The length of the span.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Level times nanoseconds, exactly.
    #[must_use]
    pub const fn integral(&self) -> i128 {
        self.integral
    }

    /// The mean level, or `None` for an empty span; correct to two units in the last place.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (!self.span.is_zero()).then(|| self.integral as f64 / self.span.as_nanos() as f64)
    }

    /// The variance of the level over time: the mean square of its difference from the mean.
    /// `None` for an empty span, and if squares of levels times nanoseconds exceed 2^127.
    /// Levels below 2^31 never do.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let span = i128::from(self.span.as_nanos());
        if span == 0 {
            return None;
        }
        // Around the whole number nearest to the mean, the correction at the end is at most
        // 1/4, so no digits cancel.
        let near = (self.integral + span / 2).div_euclid(span);
        let rest = self.integral - near * span;
        // The integral of (level - near)²: squares - near² * span - 2 * near * rest.
        let squares = i128::try_from(self.squares?).ok()?;
        let around = near.checked_mul(near)?.checked_mul(span)?;
        let around =
            squares.checked_sub(around)?.checked_sub(near.checked_mul(rest)?.checked_mul(2)?)?;
        let shift = rest as f64 / span as f64;
        let variance = around as f64 / span as f64 - shift * shift;
        Some(if variance > 0.0 { variance } else { 0.0 })
    }

    /// The lowest level that lasted, or `None` for an empty span.
    #[must_use]
    pub fn lowest(&self) -> Option<i64> {
        self.range.map(|(lowest, _)| lowest)
    }

    /// The highest level that lasted, or `None` for an empty span.
    #[must_use]
    pub fn highest(&self) -> Option<i64> {
        self.range.map(|(_, highest)| highest)
    }
}
