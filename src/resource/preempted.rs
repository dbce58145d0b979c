//! The loss of units: to a more urgent claim, or because there are fewer units.

use crate::actor::Message;
use crate::digest::Digest;
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::rc::Rc;

/// Units were taken away by a more urgent claim, or because there are
/// [fewer units](crate::resource::Shortage::Preempt) than were in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preempted {
    /// The path of the process or actor that has the units now. If there are fewer units, the path
    /// of the resource.
    pub by: String,
    /// When the units had been granted.
    pub since: VirtualTime,
    /// When they were taken away.
    pub at: VirtualTime,
}

/// Work that was not finished because its resource was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The remaining work.
    pub remaining: Span,
    /// Who took the units, and when.
    pub preempted: Preempted,
}

impl Unfinished {
    pub(super) fn new(remaining: Span, preempted: Rc<Preempted>) -> Self {
        Self { remaining, preempted: Rc::unwrap_or_clone(preempted) }
    }
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
