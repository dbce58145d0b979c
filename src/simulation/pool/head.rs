//! What the event in a cell does, and to whom: one word.

use crate::actor::ActorId;
use std::fmt;

/// What an event does to its actor.
///
/// The order of the first three matters: [`Head::is_mere_message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(in crate::simulation) enum EventKind {
    /// A message arrives.
    Deliver,
    /// A message that the actor scheduled for itself, and may take back.
    Timer,
    /// A message that an actor has coming from what it began itself, and that
    /// means nothing to the one that is restarted in its place.
    Own,
    /// A message arrives that carries a request: it fails when the message
    /// meets a dead actor.
    Request,
    /// Something that a process waits for has happened: the word beside the
    /// cell says what.
    Wake,
    /// A message that interrupts what a process waits for.
    Interrupt,
    /// A free actor takes the oldest message from its mailbox, this one.
    Take,
    /// A hold or a start-up ends; the message, if any, continues the handler.
    Resume,
    /// The answer that a waiting actor is blocked on arrives.
    Answer,
    /// A submitted task is ready for a CPU slot.
    TaskReady,
    /// A task that was waiting has got a CPU slot.
    TaskStart,
    /// The actor is killed.
    Kill,
    /// The actor dies because the one that spawned it did.
    OwnerDied,
    /// The actor dies because a fault plan says so.
    Crash,
    /// The actor is killed and not restarted.
    Dismiss,
    /// A child has died too often. The word beside the cell says which
    /// incarnation is meant.
    Escalate,
    /// A sibling was restarted, and the actor is with it. The word beside the
    /// cell numbers the restarts of its siblings.
    Together,
    /// A message to an incarnation that has died, its actor being restarted.
    Stale,
    /// No event: the message waits in a mailbox.
    Waiting,
    /// No event: the cell is free.
    Free,
    /// No event any more, but the event list still has the number of the cell.
    Cancelled,
}

/// The kinds by their number, for [`Head`].
const KINDS: [EventKind; 32] = {
    let mut kinds = [EventKind::Free; 32];
    let all = [
        EventKind::Deliver,
        EventKind::Request,
        EventKind::Timer,
        EventKind::Own,
        EventKind::Wake,
        EventKind::Interrupt,
        EventKind::Take,
        EventKind::Resume,
        EventKind::Answer,
        EventKind::TaskReady,
        EventKind::TaskStart,
        EventKind::Kill,
        EventKind::OwnerDied,
        EventKind::Crash,
        EventKind::Dismiss,
        EventKind::Escalate,
        EventKind::Together,
        EventKind::Stale,
        EventKind::Waiting,
        EventKind::Free,
        EventKind::Cancelled,
    ];
    let mut next = 0;
    while next < all.len() {
        kinds[all[next] as usize] = all[next];
        next += 1;
    }
    kinds
};

/// The part of an event that does not depend on the message type, in one
/// word: it is written and read as one, so that a read just after the write
/// never waits for its parts to come together.
///
/// From the top: 32 bits of the receiver's index in the class, 16 of its generation,
/// 16 of [`EventKind`]: an [`ActorId`] in memory with the kind in the place of the class,
/// so that one comes from the other by a mask. While the message waits in a mailbox the
/// index is that of the next cell there; in a free cell, of the next free one.
#[derive(Clone, Copy)]
pub(in crate::simulation) struct Head(u64);

/// What of a [`Head`] is the kind.
const KIND: u64 = 0xFFFF;

impl Head {
    #[inline(always)]
    pub(in crate::simulation) fn new(to: ActorId, kind: EventKind) -> Self {
        Self(to.word() & !KIND | kind as u64)
    }

    #[inline(always)]
    pub(super) fn free(next: u32) -> Self {
        Self(u64::from(next) << 32 | EventKind::Free as u64)
    }

    #[inline(always)]
    pub(in crate::simulation) fn kind(self) -> EventKind {
        KINDS[(self.0 & KIND) as usize % KINDS.len()]
    }

    /// Whether a message arrives that nothing else has to be done for:
    /// [`Deliver`](EventKind::Deliver), [`Timer`](EventKind::Timer) or
    /// [`Own`](EventKind::Own), the first of the kinds.
    #[inline(always)]
    pub(in crate::simulation) fn is_mere_message(self) -> bool {
        self.0 & KIND <= EventKind::Own as u64
    }

    #[inline(always)]
    pub(in crate::simulation) fn is(self, kind: EventKind) -> bool {
        self.0 & KIND == kind as u64
    }

    /// A message that waits before another.
    pub(super) fn waiting(kind: EventKind, next: u32) -> Self {
        Self(u64::from(next) << 32 | kind as u64)
    }

    /// The receiver, which is of the pool's class.
    #[inline(always)]
    pub(in crate::simulation) fn target(self, class: u16) -> ActorId {
        ActorId::of_word(self.0 & !KIND | u64::from(class))
    }

    #[inline(always)]
    pub(super) fn link(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(super) fn set_link(&mut self, cell: u32) {
        self.0 = self.0 << 32 >> 32 | u64::from(cell) << 32;
    }

    pub(super) fn set_kind(&mut self, kind: EventKind) {
        self.0 = self.0 & !KIND | kind as u64;
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind(), self.link())
    }
}
