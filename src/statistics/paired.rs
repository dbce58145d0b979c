//! Two scenarios, compared replication by replication.

use super::tally::usable;
use super::{Interval, StatisticsError, Tally};

/// Two scenarios under common random numbers. Replication i of both has the same streams, so
/// random effects that both share cancel in their difference.
///
/// The interval of the difference uses only the differences (the paired-t interval). It is
/// valid for correlated and uncorrelated scenarios, also with different variances. Merging is
/// that of [`Tally`].
///
/// Source: Law and Kelton, "Simulation Modeling and Analysis", third edition (2000),
/// sections 10.2.1 (paired-t) and 11.2 (common random numbers).
///
/// # Examples
/// ```
/// use flagfall::statistics::Paired;
///
/// // Two policies of an inventory, monthly cost in five replications (Law and
/// // Kelton, section 10.2.1).
/// let one = [126.97, 124.31, 126.68, 122.66, 127.23];
/// let other = [118.21, 120.22, 122.45, 122.68, 119.40];
/// let paired = Paired::of(&one, &other)?;
/// let interval = paired.interval(0.90)?;
/// assert_eq!(format!("{:.2} {:.2}", interval.low(), interval.high()), "1.65 8.31");
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paired {
    first: Tally,
    second: Tally,
    difference: Tally,
}

impl Paired {
    /// No replications yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The replications of both scenarios, in the same order.
    ///
    /// # Errors
    /// [`StatisticsError::DifferentLengths`] if one has more than the other, and as
    /// [`Paired::add`].
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self, StatisticsError> {
        let (one, other) = (first.len(), second.len());
        if one != other {
            return Err(StatisticsError::DifferentLengths { one, other });
        }
        let mut paired = Self::new();
        for (first, second) in first.iter().zip(second) {
            paired.add(*first, *second)?;
        }
        Ok(paired)
    }

    /// Adds one replication of both.
    ///
    /// # Errors
    /// [`StatisticsError::Unusable`] if one of the two, or their difference, cannot be
    /// used. Then nothing is changed.
    pub fn add(&mut self, first: f64, second: f64) -> Result<(), StatisticsError> {
        let (first, second) = (usable(first)?, usable(second)?);
        self.difference.add(first - second)?;
        self.first.add(first)?;
        self.second.add(second)
    }

    /// Adds the replications of `other`, as if they had come after these.
    pub fn merge(&mut self, other: &Self) {
        self.first.merge(&other.first);
        self.second.merge(&other.second);
        self.difference.merge(&other.difference);
    }

    /// The first scenario by itself.
    #[must_use]
    pub const fn first(&self) -> &Tally {
        &self.first
    }

    /// The second scenario by itself.
    #[must_use]
    pub const fn second(&self) -> &Tally {
        &self.second
    }

    /// The first minus the second, replication by replication.
    #[must_use]
    pub const fn difference(&self) -> &Tally {
        &self.difference
    }

    /// The interval of the mean difference, first minus second. If it does not cover 0, the
    /// scenarios differ.
    ///
    /// # Errors
    /// As [`Interval::of`].
    pub fn interval(&self, level: f64) -> Result<Interval, StatisticsError> {
        Interval::of(&self.difference, level)
    }

    /// The variance of the difference, divided by that of independent scenarios (the sum of
    /// both variances). At 0.25, independent seeds would need about four times as many
    /// replications for the same half-width. Above 1, common random numbers have increased
    /// the variance. It is an estimate, as the variances are.
    ///
    /// `None` if one of the three has no [`Tally::variance`], and if neither scenario varies.
    #[must_use]
    pub fn variance_ratio(&self) -> Option<f64> {
        let apart = self.first.variance()? + self.second.variance()?;
        (apart > 0.0).then_some(self.difference.variance()? / apart)
    }

    /// The sample correlation of the two scenarios, between -1 and 1. Common random numbers
    /// help if it is positive. It is computed from the three variances, so it has few correct
    /// digits if one scenario varies a million times as much as the other.
    ///
    /// `None` if one of the three has no [`Tally::variance`], and if one of the scenarios does
    /// not vary.
    #[must_use]
    pub fn correlation(&self) -> Option<f64> {
        let (first, second) = (self.first.variance()?, self.second.variance()?);
        let covariance = (first + second - self.difference.variance()?) / 2.0;
        let scale = libm::sqrt(first) * libm::sqrt(second);
        (scale > 0.0).then(|| (covariance / scale).clamp(-1.0, 1.0))
    }
}
