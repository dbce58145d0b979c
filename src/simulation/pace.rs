//! Waiting before the clock moves, so that a run can follow the wall clock.

use crate::error::SimulationError;
use crate::outcome::Outcome;
use crate::simulation::handle::Simulation;
use crate::simulation::pacer::Pacer;
use crate::time::VirtualTime;

impl Simulation {
    /// Sets the pacer that decides from now on when the clock may move. The pacer that was set
    /// before is dropped.
    ///
    /// [`run`](Self::run), [`run_until`](Self::run_until) and [`step`](Self::step) call the pacer
    /// once for all events of an instant. The run is the same with every pacer and without one:
    /// same digest, same errors. Cost: a look at the event list and a call for each instant; none
    /// in a run without a pacer.
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

    /// [`run_within`](Self::run_within), one instant at a time.
    #[cold]
    pub(crate) fn run_paced(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let mut next = self.now();
        // A failed run returns its error without waiting.
        while self.engine.failed.is_none() {
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
    pub(crate) fn wait_for_next(&mut self) {
        if self.engine.failed.is_some() || self.engine.kernel.borrow().ended {
            return;
        }
        let now = self.now();
        self.wait_until(now);
        if let Some(due) = self.next_time().filter(|due| *due > now) {
            self.wait_until(due);
        }
    }

    /// When the next event is due; `None` if there is none.
    #[must_use]
    pub fn next_time(&self) -> Option<VirtualTime> {
        self.engine.kernel.borrow_mut().next_time()
    }

    pub(crate) fn wait_until(&mut self, time: VirtualTime) {
        // An event after the end time is an error. The run must not wait for it longer than until
        // the end time.
        let end = self.config.limits.end_time.max(self.now());
        if let Some(pacer) = &mut self.pacer {
            pacer.wait_until(time.min(end));
        }
    }
}
