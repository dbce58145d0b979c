//! Quantiles of a sample, by definition 7.

use super::StatisticsError;
use super::tally::usable;

/// The place of the quantile of `probability` among `count` observations in order, numbered
/// from 0: (count - 1) times the probability, by definition 7 of Hyndman and Fan. The whole
/// number names the observation before it; the fraction is the weight of the
/// next one in the interpolation.
///
/// An error if `probability` is not in [0, 1], or if there are no observations.
pub(super) fn place(count: u64, probability: f64) -> Result<(u64, f64), StatisticsError> {
    if !(0.0..=1.0).contains(&probability) {
        return Err(StatisticsError::Probability { value: probability });
    }
    if count == 0 {
        return Err(StatisticsError::TooFew { needed: 1, got: 0 });
    }
    let place = (count - 1) as f64 * probability;
    let whole = libm::floor(place);
    // Above 2^53 the count is rounded, possibly up.
    Ok(((whole as u64).min(count - 1), place - whole))
}

/// The quantile of `probability` among `count` observations that are elsewhere: `at` gives the one
/// of that number in ascending order, from 0. It is asked once or twice. The result is that of
/// [`Sample::quantile`].
///
/// # Errors
/// As [`Sample::quantile`].
///
/// # Examples
/// ```
/// use flagfall::statistics::quantile_among;
///
/// assert_eq!(quantile_among(1_000_001, 0.25, |at| at as f64), Ok(250_000.0));
/// ```
pub fn quantile_among(
    count: u64,
    probability: f64,
    mut at: impl FnMut(u64) -> f64,
) -> Result<f64, StatisticsError> {
    let (place, along) = place(count, probability)?;
    let low = at(place);
    let high = if place + 1 < count { at(place + 1) } else { low };
    Ok(between(low, high, along))
}

/// All observations in order, for exact quantiles.
///
/// The quantile of probability p is that of definition 7 in R. J. Hyndman, Y. Fan,
/// "Sample quantiles in statistical packages", The American Statistician 50 (1996), 361-365.
/// R, NumPy and spreadsheets use it, too. It is linear between the observations; the first
/// has p = 0 and the last p = 1. For more observations than fit into memory, see
/// [`Histogram`](super::Histogram).
///
/// # Examples
/// ```
/// use flagfall::statistics::Sample;
///
/// let sample = Sample::of(&[4.0, 1.0, 3.0, 2.0])?;
/// assert_eq!(sample.quantile(0.5), Ok(2.5));
/// assert_eq!(sample.quantile(0.25), Ok(1.75));
/// assert_eq!(sample.quantile(1.0), Ok(4.0));
/// assert!(sample.quantile(1.5).is_err());
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    values: Vec<f64>,
}

impl Sample {
    /// The observations `values`, in any order. Cost: O(n log n).
    ///
    /// # Errors
    /// [`StatisticsError::Unusable`] for the first that cannot be used.
    pub fn of(values: &[f64]) -> Result<Self, StatisticsError> {
        let usable: Result<Vec<f64>, _> = values.iter().map(|value| usable(*value)).collect();
        let mut values = usable?;
        values.sort_unstable_by(f64::total_cmp);
        Ok(Self { values })
    }

    /// The observations, from the smallest to the largest.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The quantile of `probability`, exact except for the rounding of one interpolation.
    ///
    /// # Errors
    /// [`StatisticsError::Probability`] if it is not in [0, 1],
    /// [`StatisticsError::TooFew`] without observations.
    pub fn quantile(&self, probability: f64) -> Result<f64, StatisticsError> {
        quantile_among(self.values.len() as u64, probability, |at| self.values[at as usize])
    }
}

/// The point at the fraction `along` of the way from `low` to `high`. Rounding never moves it
/// above `high`.
pub(super) fn between(low: f64, high: f64, along: f64) -> f64 {
    let point = low + along * (high - low);
    if point < high { point } else { high }
}
