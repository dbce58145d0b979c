//! What happened, as the kernel reports it to the journal.

use crate::actor::ActorId;
use crate::record::RecordKind;
use crate::time::VirtualTime;

/// What happened, before it becomes a record.
#[derive(Clone, Copy)]
pub(crate) struct Occurrence {
    pub(crate) event: u64,
    pub(crate) time: VirtualTime,
    pub(crate) kind: RecordKind,
    pub(crate) receiver: ActorId,
    pub(crate) origin: Origin,
}

/// Where a scheduled event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The sender, if it is a message.
    pub(crate) sender: ActorId,
    /// The number of the event in which it was scheduled; 0 outside of events.
    pub(crate) event: u64,
}

impl Origin {
    /// For events from outside, and for events whose origin was not stored.
    pub(crate) const OUTSIDE: Self = Self { sender: ActorId::OUTSIDE, event: 0 };

    /// For events whose origin was not stored, where the two cases must differ.
    pub(crate) const UNKNOWN: Self = Self { sender: ActorId::OUTSIDE, event: u64::MAX };
}
