//! `flagfall replay`: makes a recorded run again and compares it with its trace.

use super::options::ReplayArgs;
use super::program::Program;
use super::talk::{Failure, talk, without_panic_messages};
use super::traces::{
    Held, Opened, against_run, damaged, differences, different, equal, header_of, hold, incomplete,
    open, scenario_in, state, undamaged,
};
use flagfall::trace::{Checked, TraceFile};

pub(crate) fn replay(args: &ReplayArgs, program: &Program) -> Result<(), Failure> {
    let Opened { path, name, trace } = open(&args.file)?;
    undamaged(&name, &trace)?;
    let header = trace.header();
    let again = format!("{} {}", program.name, header.command.join(" "));
    let mut scenario = scenario_in(header, program)
        .map_err(|reason| Failure::Files(format!("cannot run {name} again: {reason}")))?;
    let config = scenario.prepare()?.draws(header.draws);
    let now = header_of(&scenario.model, &config, (program, Vec::new()));
    let changed = differences(header, &now);
    let held = without_panic_messages(|| Ok(hold(&scenario.model, &config, trace, &|_| {})))?;
    let failed = |error| damaged(&name, &error);
    let Held { checked, mut trace, failed: error } = held.map_err(failed)?;
    for (ingredient, then, now) in &changed {
        talk(format_args!("note: changed: the {ingredient}\n  then: {then}\n  now: {now}"));
    }
    let error = error.map(|error| format!("the run ended with an error: {error}"));
    let incomplete = incomplete(&trace).map(|note| format!("{name} is {note}"));
    let notes: Vec<String> = incomplete.into_iter().chain(error.clone()).collect();
    match checked {
        Checked::Equal(records) => {
            if let Some(error) = error {
                talk(format_args!("note: {error}"));
            }
            equal(args.json, records, true, &notes)
        }
        // The file does not say how the run went on.
        Checked::EqualSoFar(records) => {
            equal(args.json, records, false, &notes)?;
            Err(Failure::Different)
        }
        Checked::Different(found) => {
            let place = found.place;
            let entries = [found.left.clone(), found.right.clone()];
            let names = [name.clone(), again];
            let mut told =
                against_run(&mut trace, *found, names, args.show.chain).map_err(failed)?;
            told.notes = notes;
            told.ingredients = changed;
            // Up to here, the run and the trace are the same.
            for (entry, known) in entries.iter().zip(&mut told.states) {
                if let Some(entry) = entry {
                    let file = std::fs::File::open(&path).map_err(|error| failed(error.into()))?;
                    *known = state(TraceFile::open(file).map_err(failed)?, (place, entry), program);
                }
            }
            different(args.json, &told)
        }
    }
}
