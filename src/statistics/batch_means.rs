//! Confidence intervals from one long run.

use super::warm_up::means;
use super::{Interval, StatisticsError, Tally, autocorrelation, von_neumann_ratio};

/// Numbers of batches that [`BatchMeans::uncorrelated`] tries.
const TRIED: [usize; 3] = [30, 20, 10];

/// A long series cut into batches of equal length. Their means are nearly independent if the
/// batches are long enough. So they give an interval for the mean from one run, while each
/// replication would need its own warm-up.
///
/// Cut off the warm-up first ([`Truncation`](super::Truncation)). Observations that do not
/// fill the batches are left out at the start, where the warm-up was.
///
/// Schmeiser shows that more than 30 batches gain little. Law and Kelton also advise few and
/// long batches: between 10 and 30.
///
/// # Sources
/// B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations
/// Research 30 (1982), 556-568. Law and Kelton, "Simulation Modeling and Analysis",
/// third edition (2000), section 9.5.3.
///
/// # Examples
/// ```
/// use flagfall::statistics::BatchMeans;
///
/// let waits: Vec<f64> = (0..1_005).map(|at| f64::from((at * at) % 7)).collect();
/// let batches = BatchMeans::of(&waits, 10)?;
/// assert_eq!((batches.means().len(), batches.length(), batches.left_out()), (10, 100, 5));
/// let interval = batches.interval(0.95)?;
/// assert!(interval.covers(2.0)); // 0, 1, 4, 2, 2, 4, 1 over and over
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BatchMeans {
    means: Vec<f64>,
    length: usize,
    left_out: usize,
}

impl BatchMeans {
    /// The means of `batches` batches of `series`, each as long as possible.
    ///
    /// # Errors
    /// [`StatisticsError::Batches`] for fewer than two batches,
    /// [`StatisticsError::TooFew`] for fewer observations than batches,
    /// [`StatisticsError::Unusable`] for the first that cannot be used.
    pub fn of(series: &[f64], batches: usize) -> Result<Self, StatisticsError> {
        if batches < 2 {
            return Err(StatisticsError::Batches { given: batches });
        }
        let length = series.len() / batches;
        if length == 0 {
            let (needed, got) = (batches as u64, series.len() as u64);
            return Err(StatisticsError::TooFew { needed, got });
        }
        let left_out = series.len() - length * batches;
        Ok(Self { means: means(&series[left_out..], length)?, length, left_out })
    }

    /// The means of 30, 20 or 10 batches of `series`: the largest number for which the test
    /// of von Neumann's ratio finds no positive correlation of neighbours. `significance` is
    /// the level of the test, such as 0.1. So few means cannot always show a correlation: a
    /// quarter of autoregressive series of three relaxation times passed. For reliable
    /// intervals, make the run a hundred relaxation times long.
    ///
    /// # Errors
    /// [`StatisticsError::Correlated`] if 10 batches are correlated, as [`BatchMeans::of`],
    /// and as [`BatchMeans::p_value`].
    ///
    /// # Examples
    /// ```
    /// use flagfall::statistics::{BatchMeans, StatisticsError};
    ///
    /// let rising: Vec<f64> = (0..1_000).map(f64::from).collect();
    /// let error = BatchMeans::uncorrelated(&rising, 0.1).unwrap_err();
    /// assert!(matches!(error, StatisticsError::Correlated { batches: 10, .. }));
    /// ```
    pub fn uncorrelated(series: &[f64], significance: f64) -> Result<Self, StatisticsError> {
        if !(significance > 0.0 && significance < 1.0) {
            return Err(StatisticsError::Probability { value: significance });
        }
        let mut last = Self::of(series, TRIED[0])?;
        for batches in TRIED {
            last = Self::of(series, batches)?;
            if last.p_value()? >= significance {
                return Ok(last);
            }
        }
        Err(StatisticsError::Correlated { batches: last.means.len(), lag_1: last.lag_1()? })
    }

    /// The means, in the order of the series.
    #[must_use]
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// How many observations make a batch.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// How many observations at the start are in no batch.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Student's interval of the mean, as if the batch means were independent.
    ///
    /// # Errors
    /// As [`Interval::of`].
    pub fn interval(&self, level: f64) -> Result<Interval, StatisticsError> {
        Interval::of(&Tally::of(&self.means)?, level)
    }

    /// The autocorrelation of the batch means at lag 1.
    ///
    /// # Errors
    /// As [`autocorrelation`].
    pub fn lag_1(&self) -> Result<f64, StatisticsError> {
        autocorrelation(&self.means, 1)
    }

    /// The p-value of the hypothesis that the batch means are independent, against positive
    /// correlation of neighbours. It is small if the batches are too short. The test is
    /// one-sided, by the normal approximation of von Neumann's ratio η of k means: if they
    /// are independent, 1 - η / 2 has mean 0 and variance (k - 2) / (k² - 1) (von Neumann
    /// 1941), exactly for normal means.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] for fewer than three batches, and as [`von_neumann_ratio`].
    pub fn p_value(&self) -> Result<f64, StatisticsError> {
        let count = self.means.len() as f64;
        if self.means.len() < 3 {
            return Err(StatisticsError::TooFew { needed: 3, got: self.means.len() as u64 });
        }
        let excess = 1.0 - von_neumann_ratio(&self.means)? / 2.0;
        let z = excess * libm::sqrt((count * count - 1.0) / (count - 2.0));
        Ok(0.5 * libm::erfc(z / std::f64::consts::SQRT_2))
    }
}
