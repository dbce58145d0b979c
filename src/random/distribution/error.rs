//! Errors of distributions.

use std::fmt;

/// Why there is no such distribution.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DistributionError {
    /// A parameter has a value that it cannot have.
    Parameter {
        /// The distribution, such as `normal`.
        distribution: &'static str,
        /// The parameter, such as `sd`.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it has to be.
        wanted: &'static str,
    },
    /// There are no values, weights or parts, or too few of them.
    TooFew {
        /// The distribution.
        distribution: &'static str,
        /// The fewest that it takes.
        needed: usize,
    },
    /// A distribution of whole numbers can give too many numbers for a table of their
    /// probabilities.
    TooWide {
        /// The distribution.
        distribution: &'static str,
        /// One that is almost the same, as a text.
        near: String,
    },
    /// The range of a truncated distribution has next to no probability.
    NothingLeft {
        /// The low end.
        low: f64,
        /// The high end.
        high: f64,
        /// The probability between them.
        within: f64,
    },
    /// A text that is no distribution.
    Text {
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for DistributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { distribution, name, value, wanted } => {
                write!(f, "{distribution}: {name} is {value}, and has to be {wanted}")
            }
            Self::TooFew { distribution, needed: 1 } => {
                write!(f, "{distribution}: give at least one value")
            }
            Self::TooFew { distribution, needed } => {
                write!(f, "{distribution}: give at least {needed} values")
            }
            Self::TooWide { distribution, near } => write!(
                f,
                "{distribution}: its numbers are spread too widely for a table of their \
                 probabilities: give {near}, which is almost the same"
            ),
            Self::NothingLeft { low, high, within } => write!(
                f,
                "truncated: between {low} and {high} there is a probability of {within} only: \
                 give a wider range"
            ),
            Self::Text { problem } => f.write_str(problem),
        }
    }
}

impl std::error::Error for DistributionError {}
