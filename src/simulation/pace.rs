//! Waiting before the clock moves: what makes a run keep step with the world.
//!
//! The engine knows no other time than its own. It tells a pacer where the
//! clock is about to go, and goes there when the pacer returns.

use super::core::LAST;
use super::{Outcome, Simulation, SimulationError};
use crate::time::VirtualTime;
use std::cell::RefCell;
use std::rc::Rc;

/// Decides when the clock of a run may move.
///
/// [`RealTime`](crate::pacing::RealTime) waits for the wall clock; closures
/// are pacers, too. A pacer sees times only and returns nothing, so it cannot
/// change what happens in the run.
///
/// # Examples
/// A pacer that only notes where the clock goes:
/// ```
/// use flagfall::{Actor, Config, Context, Simulation, Span, VirtualTime};
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// struct Blinker;
/// impl Actor for Blinker {
///     type Message = u64;
///     fn handle(&mut self, left: u64, context: &mut Context<'_, u64>) {
///         if left > 0 {
///             context.hold(Span::from_secs(2), left - 1);
///         }
///     }
/// }
///
/// let times = Rc::new(RefCell::new(Vec::new()));
/// let noted = Rc::clone(&times);
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.pace(move |time: VirtualTime| noted.borrow_mut().push(time.to_string()));
/// let blinker = simulation.spawn("blinker", Blinker);
/// simulation.send(&blinker, 2);
/// simulation.run()?;
/// assert_eq!(*times.borrow(), ["0s", "2s", "4s"]);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub trait Pacer {
    /// Returns when the clock may go to `time`.
    ///
    /// Called when a run begins or goes on, with the time at which the clock
    /// stands, and then once before each of its moves; never with an earlier
    /// time than before.
    fn wait_until(&mut self, time: VirtualTime);
}

impl<F: FnMut(VirtualTime)> Pacer for F {
    fn wait_until(&mut self, time: VirtualTime) {
        self(time);
    }
}

/// A pacer that its user can look at after the run.
impl<P: Pacer> Pacer for Rc<RefCell<P>> {
    fn wait_until(&mut self, time: VirtualTime) {
        self.borrow_mut().wait_until(time);
    }
}

impl Simulation {
    /// Lets a pacer decide when the clock may move, from now on; the one that
    /// was set before is dropped.
    ///
    /// The pacer is asked by [`run`](Self::run), [`run_until`](Self::run_until)
    /// and [`step`](Self::step), once for all events of an instant. What
    /// happens is the same with every pacer and without: same digest, same
    /// errors. Cost: a look at the event list and a call for each instant; a
    /// run without pacer does neither.
    ///
    /// # Examples
    /// Half a virtual minute in half a millisecond:
    /// ```
    /// use flagfall::pacing::RealTime;
    /// use flagfall::{Config, Simulation, Span};
    /// use std::time::{Duration, Instant};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.process("lamp", async |p| p.sleep(Span::from_secs(30)).await);
    /// simulation.pace(RealTime::new(60_000.0)?);
    /// let start = Instant::now();
    /// simulation.run()?;
    /// assert!(start.elapsed() >= Duration::from_micros(500));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pace(&mut self, pacer: impl Pacer + 'static) {
        self.pacer = Some(Box::new(pacer));
    }

    /// [`run_within`](Self::run_within), instant by instant.
    #[cold]
    pub(super) fn run_paced(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let mut next = self.now();
        // A failed run says so at once.
        while self.failed.is_none() {
            self.wait_until(next);
            let outcome = self.run_freely(next.min(time))?;
            if outcome != Outcome::Reached || next >= time {
                return Ok(outcome);
            }
            next = self.next_time().map_or(time, |due| due.min(time));
        }
        self.run_freely(time)
    }

    /// Waits for the next event, if one will happen.
    #[cold]
    pub(super) fn wait_for_next(&mut self) {
        if self.failed.is_some() || self.core.borrow().ended {
            return;
        }
        let now = self.now();
        self.wait_until(now);
        if let Some(due) = self.next_time().filter(|due| *due > now) {
            self.wait_until(due);
        }
    }

    /// When the next event is due; `None` if none is.
    #[must_use]
    pub fn next_time(&self) -> Option<VirtualTime> {
        let mut core = self.core.borrow_mut();
        let now = core.ties.is_amid() || !core.urgent.is_empty();
        let due = if now { Some(core.now) } else { core.events.next_time() };
        due.filter(|due| *due <= LAST)
    }

    pub(super) fn wait_until(&mut self, time: VirtualTime) {
        // An event after the end is an error, which nobody should have to
        // wait for longer than until the end.
        let end = self.config.limits.end_time.max(self.now());
        if let Some(pacer) = &mut self.pacer {
            pacer.wait_until(time.min(end));
        }
    }
}
