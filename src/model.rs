//! What a model is: something that can be started in a simulation, run, and read off.
//!
//! A model is a set of parameters, a `start` that puts its actors into a
//! [`Simulation`], and a `collect` that reads the result off afterwards.
//! `run` does all three. Studies, searches and the command work on any model.

use crate::config::Config;
use crate::digest::{Digest, Ingredients};
use crate::error::SimulationError;
use crate::measure::{Measures, Series};
use crate::outcome::Counts;
use crate::simulation::Simulation;
use crate::time::VirtualTime;
use std::fmt;

/// What a finished run of any model has in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Run<T> {
    /// What the model computed.
    pub result: T,
    /// Where the clock stands at the end: at the last event, or at the horizon.
    pub virtual_time: VirtualTime,
    /// Where the run was to end, if it had a horizon.
    pub horizon: Option<VirtualTime>,
    /// How many events happened.
    pub events: u64,
    /// Why the run is stuck, if it is: [`Simulation::stuck_in_brief`]. Its result then is
    /// what it came to, and not what the model meant.
    pub stuck: Option<String>,
    /// What became of the messages.
    pub counts: Counts,
    /// The digest of the trace, unless turned off.
    pub digest: Option<Digest>,
}

impl<T> Run<T> {
    /// What a simulation has come to, with what its model computed.
    pub fn of(simulation: &Simulation, result: T) -> Self
    where
        T: fmt::Debug,
    {
        let mut digest = simulation.digest();
        if simulation.config().ingredients.contains(Ingredients::RESULTS) {
            let text = digest.is_some().then(|| format!("{result:?}"));
            digest
                .iter_mut()
                .zip(&text)
                .for_each(|(digest, text)| digest.write_bytes(text.as_bytes()));
        }
        Self {
            result,
            virtual_time: simulation.now(),
            horizon: simulation.config().horizon,
            events: simulation.events(),
            stuck: simulation.stuck_in_brief(),
            counts: simulation.counts(),
            digest,
        }
    }
}

/// A system that can be run under virtual time.
pub trait Model {
    /// What `collect` needs to find the actors again.
    type Handles;
    /// What a run computes.
    type Result: fmt::Debug;

    /// Puts the actors into the simulation and sends the first message.
    fn start(&self, simulation: &mut Simulation) -> Self::Handles;

    /// Reads the result off the actors, at any time during or after the run.
    fn collect(&self, simulation: &Simulation, handles: &Self::Handles) -> Self::Result;

    /// Runs the model to its end.
    ///
    /// # Errors
    /// As [`Simulation::run`], and [`ErrorKind::Stuck`](crate::ErrorKind::Stuck) if the run
    /// is [stuck](Simulation::stuck) at its end: its result would be a number that may be
    /// wrong. With [`run_in`](Self::run_in) it can be looked at.
    fn run(&self, config: Config) -> Result<Run<Self::Result>, SimulationError> {
        let mut simulation = Simulation::new(config);
        let run = self.run_in(&mut simulation)?;
        simulation.unless_stuck(run)
    }

    /// Runs the model to its end in a simulation that was prepared, for
    /// example with an observer. Whether it got stuck says [`Run::stuck`].
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

/// A model whose runs come to numbers, so that many of them can be summed up: the
/// columns of a study.
pub trait Measured: Model {
    /// What a run came to. Names, units and their order are the same for all runs and
    /// all parameters.
    fn measures(&self, run: &Run<Self::Result>) -> Measures;

    /// What a run observed one after the other, to see where its warm-up ends; nothing
    /// if the model has no such thing.
    fn series(&self, run: &Run<Self::Result>) -> Vec<Series> {
        let _ = run;
        Vec::new()
    }
}
