//! What the kernel tells the journal, and what it stores for that.

use crate::actor::{ActorId, Message};
use crate::kernel::state::{Hooks, Kernel};
use crate::record::{RecordKind, Undeliverable};
use crate::store::{EventPool, Occurrence, Origin};
use crate::time::VirtualTime;

impl<F: Hooks> Kernel<F> {
    /// Records what happened to the event in a cell.
    #[inline(never)]
    pub(crate) fn record<M: Message>(
        &mut self,
        kind: RecordKind,
        receiver: ActorId,
        pool: &EventPool<M>,
        cell: u32,
    ) {
        if !self.journal.is_on() {
            return;
        }
        let mut origin = Origin::OUTSIDE;
        if self.journal.wants_origins() {
            origin = pool.origin(cell);
            self.cause = origin.event;
        }
        let occurrence = Occurrence { event: self.event, time: self.now, kind, receiver, origin };
        self.journal.record(&self.entities, occurrence, pool.message(cell));
    }

    /// Records what happened to a message that was just sent and is in no cell.
    pub(crate) fn record_message<M: Message>(
        &mut self,
        kind: RecordKind,
        sender: ActorId,
        receiver: ActorId,
        message: &M,
    ) {
        let origin = Origin { sender, ..self.origin() };
        let occurrence = Occurrence { event: self.event, time: self.now, kind, receiver, origin };
        self.journal.record(&self.entities, occurrence, Some(message));
    }

    /// Records a step of a claim, which waited or held its units since then.
    pub(crate) fn record_step<M: Message>(
        &mut self,
        kind: RecordKind,
        resource: ActorId,
        claimant: ActorId,
        step: &M,
        since: VirtualTime,
    ) {
        let origin = Origin { sender: resource, ..self.origin() };
        let occurrence =
            Occurrence { event: self.event, time: self.now, kind, receiver: claimant, origin };
        self.journal.record_step(&self.entities, occurrence, step, since);
    }

    #[inline]
    pub(crate) fn record_plain(&mut self, kind: RecordKind, receiver: ActorId) {
        if !self.journal.is_on() {
            return;
        }
        let origin = Origin { event: self.cause, ..Origin::OUTSIDE };
        let occurrence = Occurrence { event: self.event, time: self.now, kind, receiver, origin };
        self.journal.record::<()>(&self.entities, occurrence, None);
    }

    /// Notes the cause of the event in a cell. Records without a message, such as deaths and
    /// starts, are recorded without a cell and need it.
    pub(crate) fn note_cause<M>(&mut self, pool: &EventPool<M>, cell: u32) {
        if self.journal.wants_origins() {
            self.cause = pool.origin(cell).event;
        }
    }

    /// The origin of an event without a message that is scheduled now.
    #[inline]
    pub(crate) fn origin(&self) -> Origin {
        let outside = self.current == ActorId::OUTSIDE;
        Origin { event: if outside { 0 } else { self.event }, ..Origin::OUTSIDE }
    }

    /// Keeps a message to a dead actor, for the program to read.
    #[cold]
    pub(crate) fn keep_undeliverable<M: Message>(
        &mut self,
        receiver: ActorId,
        cells: &EventPool<M>,
        cell: u32,
    ) {
        let Some(message) = cells.message(cell) else { return };
        let kept = Undeliverable {
            time: self.now,
            sender: self.entities.path(cells.origin(cell).sender).to_string(),
            receiver: self.entities.path(receiver).to_string(),
            message: format!("{message:?}"),
            cause: F::cause_of_death(self, receiver),
        };
        self.journal.keep(kept);
    }
}
