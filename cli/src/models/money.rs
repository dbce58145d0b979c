//! Exact money: sums of thousands of rides agree to the last unit.

use flagfall::{Digest, Message, Span};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

/// Units in a dollar. One unit is what a millionth of a dollar per second makes in a
/// nanosecond.
const UNITS_PER_DOLLAR: i128 = 1_000_000_000_000_000;
const MICROS_PER_DOLLAR: u64 = 1_000_000;
const UNITS_PER_MICRO: i128 = UNITS_PER_DOLLAR / MICROS_PER_DOLLAR as i128;

/// An exact amount of money, in units of 1e-15 dollars: what the finest
/// [`Rate`] earns in the finest [`Span`], so that no fare is ever rounded.
///
/// # Examples
/// ```
/// use flagfall_cli::models::{Money, Rate};
/// use flagfall::Span;
///
/// let commission: Rate = "0.25".parse()?;
/// assert_eq!((commission * Span::from_secs(2)).dollars(), 0.5);
/// # Ok::<(), flagfall_cli::models::ParseRateError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Money(i128);

/// Dollars per second, in whole millionths; at most a thousand million
/// dollars, so that sums of fares stay exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(u64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount in units of 1e-15 dollars.
    #[must_use]
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The `f64` nearest to the amount in dollars, for printing.
    #[must_use]
    pub fn dollars(self) -> f64 {
        const MOST: u128 = 1 << f64::MANTISSA_DIGITS;
        // A quotient of two floats that are exact is rounded once.
        let (units, per_dollar) = match self.0 % UNITS_PER_MICRO {
            0 => (self.0 / UNITS_PER_MICRO, MICROS_PER_DOLLAR as f64),
            _ => (self.0, UNITS_PER_DOLLAR as f64),
        };
        if units.unsigned_abs() <= MOST {
            return units as f64 / per_dollar;
        }
        // The decimal text is exact; a quotient of two floats would be rounded twice.
        self.to_string().parse().expect("a decimal number")
    }
}

impl Rate {
    /// The highest rate.
    pub const MAX: Self = Self(1_000_000_000 * MICROS_PER_DOLLAR);

    /// A rate of `micros` millionths of a dollar per second.
    ///
    /// # Panics
    /// Above [`Rate::MAX`]; at compile time in a constant.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        assert!(micros <= Self::MAX.0, "a rate above a thousand million dollars a second");
        Self(micros)
    }
}

impl Mul<Span> for Rate {
    type Output = Money;

    fn mul(self, span: Span) -> Money {
        // Below 1e15 * 2^64, a ten-thousandth of 2^127.
        Money((u128::from(self.0) * u128::from(span.as_nanos())) as i128)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("more money than can be counted exactly"))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("more debt than can be counted exactly"))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |total, amount| total + amount)
    }
}

impl fmt::Display for Money {
    /// All decimals that are not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (units, per_dollar) = (self.0.unsigned_abs(), UNITS_PER_DOLLAR.unsigned_abs());
        let fraction = format!("{:015}", units % per_dollar);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{}{point}{fraction}", units / per_dollar))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Message for Money {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        self.0.digest(digest);
    }

    fn duplicate(&self) -> Option<Self> {
        Some(*self)
    }
}

/// Why a text is not a rate; prints the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseRateError {
    text: String,
}

impl fmt::Display for ParseRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a rate: write dollars per second, at most a thousand million with at \
             most six decimals, like 1.25",
            self.text
        )
    }
}

impl std::error::Error for ParseRateError {}

impl FromStr for Rate {
    type Err = ParseRateError;

    fn from_str(text: &str) -> Result<Self, ParseRateError> {
        let error = || ParseRateError { text: text.to_owned() };
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let empty = whole.is_empty() && fraction.is_empty();
        if empty || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
            return Err(error());
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| error())? };
        let fraction: u64 = format!("{fraction:0<6}").parse().map_err(|_| error())?;
        whole
            .checked_mul(MICROS_PER_DOLLAR)
            .and_then(|micros| micros.checked_add(fraction))
            .map(Self)
            .filter(|rate| *rate <= Self::MAX)
            .ok_or_else(error)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (*self * Span::from_secs(1)).fmt(f)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}/s")
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, UNITS_PER_MICRO};

    #[test]
    fn dollars_are_the_nearest_float() {
        let mut units: i128 = 0;
        for step in 1..3_000 {
            for money in [units, -units, units / step, units / step * UNITS_PER_MICRO].map(Money) {
                let read: f64 = money.to_string().parse().expect("a decimal number");
                assert_eq!(money.dollars().to_bits(), read.to_bits(), "{money}");
            }
            units = (units * 31 + step) % 100_000_000_000_000_000_003;
        }
    }
}
