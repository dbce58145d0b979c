//! Running a simulation.

use crate::error::SimulationError;
use crate::kernel::{LAST, Stop};
use crate::outcome::Outcome;
use crate::simulation::handle::Simulation;
use crate::time::{Span, VirtualTime};

impl Simulation {
    /// Runs until an actor ends the run, nothing is scheduled, or the
    /// [horizon](crate::Config::horizon) is reached, if there is one.
    ///
    /// With a horizon, the clock then stands at the horizon, as after
    /// [`run_until`](Self::run_until). Without one, it stays at the last event.
    ///
    /// # Errors
    /// [`SimulationError`] if a handler panicked or misused its context, or a limit was reached, or
    /// if the run is over before its [warm-up](crate::Config::warm_up).
    pub fn run(&mut self) -> Result<Outcome, SimulationError> {
        let outcome = self.run_until(self.config.horizon.unwrap_or(VirtualTime::MAX))?;
        self.warm_up_error().map_or(Ok(outcome), Err)
    }

    /// Runs all events due up to `time`, that instant included. Then sets the clock to `time`,
    /// whether or not events remain, so that every mean over time extends to `time`. The horizon is
    /// ignored.
    ///
    /// The clock stays where it is if an actor ended the run, or if `time` is in the past.
    /// [`VirtualTime::MAX`] is not a time to stop at: the clock stays at the last event.
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

    /// Runs all events due within `span` from now, its end included, then sets the clock to that
    /// end: [`run_until`](Self::run_until) `now() + span`. If that is [`VirtualTime::MAX`] or
    /// later, there is no end: the clock stays at the last event.
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

    /// Runs all events due before `time`, then sets the clock to `time` like
    /// [`run_until`](Self::run_until). This is SimPy's `run(until=time)`.
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

    fn run_nothing(&mut self) -> Result<Outcome, SimulationError> {
        let stop = self.engine.run_nothing()?;
        Ok(self.outcome(stop))
    }

    fn outcome(&self, stop: Stop) -> Outcome {
        match stop {
            Stop::Ended => Outcome::Ended,
            Stop::Reached => Outcome::Reached,
            Stop::Over => self.fallen_idle(),
        }
    }

    /// Runs all events due up to `time`, and leaves the clock at the last of them. For the command,
    /// which saves a run several times.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    #[doc(hidden)]
    pub fn run_within(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let time = time.min(LAST);
        if self.pacer.is_some() { self.run_paced(time) } else { self.run_freely(time) }
    }

    /// Runs about so many of the events due up to `time`, and leaves the clock at the last of
    /// them; `None` if there may be more. For hosts that look in between whether to go on.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    #[doc(hidden)]
    pub fn run_some(
        &mut self,
        time: VirtualTime,
        events: u64,
    ) -> Result<Option<Outcome>, SimulationError> {
        let time = time.min(LAST);
        if self.pacer.is_some() {
            return self.run_paced(time).map(Some);
        }
        let last = self.events().saturating_add(events);
        let stop = self.engine.run_some(time, last)?;
        let is_cut = stop == Stop::Reached && self.events() >= last;
        Ok((!is_cut).then(|| self.outcome(stop)))
    }

    /// Sets the clock to where a run was to stop: for the command, as above.
    #[doc(hidden)]
    pub fn stop_at(&mut self, time: VirtualTime, outcome: Outcome) {
        if outcome == Outcome::Ended || time == VirtualTime::MAX {
            return;
        }
        if outcome != Outcome::Reached && time > self.now() {
            self.wait_until(time);
        }
        self.engine.kernel.borrow_mut().stop_at(time);
    }

    /// [`run_within`](Self::run_within) without a pacer.
    pub(super) fn run_freely(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        let stop = self.engine.run(time)?;
        Ok(self.outcome(stop))
    }

    /// Runs one event; `false` if there was none or the run has ended.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> Result<bool, SimulationError> {
        if self.pacer.is_some() {
            self.wait_for_next();
        }
        self.engine.step()
    }
}
