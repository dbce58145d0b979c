//! `flagfall resume`: a run goes on from its snapshot.

use super::load::load;
use crate::command::options::ResumeArgs;
use crate::command::program::Program;
use crate::command::running::{
    Ending, Opened, Pace, Saving, TraceLines, check_missed, open, run_on,
};
use crate::command::talk::{Failure, without_panic_messages};
use std::time::Instant;

/// Goes on with the run in a snapshot, to its end.
pub(crate) fn resume(args: &ResumeArgs, program: &Program) -> Result<(), Failure> {
    let Opened { header, mut scenario, bytes } = open(&args.file, program)?;
    args.output.put_into(&mut scenario.options);
    let (mut simulation, handles) = load(&scenario.model, &bytes, &args.file)?;
    let (model, options) = (&scenario.model, &scenario.options);
    let saving = Saving::new(&args.snapshot, header.scenario)?;
    let config = simulation.config().clone();
    let lines = args.trace.then(|| TraceLines::start(&mut simulation, options.json));
    let pace = args.pace.as_ref().map(|pace| Pace::start(&mut simulation, pace, lines.as_ref()));
    let start = Instant::now();
    let ran = without_panic_messages(|| run_on(model, &mut simulation, &handles, saving.as_ref()));
    let wall = start.elapsed();
    if let Some(lines) = lines {
        lines.finish()?;
    }
    if let Some(pace) = pace {
        pace.report(options.verbose);
    }
    let (run, missed) = ran?;
    let (scenario, config, simulation) = (&scenario, &config, &simulation);
    Ending { scenario, run: &run, config, simulation, handles: &handles }.report(wall)?;
    check_missed(missed, run.virtual_time)
}
