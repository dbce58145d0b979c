//! Errors of statistics.

use crate::time::VirtualTime;
use std::fmt;

/// Why a statistic has no value. Data collected before is unchanged.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum StatisticsError {
    /// An observation that is not a number, infinite, or larger than
    /// [`LARGEST`](super::LARGEST) in magnitude.
    Unusable {
        /// The observation.
        value: f64,
    },
    /// Fewer observations than the statistic is defined for.
    TooFew {
        /// The fewest that are needed.
        needed: u64,
        /// How many there are.
        got: u64,
    },
    /// Observations that differ, but by less than [`CLOSEST`](super::CLOSEST): the squares of
    /// such differences are no longer numbers of full precision.
    TooClose {
        /// The largest minus the smallest.
        range: f64,
    },
    /// A probability or confidence level outside the range of the function. If the
    /// distribution is unbounded, 0 and 1 are outside.
    Probability {
        /// The value given.
        value: f64,
    },
    /// A precision, relative or absolute, outside the range of the function.
    Precision {
        /// The value given.
        value: f64,
    },
    /// A smallest difference that matters is not a finite number above 0.
    Indifference {
        /// The value given.
        value: f64,
    },
    /// A chance of a right choice that a guess has, too.
    Chance {
        /// The value given.
        value: f64,
        /// Of how many the choice is.
        systems: usize,
    },
    /// A level was set, or read, at an instant before the last one.
    BackInTime {
        /// The last instant.
        last: VirtualTime,
        /// The instant given.
        now: VirtualTime,
    },
    /// Counts, levels or spans outside the range of their integers.
    Overflow,
    /// Two histograms of different precision cannot be merged exactly.
    DifferentPrecision {
        /// The relative error of the first.
        one: f64,
        /// The relative error of the second.
        other: f64,
    },
    /// All observations are equal, so a division by their variance is undefined.
    NoVariation,
    /// A control follows from other controls, so their coefficients are undefined.
    Dependent,
    /// Two series of the same replications have different lengths.
    DifferentLengths {
        /// The length of the first.
        one: usize,
        /// The length of the second.
        other: usize,
    },
    /// An invalid number of batches, or an invalid length of batches.
    Batches {
        /// The value given.
        given: usize,
    },
    /// The best truncation point is in the second half of the series: the warm-up may not
    /// be over.
    WarmUpNotOver {
        /// How many observations would be cut off.
        truncation: usize,
        /// How many there are.
        observations: usize,
    },
    /// Batch means are correlated even with the longest batches.
    Correlated {
        /// The number of the longest batches.
        batches: usize,
        /// Their autocorrelation at lag 1.
        lag_1: f64,
    },
    /// No number of replications gives the precision: it is relative to a mean of zero, or
    /// the number is above 2^53.
    OutOfReach,
}

impl fmt::Display for StatisticsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unusable { value } => write!(
                f,
                "the observation {value} cannot be used: it must be finite and at most 1e140 in \
                 magnitude"
            ),
            Self::TooFew { needed, got } => {
                write!(f, "too few observations: {got}, and at least {needed} are needed")
            }
            Self::TooClose { range } => write!(
                f,
                "the observations differ, but only by {range:e}, too little for a variance: give \
                 them in a smaller unit, so that they differ by 1e-140 or more"
            ),
            Self::Probability { value } => {
                write!(
                    f,
                    "{value} is not a usable probability: it must lie between 0 and 1, and for \
                     Student's distribution not closer than 1e-15 to 0 or 1"
                )
            }
            Self::Precision { value } => {
                write!(
                    f,
                    "{value} is not a usable precision: it must be above 0, a relative one below \
                     1, and that of a histogram between 2^-15 and 0.25"
                )
            }
            Self::Indifference { value } => write!(
                f,
                "{value} is not a difference that matters: it must be a number above 0, in the \
                 unit of the measure"
            ),
            Self::Chance { value, systems } => write!(
                f,
                "a guess among {systems} is right with a chance of 1 in {systems}, so {value} asks \
                 for nothing: it must be more, like 0.95"
            ),
            Self::BackInTime { last, now } => {
                write!(f, "{now} is before {last}, the last instant at which the level was set")
            }
            Self::Overflow => f.write_str("the total leaves the range of its integer"),
            Self::DifferentPrecision { one, other } => write!(
                f,
                "histograms of relative errors {one} and {other} cannot be merged: make both with \
                 the same"
            ),
            Self::Dependent => f.write_str(
                "a control follows from the others, as their sum or a multiple of one: leave it out",
            ),
            Self::NoVariation => {
                f.write_str("all observations are equal, so there is no correlation")
            }
            Self::DifferentLengths { one, other } => {
                write!(
                    f,
                    "{one} and {other} observations cannot be paired: there must be as many of both"
                )
            }
            Self::Batches { given } => {
                write!(
                    f,
                    "{given} is too small: there must be at least 1 observation in a batch and 2 \
                     batches"
                )
            }
            Self::WarmUpNotOver { truncation, observations } => write!(
                f,
                "the warm-up may not be over: {truncation} of {observations} observations would \
                 have to go, which is more than half; run longer"
            ),
            Self::Correlated { batches, lag_1 } => write!(
                f,
                "the means of {batches} batches are still correlated ({lag_1:.3} at lag 1); run \
                 longer"
            ),
            Self::OutOfReach => f.write_str(
                "no number of replications gives this precision; ask for an absolute one, or a \
                 larger value",
            ),
        }
    }
}

impl std::error::Error for StatisticsError {}
