//! Quantiles of a sample, by definition 7.

use super::StatisticsError;
use super::tally::usable;

/// Where the quantile of `probability` stands among `count` observations in order,
/// numbered from 0: between the one with the whole number and the next, so far
/// along. Definition 7 of Hyndman and Fan: (count - 1) times the probability.
///
/// Refuses what is no probability, and the quantiles of nothing.
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

/// Observations in order, all kept, for exact quantiles.
///
/// The quantile of probability p is that of definition 7 in R. J. Hyndman, Y. Fan,
/// "Sample quantiles in statistical packages", The American Statistician 50
/// (1996), 361-365, which R, NumPy and spreadsheets use, too: linear between
/// the observations, of which the first has p = 0 and the last p = 1. For more
/// observations than fit into memory, see [`Histogram`](super::Histogram).
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
    /// The observations `values`, in any order; n log n comparisons.
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

    /// The quantile of `probability`, exact but for the rounding of one
    /// interpolation.
    ///
    /// # Errors
    /// [`StatisticsError::Probability`] if it is not in [0, 1],
    /// [`StatisticsError::TooFew`] without observations.
    pub fn quantile(&self, probability: f64) -> Result<f64, StatisticsError> {
        let (at, along) = place(self.values.len() as u64, probability)?;
        let (low, rest) = (self.values[at as usize], &self.values[at as usize + 1..]);
        let high = rest.first().copied().unwrap_or(low);
        Ok(between(low, high, along))
    }
}

/// The point between `low` and `high`, so far along: in between, however it is
/// rounded.
pub(super) fn between(low: f64, high: f64, along: f64) -> f64 {
    let point = low + along * (high - low);
    if point < high { point } else { high }
}
