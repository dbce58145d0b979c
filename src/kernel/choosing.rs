//! The loop under a tie policy: which of the events of one instant comes next.
//!
//! All events of an instant are taken off the event list into a buffer, and the policy chooses from
//! it. They count as pending until they are chosen. Runs in the usual order use none of this.

use crate::actor::ActorId;
use crate::error::{ErrorKind, SimulationError};
use crate::event_list::EventId;
use crate::kernel::state::{Hooks, Kernel};
use crate::kernel::ties::{Chooser, Order, Ties};
use crate::tie::{Cause, Due, Footprint, Thing, TiePolicy, TieStep};
use crate::time::VirtualTime;

impl<F: Hooks> Kernel<F> {
    /// The next event under the policy, if it is due no later than `last`. Begins its step.
    pub(crate) fn next_in_order(
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
        // An event that is due now and not in the buffer was scheduled from outside.
        let cause = Cause::After(order.steps);
        self.collect(order, due.min(last), cause);
        if order.buffer.candidates().is_empty() {
            match self.events.next_time().filter(|time| *time <= last) {
                Some(time) => due = time,
                None => return Ok(None),
            }
            if order.chooser.ends_before(due) {
                order.log.cut = true;
                self.ended = true;
                self.want_attention();
                return Ok(None);
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
        Ok(Some((due, chosen.event)))
    }

    /// Moves all events that are due at `time` from the list into the buffer.
    fn collect(&mut self, order: &mut Order, time: VirtualTime, cause: Cause) {
        while let Some((sequence, event)) = self.events.draw_until(time) {
            let pool = &self.pools[event.pool as usize].any;
            let (receiver, sender) = (pool.target(event.cell), pool.sender(event.cell));
            order.buffer.add(Due { sequence, event, receiver, sender, cause });
            order.due = time;
        }
    }

    /// Ends the open step, if there is one. Events that it scheduled for now join the buffer.
    pub(crate) fn close_step(&mut self, failed: bool) {
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
        let mut footprint = self.ties.marks.take();
        // Events after the end do not happen, so the last step may depend on every other.
        order.log.ended = failed || self.ended;
        footprint.everything |= order.log.ended;
        if let Chooser::Guide(guide, _) = &mut order.chooser {
            if order.steps >= guide.picks.len() as u64 {
                guide.asleep.retain(|(_, asleep)| !asleep.meets(&footprint));
            }
        }
        let end = self.events.scheduled();
        // A step before the first that is noted is not in the log.
        if order.steps > order.log.first {
            if let Some(step) = order.log.steps.last_mut() {
                step.footprint = footprint;
                step.scheduled.end = end;
            }
        }
    }

    /// Takes a cancelled event out of the buffer; `false` if it was not there.
    #[cold]
    pub(crate) fn cancel_due(&mut self, event: EventId) -> bool {
        let Some(order) = &mut self.ties.order else { return false };
        let Some(sequence) = order.buffer.cancel(event) else { return false };
        if let Some(step) = order.log.steps.last_mut() {
            step.cancelled.push(sequence);
        }
        self.events.forget_drawn();
        self.pools[event.pool as usize].any.release(event.cell);
        true
    }

    /// Once the run is over: an error if a choice names an event that never came.
    pub(crate) fn check_choices(&self) -> Result<(), SimulationError> {
        let left = self.ties.order.as_ref().and_then(|order| order.chooser.left_over());
        match left {
            None => Ok(()),
            Some((event, candidate)) => {
                Err(self.error(ErrorKind::TieChoice { event, candidate, candidates: 0 }))
            }
        }
    }

    /// Goes on under another policy, between two events. The new policy chooses again among the
    /// events in the buffer.
    pub(crate) fn set_ties(&mut self, policy: TiePolicy) {
        for (key, event) in self.ties.drawn() {
            self.events.put_back(key, event);
        }
        self.ties = Ties::new(&policy, self.config.half());
        if self.ties.is_on() {
            self.journal.origins = true;
        }
        if let TiePolicy::Chosen(choices) = &policy {
            if let Some((event, candidate)) = choices.iter().next().filter(|c| c.0 <= self.event) {
                self.fail(ErrorKind::TieChoice { event, candidate, candidates: 0 });
            }
        }
        self.config.ties = policy;
    }
}
