//! Actors of one type, stored together, and what each kind of event does to
//! them.

use super::Actor;
use super::context::Context;
use super::core::{Core, Event, EventKind, Newborn};
use super::error::ErrorKind;
use super::pool::{Mailbox, NONE, Pool};
use crate::actor::{ActorId, DeathCause};
use crate::event_list::EventHandle;
use crate::record::RecordKind;
use std::any::Any;

/// What an actor is doing between two handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// Nothing: the next message is handled on arrival.
    Free,
    /// Starting up or held: `Meta::pending` is the event that ends it.
    Held,
    /// Waiting for the answer to a request.
    Waiting,
    /// A task that waits for a CPU slot.
    Delayed,
}

/// The part of an actor that the engine looks at on every event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub(super) generation: u32,
    pub(super) busy: Busy,
    /// Whether this is a task and, then, whether it holds a CPU slot.
    pub(super) task: bool,
    pub(super) holds_slot: bool,
    /// Set by a handler that ends its actor.
    pub(super) stopping: bool,
    pub(super) mailbox: Mailbox,
    /// The event that ends the hold or, for a free actor, takes the next
    /// message from its mailbox. There is one exactly if the actor is held,
    /// or is free and its mailbox is not empty.
    pub(super) pending: Option<EventHandle>,
}

struct Slot<A> {
    /// `None` in a vacant place.
    state: Option<A>,
    meta: Meta,
}

/// Actors of one type that only the class itself knows.
pub(super) trait Class {
    fn dispatch(&mut self, core: &mut Core, event: Event);
    fn admit(&mut self, newborn: Newborn);
    /// The state of a living actor as `&A`.
    fn state(&self, id: ActorId) -> Option<&dyn Any>;
    fn mailbox_length(&self, id: ActorId) -> Option<u32>;
}

pub(super) struct TypedClass<A> {
    slots: Vec<Slot<A>>,
}

impl<A> Default for TypedClass<A> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<A: Actor> Class for TypedClass<A> {
    #[inline]
    fn dispatch(&mut self, core: &mut Core, event: Event) {
        let id = event.target;
        let Some(slot) = self.slots.get_mut(id.index as usize) else {
            return core.fail(ErrorKind::ForeignReference);
        };
        if slot.state.is_none() || slot.meta.generation != id.generation {
            return refuse::<A>(core, event);
        }
        match event.kind {
            EventKind::Deliver => {
                let meta = &mut slot.meta;
                if meta.busy == Busy::Free && meta.mailbox.is_empty() {
                    run(slot, core, id, event.payload, RecordKind::Handled);
                } else {
                    enqueue::<A>(meta, core, event);
                }
            }
            EventKind::Take => {
                slot.meta.pending = None;
                let pool = pool::<A>(core, id);
                if let Some(payload) = slot.meta.mailbox.pop(pool) {
                    run(slot, core, id, payload, RecordKind::Taken);
                }
            }
            EventKind::Resume => {
                slot.meta.pending = None;
                slot.meta.busy = Busy::Free;
                if event.payload == NONE {
                    core.record_plain(RecordKind::Resumed, id);
                    settle(slot, core, id);
                } else {
                    run(slot, core, id, event.payload, RecordKind::Resumed);
                }
            }
            EventKind::Answer => {
                slot.meta.busy = Busy::Free;
                if slot.meta.task {
                    core.cpu.reclaim();
                    slot.meta.holds_slot = true;
                }
                run(slot, core, id, event.payload, RecordKind::Answered);
            }
            EventKind::TaskReady => {
                slot.meta.pending = None;
                if core.cpu.try_take() {
                    start(slot, core, id, event.payload);
                } else {
                    slot.meta.busy = Busy::Delayed;
                    core.cpu.enqueue(id, event.payload);
                    core.record_plain(RecordKind::Delayed, id);
                }
            }
            EventKind::TaskStart => start(slot, core, id, event.payload),
            EventKind::Die(cause) => die(slot, core, id, cause),
        }
    }

    fn admit(&mut self, newborn: Newborn) {
        let Newborn { id, state, task, pending } = newborn;
        let state = *state.downcast::<A>().expect("newborns are sorted by class");
        let busy = if pending.is_some() { Busy::Held } else { Busy::Free };
        let slot = Slot {
            state: Some(state),
            meta: Meta {
                generation: id.generation,
                busy,
                task,
                holds_slot: false,
                stopping: false,
                mailbox: Mailbox::EMPTY,
                pending,
            },
        };
        // Places are given out in order, so a new one is always the next.
        match self.slots.get_mut(id.index as usize) {
            Some(place) => *place = slot,
            None => self.slots.push(slot),
        }
    }

    fn state(&self, id: ActorId) -> Option<&dyn Any> {
        let slot = self.slots.get(id.index as usize)?;
        let state = slot.state.as_ref().filter(|_| slot.meta.generation == id.generation)?;
        Some(state)
    }

    fn mailbox_length(&self, id: ActorId) -> Option<u32> {
        let slot = self.slots.get(id.index as usize)?;
        let alive = slot.state.is_some() && slot.meta.generation == id.generation;
        alive.then(|| slot.meta.mailbox.len())
    }
}

fn pool<A: Actor>(core: &mut Core, id: ActorId) -> &mut Pool<A::Message> {
    core.pool::<A::Message>(id.class).expect("a class has a pool of its own message type")
}

/// Hands the message to the handler and does what the handler asked for.
#[inline]
fn run<A: Actor>(slot: &mut Slot<A>, core: &mut Core, id: ActorId, payload: u32, kind: RecordKind) {
    let envelope = pool::<A>(core, id).take(payload);
    core.record_message(kind, id, envelope.sender, &envelope.message);
    core.counts.handled += 1;
    let state = slot.state.as_mut().expect("only the living are run");
    state.handle(envelope.message, &mut Context::new(core, &mut slot.meta, id));
    settle(slot, core, id);
}

/// Restores what `Meta::pending` promises, or ends an actor that stopped.
#[inline]
fn settle<A: Actor>(slot: &mut Slot<A>, core: &mut Core, id: ActorId) {
    let meta = &mut slot.meta;
    if meta.stopping {
        die(slot, core, id, DeathCause::Finished);
    } else if meta.busy == Busy::Free && !meta.mailbox.is_empty() && meta.pending.is_none() {
        meta.pending = core.schedule(Some(core.now), id, EventKind::Take, NONE);
    }
}

fn start<A: Actor>(slot: &mut Slot<A>, core: &mut Core, id: ActorId, payload: u32) {
    slot.meta.holds_slot = true;
    slot.meta.busy = Busy::Free;
    run(slot, core, id, payload, RecordKind::Started);
}

fn enqueue<A: Actor>(meta: &mut Meta, core: &mut Core, event: Event) {
    if core.recorder.is_on() {
        // The record needs the message, which stays in the pool.
        let envelope = pool::<A>(core, event.target).take(event.payload);
        core.record_message(RecordKind::Queued, event.target, envelope.sender, &envelope.message);
        let payload = pool::<A>(core, event.target).insert(envelope);
        debug_assert_eq!(payload, event.payload, "a freed cell is the first to be reused");
    }
    meta.mailbox.push(pool::<A>(core, event.target), event.payload);
    core.check_mailbox(meta.mailbox.len());
}

/// A message, or anything else, for an actor that is no more.
#[cold]
fn refuse<A: Actor>(core: &mut Core, event: Event) {
    if event.kind == EventKind::TaskStart {
        // The slot was granted before the task died.
        core.cpu.release();
        core.start_next_task();
    }
    if event.payload != NONE {
        lose::<A>(core, event.target, event.payload);
    }
}

/// Accounts for a message that will not be handled.
fn lose<A: Actor>(core: &mut Core, id: ActorId, payload: u32) {
    let envelope = pool::<A>(core, id).take(payload);
    core.counts.undeliverable += 1;
    core.record_message(RecordKind::Undeliverable, id, envelope.sender, &envelope.message);
    if let Some(request) = envelope.request {
        let cause = core.directory.cause_of_death(id).unwrap_or(DeathCause::Forgotten);
        core.fail_request(request, id, cause);
    }
}

#[cold]
fn die<A: Actor>(slot: &mut Slot<A>, core: &mut Core, id: ActorId, cause: DeathCause) {
    core.record_plain(RecordKind::Died(cause), id);
    slot.state = None;
    let meta = slot.meta;
    core.bury(id, cause);
    // Nobody else can take back what only this actor was to continue with.
    let pending = meta.pending.and_then(|handle| core.events.cancel(handle));
    let queued = (meta.busy == Busy::Delayed).then(|| core.cpu.withdraw(id)).flatten();
    for payload in pending.map(|event| event.payload).into_iter().chain(queued) {
        if payload != NONE {
            let envelope = pool::<A>(core, id).take(payload);
            core.counts.cancelled += 1;
            core.record_message(RecordKind::Cancelled, id, envelope.sender, &envelope.message);
        }
    }
    let mut mailbox = meta.mailbox;
    while let Some(payload) = mailbox.pop(pool::<A>(core, id)) {
        lose::<A>(core, id, payload);
    }
    slot.meta.mailbox = Mailbox::EMPTY;
    if meta.holds_slot {
        core.cpu.release();
    }
    core.start_next_task();
}
