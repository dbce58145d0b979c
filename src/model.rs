//! Models: a common interface of systems that run in a simulation.
//!
//! A model has parameters, a `start` that puts its actors into a [`Simulation`], and a
//! `collect` that reads the result afterwards. `run` does all of it. Studies, searches and
//! the command work with any model.

use crate::config::Config;
use crate::digest::{Digest, Ingredients};
use crate::error::SimulationError;
use crate::measure::{Measures, Series};
use crate::outcome::Counts;
use crate::simulation::Simulation;
use crate::time::VirtualTime;
use std::fmt;

/// The result of a run of a model, with what all models have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<T> {
    /// The result of the model.
    pub result: T,
    /// What the [collectors](crate::collect) of the run have collected.
    pub collected: Measures,
    /// The virtual time at the end: that of the last event, or the horizon.
    pub virtual_time: VirtualTime,
    /// The horizon of the run, if it had one.
    pub horizon: Option<VirtualTime>,
    /// How many events happened.
    pub events: u64,
    /// Why the run is stuck, if it is: [`Simulation::stuck_in_brief`]. Then its result is
    /// that of a part of the model's run, and may be wrong.
    pub stuck: Option<String>,
    /// What happened to the messages.
    pub counts: Counts,
    /// The digest of the trace, unless turned off.
    pub digest: Option<Digest>,
}

impl<T> Run<T> {
    /// The run of a simulation, with the result of its model.
    pub fn of(simulation: &Simulation, result: T) -> Self
    where
        T: fmt::Debug,
    {
        let mut digest = simulation.digest();
        let of_results = simulation.config().ingredients.contains(Ingredients::RESULTS);
        if let Some(digest) = digest.as_mut().filter(|_| of_results) {
            digest.write_bytes(format!("{result:?}").as_bytes());
        }
        Self {
            result,
            collected: simulation.collected(),
            virtual_time: simulation.now(),
            horizon: simulation.config().horizon,
            events: simulation.events(),
            stuck: simulation.stuck_in_brief(),
            counts: simulation.counts(),
            digest,
        }
    }
}

/// A system that can be run in virtual time.
pub trait Model {
    /// The references by which `collect` finds the actors.
    type Handles;
    /// The result of a run.
    type Result: fmt::Debug;

    /// Puts the actors into the simulation and sends the first message.
    fn start(&self, simulation: &mut Simulation) -> Self::Handles;

    /// Reads the result from the actors, at any time during or after the run.
    fn collect(&self, simulation: &Simulation, handles: &Self::Handles) -> Self::Result;

    /// Runs the model to its end.
    ///
    /// # Errors
    /// As [`Simulation::run`], and [`ErrorKind::Stuck`](crate::ErrorKind::Stuck) if the run
    /// is [stuck](Simulation::stuck) at its end, because its result may be wrong.
    /// [`run_in`](Self::run_in) returns it nevertheless.
    fn run(&self, config: Config) -> Result<Run<Self::Result>, SimulationError> {
        let mut simulation = Simulation::new(config);
        let run = self.run_in(&mut simulation)?;
        // Only a run in which somebody waits needs a second look.
        if run.stuck.is_some() { simulation.unless_stuck(run) } else { Ok(run) }
    }

    /// Runs the model to its end in a prepared simulation, for example with an observer.
    /// [`Run::stuck`] says whether it got stuck.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    fn run_in(&self, simulation: &mut Simulation) -> Result<Run<Self::Result>, SimulationError> {
        let handles = self.start(simulation);
        simulation.run()?;
        let result = self.collect(simulation, &handles);
        Ok(Run::of(simulation, result))
    }
}

/// A model whose runs have numbers as results, so that a study can summarize many runs.
pub trait Measured: Model {
    /// The measures of a run. Names, units and their order are the same for all runs and all
    /// parameters. Studies add what the [collectors](crate::collect) of the run have collected,
    /// except for names that are here.
    fn measures(&self, run: &Run<Self::Result>) -> Measures;

    /// The measures of a run that is over, for callers that do not want its result: those of
    /// [`measures`](Self::measures), and what was collected. A model whose result has lists that no measure is of need
    /// not collect them here.
    fn measures_at_end(&self, simulation: &Simulation, handles: &Self::Handles) -> Measures {
        let run = Run::of(simulation, self.collect(simulation, handles));
        let mut measures = self.measures(&run);
        measures.and(&run.collected);
        measures
    }

    /// The series of observations of a run, to find the end of its warm-up; empty if the
    /// model has none.
    fn series(&self, run: &Run<Self::Result>) -> Vec<Series> {
        let _ = run;
        Vec::new()
    }
}
