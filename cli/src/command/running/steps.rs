//! Runs of a model from its start, and how they can fail.

use crate::command::own::{AnyModel, Handles};
use crate::command::talk::Failure;
use flagfall::Simulation;
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};

/// What a run in which somebody waits for what can no longer come is told as: its numbers
/// are not what the model meant, though they may be of use to find out why.
pub(crate) fn check_stuck(simulation: &Simulation) -> Result<(), Failure> {
    Ok(simulation.unless_stuck(())?)
}

/// Runs a model from its start to its end.
pub(crate) fn run_model(
    model: &AnyModel,
    simulation: &mut Simulation,
) -> Result<(Run<Measures>, Handles), Failure> {
    let handles = model.start(simulation);
    simulation.run()?;
    let measures = model.collect(simulation, &handles);
    let run = simulation.unless_stuck(Run::of(simulation, measures))?;
    Ok((run, handles))
}
