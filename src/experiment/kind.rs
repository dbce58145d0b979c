//! The confidence interval of the mean of a measure, by its kind.

use crate::measure::MeasureKind;
use crate::statistics::{Estimate, StatisticsError, Tally};

impl MeasureKind {
    /// The estimate of the mean of a measure of this kind, from the replications in `tally`.
    ///
    /// # Errors
    /// As [`Estimate::of`].
    pub fn estimate(self, tally: &Tally, level: f64) -> Result<Estimate, StatisticsError> {
        match (self, tally.mean()) {
            (Self::Number, _) => Estimate::of(tally, level),
            (Self::Share, _) => Estimate::of_shares(tally, level),
            (Self::YesNo, mean) => {
                let count = tally.count();
                let yes = libm::rint(mean.unwrap_or_default() * count as f64);
                Estimate::of_yes_no(yes as u64, count, level)
            }
        }
    }

    /// The kind of a mean of two values of this kind: that of two answers is a share.
    #[must_use]
    pub const fn of_means(self) -> Self {
        match self {
            Self::Number => Self::Number,
            Self::Share | Self::YesNo => Self::Share,
        }
    }

    /// The same kind, but yes and no for shares that are all 0 or 1. A count whose values
    /// were all 0 or 1 stays a number, because it may be 2 in the next run.
    #[must_use]
    pub fn seen_in(self, values: impl IntoIterator<Item = f64>) -> Self {
        let is_answer = |value: f64| value == 0.0 || value == 1.0;
        match self {
            Self::Share if values.into_iter().all(is_answer) => Self::YesNo,
            kind => kind,
        }
    }
}
