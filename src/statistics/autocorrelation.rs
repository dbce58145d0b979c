//! Autocorrelation of a series of observations.

use super::sum::Sum;
use super::{StatisticsError, Tally};

/// The autocorrelation of `series` at `lag`: the sum of products of deviations from the
/// mean that are `lag` apart, divided by the sum of squared deviations. It is between -1
/// and 1, and 1 at lag 0.
///
/// It is the usual estimator, with the same mean and the same divisor at all lags. Its bias
/// towards zero is a share of about lag / length. Cost: linear in the length.
///
/// Source: G. E. P. Box, G. M. Jenkins, "Time Series Analysis: Forecasting and
/// Control" (1970), chapter 2; NIST/SEMATECH e-Handbook of Statistical Methods, section
/// 1.3.5.12.
///
/// # Errors
/// [`StatisticsError::Unusable`] for the first observation that cannot be used,
/// [`StatisticsError::TooFew`] if the lag is not below the length,
/// [`StatisticsError::NoVariation`] if all observations are equal, and
/// [`StatisticsError::TooClose`] if they differ by less than [`CLOSEST`](super::CLOSEST).
///
/// # Examples
/// ```
/// use flagfall::statistics::autocorrelation;
///
/// let turns = [1.0, 3.0, 1.0, 3.0];
/// assert_eq!(autocorrelation(&turns, 1), Ok(-0.75));
/// assert_eq!(autocorrelation(&turns, 2), Ok(0.5));
/// assert!(autocorrelation(&[1.0, 1.0], 1).is_err());
/// ```
pub fn autocorrelation(series: &[f64], lag: usize) -> Result<f64, StatisticsError> {
    let tally = Tally::of(series)?;
    if lag >= series.len() {
        return Err(StatisticsError::TooFew { needed: lag as u64 + 1, got: tally.count() });
    }
    tally.spread()?;
    let deviations: Vec<f64> = series.iter().map(|value| tally.deviation(*value)).collect();
    let pairs = deviations.iter().zip(&deviations[lag..]);
    let products = Sum::of(pairs.map(|(one, later)| one * later));
    let squares = Sum::of(deviations.iter().map(|deviation| deviation * deviation));
    if squares == 0.0 {
        return Err(StatisticsError::NoVariation);
    }
    Ok(products / squares)
}

/// Von Neumann's ratio of `series`: the sum of squared differences of consecutive
/// observations, divided by the sum of squared deviations from the mean. It is about 2 if
/// they are independent, and lower if neighbours are positively correlated.
///
/// Source: J. von Neumann, "Distribution of the ratio of the mean square successive
/// difference to the variance", The Annals of Mathematical Statistics 12 (1941),
/// 367-395, without his factors of the length.
///
/// # Errors
/// [`StatisticsError::Unusable`] for the first observation that cannot be used,
/// [`StatisticsError::TooFew`] for fewer than two,
/// [`StatisticsError::NoVariation`] if all are equal, and [`StatisticsError::TooClose`] if
/// they differ by less than [`CLOSEST`](super::CLOSEST).
///
/// # Examples
/// ```
/// use flagfall::statistics::von_neumann_ratio;
///
/// assert_eq!(von_neumann_ratio(&[1.0, 3.0, 1.0, 3.0]), Ok(3.0));
/// assert_eq!(von_neumann_ratio(&[1.0, 1.0, 3.0, 3.0]), Ok(1.0));
/// ```
pub fn von_neumann_ratio(series: &[f64]) -> Result<f64, StatisticsError> {
    let tally = Tally::of(series)?;
    if series.len() < 2 {
        return Err(StatisticsError::TooFew { needed: 2, got: tally.count() });
    }
    tally.spread()?;
    let steps = series.windows(2).map(|pair| (pair[1] - pair[0]) * (pair[1] - pair[0]));
    let squares = series.iter().map(|value| tally.deviation(*value)).map(|by| by * by);
    let squares = Sum::of(squares);
    if squares == 0.0 {
        return Err(StatisticsError::NoVariation);
    }
    Ok(Sum::of(steps) / squares)
}
