//! Steps under a tie policy, and what they note for a search.
//!
//! All events of an instant are taken off the event list into a buffer, from
//! which the policy chooses; they count as pending until they are chosen.
//! Nothing of this is touched by runs in the usual order.

mod change;
mod kept;
#[cfg(feature = "snapshot")]
mod saved;

use super::Simulation;
use super::core::Core;
use super::error::{ErrorKind, SimulationError};
use crate::actor::ActorId;
use crate::event_list::EventId;
use crate::random::{Stream, StreamName};
use crate::tie::{
    Access, Buffer, Cause, Due, Footprint, Thing, TieChoices, TieGuide, TieLog, TiePolicy, TieStep,
};
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};

/// What a run has besides the event list when it has a tie policy.
#[derive(Default)]
pub(super) struct Ties {
    /// `None` in the usual order.
    order: Option<Box<Order>>,
    pub(super) marks: Marks,
}

/// What the current step has touched besides its receiver; nothing is noted
/// unless a search wants to know.
#[derive(Default)]
pub(super) struct Marks {
    on: bool,
    everything: Cell<bool>,
    touched: RefCell<Vec<(Thing, Access)>>,
}

/// The current instant under a policy.
#[derive(Clone)]
struct Order {
    buffer: Buffer,
    /// When those in the buffer are due.
    due: VirtualTime,
    chooser: Chooser,
    /// How many steps have begun.
    steps: u64,
    /// Whether the last of them still goes on.
    is_open: bool,
    log: TieLog,
}

/// Who chooses.
#[derive(Clone)]
enum Chooser {
    Shuffle(Stream),
    /// The choices, and which of them is next.
    Choices(TieChoices, usize),
    Guide(TieGuide, Option<Stream>),
}

impl Marks {
    /// What others changed of it matters to this step.
    #[inline]
    pub(super) fn sees(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Sees);
        }
    }

    /// The step changes what others see.
    #[inline]
    pub(super) fn changes(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Changes);
        }
    }

    #[inline]
    pub(super) fn uses(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Uses);
        }
    }

    /// The step may touch anything.
    #[inline]
    pub(super) fn everything(&self) {
        if self.on {
            self.everything.set(true);
        }
    }

    #[cold]
    fn add(&self, thing: Thing, access: Access) {
        let mut touched = self.touched.borrow_mut();
        if !touched.contains(&(thing, access)) {
            touched.push((thing, access));
        }
    }

    fn take(&self) -> Footprint {
        Footprint { everything: self.everything.take(), touched: self.touched.take() }
    }
}

impl Ties {
    pub(super) fn new(policy: &TiePolicy, replication: u64) -> Self {
        let stream = |seed| {
            let (actor, incarnation, purpose) = (0, 0, "ties");
            Stream::of_engine(&StreamName { seed, replication, actor, incarnation, purpose })
        };
        let mut log = TieLog::default();
        let chooser = match policy {
            TiePolicy::InOrder => return Self::default(),
            TiePolicy::Shuffled(seed) => Chooser::Shuffle(stream(*seed)),
            TiePolicy::Chosen(choices) => Chooser::Choices(choices.clone(), 0),
            TiePolicy::Guided(guide) => {
                (log.on, log.first) = (true, guide.note_from);
                Chooser::Guide(guide.clone(), guide.shuffle.map(stream))
            }
        };
        let marks = Marks { on: log.on, ..Marks::default() };
        let (buffer, due, steps, is_open) = (Buffer::default(), VirtualTime::ZERO, 0, false);
        Self { order: Some(Box::new(Order { buffer, due, chooser, steps, is_open, log })), marks }
    }

    /// Whether somebody else than the event list says what comes next.
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.order.is_some()
    }

    /// Whether events of the current instant wait for their turn.
    pub(super) fn is_amid(&self) -> bool {
        self.order.as_ref().is_some_and(|order| !order.buffer.candidates().is_empty())
    }
}

impl Chooser {
    /// Which of the candidates comes next as that event and step; `None` if
    /// all of them are to be left out.
    fn choose(
        &mut self,
        event: u64,
        step: u64,
        candidates: &[Due],
    ) -> Result<Option<usize>, ErrorKind> {
        let draw = |stream: &mut Stream| match candidates.len() {
            1 => 0,
            many => stream.range(0..=many as u64 - 1) as usize,
        };
        match self {
            Self::Shuffle(stream) => Ok(Some(draw(stream))),
            Self::Choices(choices, next) => {
                let Some((at, candidate)) = choices.iter().nth(*next).filter(|c| c.0 <= event)
                else {
                    return Ok(Some(0));
                };
                if at < event || candidate as usize >= candidates.len() {
                    let candidates = if at < event { 1 } else { candidates.len() as u64 };
                    return Err(ErrorKind::TieChoice { event: at, candidate, candidates });
                }
                *next += 1;
                Ok(Some(candidate as usize))
            }
            Self::Guide(guide, stream) => {
                if let Some(pick) = guide.picks.get(step as usize) {
                    let place = candidates.iter().position(|due| due.sequence == *pick);
                    return place.map(Some).ok_or(ErrorKind::NotRepeated);
                }
                if let Some(stream) = stream {
                    return Ok(Some(draw(stream)));
                }
                let is_asleep = |due: &Due| guide.asleep.iter().any(|a| a.0 == due.sequence);
                Ok(candidates.iter().position(|due| !is_asleep(due)))
            }
        }
    }

    /// The first choice that was not made by the end of the run.
    fn left_over(&self) -> Option<(u64, u32)> {
        match self {
            Self::Choices(choices, next) => choices.iter().nth(*next),
            _ => None,
        }
    }
}

impl Core {
    /// The next event under the policy, if it is due no later than `last`; its
    /// step begins.
    pub(super) fn next_in_order(
        &mut self,
        last: VirtualTime,
    ) -> Result<Option<(VirtualTime, EventId)>, SimulationError> {
        self.close_step(false);
        let Some(mut order) = self.ties.order.take() else { return Ok(None) };
        let next = self.choose(&mut order, last);
        self.ties.order = Some(order);
        next.map_err(|kind| {
            self.current = ActorId::OUTSIDE;
            self.error(kind)
        })
    }

    fn choose(
        &mut self,
        order: &mut Order,
        last: VirtualTime,
    ) -> Result<Option<(VirtualTime, EventId)>, ErrorKind> {
        let mut due = self.now;
        // Whatever is due now and not in the buffer was scheduled from outside.
        let cause = Cause::After(order.steps);
        self.collect(order, due.min(last), cause);
        if order.buffer.candidates().is_empty() {
            match self.events.next_time().filter(|time| *time <= last) {
                Some(time) => due = time,
                None => return Ok(None),
            }
            self.collect(order, due, cause);
        } else if due > last {
            return Ok(None);
        }
        let (event, step) = (self.event + 1, order.steps);
        let candidates = order.buffer.candidates();
        let place = match order.chooser.choose(event, step, candidates) {
            Ok(Some(place)) => place,
            Ok(None) => {
                order.log.blocked = true;
                self.ended = true;
                self.want_attention();
                return Ok(None);
            }
            Err(kind) => {
                order.log.strayed = order.log.on;
                return Err(kind);
            }
        };
        let noted = order.log.on && step >= order.log.first;
        let candidates = candidates.iter().filter(|_| noted).map(|due| due.sequence).collect();
        let chosen = order.buffer.take(place);
        self.events.forget_drawn();
        if noted {
            let sequence = self.events.scheduled();
            order.log.steps.push(TieStep {
                event,
                time: due,
                sequence: chosen.sequence,
                receiver: chosen.receiver,
                sender: chosen.sender,
                cause: chosen.cause,
                candidates,
                scheduled: sequence..sequence,
                cancelled: Vec::new(),
                footprint: Footprint::default(),
            });
        }
        order.steps += 1;
        order.is_open = true;
        self.ties.marks.take();
        self.ties.marks.uses(Thing::Actor(chosen.receiver));
        self.cpu.touched = false;
        Ok(Some((due, chosen.event)))
    }

    /// Draws all that is due at `time` into the buffer.
    fn collect(&mut self, order: &mut Order, time: VirtualTime, cause: Cause) {
        while let Some((sequence, event)) = self.events.draw_until(time) {
            let pool = &self.pools[event.pool as usize].any;
            let (receiver, sender) = (pool.target(event.cell), pool.sender(event.cell));
            order.buffer.add(Due { sequence, event, receiver, sender, cause });
            order.due = time;
        }
    }

    /// Ends the step under way, if there is one: what it scheduled for now
    /// joins the buffer.
    pub(super) fn close_step(&mut self, failed: bool) {
        let Some(mut order) = self.ties.order.take() else { return };
        if std::mem::replace(&mut order.is_open, false) {
            let step = order.steps - 1;
            self.collect(&mut order, self.now, Cause::Step(step));
            if order.log.on {
                self.note_step(&mut order, failed);
            }
        }
        self.ties.order = Some(order);
    }

    fn note_step(&mut self, order: &mut Order, failed: bool) {
        if std::mem::take(&mut self.cpu.touched) {
            self.ties.marks.uses(Thing::Cpu);
        }
        let mut footprint = self.ties.marks.take();
        // What comes after the end does not happen.
        order.log.ended = failed || self.ended;
        footprint.everything |= order.log.ended;
        if let Chooser::Guide(guide, _) = &mut order.chooser {
            if order.steps >= guide.picks.len() as u64 {
                guide.asleep.retain(|(_, asleep)| !asleep.meets(&footprint));
            }
        }
        let end = self.events.scheduled();
        // A step before the first that is noted is none of those here.
        if order.steps > order.log.first {
            if let Some(step) = order.log.steps.last_mut() {
                step.footprint = footprint;
                step.scheduled.end = end;
            }
        }
    }

    /// Takes an event that will not happen out of the buffer; whether it was
    /// there.
    #[cold]
    pub(super) fn cancel_due(&mut self, event: EventId) -> bool {
        let Some(order) = &mut self.ties.order else { return false };
        let Some(sequence) = order.buffer.cancel(event) else { return false };
        if let Some(step) = order.log.steps.last_mut() {
            step.cancelled.push(sequence);
        }
        self.events.forget_drawn();
        self.pools[event.pool as usize].any.release(event.cell);
        true
    }

    /// A choice for an event that never came, once the run is over.
    pub(super) fn check_choices(&self) -> Result<(), SimulationError> {
        let left = self.ties.order.as_ref().and_then(|order| order.chooser.left_over());
        match left {
            None => Ok(()),
            Some((event, candidate)) => {
                Err(self.error(ErrorKind::TieChoice { event, candidate, candidates: 0 }))
            }
        }
    }

    /// What a death, or a restart, touches besides what it names itself.
    pub(super) fn mark_death(&self, id: ActorId) {
        let marks = &self.ties.marks;
        if !marks.on {
            return;
        }
        marks.changes(Thing::Lives);
        marks.uses(Thing::Places);
        marks.changes(Thing::Children(self.directory.owner(id)));
        marks.sees(Thing::Children(id));
        if !self.travels_alike() {
            // How many are told decides who draws what.
            marks.sees(Thing::Lives);
        }
    }

    /// What opening or handing on a request to an actor touches.
    pub(super) fn mark_request(&self, target: ActorId) {
        self.ties.marks.sees(Thing::Lives);
        if !self.travels_alike() {
            // They fail in the order they were made, and draw in that order.
            self.ties.marks.uses(Thing::Requests(target));
        }
    }
}

impl Simulation {
    /// What this run noted about its ties, for the
    /// [`TieSearch`](crate::TieSearch) that asked for it; empty of any other
    /// run. Can be taken once.
    #[must_use]
    pub fn tie_log(&self) -> TieLog {
        let mut core = self.core.borrow_mut();
        core.close_step(self.failed.is_some());
        let order = core.ties.order.as_mut();
        order.map_or_else(TieLog::default, |order| std::mem::take(&mut order.log))
    }
}
