//! All processes of one message type, stored together, and what each kind of event does to them.

use crate::actor::{ActorId, DeathCause, Message};
use crate::error::ErrorKind;
use crate::features::{Features, Kernel, Newborn};
use crate::handler::Death;
use crate::kernel::{Born, Class, Hooks};
use crate::process::forgotten::fail_for_forgotten;
use crate::process::frame::Routine;
use crate::process::key::{Reason, WaitKey};
use crate::process::waker::NO_WAKER;
use crate::record::RecordKind;
use crate::store::{EventPool, Mailbox, NONE, Op};
use crate::time::VirtualTime;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::task::Context;

struct Place {
    generation: u16,
    /// The cell of the event that starts the process, or `NONE`.
    pending: u32,
    routine: Option<Routine>,
}

pub(crate) struct ProcessClass<M> {
    class: u16,
    places: Vec<Place>,
    pool: Rc<RefCell<EventPool<M>>>,
}

impl<M: Message> ProcessClass<M> {
    pub(crate) fn new(class: u16, pool: Rc<RefCell<EventPool<M>>>) -> Self {
        Self { class, places: Vec::new(), pool }
    }

    fn live(&self, id: ActorId) -> Option<&Routine> {
        let place = self.places.get(id.index() as usize)?;
        place.routine.as_ref().filter(|_| place.generation == id.generation())
    }

    /// Ends a process. A future that has not finished is dropped later, when the kernel is not in
    /// use, because that may give things back.
    fn die(&mut self, kernel: &mut Kernel, id: ActorId, cause: DeathCause) {
        kernel.record_plain(RecordKind::Died(cause), id);
        let place = &mut self.places[id.index() as usize];
        let pending = std::mem::replace(&mut place.pending, NONE);
        let routine = place.routine.take();
        kernel.end_for_good(id, cause);
        if pending != NONE {
            self.pool.borrow_mut().cancel(pending);
            kernel.cancel(id.class(), pending);
        }
        let Some(routine) = routine else { return };
        for inbox in [&routine.state.interrupts, &routine.state.messages] {
            if !inbox.is_empty() {
                let mut mailbox = inbox.mailbox.replace(Mailbox::EMPTY);
                Death { kernel, pool: &self.pool, id }.empty(&mut mailbox);
            }
        }
        let Routine { frame, state } = routine;
        drop(state);
        // What its messages left goes back first, as after a kill.
        if cause == DeathCause::Finished && !kernel.has_returns() {
            kernel.current = ActorId::OUTSIDE;
            return frame.put_away(kernel);
        }
        kernel.remains.push(frame.into_any());
        kernel.want_attention();
    }
}

impl<M: Message> Class<Features> for ProcessClass<M> {
    fn dispatch(&mut self, kernel: &mut Kernel, cell: u32) {
        // Processes may share memory that the engine does not see.
        kernel.ties.marks.everything();
        let mut cells = self.pool.borrow_mut();
        let head = cells.head(cell);
        let id = head.target(self.class);
        kernel.current = id;
        kernel.note_cause(&cells, cell);
        let place = match self.places.get_mut(id.index() as usize) {
            None => {
                drop(cells);
                return kernel.fail(ErrorKind::ForeignReference);
            }
            Some(place) if place.generation == id.generation() => Some(place),
            Some(_) => None,
        };
        let Some(place) = place.filter(|place| place.routine.is_some()) else {
            drop(cells);
            let mut death = Death { kernel, pool: &self.pool, id };
            return death.lose(cell, |cells| cells.take(cell));
        };
        let Some(routine) = &place.routine else { return };
        let state = &routine.state;
        let ready = match head.op() {
            Op::RESUME => {
                place.pending = NONE;
                cells.take(cell);
                kernel.record_plain(RecordKind::Started, id);
                true
            }
            Op::WAKE => {
                let key = WaitKey::from_word(cells.word(cell));
                cells.take(cell);
                let waited = state.finish(key);
                if waited {
                    kernel.record_plain(RecordKind::Resumed, id);
                }
                waited
            }
            op if op.is(Op::ARRIVES) => {
                let inbox = if op == Op::INTERRUPT { &state.interrupts } else { &state.messages };
                let awaited = inbox.is_awaited();
                if !awaited {
                    kernel.record(RecordKind::Queued, id, &cells, cell);
                }
                // An awaited message is recorded after the step of the process: only then is it
                // known whether the process has taken it.
                let op = if awaited { Op::DELIVER } else { Op::TAKE };
                let mut mailbox = inbox.mailbox.get();
                mailbox.push(&mut cells, cell, op);
                inbox.mailbox.set(mailbox);
                inbox.wake();
                kernel.check_mailbox(mailbox.len());
                awaited
            }
            op => {
                let word = cells.word(cell);
                cells.take(cell);
                drop(cells);
                if let Some(cause) = Features::ends(kernel, id, op, word) {
                    self.die(kernel, id, cause);
                }
                return;
            }
        };
        if ready {
            kernel.let_go_on(id);
        }
    }

    fn go_on(&mut self, kernel: &Rc<RefCell<Kernel>>, id: ActorId) {
        let place = &mut self.places[id.index() as usize];
        let Some(routine) = &mut place.routine else { return };
        // Only events wake a process, and it is polled after each of them.
        let mut context = Context::from_waker(NO_WAKER);
        let Routine { frame, state } = routine;
        let is_over = state.step(|| frame.poll(&mut context)).is_ready();
        if state.unpolled.are_some() {
            fail_for_forgotten(kernel, state);
        }
        if is_over {
            return self.die(&mut kernel.borrow_mut(), id, DeathCause::Finished);
        }
        for inbox in [&state.messages, &state.interrupts] {
            if !inbox.is_empty() {
                leave(kernel, &self.pool, id, inbox.mailbox.get());
            }
        }
        if !state.is_waiting() {
            kernel.borrow_mut().fail(ErrorKind::NothingAwaited);
        }
    }

    fn reasons(&self) -> Vec<(ActorId, Reason, VirtualTime)> {
        let mut all = Vec::new();
        for (index, place) in (0..).zip(&self.places) {
            let id = ActorId::new(self.class, place.generation, index);
            let reasons = place.routine.iter().flat_map(|routine| routine.state.reasons());
            all.extend(reasons.map(|(reason, since)| (id, reason, since)));
        }
        all
    }

    fn admit(&mut self, newborn: Newborn) {
        let Newborn { id, state: Born::Work(routine), pending, .. } = newborn else {
            unreachable!("newborns are sorted by class")
        };
        let place = Place { generation: id.generation(), pending, routine: Some(routine) };
        match self.places.get_mut(id.index() as usize) {
            Some(old) => *old = place,
            None => self.places.push(place),
        }
    }

    fn state(&self, _: ActorId) -> Option<&dyn Any> {
        None
    }

    fn mailbox_length(&self, id: ActorId) -> Option<u32> {
        self.live(id).map(|routine| routine.state.messages.mailbox.get().len())
    }
}

/// Records that the message which has just arrived is queued, if it was awaited and not taken. Then
/// the process went on for another reason of the same instant.
fn leave<M: Message>(
    kernel: &RefCell<Kernel>,
    pool: &RefCell<EventPool<M>>,
    id: ActorId,
    mailbox: Mailbox,
) {
    let mut cells = pool.borrow_mut();
    let cell = mailbox.youngest();
    if cells.head(cell).op() == Op::DELIVER {
        kernel.borrow_mut().record(RecordKind::Queued, id, &cells, cell);
        cells.set_op(cell, Op::TAKE);
    }
}
