//! What happened, as the kernel tells it to the recorder.

use crate::actor::ActorId;
use crate::record::RecordKind;
use crate::time::VirtualTime;

/// What happened, before anyone is told.
#[derive(Clone, Copy)]
pub(super) struct Happened {
    pub(super) event: u64,
    pub(super) time: VirtualTime,
    pub(super) kind: RecordKind,
    pub(super) receiver: ActorId,
    pub(super) origin: Origin,
}

/// Where something scheduled comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Who sent it, if it is a message.
    pub(super) sender: ActorId,
    /// The number of the event in which that happened; 0 outside of events.
    pub(super) event: u64,
}

impl Origin {
    /// Of what came from outside, and of what nobody wanted to know then.
    pub(super) const OUTSIDE: Self = Self { sender: ActorId::OUTSIDE, event: 0 };

    /// Of what nobody wanted to know then, where the two must be told apart.
    pub(super) const UNKNOWN: Self = Self { sender: ActorId::OUTSIDE, event: u64::MAX };
}
