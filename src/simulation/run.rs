//! The loop that moves the clock.

use super::class::Class;
use super::core::{Core, LAST, RunFailed};
use super::error::{ErrorKind, Limit, SimulationError};
use super::process::told;
use super::{Outcome, Simulation};
use crate::actor::ActorId;
use crate::event_list::{EventId, Lane};
use crate::panics::caught;
use crate::tie::TiePolicy;
use crate::time::{Span, VirtualTime};
use std::rc::Rc;

/// The list of newborns gives its memory back after more than these.
const MANY_NEWBORNS: usize = 1_024;

impl Simulation {
    /// Runs until an actor ends the run, nothing is scheduled, or the
    /// [horizon](crate::Config::horizon) is reached, if there is one.
    ///
    /// With a horizon the clock stands there afterwards, as after
    /// [`run_until`](Self::run_until); without one it stays at the last event.
    ///
    /// # Errors
    /// [`SimulationError`] if a handler panicked or misused its context, or
    /// a limit was reached.
    pub fn run(&mut self) -> Result<Outcome, SimulationError> {
        self.run_until(self.config.horizon.unwrap_or(VirtualTime::MAX))
    }

    /// Runs all events due up to `time`, that instant included, then sets
    /// the clock to `time`, whether or not events remain: every mean over time
    /// goes up to there. The horizon is not looked at.
    ///
    /// The clock stays where it is if an actor ended the run, and if `time` is in
    /// the past. [`VirtualTime::MAX`] is no time to stop at: the clock stays at the
    /// last event.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Examples
    /// A machine is used for 60 s of 100 s, and then nothing happens any more:
    /// ```
    /// use flagfall::{Config, Outcome, Resource, Simulation, Span, VirtualTime};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let machine = Resource::new(&mut simulation, "machine", 1);
    /// simulation.process("customer", async move |p| {
    ///     let _machine = machine.acquire(&p).await;
    ///     p.sleep(Span::from_secs(60)).await;
    /// });
    /// let at = VirtualTime::from_secs;
    /// assert_eq!(simulation.run_until(at(100))?, Outcome::Idle { since: at(60) });
    /// assert_eq!((simulation.now(), simulation.last_event()), (at(100), at(60)));
    /// assert_eq!(machine.statistics(&simulation).utilisation, 0.6);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn run_until(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let outcome = self.run_within(time)?;
        self.stop_at(time, outcome);
        Ok(outcome)
    }

    /// Runs all events due within `span` from now, its end included, then sets the clock
    /// to that end: [`run_until`](Self::run_until) `now() + span`. A span that would end at
    /// [`VirtualTime::MAX`] or past it has no end: the clock stays at the last event.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.process("clock", async |p| loop {
    ///     p.sleep(Span::from_secs(2)).await;
    /// });
    /// for _day in 0..3 {
    ///     simulation.run_for(Span::from_days(1))?;
    /// }
    /// assert_eq!(simulation.now().to_string(), "259200s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn run_for(&mut self, span: Span) -> Result<Outcome, SimulationError> {
        self.run_until(self.now().checked_add(span).unwrap_or(VirtualTime::MAX))
    }

    /// Runs all events due before `time`, then sets the clock to `time` as
    /// [`run_until`](Self::run_until) does: SimPy's `run(until=time)`.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Outcome, Process, Simulation, Span, VirtualTime};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let bell = simulation.process("bell", |p: Process| p.sleep(Span::from_secs(60)));
    /// let minute = VirtualTime::from_mins(1);
    /// assert_eq!(simulation.run_before(minute)?, Outcome::Reached);
    /// assert_eq!((simulation.now(), bell.is_over()), (minute, false));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn run_before(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let Some(last) = time.as_nanos().checked_sub(1) else { return self.run_nothing() };
        let outcome = self.run_within(VirtualTime::from_nanos(last))?;
        self.stop_at(time, outcome);
        Ok(outcome)
    }

    /// What a run comes to in which nothing is to happen.
    fn run_nothing(&mut self) -> Result<Outcome, SimulationError> {
        self.guarded(|simulation| {
            let mut core = simulation.core.borrow_mut();
            if core.ended {
                return Ok(Outcome::Ended);
            }
            let is_over = core.is_over();
            drop(core);
            Ok(if is_over { simulation.fallen_idle() } else { Outcome::Reached })
        })
    }

    /// Runs all events due up to `time`, and leaves the clock at the last of them:
    /// for the command, which saves runs on their way.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    #[doc(hidden)]
    pub fn run_within(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let time = time.min(LAST);
        if self.pacer.is_some() { self.run_paced(time) } else { self.run_freely(time) }
    }

    /// Leaves the clock where a run was to stop: for the command, as above.
    #[doc(hidden)]
    pub fn stop_at(&mut self, time: VirtualTime, outcome: Outcome) {
        if outcome == Outcome::Ended || time == VirtualTime::MAX {
            return;
        }
        if outcome != Outcome::Reached && time > self.now() {
            self.wait_until(time);
        }
        self.core.borrow_mut().stop_at(time);
    }

    /// [`run_within`](Self::run_within), waiting for nobody.
    pub(super) fn run_freely(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        if self.config.ties != TiePolicy::InOrder {
            return self.run_in_order(time);
        }
        self.guarded(|simulation| {
            let shared = Rc::clone(&simulation.core);
            let mut core = shared.borrow_mut();
            let returns = Rc::clone(&core.returns);
            loop {
                if returns.wants_attention() {
                    drop(core);
                    if simulation.attend()? {
                        return Ok(Outcome::Ended);
                    }
                    core = shared.borrow_mut();
                }
                let Some((due, event)) = core.events.pop_until(time) else { break };
                happen(&mut simulation.classes, &mut core, due, event)?;
            }
            core.release_swept();
            let is_over = core.is_over();
            drop(core);
            Ok(if is_over { simulation.fallen_idle() } else { Outcome::Reached })
        })
    }

    /// The same under a tie policy.
    fn run_in_order(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        self.guarded(|simulation| {
            let shared = Rc::clone(&simulation.core);
            let mut core = shared.borrow_mut();
            let returns = Rc::clone(&core.returns);
            loop {
                if returns.wants_attention() {
                    drop(core);
                    let ended = simulation.attend()?;
                    core = shared.borrow_mut();
                    if ended {
                        core.check_choices()?;
                        return Ok(Outcome::Ended);
                    }
                }
                let Some((due, event)) = core.next_in_order(time)? else { break };
                happen(&mut simulation.classes, &mut core, due, event)?;
            }
            core.release_swept();
            if core.ended {
                return Ok(Outcome::Ended);
            }
            if !core.is_over() {
                return Ok(Outcome::Reached);
            }
            core.check_choices()?;
            drop(core);
            Ok(simulation.fallen_idle())
        })
    }

    /// Runs one event; `false` if there was none or the run has ended.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> Result<bool, SimulationError> {
        if self.pacer.is_some() {
            self.wait_for_next();
        }
        self.guarded(|simulation| {
            let shared = Rc::clone(&simulation.core);
            let mut core = shared.borrow_mut();
            if core.returns.wants_attention() {
                let before = core.event;
                drop(core);
                let ended = simulation.attend()?;
                core = shared.borrow_mut();
                // What was urgent has happened: that was the step.
                if ended || core.event > before {
                    return Ok(core.event > before);
                }
            }
            let next = if core.ties.is_on() {
                core.next_in_order(LAST)?
            } else {
                core.events.pop_until(LAST)
            };
            let Some((due, event)) = next else {
                core.check_choices()?;
                return Ok(false);
            };
            happen(&mut simulation.classes, &mut core, due, event)?;
            drop(core);
            simulation.attend()?;
            Ok(true)
        })
    }

    /// Runs `work` so that a panic in a handler becomes an error and an error
    /// stops the simulation for good.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, SimulationError>,
    ) -> Result<T, SimulationError> {
        if let Some(error) = self.failed.clone().or_else(|| self.core.borrow_mut().failure.take()) {
            self.failed = Some(error.clone());
            return Err(error);
        }
        // After a panic the state is never looked at again: `failed` is set.
        let result = caught(|| work(self)).unwrap_or_else(|panic| {
            let failure =
                panic.get::<RunFailed>().and_then(|_| self.core.borrow_mut().failure.take());
            Err(failure.unwrap_or_else(|| {
                let message = panic.message().to_owned();
                let kind = told(&self.core, &message).unwrap_or(ErrorKind::Panic { message });
                self.core.borrow().error(kind)
            }))
        });
        let mut core = self.core.borrow_mut();
        if result.is_err() {
            // What the failed event dropped is in nobody's hands.
            core.take_back_all();
        }
        core.current = ActorId::OUTSIDE;
        core.close_step(result.is_err());
        drop(core);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// Looks after what the last event left besides messages: newborns, a
    /// failure, a process to go on. Whether the run has ended.
    #[cold]
    fn attend(&mut self) -> Result<bool, SimulationError> {
        loop {
            let mut core = self.core.borrow_mut();
            settle(&mut self.classes, &mut core);
            core.returns.set_attention(core.ended);
            if let Some(error) = core.failure.take() {
                return Err(error);
            }
            // Before anybody goes on: what was dropped is free by then.
            if core.take_back() {
                continue;
            }
            if let Some(ready) = core.ready.take() {
                drop(core);
                self.classes[ready.class() as usize].poll(&self.core, ready);
            } else if !core.remains.is_empty() {
                // What is dropped may give things back, and end others.
                let remains = std::mem::take(&mut core.remains);
                drop(core);
                drop(remains);
            } else if let Some(event) = core.urgent.pop_front() {
                // Counted and limited like any other: they could go on for ever.
                let now = core.now;
                happen(&mut self.classes, &mut core, now, event)?;
            } else {
                return Ok(core.ended);
            }
        }
    }

    pub(super) fn settle_births(&mut self) {
        settle(&mut self.classes, &mut self.core.borrow_mut());
    }
}

/// Sets the clock to an event that was popped, and delivers it.
#[inline]
fn happen(
    classes: &mut [Box<dyn Class>],
    core: &mut Core,
    due: VirtualTime,
    event: EventId,
) -> Result<(), SimulationError> {
    if let Err(limit) = core.advance(due) {
        return Err(limit_reached(core, limit, event));
    }
    classes[event.pool as usize].dispatch(core, event.cell);
    Ok(())
}

/// Gives newborns their places, now that no class is in use.
fn settle(classes: &mut Vec<Box<dyn Class>>, core: &mut Core) {
    if core.newborns.is_empty() && core.new_classes.is_empty() {
        return;
    }
    classes.append(&mut core.new_classes);
    for newborn in core.newborns.drain(..) {
        classes[newborn.id.class() as usize].admit(newborn);
    }
    if core.newborns.capacity() > MANY_NEWBORNS {
        core.newborns = Vec::new();
    }
}

#[cold]
fn limit_reached(core: &mut Core, limit: Limit, event: EventId) -> SimulationError {
    let limits = &core.config.limits;
    let allowed = match limit {
        Limit::Events => limits.events,
        Limit::EventsPerInstant => limits.events_per_instant,
        _ => limits.end_time.as_nanos(),
    };
    core.current = core.target(event);
    let error = core.error(ErrorKind::Limit { limit, allowed });
    // It is named, but it did not happen: it is pending, as whoever waits for
    // it believes when the simulation is dropped.
    core.event -= 1;
    core.events.schedule(core.now, Lane::None, event);
    error
}
