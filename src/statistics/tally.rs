//! Statistics of observations with equal weights.

use super::StatisticsError;
use super::sum::Sum;

/// The largest magnitude of an observation, 1e140. Sums of 2^64 squared differences of such
/// numbers are finite.
pub const LARGEST: f64 = 1e140;

/// The smallest range of different observations that has a variance, 1e-140. The squares of
/// smaller differences would lose digits, or all of them.
pub const CLOSEST: f64 = 1e-140;

/// `value` if it is finite and not too large; -0.0 becomes 0.0.
pub(super) fn usable(value: f64) -> Result<f64, StatisticsError> {
    // NaN is in no range.
    if (-LARGEST..=LARGEST).contains(&value) {
        Ok(value + 0.0)
    } else {
        Err(StatisticsError::Unusable { value })
    }
}

/// Count, mean, variance, minimum and maximum of observations, in constant memory: Welford's
/// method, with a compensated mean.
///
/// # Accuracy
/// The mean is a compensated sum (Neumaier), so that differences from it are accurate even
/// if the observations are far from zero. The error of the mean is at most 1e-14, relative to
/// the largest magnitude among the observations. The relative error of the variance is at most
/// 1e-12, for any mean. Observations that differ, but by less than [`CLOSEST`], have none.
/// Counts stop at 2^64 - 1.
///
/// # Merging
/// Tallies of parts give the tally of the whole (Chan, Golub and LeVeque), with the same
/// accuracy. The same parts merged in the same order give the same bits on every machine;
/// another partition may change the last digits. Therefore results of threads are merged in
/// the order of their numbers, not in the order in which they finish.
///
/// # Sources
/// B. P. Welford, "Note on a method for calculating corrected sums of squares
/// and products", Technometrics 4 (1962), 419-420. T. F. Chan, G. H. Golub,
/// R. J. LeVeque, "Algorithms for computing the sample variance: analysis and
/// recommendations", The American Statistician 37 (1983), 242-247.
/// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
/// Summen", Zeitschrift für Angewandte Mathematik und Mechanik 54 (1974), 39-51.
///
/// # Examples
/// ```
/// use flagfall::statistics::Tally;
///
/// // The dataset NumAcc1 of NIST, for which a sum of squares is inaccurate.
/// let tally = Tally::of(&[10_000_001.0, 10_000_003.0, 10_000_002.0])?;
/// assert_eq!((tally.count(), tally.mean()), (3, Some(10_000_002.0)));
/// assert_eq!(tally.standard_deviation(), Some(1.0));
/// assert_eq!((tally.min(), tally.max()), (Some(10_000_001.0), Some(10_000_003.0)));
///
/// let mut first = Tally::of(&[10_000_001.0])?;
/// first.merge(&Tally::of(&[10_000_003.0, 10_000_002.0])?);
/// assert_eq!(first.variance(), tally.variance());
/// assert!(first.add(f64::NAN).is_err());
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    count: u64,
    mean: Sum,
    /// Sum of squared differences from the mean.
    squares: Sum,
    /// Undefined without observations, as is `max`.
    min: f64,
    max: f64,
}

impl Tally {
    /// An empty tally.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The tally of `values`, in their order.
    ///
    /// # Errors
    /// [`StatisticsError::Unusable`] for the first that cannot be used.
    pub fn of(values: &[f64]) -> Result<Self, StatisticsError> {
        let mut tally = Self::new();
        for value in values {
            tally.add(*value)?;
        }
        Ok(tally)
    }

    /// Adds an observation. Cost: one division and some twenty additions.
    ///
    /// # Errors
    /// [`StatisticsError::Unusable`] if it is not a number, infinite, or above [`LARGEST`]
    /// in magnitude. Then the tally is unchanged.
    pub fn add(&mut self, value: f64) -> Result<(), StatisticsError> {
        let value = usable(value)?;
        if self.count == 0 || value < self.min {
            self.min = value;
        }
        if self.count == 0 || value > self.max {
            self.max = value;
        }
        self.count = self.count.saturating_add(1);
        let before = self.deviation(value);
        self.mean.add(before / self.count as f64);
        self.squares.add(before * self.deviation(value));
        Ok(())
    }

    /// Adds the observations of `other`, as if they had come after these.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let apart = other.mean.minus(&self.mean);
        let count = self.count as f64 + other.count as f64;
        let share = other.count as f64 / count;
        self.mean.add(apart * share);
        self.squares.merge(&other.squares);
        self.squares.add(apart * apart * self.count as f64 * share);
        self.count = self.count.saturating_add(other.count);
        self.min = if other.min < self.min { other.min } else { self.min };
        self.max = if other.max > self.max { other.max } else { self.max };
    }

    /// All that it keeps: the count, and six numbers. For programs that save it.
    #[doc(hidden)]
    #[must_use]
    pub fn parts(&self) -> (u64, [f64; 6]) {
        let ([mean, of_mean], [squares, of_squares]) = (self.mean.parts(), self.squares.parts());
        (self.count, [mean, of_mean, squares, of_squares, self.min, self.max])
    }

    /// The tally of such parts; `None` if they are of no tally.
    #[doc(hidden)]
    #[must_use]
    pub fn of_parts((count, numbers): (u64, [f64; 6])) -> Option<Self> {
        let [mean, of_mean, squares, of_squares, min, max] = numbers;
        let is_possible = match count {
            0 => numbers == [0.0; 6],
            _ => usable(min).is_ok() && usable(max).is_ok() && min <= max && squares >= 0.0,
        };
        let (mean, squares) =
            (Sum::of_parts([mean, of_mean]), Sum::of_parts([squares, of_squares]));
        let is_finite = numbers.iter().all(|number| number.is_finite());
        (is_possible && is_finite).then_some(Self { count, mean, squares, min, max })
    }

    /// `value` minus the mean.
    pub(super) fn deviation(&self, value: f64) -> f64 {
        self.mean.below(value)
    }

    /// The tally, if its squares have kept their digits.
    pub(super) fn spread(&self) -> Result<&Self, StatisticsError> {
        let range = self.max - self.min;
        if range == 0.0 || range >= CLOSEST {
            Ok(self)
        } else {
            Err(StatisticsError::TooClose { range })
        }
    }

    /// Sum of squared differences from the mean.
    pub(super) fn sum_of_squares(&self) -> f64 {
        self.squares.value()
    }

    /// How many observations there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The arithmetic mean, or `None` without observations.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.mean.value())
    }

    /// The unbiased sample variance (divided by the count minus one), or `None` for fewer
    /// than two observations, and for different ones within [`CLOSEST`].
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let has_one = self.count > 1 && self.spread().is_ok();
        has_one.then(|| self.squares.value() / (self.count - 1) as f64)
    }

    /// The square root of [`Tally::variance`].
    #[must_use]
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(libm::sqrt)
    }

    /// The standard error of the mean of independent observations: the square root of
    /// variance / count.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| libm::sqrt(variance / self.count as f64))
    }

    /// The smallest observation, or `None` without any.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest observation, or `None` without any.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }
}
