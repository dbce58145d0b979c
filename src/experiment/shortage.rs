//! Threads that could not be started.

use std::fmt;
use std::io;

/// Whom to tell of a shortage: no part of what is run, so that any is equal to any other.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnShortage(pub(super) fn(&Shortage));

impl Default for OnShortage {
    fn default() -> Self {
        Self(|_| ())
    }
}

impl PartialEq for OnShortage {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// That the system did not start all threads that were wanted, and runs go on without: what
/// they come to is the same.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shortage {
    /// How many threads were wanted.
    pub wanted: usize,
    /// How many there are; without any, runs are made in the thread that asked for them.
    pub started: usize,
    /// Why the next could not be started.
    pub error: io::Error,
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wanted, started, error } = self;
        write!(f, "{started} of {wanted} threads could be started ({error}): going on with ")?;
        match started {
            0 => f.write_str("the one there is"),
            started => write!(f, "{started}"),
        }?;
        f.write_str(", which takes longer and comes to the same")
    }
}
