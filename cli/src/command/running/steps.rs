//! Steps of all runs: start, watch, run, and check the end.

use super::lines::TraceLines;
use super::pace::{keep_pace, report_pace};
use crate::command::options::RunOptions;
use crate::command::own::{AnyModel, Handles};
use crate::command::talk::{Failure, host_ends, without_panic_messages};
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::{Simulation, SimulationError, VirtualTime};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How many events pass between two questions whether to go on: some milliseconds.
pub(crate) const PORTION: u64 = 1 << 14;

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
    until_host_ends(simulation, VirtualTime::MAX)?;
    simulation.run()?;
    let measures = model.collect(simulation, handles);
    Ok(Run::of(simulation, measures))
}

/// If a host runs the command: runs what is due up to that time, unless the host wants the command
/// to end. On a terminal it does nothing.
///
/// # Errors
/// [`Failure::Ended`], or that of the run.
pub(crate) fn until_host_ends(
    simulation: &mut Simulation,
    time: VirtualTime,
) -> Result<(), Failure> {
    let Some(ends) = host_ends() else { return Ok(()) };
    let last = simulation.config().horizon.map_or(time, |horizon| horizon.min(time));
    let goes_on = in_portions(simulation, last, &mut || !ends.load(Ordering::Relaxed))?;
    if goes_on { Ok(()) } else { Err(Failure::Ended) }
}

/// Runs to the end, as [`Simulation::run`] does; `false` if it was not to go on.
pub(crate) fn run_while(
    simulation: &mut Simulation,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<bool, SimulationError> {
    let last = simulation.config().horizon.unwrap_or(VirtualTime::MAX);
    if !in_portions(simulation, last, goes_on)? {
        return Ok(false);
    }
    if last != VirtualTime::MAX {
        // The clock goes to the horizon.
        simulation.run()?;
    }
    Ok(true)
}

fn in_portions(
    simulation: &mut Simulation,
    last: VirtualTime,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<bool, SimulationError> {
    while simulation.run_some(last, PORTION)?.is_none() {
        if !goes_on() {
            return Ok(false);
        }
    }
    Ok(true)
}
