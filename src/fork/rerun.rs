//! Branches of simulations that cannot be copied, by running again.

use crate::error::SimulationError;
use crate::simulation::Simulation;
use crate::types::SnapshotError;

/// How a [`Branch`] was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By copying.
    Copy,
    /// By running again from the start.
    Rerun,
}

/// A branch of a run, and how it was made.
#[derive(Debug)]
pub struct Branch {
    /// The branch.
    pub simulation: Simulation,
    /// How it was made.
    pub origin: Origin,
    /// Why it could not be copied; `None` if it was.
    pub reason: Option<SnapshotError>,
}

impl Simulation {
    /// A branch of this run: a [`fork`](Self::fork) if all types are registered. Otherwise
    /// `start` makes a simulation, and it runs from its start up to the current event of
    /// this run.
    ///
    /// `start` must build and start the simulation like this one. Changes to this run from
    /// outside after its first event are not repeated. The clock, the number of messages and
    /// the digest of both runs must be equal.
    ///
    /// # Errors
    /// [`SnapshotError::Failed`] if this run or the other failed,
    /// [`SnapshotError::Diverged`] if the other run is different.
    ///
    /// # Examples
    /// A process cannot be copied:
    /// ```
    /// use flagfall::{Config, Simulation, Span, Origin};
    ///
    /// let start = || {
    ///     let mut simulation = Simulation::new(Config::new(42));
    ///     simulation.process("clock", async |p| {
    ///         loop {
    ///             p.sleep(Span::from_secs(1)).await;
    ///         }
    ///     });
    ///     simulation
    /// };
    /// let mut simulation = start();
    /// simulation.run_until("10.5s".parse()?)?;
    /// let branch = simulation.branch(start)?;
    /// assert_eq!(branch.origin, Origin::Rerun);
    /// assert!(branch.reason.expect("it is a process").to_string().starts_with("clock is a process"));
    /// assert_eq!(branch.simulation.digest(), simulation.digest());
    /// assert_eq!(branch.simulation.now(), simulation.now());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn branch(&self, start: impl FnOnce() -> Self) -> Result<Branch, SnapshotError> {
        let reason = match self.fork() {
            Ok(simulation) => return Ok(Branch { simulation, origin: Origin::Copy, reason: None }),
            Err(SnapshotError::Failed(error)) => return Err(SnapshotError::Failed(error)),
            Err(reason) => reason,
        };
        let simulation = self.rerun(start())?;
        Ok(Branch { simulation, origin: Origin::Rerun, reason: Some(reason) })
    }

    /// Runs a simulation that was started again up to the current event of this run.
    ///
    /// # Errors
    /// As [`branch`](Self::branch).
    pub fn rerun(&self, mut again: Self) -> Result<Self, SnapshotError> {
        let failed = |error: SimulationError| SnapshotError::Failed(Box::new(error));
        let events = self.events();
        while again.events() < events && again.step().map_err(failed)? {}
        again.engine.kernel.borrow_mut().stop_at(self.now());
        let place = |simulation: &Self| {
            let digest = simulation.digest().map(|digest| digest.value());
            let counts = simulation.counts();
            (simulation.events(), simulation.now(), digest, counts, simulation.pending_events())
        };
        if place(self) == place(&again) {
            let (known, mut kernel) =
                (self.engine.kernel.borrow(), again.engine.kernel.borrow_mut());
            kernel.kin.extend(known.kin.iter().chain([&known.family]));
            drop(kernel);
            Ok(again)
        } else {
            Err(SnapshotError::Diverged { event: again.events() })
        }
    }
}
