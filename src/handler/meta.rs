//! What the engine keeps of an actor beside its state.

use crate::actor::ActorId;
use crate::store::{Mailbox, NONE};

/// What an actor is doing between two handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Busy {
    /// Nothing, and its mailbox is empty: the next message is handled on arrival.
    Free,
    /// Nothing, but messages wait: `Meta::pending` is the event that takes the first of them.
    Backlog,
    /// Starting up or held: `Meta::pending` is the event that ends it.
    Held,
    /// Waiting for the answer to a request.
    Waiting,
    /// A task that waits for a CPU slot.
    Delayed,
}

/// Whether CPU slots concern an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Role {
    Actor,
    /// A task that has no slot: not yet, or it has lent the slot while it waits.
    Task,
    /// A task that holds a slot.
    RunningTask,
}

/// The part of an actor that the engine reads on every event: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meta {
    pub(crate) generation: u16,
    pub(crate) busy: Busy,
    pub(crate) role: Role,
    pub(crate) mailbox: Mailbox,
    /// The cell of the event that ends `Held` or `Backlog`; else `NONE`.
    pub(crate) pending: u32,
}

impl Meta {
    /// For an actor that begins; `pending` is the event that ends its start-up, or `NONE`.
    pub(crate) fn new(id: ActorId, role: Role, pending: u32) -> Self {
        let busy = if pending == NONE { Busy::Free } else { Busy::Held };
        Self { generation: id.generation(), busy, role, mailbox: Mailbox::EMPTY, pending }
    }

    /// How many messages wait, the one that is about to be taken included.
    pub(super) fn waiting(&self) -> u32 {
        self.mailbox.len() + u32::from(self.busy == Busy::Backlog)
    }
}

/// A place for an actor. The variant is stored in `Meta::busy`, so it takes no memory of its own.
pub(crate) enum Slot<A> {
    Live { meta: Meta, state: A },
    Vacant,
}
