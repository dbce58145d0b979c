//! Actors of one type, stored together, and what each kind of event does to
//! them.

mod turn;

use super::Actor;
use super::context::Context;
use super::core::{Core, Newborn};
use super::death::Death;
use super::error::ErrorKind;
use super::pool::{EventKind, Mailbox, NONE, Pool};
use super::process::Reason;
use crate::actor::{ActorId, Message};
use crate::event_list::Lane;
use crate::record::Handling;
use crate::time::VirtualTime;
use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use turn::{Turn, turn};

/// What an actor is doing between two handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Busy {
    /// Nothing, and nothing waits: the next message is handled on arrival.
    Free,
    /// Nothing, but messages waited: `Meta::pending` is the event by which it
    /// takes the first of them.
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
pub(super) enum Role {
    Actor,
    /// A task that has no slot: not yet, or lent while it waits.
    Task,
    /// A task that holds a slot.
    RunningTask,
}

/// The part of an actor that the engine looks at on every event: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub(super) generation: u16,
    pub(super) busy: Busy,
    pub(super) role: Role,
    pub(super) mailbox: Mailbox,
    /// The cell of the event that ends the state of being held or having a
    /// backlog; else `NONE`.
    pub(super) pending: u32,
}

impl Meta {
    /// Of an actor that begins; `pending` is the event that ends its start-up,
    /// or `NONE`.
    pub(super) fn new(id: ActorId, role: Role, pending: u32) -> Self {
        let busy = if pending == NONE { Busy::Free } else { Busy::Held };
        Self { generation: id.generation(), busy, role, mailbox: Mailbox::EMPTY, pending }
    }

    /// How many messages wait, the one that is about to be taken included.
    fn waiting(&self) -> u32 {
        self.mailbox.len() + u32::from(self.busy == Busy::Backlog)
    }
}

/// A place for an actor; the variant is told from `Meta::busy`, so it takes no
/// room of its own.
pub(super) enum Slot<A> {
    Live { meta: Meta, state: A },
    Vacant,
}

/// Actors of one type that only the class itself knows.
pub(super) trait Class {
    /// Does what the event in that cell is about.
    fn dispatch(&mut self, core: &mut Core, cell: u32);
    /// Lets the process in that place go on. Only classes of processes ask
    /// for it ([`Core::ready`]).
    fn poll(&mut self, _: &Rc<RefCell<Core>>, _: ActorId) {}
    /// What processes wait for.
    fn reasons(&self) -> Vec<(ActorId, Reason, VirtualTime)> {
        Vec::new()
    }
    /// Whether an actor is blocked on the answer to a request.
    fn is_waiting(&self, _: ActorId) -> bool {
        false
    }
    fn admit(&mut self, newborn: Newborn);
    /// The state of a living actor as `&A`.
    fn state(&self, id: ActorId) -> Option<&dyn Any>;
    /// The state of a living actor as its type shows it.
    fn shown(&self, _: ActorId) -> Option<&dyn fmt::Debug> {
        None
    }
    fn mailbox_length(&self, id: ActorId) -> Option<u32>;
    /// The state of a living actor as `&mut A`.
    fn state_mut(&mut self, _: ActorId) -> Option<&mut dyn Any> {
        None
    }
    /// The type of its actors' states, if they are that simple: those of
    /// processes are futures.
    fn type_of_states(&self) -> Option<(TypeId, &'static str)> {
        None
    }
    /// The class itself, if there is a type of states.
    fn typed(&mut self) -> Option<&mut dyn Any> {
        None
    }
    /// The same, to read.
    fn typed_ref(&self) -> Option<&dyn Any> {
        None
    }
}

pub(super) struct TypedClass<A: Actor> {
    pub(super) class: u16,
    pub(super) slots: Vec<Slot<A>>,
    pub(super) pool: Rc<RefCell<Pool<A::Message>>>,
}

impl<A: Actor> TypedClass<A> {
    pub(super) fn new(class: u16, pool: Rc<RefCell<Pool<A::Message>>>) -> Self {
        Self { class, slots: Vec::new(), pool }
    }

    fn live(&self, id: ActorId) -> Option<(&Meta, &A)> {
        match self.slots.get(id.index() as usize)? {
            Slot::Live { meta, state } if meta.generation == id.generation() => Some((meta, state)),
            _ => None,
        }
    }
}

impl<A: Actor> Class for TypedClass<A> {
    fn dispatch(&mut self, core: &mut Core, cell: u32) {
        let Self { class, slots, pool } = self;
        let mut cells = pool.borrow_mut();
        let mut event = cells.find(cell);
        let head = event.head();
        let id = head.target(*class);
        core.current = id;
        let (meta, state) = match slots.get_mut(id.index() as usize) {
            Some(Slot::Live { meta, state }) if meta.generation == id.generation() => (meta, state),
            place => {
                let found = place.is_some();
                drop(cells);
                return if found { refuse::<A>(core, pool, id, cell) } else { foreign(core) };
            }
        };
        let kind = if head.is_mere_message() && meta.busy == Busy::Free {
            Handling::Handled
        } else if head.is(EventKind::Resume) {
            meta.pending = NONE;
            meta.busy = Busy::Free;
            Handling::Resumed
        } else {
            match turn(core, &mut cells, id, meta, cell) {
                Turn::Handle(kind) => {
                    event = cells.find(cell);
                    kind
                }
                Turn::Nothing => return,
                Turn::Lose => {
                    drop(cells);
                    return lose_stale(core, pool, id, cell);
                }
                Turn::Die(cause) => {
                    drop(cells);
                    let slot = &mut slots[id.index() as usize];
                    return Death { core, pool, id }.happen(slot, cause);
                }
            }
        };
        if core.recorder.is_on() {
            core.record_handling(kind, id, &cells, cell);
            event = cells.find(cell);
        }
        let message = event.take();
        drop(cells);
        let mut ending = None;
        if let Some(message) = message {
            core.counts.handled += 1;
            let mut context = Context::new(core, meta, pool, id);
            state.handle(message, &mut context);
            ending = context.ending;
        }
        if let Some(cause) = ending {
            let slot = &mut slots[id.index() as usize];
            Death { core, pool, id }.happen(slot, cause);
        } else if meta.busy == Busy::Free && !meta.mailbox.is_empty() {
            schedule_take::<A>(core, pool, id, meta);
        }
    }

    fn admit(&mut self, newborn: Newborn) {
        let Newborn { id, state, task, pending } = newborn;
        let state = *state.downcast::<A>().expect("newborns are sorted by class");
        let meta = Meta::new(id, if task { Role::Task } else { Role::Actor }, pending);
        let slot = Slot::Live { meta, state };
        // Places are given out in order, so a new one is always the next.
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

    fn typed(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }

    fn typed_ref(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

/// Lets a free actor with a backlog take the oldest message, as an event of
/// its own.
fn schedule_take<A: Actor>(
    core: &mut Core,
    pool: &RefCell<Pool<A::Message>>,
    id: ActorId,
    meta: &mut Meta,
) {
    let mut cells = pool.borrow_mut();
    let Some(cell) = meta.mailbox.pop(&mut cells, id, EventKind::Take) else { return };
    drop(cells);
    meta.busy = Busy::Backlog;
    meta.pending = cell;
    core.schedule(core.now, Lane::Now, id.class(), cell);
}

#[cold]
fn foreign(core: &mut Core) {
    core.fail(ErrorKind::ForeignReference);
}

/// A message for an incarnation that is no more.
#[cold]
#[inline(never)]
fn lose_stale<M: Message>(core: &mut Core, pool: &RefCell<Pool<M>>, id: ActorId, cell: u32) {
    Death { core, pool, id }.lose(cell, |cells| cells.take(cell));
}

/// A message, or anything else, for an actor that is no more.
#[cold]
fn refuse<A: Actor>(core: &mut Core, pool: &RefCell<Pool<A::Message>>, id: ActorId, cell: u32) {
    if pool.borrow().head(cell).kind() == EventKind::TaskStart {
        // The slot was granted before the task died.
        core.cpu.release();
        core.start_next_task();
    }
    let mut death = Death { core, pool, id };
    death.lose(cell, |cells| cells.take(cell));
}
