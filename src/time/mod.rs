//! Virtual time: instants and spans in whole nanoseconds.
//!
//! The clock of a simulation is an integer. Floating-point clocks lose resolution as
//! they grow: a 64-bit float of seconds cannot advance by one second at 1e16 s, and not by
//! one nanosecond after about 100 days. With them, rounding decides whether two instants
//! are equal. A `u64` of nanoseconds is exact for 584 years, up to [`VirtualTime::MAX`].
//!
//! Instants and spans have different types: [`VirtualTime`] minus [`VirtualTime`] is a
//! [`Span`], and adding two instants does not compile. Both types are unsigned, so a
//! message cannot be sent into the past.
//!
//! # Arithmetic
//!
//! | expression | is |
//! |---|---|
//! | `instant + span`, `instant - span` | an instant |
//! | `instant - instant` | a span |
//! | `span + span`, `span - span`, `span % span`, a sum of spans | a span |
//! | `span * 3`, `3 * span`, `span / 3` | a span |
//! | `span * 1.5`, `1.5 * span`, `span / 1.5` | a span |
//! | `span / span` | an `f64`, such as the share of time that a till was busy |
//!
//! A result is rounded once, to the nearest nanosecond or the nearest `f64`, ties to even.
//! It has the same bits on every machine. An impossible operation panics at the line of the
//! caller: a result below zero or past 584 years, a division by zero, a float that is
//! negative, infinite or not a number. The methods `checked_...` return `None` instead,
//! and `try_...` an error.
//!
//! ```
//! use flagfall::{Span, VirtualTime};
//!
//! let (opens, closes) = (VirtualTime::from_hours(8), VirtualTime::from_hours(18));
//! let busy: Span = [Span::from_mins(90), Span::from_secs_f64(0.5) * 3].iter().sum();
//! assert_eq!(busy.to_string(), "5401.5s");
//! assert_eq!(busy / (closes - opens), 5_401.5 / 36_000.0);
//! assert_eq!(Span::from_nanos(5) / 2, Span::from_nanos(2)); // 2.5: to even
//! assert_eq!(Span::from_secs(1).checked_sub(busy), None);
//! ```

mod arithmetic;
mod error;
mod parse;
mod print;
mod rounding;

pub use error::ParseTimeError;

use error::Problem;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// An instant of virtual time: nanoseconds since the start of the run.
///
/// # Examples
/// ```
/// use flagfall::{Span, VirtualTime};
///
/// let noon = VirtualTime::ZERO + "12h".parse::<Span>()?;
/// assert_eq!(noon - VirtualTime::ZERO, Span::from_secs(43_200));
/// assert_eq!(noon.to_string(), "43200s");
/// # Ok::<(), flagfall::time::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct VirtualTime(u64);

/// A length of virtual time in whole nanoseconds; never negative.
///
/// Spans are parsed from text such as `1.5s`, `250ms`, `40us`, `2h` or
/// `1h30m` (see [`Span::from_str`](std::str::FromStr)) and print in the
/// shortest unit that needs no rounding. Parsing what was printed gives the
/// same span.
///
/// # Examples
/// ```
/// use flagfall::Span;
///
/// let span: Span = "1.5s".parse()?;
/// assert_eq!(span, Span::from_millis(1_500));
/// assert_eq!(span.to_string(), "1.5s");
/// assert!("-1s".parse::<Span>().is_err());
/// # Ok::<(), flagfall::time::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Span(u64);

impl VirtualTime {
    /// The start of every run.
    pub const ZERO: Self = Self(0);
    /// The largest value, 584 years after the start. It means never: no event happens then,
    /// and no clock stops there. A sleep, a timeout or a timer that is due then or later
    /// never ends. A message, a hold or a start-up that is due then is an error,
    /// [`ErrorKind::TimeOverflow`](crate::ErrorKind::TimeOverflow).
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant `secs` seconds after the start.
    ///
    /// # Panics
    /// Past [`VirtualTime::MAX`]; at compile time in a constant. The same holds for
    /// milliseconds, minutes, hours and days.
    ///
    /// # Examples
    /// ```
    /// use flagfall::VirtualTime;
    ///
    /// assert_eq!(VirtualTime::from_hours(2), VirtualTime::from_secs(7_200));
    /// assert_eq!(VirtualTime::from_days(1), VirtualTime::from_mins(1_440));
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn from_secs(secs: u64) -> Self {
        Self(Span::from_secs(secs).0)
    }

    /// The instant `millis` milliseconds after the start; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_millis(millis: u64) -> Self {
        Self(Span::from_millis(millis).0)
    }

    /// The instant `mins` minutes after the start; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_mins(mins: u64) -> Self {
        Self(Span::from_mins(mins).0)
    }

    /// The instant `hours` hours after the start; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_hours(hours: u64) -> Self {
        Self(Span::from_hours(hours).0)
    }

    /// The instant `days` days after the start; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_days(days: u64) -> Self {
        Self(Span::from_days(days).0)
    }

    /// The instant nearest to `secs` seconds after the start; see [`Span::from_secs_f64`].
    ///
    /// # Panics
    /// If `secs` is not a number, infinite, negative, or past [`VirtualTime::MAX`].
    #[must_use]
    #[track_caller]
    pub fn from_secs_f64(secs: f64) -> Self {
        Self(Span::from_secs_f64(secs).0)
    }

    /// The instant nearest to `secs` seconds after the start; see
    /// [`Span::try_from_secs_f64`].
    ///
    /// # Errors
    /// [`ParseTimeError`] if `secs` is not a number, infinite, negative, or past
    /// [`VirtualTime::MAX`].
    pub fn try_from_secs_f64(secs: f64) -> Result<Self, ParseTimeError> {
        Span::try_from_secs_f64(secs).map(|span| Self(span.0))
    }

    /// Nanoseconds since the start.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start, rounded to the nearest `f64`; for reports
    /// only, never for comparing instants.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        Span(self.0).as_secs_f64()
    }

    /// This instant plus `span`, or `None` past [`VirtualTime::MAX`].
    #[must_use]
    pub const fn checked_add(self, span: Span) -> Option<Self> {
        match self.0.checked_add(span.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// This instant minus `span`, or `None` before [`VirtualTime::ZERO`].
    #[must_use]
    pub const fn checked_sub(self, span: Span) -> Option<Self> {
        match self.0.checked_sub(span.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// The span since `earlier`, or `None` if `earlier` is later than `self`.
    #[must_use]
    pub const fn checked_since(self, earlier: Self) -> Option<Span> {
        match self.0.checked_sub(earlier.0) {
            Some(nanos) => Some(Span(nanos)),
            None => None,
        }
    }
}

impl Span {
    /// The empty span.
    pub const ZERO: Self = Self(0);
    /// The longest span, 584 years.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `nanos` nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A span of `micros` microseconds; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_micros(micros: u64) -> Self {
        Self::scaled(micros, 1_000)
    }

    /// A span of `millis` milliseconds; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_millis(millis: u64) -> Self {
        Self::scaled(millis, 1_000_000)
    }

    /// A span of `secs` seconds.
    ///
    /// # Panics
    /// Above [`Span::MAX`]; at compile time in a constant. The same holds for the
    /// other units.
    #[must_use]
    #[track_caller]
    pub const fn from_secs(secs: u64) -> Self {
        Self::scaled(secs, NANOS_PER_SECOND)
    }

    /// A span of `mins` minutes; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_mins(mins: u64) -> Self {
        Self::scaled(mins, 60 * NANOS_PER_SECOND)
    }

    /// A span of `hours` hours; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_hours(hours: u64) -> Self {
        Self::scaled(hours, 3_600 * NANOS_PER_SECOND)
    }

    /// A span of `days` days of 24 hours; see [`from_secs`](Self::from_secs).
    #[must_use]
    #[track_caller]
    pub const fn from_days(days: u64) -> Self {
        Self::scaled(days, 86_400 * NANOS_PER_SECOND)
    }

    #[track_caller]
    const fn scaled(count: u64, unit_nanos: u64) -> Self {
        match count.checked_mul(unit_nanos) {
            Some(nanos) => Self(nanos),
            None => panic!("span above 584 years"),
        }
    }

    /// The span nearest to `secs` seconds (ties to even nanoseconds).
    ///
    /// # Panics
    /// If `secs` is not a number, infinite, negative, or above [`Span::MAX`]; see
    /// [`Span::try_from_secs_f64`].
    ///
    /// # Examples
    /// ```
    /// use flagfall::Span;
    ///
    /// assert_eq!(Span::from_secs_f64(0.25), Span::from_millis(250));
    /// assert_eq!(Span::from_secs_f64(0.25).as_secs_f64(), 0.25);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn from_secs_f64(secs: f64) -> Self {
        match Self::try_from_secs_f64(secs) {
            Ok(span) => span,
            Err(error) => panic!("{error}"),
        }
    }

    /// The span nearest to `secs` seconds (ties to even nanoseconds).
    ///
    /// # Errors
    /// [`ParseTimeError`] if `secs` is not a number, infinite, negative, or
    /// above [`Span::MAX`].
    ///
    /// # Examples
    /// ```
    /// use flagfall::Span;
    ///
    /// assert_eq!(Span::try_from_secs_f64(0.25)?, Span::from_millis(250));
    /// assert!(Span::try_from_secs_f64(f64::NAN).is_err());
    /// assert!(Span::try_from_secs_f64(-1.0).is_err());
    /// # Ok::<(), flagfall::time::ParseTimeError>(())
    /// ```
    pub fn try_from_secs_f64(secs: f64) -> Result<Self, ParseTimeError> {
        let error = |problem| ParseTimeError::new(&secs.to_string(), problem);
        if !secs.is_finite() {
            return Err(error(Problem::NotFinite));
        }
        if secs < 0.0 {
            return Err(error(Problem::Negative));
        }
        let nanos = rounding::product(NANOS_PER_SECOND, secs);
        nanos.map(Self).ok_or_else(|| error(Problem::TooLong))
    }

    /// Nanoseconds in this span.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds, rounded to the nearest `f64`; for reports only.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        rounding::ratio(self.0, NANOS_PER_SECOND)
    }

    /// The number of seconds if this span is a whole number of them.
    #[must_use]
    pub const fn whole_secs(self) -> Option<u64> {
        if self.0 % NANOS_PER_SECOND == 0 { Some(self.0 / NANOS_PER_SECOND) } else { None }
    }

    /// Whether this is the empty span.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}
