//! Threads that could not be started.

use std::fmt;
use std::io;

/// The system did not start all wanted threads. Runs go on with fewer, with the same results.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shortage {
    /// How many threads were wanted.
    pub wanted: usize,
    /// How many were started; if none, the calling thread makes the runs.
    pub started: usize,
    /// Why the next one could not be started.
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
        f.write_str(", which takes longer and gives the same results")
    }
}
