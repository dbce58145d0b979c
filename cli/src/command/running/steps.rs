//! Steps of all runs: start, watch, run, and check the end.

use super::lines::TraceLines;
use super::pace::{keep_pace, report_pace};
use crate::command::options::RunOptions;
use crate::command::own::{AnyModel, Handles};
use crate::command::talk::{Failure, without_panic_messages};
use flagfall::Simulation;
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use std::time::{Duration, Instant};

/// The failure of a run that is stuck: somebody waits for what cannot come. Its results are not
/// what the model means, but may help to find out why.
pub(crate) fn check_stuck(simulation: &Simulation) -> Result<(), Failure> {
    Ok(simulation.unless_stuck(())?)
}

/// Runs something with the `--trace` and `--pace` of the options. Returns its result, and how
/// long it took.
pub(crate) fn watched<T>(
    simulation: &mut Simulation,
    options: &RunOptions,
    run: impl FnOnce(&mut Simulation) -> Result<T, Failure>,
) -> Result<(Result<T, Failure>, Duration), Failure> {
    let lines = options.trace.then(|| TraceLines::start(simulation, options.json));
    let pace = options.pace.as_ref().map(|pace| keep_pace(simulation, pace, lines.as_ref()));
    let start = Instant::now();
    let ran = without_panic_messages(|| run(simulation));
    let wall = start.elapsed();
    lines.map_or(Ok(()), TraceLines::finish)?;
    if let Some(pace) = pace {
        report_pace(&pace.borrow(), options.verbose);
    }
    Ok((ran, wall))
}

pub(crate) fn run_model(
    model: &AnyModel,
    simulation: &mut Simulation,
) -> Result<(Run<Measures>, Handles), Failure> {
    let handles = model.start(simulation);
    let run = run_started(model, simulation, &handles)?;
    Ok((simulation.unless_stuck(run)?, handles))
}

/// Runs a model that was started to its end, which may be that it is stuck.
pub(crate) fn run_started(
    model: &AnyModel,
    simulation: &mut Simulation,
    handles: &Handles,
) -> Result<Run<Measures>, Failure> {
    simulation.run()?;
    let measures = model.collect(simulation, handles);
    Ok(Run::of(simulation, measures))
}
