//! Draws from a stream. Each states how many 64-bit words it consumes, because common
//! random numbers between scenarios depend on that.

use super::Stream;
use crate::statistics::log::log_of_normal;
use crate::time::Span;
use rand::Rng;
use std::ops::RangeInclusive;

/// 2^-53, the spacing of [`Stream::unit`].
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

/// The nearest whole number to a number that is not negative, an even one if there are two. Above
/// the largest one, it is the largest.
#[inline(always)]
pub(super) fn rounded(x: f64) -> u64 {
    /// From here on, all numbers are whole.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    // The sum is rounded, and what is after its first bit is the number.
    if x < WHOLE { (x + WHOLE).to_bits() - WHOLE.to_bits() } else { x as u64 }
}

impl Stream {
    /// A uniformly distributed whole number below `bound`. One word, seldom more.
    ///
    /// Lemire, "Fast random integer generation in an interval" (2019).
    ///
    /// # Panics
    /// If `bound` is 0.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "no whole number is below 0");
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// A uniformly distributed whole number in `range`, both ends included. One word,
    /// seldom more.
    ///
    /// # Panics
    /// If the range is empty.
    #[inline]
    pub fn range(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        assert!(low <= high, "the range {low}..={high} is empty");
        match (high - low).checked_add(1) {
            Some(count) => low + self.below(count),
            None => self.next_u64(),
        }
    }

    /// A number in [0, 1), a multiple of 2^-53. One word.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * UNIT
    }

    /// `true` with probability `p`. One word for any `p`.
    ///
    /// # Panics
    /// If `p` is not in [0, 1].
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        assert!((0.0..=1.0).contains(&p), "{p} is not a probability");
        self.unit() < p
    }

    /// An exponentially distributed span by inversion, rounded to whole
    /// nanoseconds; above [`Span::MAX`] it is `Span::MAX`. One word.
    #[inline]
    pub fn exponential(&mut self, mean: Span) -> Span {
        // In (0, 1], so that the logarithm is finite.
        let uniform = ((self.next_u64() >> 11) + 1) as f64 * UNIT;
        Span::from_nanos(rounded(-log_of_normal(uniform) * mean.as_nanos() as f64))
    }

    /// A uniformly distributed span in `range`, both ends included. One word, seldom more.
    ///
    /// # Panics
    /// If the range is empty.
    #[inline]
    pub fn span(&mut self, range: RangeInclusive<Span>) -> Span {
        Span::from_nanos(self.range(range.start().as_nanos()..=range.end().as_nanos()))
    }

    /// One of `items`, each equally likely; `None` if there are none.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(items.len() as u64) as usize) }
    }

    /// Puts `items` into a random order, each order equally likely (Fisher-Yates, from the
    /// end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}
