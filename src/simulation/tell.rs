//! What the kernel tells the recorder, and what it remembers to be able to.

use super::core::Core;
use super::happened::{Happened, Origin};
use super::pool::{EventKind, Pool};
use crate::actor::{ActorId, Message};
use crate::record::{Handling, RecordKind};
use std::cell::RefCell;

impl Core {
    /// Records that an actor handles the event in a cell: on the path of every
    /// event, and apart from it, so that a run without records does not pay in
    /// registers.
    #[inline(never)]
    pub(super) fn record_handling<M: Message>(
        &mut self,
        handling: Handling,
        receiver: ActorId,
        pool: &Pool<M>,
        cell: u32,
    ) {
        if self.recorder.is_plain() {
            let message = pool.message(cell);
            self.recorder.digest_plain(self.now, receiver, handling as u64, message);
        } else {
            self.record(handling.kind(), receiver, pool, cell);
        }
    }

    /// Records what became of the event in a cell.
    #[inline(never)]
    pub(super) fn record<M: Message>(
        &mut self,
        kind: RecordKind,
        receiver: ActorId,
        pool: &Pool<M>,
        cell: u32,
    ) {
        if !self.recorder.is_on() {
            return;
        }
        let mut origin = Origin::OUTSIDE;
        if self.recorder.wants_origins() {
            origin = pool.origin(cell);
            self.cause = origin.event;
        }
        let happened = Happened { event: self.event, time: self.now, kind, receiver, origin };
        self.recorder.record(&self.directory, happened, pool.message(cell));
    }

    /// Records what became of a message that is in no cell, just sent.
    pub(super) fn record_message<M: Message>(
        &mut self,
        kind: RecordKind,
        sender: ActorId,
        receiver: ActorId,
        message: &M,
    ) {
        let origin = Origin { sender, ..self.origin() };
        let happened = Happened { event: self.event, time: self.now, kind, receiver, origin };
        self.recorder.record(&self.directory, happened, Some(message));
    }

    /// Records something that is not about a message.
    pub(super) fn record_plain(&mut self, kind: RecordKind, receiver: ActorId) {
        let origin = Origin { event: self.cause, ..Origin::OUTSIDE };
        let happened = Happened { event: self.event, time: self.now, kind, receiver, origin };
        self.recorder.record::<()>(&self.directory, happened, None);
    }

    /// Notes in which event the one in that cell was scheduled: deaths, starts
    /// and looks are recorded without a cell.
    pub(super) fn note_cause<M>(&mut self, pool: &Pool<M>, cell: u32) {
        if self.recorder.wants_origins() {
            self.cause = pool.origin(cell).event;
        }
    }

    /// Where what is scheduled now, without a message, comes from.
    #[inline]
    pub(super) fn origin(&self) -> Origin {
        let outside = self.current == ActorId::OUTSIDE;
        Origin { event: if outside { 0 } else { self.event }, ..Origin::OUTSIDE }
    }
}

/// Puts a message into a cell of its receiver's class.
#[inline(always)]
pub(super) fn stow<M: Message>(
    pool: &RefCell<Pool<M>>,
    core: &Core,
    from: ActorId,
    to: ActorId,
    kind: EventKind,
    message: M,
) -> u32 {
    let mut pool = pool.borrow_mut();
    let cell = pool.insert(to, kind, Some(message));
    if core.recorder.wants_origins() {
        pool.set_origin(cell, Origin { sender: from, ..core.origin() });
    }
    cell
}
