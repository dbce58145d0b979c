//! Messages that met dead actors, kept to be looked at.

use crate::record::Undeliverable;
use crate::simulation::Simulation;

impl Simulation {
    /// The newest messages that met dead actors, oldest first: as many as
    /// [`Config::keep_undeliverable`](crate::Config::keep_undeliverable) asked
    /// for, of the [`Counts::undeliverable`](crate::Counts::undeliverable) that
    /// there were in all. Cost: a copy of them.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, VirtualTime};
    ///
    /// struct Sink;
    /// impl Actor for Sink {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
    ///         context.stop();
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42).keep_undeliverable(2));
    /// let sink = simulation.spawn("sink", Sink);
    /// for message in 0..4 {
    ///     simulation.send(&sink, message);
    /// }
    /// simulation.run()?;
    /// let kept: Vec<String> = simulation.undeliverable().iter().map(ToString::to_string).collect();
    /// assert_eq!(kept, [
    ///     "0.000000000 outside to sink (finished): 2",
    ///     "0.000000000 outside to sink (finished): 3",
    /// ]);
    /// assert_eq!(simulation.counts().undeliverable, 3);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn undeliverable(&self) -> Vec<Undeliverable> {
        self.engine.kernel.borrow().recorder.undeliverable().cloned().collect()
    }
}
