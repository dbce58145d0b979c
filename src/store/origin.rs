//! What happened, as the kernel tells it to the journal.

use crate::actor::ActorId;
use crate::record::RecordKind;
use crate::time::VirtualTime;

/// What happened, before anyone is told.
#[derive(Clone, Copy)]
pub(crate) struct Occurrence {
    pub(crate) event: u64,
    pub(crate) time: VirtualTime,
    pub(crate) kind: RecordKind,
    pub(crate) receiver: ActorId,
    pub(crate) origin: Origin,
}

/// Where something scheduled comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Who sent it, if it is a message.
    pub(crate) sender: ActorId,
    /// The number of the event in which that happened; 0 outside of events.
    pub(crate) event: u64,
}

impl Origin {
    /// Of what came from outside, and of what nobody wanted to know then.
    pub(crate) const OUTSIDE: Self = Self { sender: ActorId::OUTSIDE, event: 0 };

    /// Of what nobody wanted to know then, where the two must be told apart.
    pub(crate) const UNKNOWN: Self = Self { sender: ActorId::OUTSIDE, event: u64::MAX };
}
