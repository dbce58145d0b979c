//! The histories of resources, containers and stores.

use crate::line::{Reported, ResourceHistory, ResourceKind};
use crate::resource::container::{Container, State};
use crate::resource::environment::Environment;
use crate::resource::facility::Resource;
use crate::resource::store::Store;
use crate::resource::store_state::StoreState;
use crate::resource::units::Units;
use crate::time::VirtualTime;

impl Units {
    fn history(&self, now: VirtualTime) -> Option<ResourceHistory> {
        self.facility.history(now, self.changes(now))
    }

    pub(super) fn keep_history(&mut self, now: VirtualTime) {
        self.keep_up(now);
        self.facility.keep_history(now);
    }

    pub(super) fn reported(&self, now: VirtualTime) -> Reported {
        let (statistics, history) = (self.statistics(now), self.history(now));
        Reported { kind: ResourceKind::Resource, statistics, history }
    }
}

impl Resource {
    /// Keeps its [history](Self::history) from now on. That costs a few nanoseconds for each claim,
    /// grant and release, and up to 150 KB. A resource that is not watched pays nothing.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span, VirtualTime};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let pump = Resource::new(&mut simulation, "pump", 1);
    /// pump.watch(&mut simulation);
    /// for number in 0..3 {
    ///     simulation.process(("car", number), async move |p| {
    ///         let _pump = pump.acquire(&p).await;
    ///         p.sleep(Span::from_secs(100)).await;
    ///     });
    /// }
    /// simulation.run()?;
    /// let line = pump.history(&simulation).expect("it is watched").line;
    /// let (begin, first) = line.cells().next().expect("time has passed");
    /// assert_eq!((begin, first.mean()), (VirtualTime::ZERO, Some(2.0)));
    /// // 2 for 100 s, then 1 for 100 s.
    /// let integral: i128 = line.cells().map(|(_, cell)| cell.integral()).sum();
    /// assert_eq!(integral, 300_000_000_000);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn watch(&self, environment: &mut impl Environment) {
        environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            kernel.with_resource(id, |units: &mut Units, kernel| units.keep_history(kernel.now));
        });
    }

    /// The line, the use and the capacity over time, until now; `None` if it is not
    /// [watched](Self::watch).
    ///
    /// # Panics
    /// If it belongs to another simulation.
    #[track_caller]
    #[must_use]
    pub fn history(&self, environment: &impl Environment) -> Option<ResourceHistory> {
        self.id.read(environment, |units: &Units, kernel| units.history(kernel.now))
    }
}

impl Container {
    /// Keeps its [history](Self::history) from now on; as [`Resource::watch`].
    #[track_caller]
    pub fn watch(&self, environment: &mut impl Environment) {
        environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            kernel.with_resource(id, |level: &mut State, kernel| level.keep_history(kernel.now));
        });
    }

    /// The line, the level and the capacity over time, until now; `None` if it is not
    /// [watched](Self::watch).
    ///
    /// # Panics
    /// If it belongs to another simulation.
    #[track_caller]
    #[must_use]
    pub fn history(&self, environment: &impl Environment) -> Option<ResourceHistory> {
        self.id.read(environment, |level: &State, kernel| level.history(kernel.now))
    }
}

impl<T: 'static> Store<T> {
    /// Keeps its [history](Self::history) from now on; as [`Resource::watch`].
    #[track_caller]
    pub fn watch(&self, environment: &mut impl Environment) {
        environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            kernel.with_resource(id, |store: &mut StoreState<T>, kernel| {
                store.shelf.keep_history(kernel.now);
            });
        });
    }

    /// The line, the number of items and the capacity over time, until now; `None` if it is not
    /// [watched](Self::watch).
    ///
    /// # Panics
    /// If it belongs to another simulation.
    #[track_caller]
    #[must_use]
    pub fn history(&self, environment: &impl Environment) -> Option<ResourceHistory> {
        self.id.read(environment, |store: &StoreState<T>, kernel| store.shelf.history(kernel.now))
    }
}
