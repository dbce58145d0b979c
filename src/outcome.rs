//! The outcome of a run: why it returned, and what happened to its messages.

use crate::time::VirtualTime;

/// What happened to all messages so far.
///
/// Every message and every copy ends exactly once: `sent + duplicated = handled + undeliverable +
/// cancelled + lost + pending`. Pending messages are scheduled, wait in a mailbox, or wait for a
/// CPU slot. Without a [`FaultPlan`](crate::FaultPlan), no messages are lost or duplicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Counts {
    /// Messages, timers set, answers, continuations of holds, and first messages of tasks.
    pub sent: u64,
    /// Messages that a handler got.
    pub handled: u64,
    /// Messages whose receiver was dead.
    pub undeliverable: u64,
    /// Continuations of holds, and first messages of tasks without a slot, whose actor died
    /// before; and messages of cancelled timers.
    pub cancelled: u64,
    /// Messages and answers that a link lost.
    pub lost: u64,
    /// Copies that links made.
    pub duplicated: u64,
}

/// Why a run returned.
///
/// `Idle` and `Stuck` mean that no events are scheduled anymore. They differ in who still
/// waits. Both have the time of the last event; the clock may be later, at the time up to
/// which the run was asked to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An actor ended the run.
    Ended,
    /// No events are scheduled anymore. Only servers wait, for the next message or item.
    Idle {
        /// The time of the last event.
        since: VirtualTime,
    },
    /// No events are scheduled anymore, but an actor or process waits for something that can
    /// no longer come. [`Simulation::stuck`](crate::Simulation::stuck) lists all such waits.
    Stuck {
        /// The time of the last event.
        since: VirtualTime,
    },
    /// The run reached the time that was asked for, or the horizon; later events are pending.
    Reached,
}

impl Counts {
    /// Messages that have not ended yet, by these counts.
    #[must_use]
    pub fn pending(&self) -> u64 {
        let ended = self.handled + self.undeliverable + self.cancelled + self.lost;
        self.sent + self.duplicated - ended
    }
}

/// A request without an answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Path of the actor that asked.
    pub asker: String,
    /// Path of the actor that was asked.
    pub asked: String,
    /// When it was asked.
    pub since: VirtualTime,
}
