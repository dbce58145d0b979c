//! Which wait of a process is meant, and what it waits for.

use crate::actor::ActorId;

/// Names a wait of a process. It is no longer valid once that wait is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WaitKey {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl WaitKey {
    pub(crate) fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    pub(crate) fn from_word(word: u64) -> Self {
        Self { slot: word as u32, generation: (word >> 32) as u32 }
    }
}

/// What a process waits for, if the engine does not know it from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Time, an answer, a resource: an event, or the line of the resource, has the reason.
    #[default]
    Known,
    End(ActorId),
    /// The loss of what it holds of a resource.
    Loss,
    /// More use of a resource.
    Use(ActorId),
    Signal,
    /// A condition, by its number.
    Condition(u64),
    Message,
    Interrupt,
}
