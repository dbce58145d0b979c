//! How many replications each point gets.

use super::UntilSelected;
use crate::statistics::{Precision, StatisticsError, StoppingRule};

/// How many replications each point gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Replications {
    /// So many at every point; at least one.
    Fixed(u64),
    /// As many as each point needs for a precision.
    UntilPrecise(UntilPrecise),
    /// As many as it takes to choose the best of several systems.
    UntilSelected(UntilSelected),
    /// Another number at each point, each at least one.
    Each(Vec<u64>),
}

/// Replications until intervals are narrow enough.
///
/// A point has enough when the interval of each chosen measure is narrow enough for
/// [`StoppingRule`]. The rule is asked after each replication in order. A point does not wait
/// for a measure that is never defined. Other cores may have run more replications; they are
/// dropped, so that the number of replications depends only on the seed.
#[derive(Clone, Debug, PartialEq)]
pub struct UntilPrecise {
    /// When an interval is narrow enough.
    pub rule: StoppingRule,
    /// The chosen measures; empty stands for all.
    pub of: Vec<String>,
    /// The most replications of a point, also without the precision.
    pub most: u64,
}

impl UntilPrecise {
    /// The default of [`most`](UntilPrecise::most).
    pub const MOST: u64 = 100_000;

    /// If this number of first replications of a point all fail, the point is given up.
    pub(super) const FAILURES: u64 = 10;

    /// Replications until the intervals of all measures are that precise, at that confidence
    /// level.
    ///
    /// # Errors
    /// As [`StoppingRule::new`].
    pub fn new(precision: Precision, level: f64) -> Result<Self, StatisticsError> {
        Ok(Self { rule: StoppingRule::new(precision, level)?, of: Vec::new(), most: Self::MOST })
    }
}
