//! `flagfall diff`: the first difference of two trace files.

use super::options::{DiffArgs, States};
use super::program::Program;
use super::talk::{Failure, talk};
use super::traces::{
    Opened, chain, damaged, differences, different, equal, incomplete, open, state, undamaged,
};
use crate::report::difference::Comparison;
use flagfall::trace::{Entry, TraceError, TraceFile, first_difference};

/// Up to this event, runs are made again if the user does not say.
const FEW_EVENTS: u64 = 5_000_000;

pub(crate) fn diff(args: &DiffArgs, program: &Program) -> Result<(), Failure> {
    let mut left = open(&args.left)?;
    let mut right = open(&args.right)?;
    undamaged(&left.name, &left.trace)?;
    undamaged(&right.name, &right.trace)?;
    let both = format!("{} or {}", left.name, right.name);
    let found = first_difference(&mut left.trace, &mut right.trace);
    let found = found.map_err(|error| damaged(&both, &error))?;
    let mut notes: Vec<String> = [&left, &right]
        .into_iter()
        .filter_map(|opened| Some(format!("{} is {}", opened.name, incomplete(&opened.trace)?)))
        .collect();
    if left.trace.header().draws != right.trace.header().draws {
        notes.push("one of the traces has no draws: they are not compared".to_owned());
    }
    let Some(found) = found else { return alike(args.json, [left, right], &notes) };
    let states = [
        states((args, program), &left, found.place, found.left.as_ref())?,
        states((args, program), &right, found.place, found.right.as_ref())?,
    ];
    let cause = |opened: &mut Opened, entry: Option<&Entry>| {
        let caused = chain(&mut opened.trace, entry, args.show.chain);
        caused.map_err(|error| damaged(&opened.name, &error))
    };
    let told = Comparison {
        ingredients: differences(left.trace.header(), right.trace.header()),
        causes: [cause(&mut left, found.left.as_ref())?, cause(&mut right, found.right.as_ref())?],
        names: [left.name, right.name],
        notes,
        difference: found,
        states,
    };
    different(args.json, &told)
}

/// The state of an entry's receiver, if the user wants to wait for it.
fn states(
    (args, program): (&DiffArgs, &Program),
    opened: &Opened,
    place: u64,
    entry: Option<&Entry>,
) -> Result<Result<String, String>, Failure> {
    let Some(entry) = entry else { return Ok(Err("the trace has ended".to_owned())) };
    match args.states {
        States::Never => return Ok(Err("not asked for (--states never)".to_owned())),
        States::Auto if entry.event > FEW_EVENTS => {
            let event = entry.event;
            return Ok(Err(format!("to run {event} events again, use --states always")));
        }
        _ => {}
    }
    let file = std::fs::File::open(&opened.path).map_err(TraceError::from);
    let trace = file.and_then(TraceFile::open).map_err(|error| damaged(&opened.name, &error))?;
    Ok(state(trace, (place, entry), program))
}

/// Reports whether two traces without a different record are equal.
fn alike(as_json: bool, traces: [Opened; 2], notes: &[String]) -> Result<(), Failure> {
    // The search has not read all of the files.
    let mut traces = traces;
    for Opened { name, trace, .. } in &mut traces {
        trace.check().map_err(|error| damaged(name, &error))?;
    }
    let [left, right] = &traces;
    let records = left.trace.totals().entries;
    let complete = traces.iter().all(|opened| opened.trace.is_complete());
    if !complete {
        equal(as_json, records, false, notes)?;
        return Err(Failure::Different);
    }
    let digests = left.trace.digest().zip(right.trace.digest());
    if let Some((one, other)) = digests.filter(|(one, other)| one != other) {
        let note = format!(
            "no record differs, but the digests do, {one} and {other}: the digest options differ \
             (--digest), or something that is not recorded"
        );
        talk(format_args!("note: {note}"));
        equal(as_json, records, false, &[notes, &[note]].concat())?;
        return Err(Failure::Different);
    }
    equal(as_json, records, true, notes)
}
