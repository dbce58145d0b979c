//! Virtual time: instants and spans in whole nanoseconds.
//!
//! The clock of a simulation is an integer. Floating-point clocks lose
//! resolution as they grow (a 64-bit float stops advancing by one second at
//! 1e16 s and by one nanosecond after about 100 days) and make "the same
//! instant" a matter of rounding. A `u64` of nanoseconds is exact for 584
//! years, which the types state as [`VirtualTime::MAX`].
//!
//! Two types keep instants and lengths apart: [`VirtualTime`] minus
//! [`VirtualTime`] is a [`Span`]; adding two instants does not compile. Both
//! are unsigned, so a message cannot be sent into the past.

mod error;
mod parse;

pub use error::ParseTimeError;

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

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
    /// The last instant that can be named, 584 years after the start. It is never: nothing
    /// happens then, and no clock stops there. A sleep, a timeout or a timer that is due then
    /// or later never comes; for what has to come (a message, a hold, a start-up) it is an
    /// error, [`ErrorKind::TimeOverflow`](crate::ErrorKind::TimeOverflow).
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
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
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest span, 584 years.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `nanos` nanoseconds.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A span of `micros` microseconds.
    ///
    /// # Panics
    /// Above [`Span::MAX`]; at compile time in a constant.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self::scaled(micros, 1_000)
    }

    /// A span of `millis` milliseconds.
    ///
    /// # Panics
    /// Above [`Span::MAX`]; at compile time in a constant.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::scaled(millis, 1_000_000)
    }

    /// A span of `secs` seconds.
    ///
    /// # Panics
    /// Above [`Span::MAX`]; at compile time in a constant.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self::scaled(secs, NANOS_PER_SECOND)
    }

    const fn scaled(count: u64, unit_nanos: u64) -> Self {
        match count.checked_mul(unit_nanos) {
            Some(nanos) => Self(nanos),
            None => panic!("span above 584 years"),
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
        if !secs.is_finite() {
            return Err(ParseTimeError::not_finite(secs));
        }
        if secs < 0.0 {
            return Err(ParseTimeError::negative(&secs.to_string()));
        }
        // Two roundings: exact below 2^51 ns (26 days); above, seconds in an
        // f64 are themselves coarser than the clock.
        let nanos = libm::rint(secs * NANOS_PER_SECOND as f64);
        if nanos >= u64::MAX as f64 {
            return Err(ParseTimeError::too_long(&secs.to_string()));
        }
        Ok(Self(nanos as u64))
    }

    /// Nanoseconds in this span.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds, rounded to the nearest `f64`; for reports only.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        // Whole seconds and the rest are each exact, so only one rounding
        // happens for spans below 2^53 ns.
        let whole = self.0 / NANOS_PER_SECOND;
        let rest = self.0 % NANOS_PER_SECOND;
        if whole < (1 << 53) / NANOS_PER_SECOND {
            self.0 as f64 / NANOS_PER_SECOND as f64
        } else {
            whole as f64 + rest as f64 / NANOS_PER_SECOND as f64
        }
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

    /// The sum, or `None` above [`Span::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// This span `count` times, or `None` above [`Span::MAX`].
    #[must_use]
    pub const fn checked_mul(self, count: u64) -> Option<Self> {
        match self.0.checked_mul(count) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }
}

impl Add<Span> for VirtualTime {
    type Output = Self;

    /// # Panics
    /// Past [`VirtualTime::MAX`]; see [`VirtualTime::checked_add`].
    fn add(self, span: Span) -> Self {
        self.checked_add(span).expect("virtual time past 584 years")
    }
}

impl AddAssign<Span> for VirtualTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub for VirtualTime {
    type Output = Span;

    /// # Panics
    /// If `earlier` is later; see [`VirtualTime::checked_since`].
    fn sub(self, earlier: Self) -> Span {
        self.checked_since(earlier).expect("an instant minus a later one")
    }
}

impl Add for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`]; see [`Span::checked_add`].
    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("span above 584 years")
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`]; see [`Span::checked_mul`].
    fn mul(self, count: u64) -> Self {
        self.checked_mul(count).expect("span above 584 years")
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, |total, span| total + span)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit_nanos, unit) = match self.0 {
            0 => return f.pad("0s"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "us"),
            1_000_000..NANOS_PER_SECOND => (1_000_000, "ms"),
            _ => (NANOS_PER_SECOND, "s"),
        };
        f.pad(&format!("{}{unit}", decimal(self.0, unit_nanos)))
    }
}

/// `nanos / unit_nanos` as an exact decimal without trailing zeros.
/// `unit_nanos` is a power of ten.
fn decimal(nanos: u64, unit_nanos: u64) -> String {
    let whole = nanos / unit_nanos;
    let rest = nanos % unit_nanos;
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit_nanos.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for VirtualTime {
    /// Seconds since the start. `{}` prints no more digits than needed
    /// (`12.5s`); `{:#}` always prints nine, so that columns line up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            let (whole, rest) = (self.0 / NANOS_PER_SECOND, self.0 % NANOS_PER_SECOND);
            return f.pad(&format!("{whole}.{rest:09}"));
        }
        f.pad(&format!("{}s", decimal(self.0, NANOS_PER_SECOND)))
    }
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
