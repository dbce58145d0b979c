//! The end of an actor, what becomes of its messages, and its next life if it has one.

use crate::actor::{ActorId, DeathCause, Message};
use crate::features::{Features, Kernel};
use crate::handler::behaviour::Actor;
use crate::handler::meta::{Busy, Meta, Role, Slot};
use crate::kernel::{Hooks, NextLife};
use crate::record::RecordKind;
use crate::store::{EventPool, Mailbox, NONE, Op};
use std::cell::RefCell;

/// The end of an actor, and of the messages for it.
pub(crate) struct Death<'a, M> {
    pub(crate) kernel: &'a mut Kernel,
    pub(crate) pool: &'a RefCell<EventPool<M>>,
    pub(crate) id: ActorId,
}

impl<M: Message> Death<'_, M> {
    #[cold]
    pub(crate) fn happen<A: Actor<Message = M>>(&mut self, slot: &mut Slot<A>, cause: DeathCause) {
        self.kernel.record_plain(RecordKind::Died(cause), self.id);
        let Slot::Live { mut meta, state } = std::mem::replace(slot, Slot::Vacant) else {
            return;
        };
        drop(state);
        let next = Features::next_life(self.kernel, self.id, cause);
        match next {
            None => self.kernel.end_for_good(self.id, cause),
            Some(_) => {
                self.pool.borrow_mut().mark_stale(self.id);
                self.kernel.begin_next_life(self.id, cause);
            }
        }
        let pending = meta.pending;
        if meta.busy == Busy::Held && pending != NONE {
            // Only this actor was to handle the message, so the message is cancelled with it.
            self.withdraw(|cells| cells.cancel(pending), pending);
            self.kernel.cancel(self.id.class(), pending);
        }
        if meta.busy == Busy::Delayed {
            if let Some(first) = self.kernel.leave_slots(self.id) {
                self.withdraw(|cells| cells.take(first), first);
            }
        }
        if meta.busy == Busy::Backlog {
            self.lose(pending, |cells| cells.cancel(pending));
            self.kernel.cancel(self.id.class(), pending);
        }
        self.empty(&mut meta.mailbox);
        if meta.role == Role::RunningTask {
            self.kernel.free_slot();
        }
        self.kernel.start_next_task();
        if let Some(next) = next {
            *slot = self.begin(next);
        }
    }

    /// The same actor with a new state. It is busy until its start-up is over.
    fn begin<A: Actor<Message = M>>(&mut self, next: NextLife) -> Slot<A> {
        let (kernel, id) = (&mut *self.kernel, self.id);
        kernel.record_plain(RecordKind::Restarted, id);
        let mut state = *next.state.downcast::<A>().expect("a factory makes what it made before");
        let pending = kernel.start(id, &mut state, next.startup);
        Slot::Live { meta: Meta::new(id, Role::Actor, pending), state }
    }

    /// Counts and records the waiting messages as undeliverable.
    pub(crate) fn empty(&mut self, mailbox: &mut Mailbox) {
        while !mailbox.is_empty() {
            let next = mailbox.pop(&mut self.pool.borrow_mut(), self.id, Op::TAKE);
            next.into_iter().for_each(|cell| self.lose(cell, |cells| cells.take(cell)));
        }
    }

    /// Counts and records a message that will not be handled.
    pub(crate) fn lose(&mut self, cell: u32, empty: impl FnOnce(&mut EventPool<M>) -> Option<M>) {
        let mut cells = self.pool.borrow_mut();
        if cells.message(cell).is_some() {
            self.kernel.counts.undeliverable += 1;
            self.kernel.record(RecordKind::Undeliverable, self.id, &cells, cell);
            if self.kernel.journal.keeps_undeliverable() {
                self.kernel.keep_undeliverable(self.id, &cells, cell);
            }
        }
        let rider = cells.take_rider(cell);
        let message = empty(&mut cells);
        drop(cells);
        drop(message);
        if let Some(rider) = rider {
            Features::unhandled(self.kernel, self.id, rider);
        }
    }

    /// Counts and records a message to the actor itself that it will not continue with.
    fn withdraw(&mut self, empty: impl FnOnce(&mut EventPool<M>) -> Option<M>, cell: u32) {
        let mut cells = self.pool.borrow_mut();
        if cells.message(cell).is_some() {
            self.kernel.counts.cancelled += 1;
            self.kernel.record(RecordKind::Cancelled, self.id, &cells, cell);
        }
        let message = empty(&mut cells);
        drop(cells);
        drop(message);
    }
}

impl Kernel {
    pub(crate) fn end_for_good(&mut self, id: ActorId, cause: DeathCause) {
        Features::died(self, id, cause);
        self.entities.end_for_good(id, cause);
        self.entities.forget_nameless(id);
        self.check_remembered();
    }

    fn begin_next_life(&mut self, id: ActorId, cause: DeathCause) {
        Features::restarts(self, id, cause);
        self.entities.begin_next_life(id);
        self.check_remembered();
        Features::born(self, id, true);
    }
}
