//! `flagfall run`: one run and its output.

use super::program::Program;
use super::running::{Saving, Seen, check_missed, report, run_on, watched};
use super::scenario::Scenario;
use super::talk::{Failure, talk};
use super::traces::{Recording, header_of};
use flagfall::Simulation;
use flagfall::model::Model;

pub(crate) fn run(mut scenario: Scenario, program: &Program) -> Result<(), Failure> {
    let config = scenario.prepare()?;
    let Scenario { model, options, .. } = &scenario;
    if options.verbose {
        talk(format_args!("again: {}\n{model:?}\n{config:?}", program.again));
    }
    let saving = match &options.snapshot.file {
        Some(_) => Saving::new(&options.snapshot, &config, scenario.words(&[], "a snapshot")?)?,
        None => None,
    };
    let config = config.draws(options.record.is_some());
    let mut simulation = Simulation::new(config.clone());
    let recording = match &options.record {
        Some(path) => {
            let words = scenario.words(&["record"], "--record")?;
            let header = header_of(model, &config, (program, words));
            Some(Recording::start(&mut simulation, path, &header)?)
        }
        None => None,
    };
    let seen = options.html.as_ref().map(|path| (Seen::start(&mut simulation), path));
    if let Some(copies) = model.copies() {
        simulation.register(&copies.types);
    }
    let (ran, wall) = watched(&mut simulation, options, |simulation| {
        let handles = model.start(simulation);
        let (run, missed) = run_on(model, simulation, &handles, saving.as_ref())?;
        Ok((run, missed, handles))
    })?;
    if let Some(recording) = recording {
        match &ran {
            Ok((run, ..)) => recording.finish(run.digest)?,
            Err(_) => recording.abandon()?,
        }
    }
    if let Some((seen, path)) = seen {
        let ran = ran.as_ref().map(|(run, ..)| run);
        seen.write(path, (&scenario, program), &simulation, ran)?;
    }
    let (run, missed, handles) = ran?;
    // The model may have changed settings that the command line does not give.
    report(&scenario, &run, simulation.config(), (&simulation, &handles), wall)?;
    check_missed(missed, run.virtual_time)
}
