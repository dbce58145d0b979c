//! Arithmetic of instants and spans; see [`time`](super) for the rules.

use super::{Span, VirtualTime, rounding};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Rem, Sub, SubAssign};

const TOO_LONG: &str = "a span above 584 years";
const BELOW_ZERO: &str = "a span below zero: it was to be shortened by a longer one";

impl Span {
    /// The sum, or `None` above [`Span::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// The difference, or `None` if `other` is longer.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
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

    /// The span nearest to this one divided by `count`, ties to even; `None` if `count` is 0.
    #[must_use]
    pub fn checked_div(self, count: u64) -> Option<Self> {
        (count > 0).then(|| Self(rounding::quotient(self.0.into(), count.into()) as u64))
    }

    /// The span nearest to this one times `factor`, ties to even; `None` above
    /// [`Span::MAX`], and if `factor` is negative, infinite or not a number.
    #[must_use]
    pub fn checked_mul_f64(self, factor: f64) -> Option<Self> {
        if !rounding::is_factor(factor) {
            return None;
        }
        rounding::product(self.0, factor).map(Self)
    }

    /// The span nearest to this one divided by `divisor`, ties to even; `None` above
    /// [`Span::MAX`], and if `divisor` is zero, negative, infinite or not a number.
    #[must_use]
    pub fn checked_div_f64(self, divisor: f64) -> Option<Self> {
        if !rounding::is_factor(divisor) || divisor == 0.0 {
            return None;
        }
        rounding::divided(self.0, divisor).map(Self)
    }

    /// This span divided by `other`, as the nearest `f64`; `None` if `other` is zero.
    #[must_use]
    pub fn checked_ratio(self, other: Self) -> Option<f64> {
        (other.0 > 0).then(|| rounding::ratio(self.0, other.0))
    }
}

impl Add<Span> for VirtualTime {
    type Output = Self;

    /// # Panics
    /// Past [`VirtualTime::MAX`]; see [`VirtualTime::checked_add`].
    #[inline]
    #[track_caller]
    fn add(self, span: Span) -> Self {
        self.checked_add(span).expect("virtual time past 584 years")
    }
}

impl AddAssign<Span> for VirtualTime {
    #[inline]
    #[track_caller]
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for VirtualTime {
    type Output = Self;

    /// # Panics
    /// Before [`VirtualTime::ZERO`]; see [`VirtualTime::checked_sub`].
    #[inline]
    #[track_caller]
    fn sub(self, span: Span) -> Self {
        self.checked_sub(span).expect("an instant before the start")
    }
}

impl SubAssign<Span> for VirtualTime {
    #[inline]
    #[track_caller]
    fn sub_assign(&mut self, span: Span) {
        *self = *self - span;
    }
}

impl Sub for VirtualTime {
    type Output = Span;

    /// # Panics
    /// If `earlier` is later; see [`VirtualTime::checked_since`].
    #[inline]
    #[track_caller]
    fn sub(self, earlier: Self) -> Span {
        self.checked_since(earlier).expect("an instant minus a later one")
    }
}

impl Add for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`]; see [`Span::checked_add`].
    #[inline]
    #[track_caller]
    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect(TOO_LONG)
    }
}

impl AddAssign for Span {
    #[inline]
    #[track_caller]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;

    /// # Panics
    /// If `other` is longer; see [`Span::checked_sub`].
    #[inline]
    #[track_caller]
    fn sub(self, other: Self) -> Self {
        self.checked_sub(other).expect(BELOW_ZERO)
    }
}

impl SubAssign for Span {
    #[inline]
    #[track_caller]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Mul<u64> for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`]; see [`Span::checked_mul`].
    #[inline]
    #[track_caller]
    fn mul(self, count: u64) -> Self {
        self.checked_mul(count).expect(TOO_LONG)
    }
}

impl Mul<Span> for u64 {
    type Output = Span;

    #[inline]
    #[track_caller]
    fn mul(self, span: Span) -> Span {
        span * self
    }
}

impl Mul<f64> for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`], and if `factor` is negative, infinite or not a number; see
    /// [`Span::checked_mul_f64`].
    #[track_caller]
    fn mul(self, factor: f64) -> Self {
        or_refuse(self.checked_mul_f64(factor), format_args!("{self} * {factor}"))
    }
}

impl Mul<Span> for f64 {
    type Output = Span;

    #[track_caller]
    fn mul(self, span: Span) -> Span {
        span * self
    }
}

impl Div<u64> for Span {
    type Output = Self;

    /// # Panics
    /// If `count` is 0; see [`Span::checked_div`].
    #[track_caller]
    fn div(self, count: u64) -> Self {
        or_refuse(self.checked_div(count), format_args!("{self} / {count}"))
    }
}

impl Div<f64> for Span {
    type Output = Self;

    /// # Panics
    /// Above [`Span::MAX`], and if `divisor` is zero, negative, infinite or not a number;
    /// see [`Span::checked_div_f64`].
    #[track_caller]
    fn div(self, divisor: f64) -> Self {
        or_refuse(self.checked_div_f64(divisor), format_args!("{self} / {divisor}"))
    }
}

impl Div for Span {
    type Output = f64;

    /// # Panics
    /// If `other` is zero; see [`Span::checked_ratio`].
    #[track_caller]
    fn div(self, other: Self) -> f64 {
        or_refuse(self.checked_ratio(other), format_args!("{self} / {other}"))
    }
}

impl Rem for Span {
    type Output = Self;

    /// The remainder of this span divided by `other`.
    ///
    /// # Panics
    /// If `other` is zero.
    #[track_caller]
    fn rem(self, other: Self) -> Self {
        Self(or_refuse(self.0.checked_rem(other.0), format_args!("{self} % {other}")))
    }
}

#[track_caller]
fn or_refuse<T>(result: Option<T>, term: fmt::Arguments<'_>) -> T {
    let Some(result) = result else {
        panic!(
            "{term} has no result: factors are 0 or more, divisors above 0, spans below 584 years"
        )
    };
    result
}

impl Sum for Span {
    /// # Panics
    /// Above [`Span::MAX`].
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, |total, span| total + span)
    }
}

impl<'a> Sum<&'a Self> for Span {
    /// # Panics
    /// Above [`Span::MAX`].
    fn sum<I: Iterator<Item = &'a Self>>(spans: I) -> Self {
        spans.copied().sum()
    }
}
