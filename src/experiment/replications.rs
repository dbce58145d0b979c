//! How many replications each point gets.

use crate::statistics::{Precision, StatisticsError, StoppingRule};

/// How many replications each point gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Replications {
    /// So many, at every point; at least one.
    Fixed(u64),
    /// As many as a precision takes, at each point by itself.
    UntilPrecise(UntilPrecise),
}

/// Replications until intervals are narrow enough.
///
/// A point has enough when the interval of each measure that is asked about is narrow
/// enough by [`StoppingRule`], asked after each replication in its order; a measure that
/// is never defined has nothing to wait for. What has run beyond that, because other
/// cores were free, is thrown away: the number of replications depends on nothing but
/// the seed.
#[derive(Clone, Debug, PartialEq)]
pub struct UntilPrecise {
    /// When an interval is narrow enough.
    pub rule: StoppingRule,
    /// The measures that are asked about; none stands for all.
    pub of: Vec<String>,
    /// The most replications of a point, reached or not.
    pub most: u64,
}

impl UntilPrecise {
    /// No point gets more replications than this unless told otherwise.
    pub const MOST: u64 = 100_000;

    /// A point whose first replications all fail is given up after so many.
    pub(super) const FAILURES: u64 = 10;

    /// Until the interval at that confidence level is that precise, of all measures.
    ///
    /// # Errors
    /// As [`StoppingRule::new`].
    pub fn new(precision: Precision, level: f64) -> Result<Self, StatisticsError> {
        Ok(Self { rule: StoppingRule::new(precision, level)?, of: Vec::new(), most: Self::MOST })
    }
}
