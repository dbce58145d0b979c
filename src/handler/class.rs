//! All actors of one type, stored together, and what each kind of event does to them.

use crate::actor::{ActorId, DeathCause, Message};
use crate::error::ErrorKind;
use crate::event_list::Lane;
use crate::features::{Features, Kernel, Newborn};
use crate::handler::Actor;
use crate::handler::context::Context;
use crate::handler::death::Death;
use crate::handler::effect::{Effect, effect_of};
use crate::handler::meta::{Busy, Meta, Role, Slot};
use crate::kernel::Class;
use crate::record::Handling;
use crate::store::{EventPool, NONE, Op};
use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// All actors with states of one type.
pub(crate) struct ActorClass<A: Actor> {
    pub(crate) class: u16,
    pub(crate) slots: Vec<Slot<A>>,
    pub(crate) pool: Rc<RefCell<EventPool<A::Message>>>,
}

impl<A: Actor> ActorClass<A> {
    pub(crate) fn new(class: u16, pool: Rc<RefCell<EventPool<A::Message>>>) -> Self {
        Self { class, slots: Vec::new(), pool }
    }

    fn live(&self, id: ActorId) -> Option<(&Meta, &A)> {
        match self.slots.get(id.index() as usize)? {
            Slot::Live { meta, state } if meta.generation == id.generation() => Some((meta, state)),
            _ => None,
        }
    }
}

impl<A: Actor> Class<Features> for ActorClass<A> {
    fn dispatch(&mut self, kernel: &mut Kernel, cell: u32) {
        let Self { class, slots, pool } = self;
        let mut cells = pool.borrow_mut();
        let mut event = cells.find(cell);
        let head = event.head();
        let id = head.target(*class);
        kernel.current = id;
        let (meta, state) = match slots.get_mut(id.index() as usize) {
            Some(Slot::Live { meta, state }) if meta.generation == id.generation() => (meta, state),
            place => {
                let found = place.is_some();
                drop(cells);
                return if found { refuse::<A>(kernel, pool, id, cell) } else { foreign(kernel) };
            }
        };
        let kind = if head.op().is_mere_message() && meta.busy == Busy::Free {
            Handling::Handled
        } else if head.op() == Op::RESUME {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            Handling::Resumed
        } else {
            match effect_of(kernel, &mut cells, id, meta, cell) {
                Effect::Handle(kind) => {
                    event = cells.find(cell);
                    kind
                }
                Effect::Nothing => return,
                Effect::Lose => {
                    drop(cells);
                    return lose_stale(kernel, pool, id, cell);
                }
                Effect::Die(cause) => {
                    drop(cells);
                    let slot = &mut slots[id.index() as usize];
                    return Death { kernel, pool, id }.happen(slot, cause);
                }
            }
        };
        if kernel.journal.has_others() {
            kernel.record(kind.kind(), id, &cells, cell);
            event = cells.find(cell);
        }
        let message = event.take();
        drop(cells);
        if kernel.journal.is_plain() {
            let Kernel { journal, now, .. } = kernel;
            journal.digest_plain(*now, id, kind as u64, message.as_ref());
        }
        let mut ending = None;
        if let Some(message) = message {
            kernel.counts.handled += 1;
            let mut context = Context::new(kernel, meta, pool, id);
            state.handle(message, &mut context);
            ending = context.ending;
        }
        if let Some(cause) = ending {
            let slot = &mut slots[id.index() as usize];
            Death { kernel, pool, id }.happen(slot, cause);
        } else if meta.busy == Busy::Free && !meta.mailbox.is_empty() {
            schedule_take::<A>(kernel, pool, id, meta);
        }
    }

    fn fail(&mut self, kernel: &mut Kernel, id: ActorId) {
        let Self { slots, pool, .. } = self;
        Death { kernel, pool, id }.happen(&mut slots[id.index() as usize], DeathCause::Failed);
    }

    fn admit(&mut self, newborn: Newborn) {
        let Newborn { id, state, task, pending } = newborn;
        let state = state.state::<A>().expect("newborns are sorted by class");
        let meta = Meta::new(id, if task { Role::Task } else { Role::Actor }, pending);
        let slot = Slot::Live { meta, state };
        // Places are given out in order, so a new place is always the next one.
        match self.slots.get_mut(id.index() as usize) {
            Some(place) => *place = slot,
            None => self.slots.push(slot),
        }
    }

    fn is_waiting(&self, id: ActorId) -> bool {
        self.live(id).is_some_and(|(meta, _)| meta.busy == Busy::Waiting)
    }

    fn state(&self, id: ActorId) -> Option<&dyn Any> {
        self.live(id).map(|(_, state)| state as &dyn Any)
    }

    fn shown(&self, id: ActorId) -> Option<&dyn fmt::Debug> {
        self.live(id).and_then(|(_, state)| state.shown())
    }

    fn mailbox_length(&self, id: ActorId) -> Option<u32> {
        self.live(id).map(|(meta, _)| meta.waiting())
    }

    fn state_mut(&mut self, id: ActorId) -> Option<&mut dyn Any> {
        match self.slots.get_mut(id.index() as usize)? {
            Slot::Live { meta, state } if meta.generation == id.generation() => Some(state),
            _ => None,
        }
    }

    fn type_of_states(&self) -> Option<(TypeId, &'static str)> {
        Some((TypeId::of::<A>(), type_name::<A>()))
    }
}

/// Lets a free actor take the oldest message of its mailbox, as a separate event.
fn schedule_take<A: Actor>(
    kernel: &mut Kernel,
    pool: &RefCell<EventPool<A::Message>>,
    id: ActorId,
    meta: &mut Meta,
) {
    let mut cells = pool.borrow_mut();
    let Some(cell) = meta.mailbox.pop(&mut cells, id, Op::TAKE) else { return };
    drop(cells);
    meta.busy = Busy::Backlog;
    meta.pending = cell;
    kernel.schedule(kernel.now, Lane::Now, id.class(), cell);
}

#[cold]
fn foreign(kernel: &mut Kernel) {
    kernel.fail(ErrorKind::ForeignReference);
}

/// A message for an earlier incarnation of a living actor.
#[cold]
#[inline(never)]
fn lose_stale<M: Message>(
    kernel: &mut Kernel,
    pool: &RefCell<EventPool<M>>,
    id: ActorId,
    cell: u32,
) {
    Death { kernel, pool, id }.lose(cell, |cells| cells.take(cell));
}

/// An event for an actor that is dead.
#[cold]
fn refuse<A: Actor>(
    kernel: &mut Kernel,
    pool: &RefCell<EventPool<A::Message>>,
    id: ActorId,
    cell: u32,
) {
    if pool.borrow().head(cell).op() == Op::TASK_START {
        // The slot was granted before the task died.
        kernel.free_slot();
        kernel.start_next_task();
    }
    let mut death = Death { kernel, pool, id };
    death.lose(cell, |cells| cells.take(cell));
}
