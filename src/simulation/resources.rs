//! All resources of a run.

use crate::line::{Reported, ResourceReport};
use crate::simulation::handle::Simulation;

impl Simulation {
    /// Keeps the history of each resource, container and store from now on, also of those that are
    /// made later. It costs as much as [`Resource::watch`](crate::Resource::watch) for each. The
    /// results of the run and its digest are the same.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.watch_resources();
    /// let pump = Resource::new(&mut simulation, "pump", 1);
    /// for number in 0..3 {
    ///     simulation.process(("car", number), async move |p| {
    ///         let _pump = pump.acquire(&p).await;
    ///         p.sleep(Span::from_secs(100)).await;
    ///     });
    /// }
    /// simulation.run()?;
    /// let pump = &simulation.resources()[0];
    /// assert_eq!((pump.path.as_str(), pump.statistics.utilisation), ("pump", 1.0));
    /// let history = pump.history.as_ref().expect("it was watched");
    /// assert_eq!(history.line.end(), simulation.now());
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn watch_resources(&mut self) {
        self.engine.kernel.borrow_mut().watch_resources();
    }

    /// All resources, containers and stores, in the order in which they were made, with their
    /// statistics and, if they are watched, their histories.
    #[must_use]
    pub fn resources(&self) -> Vec<ResourceReport> {
        let kernel = self.engine.kernel.borrow();
        let report = |(id, Reported { kind, statistics, history })| {
            let path = kernel.entities.path(id).to_string();
            ResourceReport { path, kind, statistics, history }
        };
        kernel.reported_resources().map(report).collect()
    }
}
