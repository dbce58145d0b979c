//! The end of the warm-up of a run.

use super::{StatisticsError, Tally};

/// At least this number of batch means is left. The statistic of fewer means is often small by
/// chance, and that of one is always zero.
const LAST: usize = 5;

/// Where to cut a series to reduce the bias of its start, by MSER-5.
///
/// A run begins empty or in another state that is not typical, so its first observations
/// bias the mean. MSER cuts where the standard error of the mean of the rest is smallest,
/// computed as for independent observations. An earlier cut would keep observations of the
/// warm-up, and a later cut would lose others; both increase it. MSER-5 uses means of five
/// observations each.
///
/// The statistic of cutting d of k means is Σ (Yᵢ - mean)² / (k - d)², with the sum and the
/// mean over the rest. It is minimised over all d that leave at least five means; of several
/// minima, the first counts. Cost: one pass from the end.
///
/// # Sources
/// K. P. White, "An effective truncation heuristic for bias reduction in simulation
/// output", Simulation 69 (1997), 323-334. K. P. White, M. J. Cobb, S. C. Spratt, "A
/// comparison of five steady-state truncation heuristics for simulation", Proceedings
/// of the 2000 Winter Simulation Conference, 755-760.
///
/// # Examples
/// ```
/// use flagfall::statistics::Truncation;
///
/// // Ten observations of warm-up, then 90 around 3.
/// let waits: Vec<f64> = (0..100)
///     .map(|at| if at < 10 { 0.0 } else { 3.0 + f64::from(at % 3 - 1) })
///     .collect();
/// let truncation = Truncation::mser5(&waits)?;
/// assert_eq!(truncation.observations, 10);
/// assert_eq!(truncation.rest(&waits).len(), 90);
///
/// // The warm-up of a rising series does not end.
/// let rising: Vec<f64> = (0..100).map(f64::from).collect();
/// assert!(Truncation::mser5(&rising).is_err());
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Truncation {
    /// How many observations are cut off: a multiple of the length of a batch.
    pub observations: usize,
    /// How many observations make a batch.
    pub batch: usize,
    /// The statistic at its minimum.
    pub statistic: f64,
}

impl Truncation {
    /// The truncation point of `series` by MSER-5.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] for fewer than 50 observations,
    /// [`StatisticsError::Unusable`] for the first that cannot be used,
    /// [`StatisticsError::TooClose`] if the means of a rest differ by less than
    /// [`CLOSEST`](super::CLOSEST), [`StatisticsError::WarmUpNotOver`] if the minimum is in the second half: the run was
    /// too short.
    pub fn mser5(series: &[f64]) -> Result<Self, StatisticsError> {
        Self::mser(series, 5)
    }

    /// The truncation point of `series` by MSER on means of `batch` observations.
    /// Observations at the end that fill no batch are not used.
    ///
    /// # Errors
    /// As [`Truncation::mser5`], but [`StatisticsError::TooFew`] for fewer than ten batches,
    /// and [`StatisticsError::Batches`] if `batch` is 0.
    pub fn mser(series: &[f64], batch: usize) -> Result<Self, StatisticsError> {
        if batch == 0 {
            return Err(StatisticsError::Batches { given: batch });
        }
        let means = means(series, batch)?;
        if means.len() < 2 * LAST {
            let needed = (2 * LAST as u64).saturating_mul(batch as u64);
            return Err(StatisticsError::TooFew { needed, got: series.len() as u64 });
        }
        let mut rest = Tally::new();
        let mut best = (0, f64::INFINITY);
        for (at, mean) in means.iter().enumerate().rev() {
            rest.add(*mean)?;
            let left = (means.len() - at) as f64;
            if means.len() - at < LAST {
                continue;
            }
            let statistic = rest.spread()?.sum_of_squares() / (left * left);
            if statistic <= best.1 {
                best = (at, statistic);
            }
        }
        let observations = best.0 * batch;
        if best.0 > means.len() / 2 {
            let (truncation, observations) = (observations, series.len());
            return Err(StatisticsError::WarmUpNotOver { truncation, observations });
        }
        Ok(Self { observations, batch, statistic: best.1 })
    }

    /// The rest of `series`, or of another series of the same observations, after the cut.
    #[must_use]
    pub fn rest<'a, T>(&self, series: &'a [T]) -> &'a [T] {
        series.get(self.observations..).unwrap_or_default()
    }
}

/// The means of the whole batches of `series`, from its start. `length` is not 0.
pub(super) fn means(series: &[f64], length: usize) -> Result<Vec<f64>, StatisticsError> {
    // A batch has observations, so it has a mean.
    let mean = |batch| Tally::of(batch).map(|tally| tally.mean().unwrap_or_default());
    series.chunks_exact(length).map(mean).collect()
}
