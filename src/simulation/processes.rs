//! Processes without an owner.

use crate::actor::{Message, SpawnOptions};
use crate::process::{Process, ProcessRef};
use crate::simulation::handle::Simulation;

impl Simulation {
    /// Starts a process without an owner: an `async` function of its handle.
    ///
    /// It begins when the run goes on, before all other events that are due. A process that is
    /// started by a process or an actor begins right after that one waits or returns. With a
    /// start-up span in its [`SpawnOptions`], it begins after that span.
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let walker = simulation.process("walker", async |p| {
    ///     p.sleep(Span::from_mins(3)).await;
    ///     "home"
    /// });
    /// simulation.run()?;
    /// assert_eq!(walker.result(), Some("home"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn process<T: 'static>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.process_receiving(spawn, work)
    }

    /// Starts a process that receives messages with [`receive`](Process::receive); otherwise like
    /// [`process`](Self::process).
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let adder = simulation.process_receiving("adder", async |p: Process<u64>| {
    ///     p.receive().await + p.receive().await
    /// });
    /// simulation.send(&adder, 2);
    /// simulation.send(&adder, 3);
    /// simulation.run()?;
    /// assert_eq!(adder.result(), Some(5));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn process_receiving<M: Message, T: 'static>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process<M>) -> T + 'static,
    ) -> ProcessRef<M, T> {
        let spawn = spawn.into();
        self.done(|kernel| kernel.process(None, &spawn, work))
    }
}
