//! `flagfall resume`: continues a run from its snapshot.

use super::load::load;
use crate::command::options::ResumeArgs;
use crate::command::program::Program;
use crate::command::running::{Ending, Opened, Saving, check_missed, open, run_on, watched};
use crate::command::talk::Failure;

/// Continues the run in a snapshot to its end.
pub(crate) fn resume(args: &ResumeArgs, program: &Program) -> Result<(), Failure> {
    let Opened { header, mut scenario, bytes } = open(&args.file, program)?;
    args.output.put_into(&mut scenario.options);
    (scenario.options.trace, scenario.options.pace) = (args.trace, args.pace.clone());
    let (mut simulation, handles, _) = load(&scenario.model, &bytes, &args.file)?;
    let (model, options) = (&scenario.model, &scenario.options);
    let saving = Saving::new(&args.snapshot, header.scenario)?;
    let config = simulation.config().clone();
    let (ran, wall) = watched(&mut simulation, options, |simulation| {
        run_on(model, simulation, &handles, saving.as_ref())
    })?;
    let (run, missed) = ran?;
    let (scenario, config, simulation) = (&scenario, &config, &simulation);
    Ending { scenario, run: &run, config, simulation, handles: &handles }.report(wall)?;
    check_missed(missed, run.virtual_time)
}
