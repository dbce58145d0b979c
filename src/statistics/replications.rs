//! The number of replications for a wanted precision, and when to stop.

use super::{Bounds, Estimate, Interval, StatisticsError, Tally, student};

/// With fewer replications, the variance is too uncertain for a decision (Law and Kelton
/// begin with at least ten).
const FEWEST: u64 = 10;
/// After this number of equal replications, the rule stops. By the rule of three, after n equal
/// ones at most 3/n of further ones differ, at 95 % confidence: here 1 %.
/// Source: J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all
/// right?", Journal of the American Medical Association 249 (1983), 1743-1745.
pub(super) const UNVARIED: u64 = 300;

/// The largest number of replications; `f64` cannot count more exactly.
pub(super) const MOST: u64 = 1 << 53;

/// The wanted precision of an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// The largest error γ of the estimate as a share of the true mean, above 0 and below 1.
    /// For that, the half-width must be at most γ / (1 + γ) of the *estimate* (Law and
    /// Kelton, section 9.4.1: γ').
    Relative(f64),
    /// The largest half-width, above 0, in the unit of the observations.
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

    /// The largest half-width for an estimate of that mean.
    fn widest(self, mean: f64) -> f64 {
        match self {
            Self::Relative(share) => share / (1.0 + share) * mean.abs(),
            Self::Absolute(widest) => widest,
        }
    }
}

/// Estimates how many replications in all give `precision` at confidence `level`, from those
/// in `tally`. It is the smallest number i, not below that of the tally, at which Student's
/// half-width of i replications with the same mean and variance is small enough. Equal
/// numbers have no interval; as for a [`StoppingRule`], 300 of them are enough.
///
/// It is an estimate, because variance and mean are estimates. Cost: a few steps of
/// bisection.
///
/// Source: Law and Kelton, "Simulation Modeling and Analysis", third edition
/// (2000), section 9.4.1 (there called n*ₐ(β) and n*ᵣ(γ)).
///
/// # Errors
/// As [`Interval::of`], [`StatisticsError::Precision`] if it is out of range,
/// [`StatisticsError::OutOfReach`] if no number is enough, such as for a relative precision of
/// a zero mean.
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
    if tally.min() == tally.max() {
        return Ok(tally.count().max(UNVARIED));
    }
    fewest(tally.count(), enough)
}

/// The smallest number from `from` on that is enough. If one is enough, so are those above it.
pub(super) fn fewest(
    from: u64,
    enough: impl Fn(u64) -> Result<bool, StatisticsError>,
) -> Result<u64, StatisticsError> {
    let mut high = from;
    let mut low = high.saturating_sub(1);
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

/// Decides after each replication whether there are enough: the sequential procedure of Law
/// and Kelton (third edition, section 9.4.1).
///
/// The coverage of its interval is a little below the level, because the rule may stop when
/// the interval is narrow by chance. The difference is smaller for higher precisions; Law and
/// Kelton advise a relative precision of at most 0.15. Equal numbers give no error, because
/// there may be rare events. Then the rule goes on to 300 replications, after which fewer
/// than 1 % differ, at 95 % confidence. For reproducible results, ask in the order of the
/// replications, not in the order in which they finish.
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

/// The decision of a [`StoppingRule`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// This interval has the precision.
    Stop(Interval),
    /// More replications are needed; [`StoppingRule::estimate`] estimates how many.
    Continue,
}

impl StoppingRule {
    /// Stops at that precision of the interval at confidence `level`, but not before ten
    /// replications.
    ///
    /// # Errors
    /// [`StatisticsError::Precision`] and [`StatisticsError::Probability`] if they are
    /// out of range.
    pub fn new(precision: Precision, level: f64) -> Result<Self, StatisticsError> {
        student::two_sided(1, level)?;
        Ok(Self { precision: precision.check()?, level, fewest: FEWEST })
    }

    /// Sets the fewest replications before a stop; at least two.
    #[must_use]
    pub fn fewest(self, fewest: u64) -> Self {
        Self { fewest: fewest.max(2), ..self }
    }

    /// The precision at which it stops.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    /// The fewest replications before a stop.
    #[must_use]
    pub const fn least(&self) -> u64 {
        self.fewest
    }

    /// The confidence level of the interval.
    #[must_use]
    pub const fn level(&self) -> f64 {
        self.level
    }

    /// Whether an estimate at [`level`](Self::level) is precise enough, by its interval. For
    /// shares that are all 0 or all 1, this is that of Clopper and Pearson, whose width is
    /// never zero. Equal numbers have no interval and need 300 replications. A share of 0
    /// never reaches a relative precision.
    #[must_use]
    pub fn is_reached(&self, estimate: &Estimate) -> bool {
        estimate.count >= self.fewest
            && match estimate.half_width() {
                Some(half_width) => half_width <= self.precision.widest(estimate.mean),
                None => estimate.count >= UNVARIED,
            }
    }

    /// Estimates how many replications the rule needs in all, from those in `tally`, which
    /// gave `estimate`.
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
        // The half-width of n equal answers is 1 - tail^(1/n).
        let tail = (1.0 - self.level) / 2.0;
        let count = libm::ceil(libm::log(tail) / libm::log1p(-widest.min(0.999_999)));
        Ok((count as u64).clamp(self.fewest, MOST))
    }

    /// The decision after the replications in `tally`, by Student's interval of numbers. For
    /// shares that are all 0 or all 1, use [`is_reached`](Self::is_reached).
    ///
    /// # Errors
    /// As [`Interval::of`], but [`new`](Self::new) has checked the level.
    pub fn verdict(&self, tally: &Tally) -> Result<Verdict, StatisticsError> {
        if tally.count() < self.fewest {
            return Ok(Verdict::Continue);
        }
        let interval = Interval::of(tally, self.level)?;
        // The error of equal numbers cannot be estimated.
        let varies = interval.half_width > 0.0 || tally.count() >= UNVARIED;
        let reached = varies && interval.half_width <= self.precision.widest(interval.mean);
        Ok(if reached { Verdict::Stop(interval) } else { Verdict::Continue })
    }

    /// Estimates how many replications the rule needs in all, from those in `tally`:
    /// [`replications_needed`], but at least the fewest.
    ///
    /// # Errors
    /// As [`replications_needed`].
    pub fn estimate(&self, tally: &Tally) -> Result<u64, StatisticsError> {
        Ok(replications_needed(tally, self.precision, self.level)?.max(self.fewest))
    }
}
