//! What a run comes to: why it returned, and what became of its messages.

/// What became of all messages so far.
///
/// Every message has exactly one end: `sent = handled + undeliverable +
/// cancelled + pending`, where the pending ones are scheduled, wait in a
/// mailbox, or wait for a CPU slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
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
}

/// Why a run returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An actor ended the run.
    Ended,
    /// Nothing is scheduled any more. Actors may still wait for answers:
    /// see [`Simulation::unanswered`](crate::Simulation::unanswered).
    Idle,
    /// The time that was asked for is reached; more is scheduled.
    Reached,
}

impl Counts {
    /// Messages sent that have met no end yet, by this account.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.sent - self.handled - self.undeliverable - self.cancelled
    }
}
