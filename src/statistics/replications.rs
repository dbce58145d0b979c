//! How many replications a wanted precision takes, and when to stop.

use super::{Bounds, Estimate, Interval, StatisticsError, Tally, student};

/// Below so many replications, variances say too little to stop on (Law and Kelton
/// begin with at least ten).
const FEWEST: u64 = 10;
/// So many equal replications are believed to be equal. By the rule of three, after n
/// equal ones at most a share of 3/n differs, at 95 % confidence: here 1 %.
/// Source: J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all
/// right?", Journal of the American Medical Association 249 (1983), 1743-1745.
const UNVARIED: u64 = 300;

/// Replications beyond are not counted exactly by `f64`, and not made.
const MOST: u64 = 1 << 53;

/// How precise an answer is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// The estimate is to be off by at most this share of the true mean, above 0
    /// and below 1. For that the half-width may be at most γ / (1 + γ) of the
    /// *estimate* (Law and Kelton, section 9.4.1: γ').
    Relative(f64),
    /// The half-width is to be at most this, above 0, in the unit of the
    /// observations.
    Absolute(f64),
}

impl Precision {
    fn check(self) -> Result<Self, StatisticsError> {
        match self {
            Self::Relative(value) if value > 0.0 && value < 1.0 => Ok(self),
            Self::Absolute(value) if value > 0.0 && value.is_finite() => Ok(self),
            Self::Relative(value) | Self::Absolute(value) => {
                Err(StatisticsError::Precision { value })
            }
        }
    }

    /// The widest half-width around an estimate of that mean.
    fn widest(self, mean: f64) -> f64 {
        match self {
            Self::Relative(share) => share / (1.0 + share) * mean.abs(),
            Self::Absolute(widest) => widest,
        }
    }
}

/// About how many replications give `precision` at confidence `level`, judged by
/// those in `tally`, all of them counted: the smallest number i, not below that of
/// the tally, at which Student's half-width of i replications with the same mean and
/// variance is small enough.
///
/// It is an estimate: variance and mean are themselves estimated. A few steps of
/// bisection.
///
/// Source: Law and Kelton, "Simulation Modeling and Analysis", third edition
/// (2000), section 9.4.1, where it is n*ₐ(β) and n*ᵣ(γ).
///
/// # Errors
/// [`StatisticsError::TooFew`] of fewer than two replications,
/// [`StatisticsError::Precision`] and [`StatisticsError::Probability`] if they are
/// out of range, [`StatisticsError::OutOfReach`] if no number is enough, as when
/// the mean is zero and the precision relative to it.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Precision, Tally, replications_needed};
///
/// // The bank of Law and Kelton: ten days of delays.
/// let days = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60];
/// let days = Tally::of(&days)?;
/// assert_eq!(replications_needed(&days, Precision::Absolute(0.25), 0.90), Ok(16));
/// assert_eq!(replications_needed(&days, Precision::Relative(0.10), 0.90), Ok(27));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
pub fn replications_needed(
    tally: &Tally,
    precision: Precision,
    level: f64,
) -> Result<u64, StatisticsError> {
    let interval = Interval::of(tally, level)?;
    let widest = precision.check()?.widest(interval.mean);
    let enough = |count: u64| -> Result<bool, StatisticsError> {
        let variance = tally.variance().unwrap_or_default();
        let reach = student::two_sided(count - 1, level)?;
        Ok(reach * libm::sqrt(variance / count as f64) <= widest)
    };
    // Half-widths shrink as the number grows.
    let mut high = tally.count();
    let mut low = high - 1;
    while !enough(high)? {
        if high >= MOST {
            return Err(StatisticsError::OutOfReach);
        }
        low = high;
        high = (2 * high).min(MOST);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}

/// Whether there are enough replications, asked after each of them: the sequential
/// procedure of Law and Kelton (third edition, section 9.4.1).
///
/// Stopping when the interval happens to be narrow lets it cover a little less often
/// than its level says, the less the smaller the precision is; Law and Kelton advise
/// a relative precision of at most 0.15. Numbers that have all been equal say nothing
/// of their error, which may be that of a rare event: so the rule goes on to 300 of them
/// (after which fewer than 1 % differ, with 95 % confidence). To be reproducible, replications are to be
/// asked about in their order, not as they get ready.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Precision, StoppingRule, Tally, Verdict};
///
/// let rule = StoppingRule::new(Precision::Relative(0.05), 0.95)?;
/// let mut tally = Tally::new();
/// let interval = loop {
///     let replication = tally.count();
///     // In place of a run: numbers around 10.
///     tally.add(9.0 + (replication % 3) as f64)?;
///     if let Verdict::Stop(interval) = rule.verdict(&tally)? {
///         break interval;
///     }
/// };
/// assert!(interval.relative_half_width() <= Some(0.05 / 1.05));
/// assert_eq!(interval.count, 15);
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppingRule {
    precision: Precision,
    level: f64,
    fewest: u64,
}

/// What a [`StoppingRule`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// The precision is reached, by this interval.
    Stop(Interval),
    /// More replications are needed.
    /// [`StoppingRule::estimate`] tells about how many.
    Continue,
}

impl StoppingRule {
    /// Stop at that precision of the interval at confidence `level`, but not before
    /// ten replications.
    ///
    /// # Errors
    /// [`StatisticsError::Precision`] and [`StatisticsError::Probability`] if they are
    /// out of range.
    pub fn new(precision: Precision, level: f64) -> Result<Self, StatisticsError> {
        student::two_sided(1, level)?;
        Ok(Self { precision: precision.check()?, level, fewest: FEWEST })
    }

    /// Do not stop before that many replications; never before two.
    #[must_use]
    pub fn fewest(self, fewest: u64) -> Self {
        Self { fewest: fewest.max(2), ..self }
    }

    /// The precision at which it stops.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    /// It never stops before so many replications.
    #[must_use]
    pub const fn least(&self) -> u64 {
        self.fewest
    }

    /// The confidence level of the interval that is asked about.
    #[must_use]
    pub const fn level(&self) -> f64 {
        self.level
    }

    /// Whether an estimate at [`level`](Self::level) is precise enough, by the interval that
    /// fits what was observed: that of Clopper and Pearson for shares that are all 0 or all
    /// 1, which is never as narrow as nothing. Of equal numbers, which have no interval, it
    /// takes 300. A share that was never seen is not known to any precision relative to it.
    #[must_use]
    pub fn is_reached(&self, estimate: &Estimate) -> bool {
        estimate.count >= self.fewest
            && match estimate.half_width() {
                Some(half_width) => half_width <= self.precision.widest(estimate.mean),
                None => estimate.count >= UNVARIED,
            }
    }

    /// About how many replications the rule will take in all, judged by those in `tally`,
    /// which came to `estimate`.
    ///
    /// # Errors
    /// As [`replications_needed`].
    pub fn expected(&self, tally: &Tally, estimate: &Estimate) -> Result<u64, StatisticsError> {
        let unvaried = tally.min() == tally.max();
        if !(unvaried && matches!(estimate.bounds, Bounds::ClopperPearson { .. })) {
            return self.estimate(tally);
        }
        let widest = self.precision.widest(estimate.mean);
        if widest == 0.0 {
            return Err(StatisticsError::OutOfReach);
        }
        // The farther end of n equal answers is 1 - tail^(1/n) away.
        let tail = (1.0 - self.level) / 2.0;
        let count = libm::ceil(libm::log(tail) / libm::log1p(-widest.min(0.999_999)));
        Ok((count as u64).clamp(self.fewest, MOST))
    }

    /// What to do after the replications in `tally`, by Student's interval: of numbers. What
    /// is never seen of shares is judged by [`is_reached`](Self::is_reached).
    ///
    /// # Errors
    /// None that the rule was not refused for when it was made; they are passed on.
    pub fn verdict(&self, tally: &Tally) -> Result<Verdict, StatisticsError> {
        if tally.count() < self.fewest {
            return Ok(Verdict::Continue);
        }
        let interval = Interval::of(tally, self.level)?;
        // What has not varied yet has no error that could be estimated.
        let varies = interval.half_width > 0.0 || tally.count() >= UNVARIED;
        let reached = varies && interval.half_width <= self.precision.widest(interval.mean);
        Ok(if reached { Verdict::Stop(interval) } else { Verdict::Continue })
    }

    /// About how many replications the rule will take in all, judged by those in
    /// `tally`: [`replications_needed`], and no fewer than the fewest.
    ///
    /// # Errors
    /// As [`replications_needed`].
    pub fn estimate(&self, tally: &Tally) -> Result<u64, StatisticsError> {
        let needed = replications_needed(tally, self.precision, self.level)?;
        let unvaried = tally.variance() == Some(0.0);
        Ok(needed.max(self.fewest).max(if unvaried { UNVARIED } else { 0 }))
    }
}
