//! The loop that moves the clock.

use crate::actor::ActorId;
use crate::error::{ErrorKind, Limit, SimulationError};
use crate::event_list::{EventId, Lane};
use crate::kernel::failing::RunFailed;
use crate::kernel::returns::{Attention, Returns};
use crate::kernel::state::{Class, Hooks, Kernel, LAST};
use crate::panics::{Enough, Payload, caught};
use crate::time::VirtualTime;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// With more newborns than this, the list frees its memory afterwards.
const MANY_NEWBORNS: usize = 1_024;

pub(crate) struct Engine<F: Hooks> {
    /// Shared with the handles of processes, which borrow it between two of their awaits. While
    /// actors run, it is borrowed here.
    pub(crate) kernel: Rc<RefCell<Kernel<F>>>,
    pub(crate) classes: Vec<Box<dyn Class<F>>>,
    /// Set once a run has failed; nothing happens afterwards.
    pub(crate) failed: Option<SimulationError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The program has ended the run.
    Ended,
    /// The next event is later.
    Reached,
    /// Nothing will happen any more.
    Over,
}

impl<F: Hooks> Engine<F> {
    pub(crate) fn new(kernel: Kernel<F>, classes: Vec<Box<dyn Class<F>>>) -> Self {
        Self { kernel: kernel.share(), classes, failed: None }
    }

    /// Runs all events due up to `time`, and leaves the clock at the last of them.
    pub(crate) fn run(&mut self, time: VirtualTime) -> Result<Stop, SimulationError> {
        let has_ties = self.kernel.borrow().ties.is_on();
        if has_ties {
            self.run_by::<true, false>(time, u64::MAX)
        } else {
            self.run_by::<false, false>(time, u64::MAX)
        }
    }

    /// The same, but leaves off at the event of that number: [`Stop::Reached`], too.
    pub(crate) fn run_some(
        &mut self,
        time: VirtualTime,
        last: u64,
    ) -> Result<Stop, SimulationError> {
        let has_ties = self.kernel.borrow().ties.is_on();
        if has_ties {
            self.run_by::<true, true>(time, last)
        } else {
            self.run_by::<false, true>(time, last)
        }
    }

    /// The same, compiled with and without a tie policy and a last event: a run without them
    /// never checks for them.
    fn run_by<const TIES: bool, const SOME: bool>(
        &mut self,
        time: VirtualTime,
        last: u64,
    ) -> Result<Stop, SimulationError> {
        self.guarded(|engine| {
            let shared = Rc::clone(&engine.kernel);
            let mut kernel = shared.borrow_mut();
            let returns = Rc::clone(&kernel.returns);
            loop {
                match returns.attention() {
                    Attention::Nothing => {}
                    Attention::Process => {
                        returns.set_attention(Attention::Nothing);
                        let ready = kernel.ready.take();
                        drop(kernel);
                        engine.go_on(ready);
                        kernel = shared.borrow_mut();
                        // What the process has left to do comes first.
                        continue;
                    }
                    Attention::Much => {
                        drop(kernel);
                        let ended = engine.attend(&returns)?;
                        kernel = shared.borrow_mut();
                        if ended {
                            break;
                        }
                    }
                }
                if SOME && kernel.event >= last {
                    return Ok(Stop::Reached);
                }
                let Some((due, event)) = kernel.next_event::<TIES>(time)? else { break };
                happen(&mut engine.classes, &mut kernel, due, event)?;
            }
            kernel.release_swept();
            if !kernel.ended && !kernel.is_over() {
                return Ok(Stop::Reached);
            }
            kernel.check_choices()?;
            Ok(if kernel.ended { Stop::Ended } else { Stop::Over })
        })
    }

    /// Runs no event; returns the state of the run.
    pub(crate) fn run_nothing(&mut self) -> Result<Stop, SimulationError> {
        self.guarded(|engine| {
            let mut kernel = engine.kernel.borrow_mut();
            let over = if kernel.is_over() { Stop::Over } else { Stop::Reached };
            Ok(if kernel.ended { Stop::Ended } else { over })
        })
    }

    /// Runs one event; `false` if there was none or the run has ended.
    pub(crate) fn step(&mut self) -> Result<bool, SimulationError> {
        let before = self.kernel.borrow().event;
        self.guarded(|engine| {
            let shared = Rc::clone(&engine.kernel);
            let mut kernel = shared.borrow_mut();
            let mut ended = false;
            let returns = Rc::clone(&kernel.returns);
            if returns.wants_attention() {
                drop(kernel);
                ended = engine.attend(&returns)?;
                kernel = shared.borrow_mut();
            }
            // An urgent event has happened, or one whose actor failed by a panic: that was
            // the step.
            if ended || kernel.event > before {
                return Ok(kernel.event > before);
            }
            let next = if kernel.ties.is_on() {
                kernel.next_event::<true>(LAST)?
            } else {
                kernel.next_event::<false>(LAST)?
            };
            let Some((due, event)) = next else {
                kernel.check_choices()?;
                return Ok(false);
            };
            happen(&mut engine.classes, &mut kernel, due, event)?;
            drop(kernel);
            engine.attend(&returns)?;
            Ok(true)
        })
    }

    /// Runs `work`. A panic in a handler becomes an error, and an error stops the simulation for
    /// good.
    fn guarded<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, SimulationError>,
    ) -> Result<T, SimulationError> {
        let before = self.failed.clone().or_else(|| self.kernel.borrow_mut().failure.take());
        if let Some(error) = before {
            self.failed = Some(error.clone());
            return Err(error);
        }
        let mut failing: Option<ActorId> = None;
        let result = loop {
            let done = caught(|| {
                if let Some(actor) = failing.take() {
                    let mut kernel = self.kernel.borrow_mut();
                    self.classes[usize::from(actor.class())].fail(&mut kernel, actor);
                }
                work(self)
            });
            let panic = match done {
                Ok(result) => break result,
                Err(panic) => panic,
            };
            failing = self.actor_at_fault(&panic);
            if failing.is_none() {
                // The state is never looked at again: `failed` is set.
                break Err(self.error_of(&panic));
            }
        };
        let mut kernel = self.kernel.borrow_mut();
        if result.is_err() {
            // The loop does not run again, so the kernel takes back here what the failed event
            // dropped. That is no step of the run.
            kernel.journal.close();
            kernel.take_back_all();
        }
        kernel.current = ActorId::OUTSIDE;
        kernel.close_step(result.is_err());
        drop(kernel);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// The actor that fails by this panic; `None` if the panic ends the run.
    fn actor_at_fault(&self, panic: &Payload) -> Option<ActorId> {
        if panic.get::<RunFailed>().is_some() || panic.get::<Enough>().is_some() {
            return None;
        }
        let mut kernel = self.kernel.try_borrow_mut().ok()?;
        let actor = kernel.current;
        let class = self.classes.get(usize::from(actor.class()))?;
        let may_fail = actor != ActorId::OUTSIDE
            && class.state(actor).is_some()
            && kernel.failure.is_none()
            && !kernel.journal.observing;
        let fails = may_fail && F::is_failure(&mut kernel, actor, panic.message());
        fails.then_some(actor)
    }

    /// What ended the run, if that was a panic.
    fn error_of(&self, panic: &Payload) -> SimulationError {
        let failed = panic.get::<RunFailed>().and_then(|_| self.kernel.borrow_mut().failure.take());
        failed.unwrap_or_else(|| {
            let message = panic.message().to_owned();
            let kind = F::explain(&self.kernel, &message);
            let kind = kind.unwrap_or(ErrorKind::Panic { message });
            self.kernel.borrow().error(kind)
        })
    }

    /// Does the work that the last event left besides events: newborns, a failure, a process that
    /// goes on. Returns whether the run has ended.
    #[cold]
    fn attend(&mut self, returns: &Returns<Kernel<F>, F::Return>) -> Result<bool, SimulationError> {
        loop {
            let mut kernel = self.kernel.borrow_mut();
            settle(&mut self.classes, &mut kernel);
            let ended = kernel.ended;
            returns.set_attention(if ended { Attention::Much } else { Attention::Nothing });
            if let Some(error) = kernel.failure.take() {
                return Err(error);
            }
            // Before a process goes on, the kernel takes back what was dropped.
            if kernel.take_back() {
                continue;
            }
            if let Some(ready) = kernel.ready.take() {
                let more = !kernel.remains.is_empty()
                    || !kernel.urgent.is_empty()
                    || F::has_changed(&kernel);
                drop(kernel);
                self.go_on(Some(ready));
                // What the process has left to do has set the flag again.
                if !more && !returns.wants_attention() {
                    return Ok(false);
                }
            } else if !kernel.remains.is_empty() {
                // Destructors may give things back and end other actors, so the kernel must be
                // free.
                let mut remains = std::mem::take(&mut kernel.remains);
                kernel.current = ActorId::OUTSIDE;
                drop(kernel);
                remains.clear();
                self.keep_list(remains);
            } else if F::has_changed(&kernel) && F::between_events(&mut kernel) {
                // Something may have failed.
            } else if let Some(event) = kernel.urgent.pop_front() {
                // Urgent events are counted and limited like all events: they could go on for ever.
                let now = kernel.now;
                happen(&mut self.classes, &mut kernel, now, event)?;
            } else {
                return Ok(kernel.ended);
            }
        }
    }

    /// Lets a process go on; the kernel is free.
    #[inline]
    fn go_on(&mut self, ready: Option<ActorId>) {
        if let Some(ready) = ready {
            self.classes[ready.class() as usize].go_on(&self.kernel, ready);
        }
    }

    /// Keeps the memory of the list of remains, unless destructors have begun another.
    fn keep_list(&mut self, emptied: Vec<Box<dyn Any>>) {
        let remains = &mut self.kernel.borrow_mut().remains;
        if remains.is_empty() && emptied.capacity() <= MANY_NEWBORNS {
            *remains = emptied;
        }
    }

    /// Stores the actors that were spawned between two events in their classes.
    pub(crate) fn settle_births(&mut self) {
        settle(&mut self.classes, &mut self.kernel.borrow_mut());
    }
}

impl<F: Hooks> Drop for Engine<F> {
    /// Values in the kernel may hold the kernel, through the handles of processes. They are taken
    /// out first and dropped while the kernel is free.
    fn drop(&mut self) {
        if let Ok(mut kernel) = self.kernel.try_borrow_mut() {
            kernel.journal.close();
        }
        self.classes.clear();
        loop {
            let Ok(mut kernel) = self.kernel.try_borrow_mut() else { return };
            let mut left: Vec<Box<dyn Any>> = kernel.features.take_all();
            left.append(&mut kernel.remains);
            left.extend(kernel.newborns.drain(..).map(|newborn| newborn.state.into_any()));
            drop(kernel);
            if left.is_empty() {
                return;
            }
            drop(left);
        }
    }
}

impl<F: Hooks> Kernel<F> {
    /// The next event that is due no later than `last`, under a tie policy or not.
    #[inline(always)]
    fn next_event<const TIES: bool>(
        &mut self,
        last: VirtualTime,
    ) -> Result<Option<(VirtualTime, EventId)>, SimulationError> {
        if TIES { self.next_in_order(last) } else { Ok(self.events.pop_until(last)) }
    }
}

/// Moves the clock to an event that was popped, and delivers it.
#[inline]
fn happen<F: Hooks>(
    classes: &mut [Box<dyn Class<F>>],
    kernel: &mut Kernel<F>,
    due: VirtualTime,
    event: EventId,
) -> Result<(), SimulationError> {
    if let Err(limit) = kernel.advance(due) {
        return Err(limit_reached(kernel, limit, event));
    }
    classes[event.pool as usize].dispatch(kernel, event.cell);
    Ok(())
}

/// Stores newborns in their classes, now that no class is in use.
fn settle<F: Hooks>(classes: &mut Vec<Box<dyn Class<F>>>, kernel: &mut Kernel<F>) {
    if kernel.newborns.is_empty() && kernel.new_classes.is_empty() {
        return;
    }
    if !kernel.new_classes.is_empty() {
        classes.append(&mut kernel.new_classes);
    }
    for newborn in kernel.newborns.drain(..) {
        classes[newborn.id.class() as usize].admit(newborn);
    }
    if kernel.newborns.capacity() > MANY_NEWBORNS {
        kernel.newborns = Vec::new();
    }
}

#[cold]
#[inline(never)]
fn limit_reached<F: Hooks>(
    kernel: &mut Kernel<F>,
    limit: Limit,
    event: EventId,
) -> SimulationError {
    let limits = &kernel.config.limits;
    let allowed = match limit {
        Limit::Events => limits.events,
        Limit::EventsPerInstant => limits.events_per_instant,
        Limit::EndTime => limits.end_time.as_nanos(),
        Limit::LiveActors
        | Limit::Owners
        | Limit::RememberedNames
        | Limit::PendingEvents
        | Limit::MailboxLength => unreachable!("the clock does not look at {limit}"),
    };
    kernel.current = kernel.target(event);
    let error = kernel.error(ErrorKind::Limit { limit, allowed });
    // The error names the event, but it did not happen, so it is pending again. Handles that wait
    // for it rely on that when the simulation is dropped.
    kernel.event -= 1;
    kernel.events.schedule(kernel.now, Lane::None, event);
    error
}
