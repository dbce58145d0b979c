//! The end of an actor, what becomes of the messages for it, and its next
//! life if it has one.

use super::class::{Busy, Meta, Role, Slot};
use super::core::Core;
use super::pool::{EventKind, Mailbox, NONE, Pool};
use super::supervision::NextLife;
use crate::actor::{ActorId, DeathCause, Message};
use crate::record::RecordKind;
use std::cell::RefCell;

/// The end of an actor, and of the messages for it.
pub(super) struct Death<'a, M> {
    pub(super) core: &'a mut Core,
    pub(super) pool: &'a RefCell<Pool<M>>,
    pub(super) id: ActorId,
}

impl<M: Message> Death<'_, M> {
    #[cold]
    pub(super) fn happen<A: 'static>(&mut self, slot: &mut Slot<A>, cause: DeathCause) {
        self.core.record_plain(RecordKind::Died(cause), self.id);
        let Slot::Live { mut meta, state } = std::mem::replace(slot, Slot::Vacant) else {
            return;
        };
        drop(state);
        let next = self.core.next_life(self.id, cause);
        match next {
            None => self.core.bury(self.id, cause),
            Some(_) => {
                self.pool.borrow_mut().outdate(self.id);
                self.core.renew(self.id, cause);
            }
        }
        let pending = meta.pending;
        if meta.busy == Busy::Held && pending != NONE {
            // Nobody else can take back what only this actor was to continue
            // with.
            self.withdraw(|cells| cells.cancel(pending), pending);
            self.core.cancel(self.id.class(), pending);
        }
        if meta.busy == Busy::Delayed {
            if let Some(first) = self.core.cpu.withdraw(self.id) {
                self.withdraw(|cells| cells.take(first), first);
            }
        }
        if meta.busy == Busy::Backlog {
            self.lose(pending, |cells| cells.cancel(pending));
            self.core.cancel(self.id.class(), pending);
        }
        self.empty(&mut meta.mailbox);
        if meta.role == Role::RunningTask {
            self.core.cpu.release();
        }
        self.core.start_next_task();
        if let Some(next) = next {
            *slot = self.begin(next);
        }
    }

    /// The same actor with a new state; busy until it has started.
    fn begin<A: 'static>(&mut self, next: NextLife) -> Slot<A> {
        let (core, id) = (&mut *self.core, self.id);
        core.record_plain(RecordKind::Restarted, id);
        let pending = if next.startup.is_zero() {
            NONE
        } else {
            let ready = core.after(next.startup);
            core.schedule_plain(ready, id, EventKind::Resume)
        };
        let state = *next.state.downcast::<A>().expect("a factory makes what it made before");
        Slot::Live { meta: Meta::new(id, Role::Actor, pending), state }
    }

    /// Accounts for the messages that waited.
    pub(super) fn empty(&mut self, mailbox: &mut Mailbox) {
        while !mailbox.is_empty() {
            let next = mailbox.pop(&mut self.pool.borrow_mut(), self.id, EventKind::Take);
            next.into_iter().for_each(|cell| self.lose(cell, |cells| cells.take(cell)));
        }
    }

    /// Accounts for a message that will not be handled.
    pub(super) fn lose(&mut self, cell: u32, empty: impl FnOnce(&mut Pool<M>) -> Option<M>) {
        let mut cells = self.pool.borrow_mut();
        if cells.message(cell).is_some() {
            self.core.counts.undeliverable += 1;
            self.core.record(RecordKind::Undeliverable, self.id, &cells, cell);
            if self.core.recorder.keeps_undeliverable() {
                self.core.keep_undeliverable(self.id, &cells, cell);
            }
        }
        let request = cells.take_request(cell);
        let message = empty(&mut cells);
        drop(cells);
        drop(message);
        if let Some(request) = request {
            let id = self.id;
            let cause = self.core.cause_of_death(id);
            self.core.fail_request(request, id, cause);
        }
    }

    /// Accounts for a message that its own actor will not continue with.
    fn withdraw(&mut self, empty: impl FnOnce(&mut Pool<M>) -> Option<M>, cell: u32) {
        let mut cells = self.pool.borrow_mut();
        if cells.message(cell).is_some() {
            self.core.counts.cancelled += 1;
            self.core.record(RecordKind::Cancelled, self.id, &cells, cell);
        }
        let message = empty(&mut cells);
        drop(cells);
        drop(message);
    }
}
