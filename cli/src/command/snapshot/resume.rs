//! `flagfall resume`: continues a run from its snapshot.

use super::load::load;
use crate::command::options::ResumeArgs;
use crate::command::program::Program;
use crate::command::running::{Opened, Saving, check_missed, open, report, run_on, watched};
use crate::command::talk::Failure;

pub(crate) fn resume(args: &ResumeArgs, program: &Program) -> Result<(), Failure> {
    let Opened { header, mut scenario, bytes } = open(&args.file, program)?;
    args.output.put_into(&mut scenario.options);
    (scenario.options.trace, scenario.options.pace) = (args.trace, args.pace.clone());
    let (mut simulation, handles, _) = load(&scenario.model, &bytes, &args.file)?;
    let (model, options) = (&scenario.model, &scenario.options);
    let config = simulation.config().clone();
    let saving = Saving::new(&args.snapshot, &config, header.scenario)?;
    let (ran, wall) = watched(&mut simulation, options, |simulation| {
        run_on(model, simulation, &handles, saving.as_ref())
    })?;
    let (run, missed) = ran?;
    report(&scenario, &run, &config, (&simulation, &handles), wall)?;
    check_missed(missed, run.virtual_time)
}
