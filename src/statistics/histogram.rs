//! Counts of observations in buckets whose widths grow with the values.

use super::StatisticsError;
use super::quantile::{between, place};
use crate::time::Span;

/// The most bits of a bucket's resolution; more would need too much memory.
const FINEST: u32 = 14;
/// A merge never has more observations, so that later ones cannot overflow the count.
const MOST: u64 = 1 << 63;

/// Whole numbers counted in buckets. It gives quantiles of any number of observations in
/// bounded memory, with a relative error that is set in advance.
///
/// Each power of two has the same number of buckets. So the middle of a bucket differs from
/// its observations by at most the relative error. Each small number has its own bucket and
/// is exact. The layout is that of G. Tene's HdrHistogram. Counts are integers: merging is
/// exact in any order, and the order of observations makes no difference.
///
/// Spans are added as nanoseconds ([`Histogram::add_span`]), other quantities in a unit of
/// the user's choice.
///
/// # Cost
/// A few instructions per observation. At an error of 1 %, there are at most 3,776 buckets
/// of 8 bytes; at 0.1 %, at most 28,672. Only buckets up to the largest observation exist.
///
/// # Examples
/// ```
/// use flagfall::Span;
/// use flagfall::statistics::Histogram;
///
/// let mut waits = Histogram::new(0.01)?;
/// (1..=1_000).for_each(|wait| waits.add_span(Span::from_millis(wait)));
/// let median = waits.quantile(0.5)?;
/// assert!((median / 500.5e6 - 1.0).abs() <= waits.relative_error());
/// assert!(waits.relative_error() <= 0.01);
/// assert_eq!((waits.count(), waits.max()), (1_000, Some(1_000_000_000)));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Each power of two has 2^bits buckets.
    bits: u32,
    counts: Vec<u64>,
    count: u64,
    /// A sum of 2^64 observations of 2^64 fits.
    total: u128,
    min: u64,
    max: u64,
}

/// The observations of one bucket, which the histogram does not distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bucket {
    /// The smallest number of the bucket.
    pub low: u64,
    /// The largest number of the bucket.
    pub high: u64,
    /// How many observations are in it.
    pub count: u64,
}

impl Histogram {
    /// An empty histogram. The relative error of its quantiles is at most `relative_error`,
    /// rounded down to a power of two: [`Histogram::relative_error`].
    ///
    /// # Errors
    /// [`StatisticsError::Precision`] if it is not between 2^-15 (0.003 %) and 0.25.
    pub fn new(relative_error: f64) -> Result<Self, StatisticsError> {
        let fits = |bits: &u32| error_of(*bits) <= relative_error;
        let bits = (1..=FINEST).find(fits).filter(|_| relative_error <= 0.25);
        let bits = bits.ok_or(StatisticsError::Precision { value: relative_error })?;
        Ok(Self { bits, counts: Vec::new(), count: 0, total: 0, min: u64::MAX, max: 0 })
    }

    /// The largest relative error of a quantile, apart from two roundings of an `f64`.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        error_of(self.bits)
    }

    /// Adds an observation.
    pub fn add(&mut self, value: u64) {
        let index = self.index(value);
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        self.count += 1;
        self.total += u128::from(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds an observation, in nanoseconds.
    pub fn add_span(&mut self, span: Span) {
        self.add(span.as_nanos());
    }

    /// Adds the observations of `other`.
    ///
    /// # Errors
    /// [`StatisticsError::DifferentPrecision`] if it has other buckets,
    /// [`StatisticsError::Overflow`] if there would be more than 2^63 observations.
    /// Then nothing is changed.
    pub fn merge(&mut self, other: &Self) -> Result<(), StatisticsError> {
        if self.bits != other.bits {
            let (one, other) = (self.relative_error(), other.relative_error());
            return Err(StatisticsError::DifferentPrecision { one, other });
        }
        let count = self.count.checked_add(other.count).filter(|count| *count <= MOST);
        self.count = count.ok_or(StatisticsError::Overflow)?;
        if other.counts.len() > self.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        Ok(())
    }

    /// All that it keeps: the resolution, the counts, the sum, the smallest and the largest. For
    /// programs that save it.
    #[doc(hidden)]
    #[must_use]
    pub fn parts(&self) -> (u32, Vec<u64>, u128, u64, u64) {
        (self.bits, self.counts.clone(), self.total, self.min, self.max)
    }

    /// The histogram of such parts; `None` if they are of none.
    #[doc(hidden)]
    #[must_use]
    pub fn of_parts(
        (bits, counts, total, min, max): (u32, Vec<u64>, u128, u64, u64),
    ) -> Option<Self> {
        let count = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        let count = count.filter(|count| *count <= MOST && (1..=FINEST).contains(&bits))?;
        let read = Self { bits, counts, count, total, min, max };
        if count == 0 {
            return (total == 0 && min == u64::MAX && max == 0).then_some(read);
        }
        let outer = |value: u64| read.counts.get(read.index(value)).is_some_and(|count| *count > 0);
        let inside = |index: usize| read.counts[index] == 0 || index >= read.index(min);
        let is_possible = min <= max
            && outer(min)
            && outer(max)
            && read.counts.len() == read.index(max) + 1
            && (0..read.counts.len()).all(inside)
            && total >= u128::from(count) * u128::from(min)
            && total <= u128::from(count) * u128::from(max);
        is_possible.then_some(read)
    }

    /// How many observations there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean, exact except for rounding; `None` without observations.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.total as f64 / self.count as f64)
    }

    /// The smallest observation, exactly; `None` without any.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest observation, exactly; `None` without any.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The quantile of `probability`, by the definition of [`Sample`](super::Sample), within
    /// [`Histogram::relative_error`] of the exact one. Cost: O(buckets).
    ///
    /// # Errors
    /// [`StatisticsError::Probability`] if it is not in [0, 1],
    /// [`StatisticsError::TooFew`] without observations.
    pub fn quantile(&self, probability: f64) -> Result<f64, StatisticsError> {
        let (at, along) = place(self.count, probability)?;
        // Both neighbours are within the error, and so is a point between them.
        Ok(between(self.in_order(at), self.in_order((at + 1).min(self.count - 1)), along))
    }

    /// The middle of the bucket of the observation with that number in order. In the outer
    /// buckets, it is cut to the smallest and largest observation.
    fn in_order(&self, number: u64) -> f64 {
        let mut before = 0;
        for bucket in self.buckets() {
            before += bucket.count;
            if before > number {
                // No observation is outside min and max, so the cut only reduces the error.
                let (low, high) = (bucket.low.max(self.min), bucket.high.min(self.max));
                let middle = bucket.low + (bucket.high - bucket.low) / 2;
                return middle.clamp(low, high) as f64;
            }
        }
        self.max as f64
    }

    /// The buckets with observations, from the smallest to the largest.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(index, count)| {
            let (low, high) = self.bounds(index);
            Bucket { low, high, count: *count }
        })
    }

    /// Each of the first 2^(bits + 1) numbers has its own bucket. Larger numbers share a
    /// bucket if their highest bits + 1 binary digits are equal.
    fn index(&self, value: u64) -> usize {
        let shift = (u64::BITS - value.leading_zeros()).saturating_sub(self.bits + 1);
        ((shift as usize) << self.bits) + (value >> shift) as usize
    }

    fn bounds(&self, index: usize) -> (u64, u64) {
        let shift = (index >> self.bits).saturating_sub(1);
        let digits = (index - (shift << self.bits)) as u64;
        let low = digits << shift;
        (low, low + ((1 << shift) - 1))
    }
}

/// Half the width of a bucket, divided by its smallest number: 2^-(bits + 1).
fn error_of(bits: u32) -> f64 {
    1.0 / (2_u64 << bits) as f64
}
