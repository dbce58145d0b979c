//! What a run comes to: why it returned, and what became of its messages.

use crate::time::VirtualTime;

/// What became of all messages so far.
///
/// Every message, and every copy of one, has exactly one end: `sent +
/// duplicated = handled + undeliverable + cancelled + lost + pending`, where
/// the pending ones are scheduled, wait in a mailbox, or wait for a CPU slot.
/// Without a [`FaultPlan`](crate::FaultPlan) none is lost or duplicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// Messages, timers set, answers, continuations of holds, and first
    /// messages of tasks.
    pub sent: u64,
    /// Those that a handler got.
    pub handled: u64,
    /// Those whose receiver was dead.
    pub undeliverable: u64,
    /// Continuations of holds, and first messages of tasks without a slot,
    /// whose actor died before; and what an actor took back by its timer.
    pub cancelled: u64,
    /// Those that a link lost, answers included.
    pub lost: u64,
    /// Copies that links made.
    pub duplicated: u64,
}

/// Why a run returned.
///
/// `Idle` and `Stuck` mean that nothing is scheduled any more. They differ in who
/// waits, and both say when the last event was: the clock may stand later, at the
/// time up to which the run was asked to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An actor ended the run.
    Ended,
    /// Nothing is scheduled any more, and nobody waits but servers, for the next
    /// message or item.
    Idle {
        /// The time of the last event.
        since: VirtualTime,
    },
    /// Nothing is scheduled any more, though somebody waits for what can no longer
    /// come: [`Simulation::stuck`](crate::Simulation::stuck) says who, and for what.
    Stuck {
        /// The time of the last event.
        since: VirtualTime,
    },
    /// The time that was asked for, or the horizon, is reached; more is scheduled.
    Reached,
}

impl Counts {
    /// Messages sent that have met no end yet, by this account.
    #[must_use]
    pub fn pending(&self) -> u64 {
        let ended = self.handled + self.undeliverable + self.cancelled + self.lost;
        self.sent + self.duplicated - ended
    }
}

/// A request that nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Path of the actor that asked.
    pub asker: String,
    /// Path of the actor that was asked.
    pub asked: String,
    /// When it was asked.
    pub since: VirtualTime,
}
