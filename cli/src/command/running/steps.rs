//! Steps of all runs: start, watch, run, and check the end.

use super::lines::TraceLines;
use super::pace::Pace;
use crate::command::options::RunOptions;
use crate::command::own::{AnyModel, Handles};
use crate::command::talk::{Failure, without_panic_messages};
use flagfall::Simulation;
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::panics::Enough;
use flagfall::record::Record;
use std::cell::RefCell;
use std::rc::Rc;
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
    let pace = options.pace.as_ref().map(|pace| Pace::start(simulation, pace, lines.as_ref()));
    let start = Instant::now();
    let ran = without_panic_messages(|| run(simulation));
    let wall = start.elapsed();
    lines.map_or(Ok(()), TraceLines::finish)?;
    if let Some(pace) = pace {
        pace.report(options.verbose);
    }
    Ok((ran, wall))
}

/// Calls `seen` with each record of a simulation, and with `kept`, which is returned. If it
/// returns false, it has seen enough, and the run is left.
pub(crate) fn observed<T: 'static>(
    simulation: &mut Simulation,
    kept: T,
    mut seen: impl FnMut(&mut T, &Record<'_>) -> bool + 'static,
) -> Rc<RefCell<T>> {
    let kept = Rc::new(RefCell::new(kept));
    let observer = Rc::clone(&kept);
    simulation.observe(move |record: &Record<'_>| {
        let goes_on = seen(&mut observer.borrow_mut(), record);
        // There are also records while something unwinds already.
        if !goes_on && !std::thread::panicking() {
            Enough::unwind();
        }
    });
    kept
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
