//! Scenarios, runs and comparisons for a host that is not a terminal, such as the Python package:
//! results are returned, and nothing is printed.

mod command;
mod function;
mod host;
mod progress;
#[cfg(feature = "parquet")]
mod records;
#[cfg(feature = "parquet")]
mod rows;
mod scenario;
mod study;
#[cfg(feature = "parquet")]
mod table;
mod verify;

pub use command::HostedAnswer;
pub use function::{HostedFunction, NotFinished};
pub use host::Host;
pub use progress::HostedProgress;
#[cfg(feature = "parquet")]
pub use records::{HostedChoice, HostedEnd};
pub use scenario::{HostedRun, HostedScenario};
pub use verify::{HostedVerification, HostedVerify};

use super::talk::Failure;
use std::fmt;

/// Why a host gets no result.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NoResult {
    /// The command would have ended with that code and that text.
    Failed(u8, String),
    /// Runs that should be equal are not: where they begin to differ.
    Different(String),
    /// The host wanted it to end.
    Interrupted,
}

impl fmt::Display for NoResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_, text) | Self::Different(text) => f.write_str(text),
            Self::Interrupted => f.write_str("the run was interrupted"),
        }
    }
}

impl std::error::Error for NoResult {}

impl From<Failure> for NoResult {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.code(), failure.text())
    }
}
