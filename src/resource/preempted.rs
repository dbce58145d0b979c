//! The loss of what was held, to somebody more urgent.

use crate::actor::Message;
use crate::digest::Digest;
use crate::time::{Span, VirtualTime};
use std::fmt;

/// What was held was taken away by a more urgent claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preempted {
    /// Path of whoever has it now.
    pub by: String,
    /// Since when it had been held.
    pub since: VirtualTime,
    /// When it was taken away.
    pub at: VirtualTime,
}

/// Work that was not finished because its resource was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What is left to do.
    pub remaining: Span,
    /// Who took the resource, and when.
    pub preempted: Preempted,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { remaining, preempted } = self;
        write!(f, "preempted by {} at {}, {remaining} left", preempted.by, preempted.at)
    }
}

impl std::error::Error for Unfinished {}

impl Message for Preempted {
    fn digest(&self, digest: &mut Digest) {
        self.by.digest(digest);
        self.since.digest(digest);
        self.at.digest(digest);
    }
}
