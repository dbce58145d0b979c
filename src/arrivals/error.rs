//! Errors of arrivals.

use crate::random::DistributionError;
use crate::schedule::ScheduleError;
use crate::time::Span;
use std::fmt;

/// Why there are no such arrivals.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ArrivalError {
    /// A rate that cannot be.
    Rate {
        /// The rate.
        rate: f64,
    },
    /// Rates for a span of 0.
    PerNothing,
    /// Gaps that can be negative, or that are always 0.
    Gaps {
        /// The smallest one.
        least: f64,
    },
    /// Sizes of batches that are not whole, or can be below 1.
    Sizes {
        /// The smallest one.
        least: f64,
    },
    /// Recorded times that are not in order.
    Order {
        /// A time.
        before: Span,
        /// The one that follows it.
        at: Span,
    },
    /// A distribution that there is not.
    Distribution(DistributionError),
    /// A schedule that there is not.
    Schedule(ScheduleError),
    /// A text that is nothing of these.
    Text {
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for ArrivalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { rate } => write!(f, "a rate is {rate}, and has to be from 0 to 1e12"),
            Self::PerNothing => f.write_str("rates are for a span of 0: give per=1h"),
            Self::Gaps { least } => write!(
                f,
                "gaps can be {least}, and have to be positive: give a distribution such as \
                 exponential(mean=2min)"
            ),
            Self::Sizes { least } => write!(
                f,
                "sizes of batches have to be whole numbers from 1, and can be {least} or fractional: \
                 give a distribution such as geometric(p=0.5)"
            ),
            Self::Order { before, at } => {
                write!(f, "the time {at} follows {before}: give the times in order")
            }
            Self::Distribution(error) => error.fmt(f),
            Self::Schedule(error) => error.fmt(f),
            Self::Text { problem } => f.write_str(problem),
        }
    }
}

impl std::error::Error for ArrivalError {}

impl From<DistributionError> for ArrivalError {
    fn from(error: DistributionError) -> Self {
        Self::Distribution(error)
    }
}

impl From<ScheduleError> for ArrivalError {
    fn from(error: ScheduleError) -> Self {
        Self::Schedule(error)
    }
}
