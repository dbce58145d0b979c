//! Antithetic pairs of replications.

use super::replications::fewest;
use super::tally::usable;
use super::{Interval, StatisticsError, Tally, student};

/// Pairs of replications, the second of which draws 1 - u where the first draws u
/// ([`Config::antithetic`](crate::Config::antithetic)). Pairs are independent of each other, and the two
/// of a pair are not. So the mean of each pair counts as one observation.
///
/// Source: Law and Kelton, "Simulation Modeling and Analysis", third edition (2000), section 11.3.
///
/// # Examples
/// ```
/// use flagfall::statistics::Antithetic;
///
/// let mut pairs = Antithetic::new();
/// for (first, second) in [(9.0, 5.0), (6.0, 7.5), (4.0, 9.0), (8.0, 6.5)] {
///     pairs.add(first, second)?;
/// }
/// assert_eq!(format!("{:.3}", pairs.interval(0.95)?), "6.875 ± 0.514 (95 %, n = 4)");
/// // The variance of the mean is a tenth of that of eight independent replications.
/// assert!(pairs.variance_ratio() < Some(0.1));
/// assert_eq!(pairs.independent(0.95), Some(59));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Antithetic {
    first: Tally,
    second: Tally,
    means: Tally,
}

impl Antithetic {
    /// No pairs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pair.
    ///
    /// # Errors
    /// [`StatisticsError::Unusable`] if one of the two cannot be used. Then nothing is changed.
    pub fn add(&mut self, first: f64, second: f64) -> Result<(), StatisticsError> {
        let (first, second) = (usable(first)?, usable(second)?);
        self.means.add(first / 2.0 + second / 2.0)?;
        self.first.add(first)?;
        self.second.add(second)
    }

    /// The means of the pairs. They are independent.
    #[must_use]
    pub const fn means(&self) -> &Tally {
        &self.means
    }

    /// The interval of the mean, by the means of the pairs: with n - 1 degrees of freedom for n pairs.
    ///
    /// # Errors
    /// As [`Interval::of`].
    pub fn interval(&self, level: f64) -> Result<Interval, StatisticsError> {
        Interval::of(&self.means, level)
    }

    /// The variance of the mean, divided by that of as many independent replications. It is 1 plus
    /// the correlation within pairs, where both halves scatter alike. Above 1, pairs have increased the
    /// variance. It is an estimate, as the variances are.
    ///
    /// `None` if there are fewer than two pairs, or if the replications do not vary.
    #[must_use]
    pub fn variance_ratio(&self) -> Option<f64> {
        let apart = self.first.variance()? + self.second.variance()?;
        (apart > 0.0).then_some(4.0 * self.means.variance()? / apart)
    }

    /// How many independent replications would have given an interval at least as narrow, if they
    /// scatter as these do: the smallest number with a half-width of Student's interval that is not
    /// larger. It is an estimate, as the variances are.
    ///
    /// `None` if there is no interval, or if no number would have.
    #[must_use]
    pub fn independent(&self, level: f64) -> Option<u64> {
        let widest = self.interval(level).ok()?.half_width;
        let variance = (self.first.variance()? + self.second.variance()?) / 2.0;
        let enough = |count: u64| {
            let reach = student::two_sided(count - 1, level)?;
            Ok(reach * libm::sqrt(variance / count as f64) <= widest)
        };
        if widest > 0.0 { fewest(2, enough).ok() } else { None }
    }
}
