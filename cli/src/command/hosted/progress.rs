//! What a host is told of a command that runs long.

use crate::command::talk::Done;

/// How far a command of a host is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct HostedProgress {
    /// How many runs are made.
    pub done: u64,
    /// How many there are in all, if that is known.
    pub total: Option<u64>,
}

impl HostedProgress {
    pub(super) fn of(done: &Done) -> Self {
        let (done, total) = done.read();
        Self { done, total }
    }
}
