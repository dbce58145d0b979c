//! `flagfall diff`: where two trace files part.

use super::again::{differences, state};
use super::exit::Failure;
use super::output::Stdout;
use super::output::talk;
use super::record::{Opened, damaged, incomplete, open, undamaged};
use super::trace_args::{DiffArgs, States};
use crate::report::difference::{Comparison, difference};
use crate::report::json;
use crate::words::counted;
use flagfall::trace::{Difference, Entry, TraceError, TraceFile, causes, first_difference};
use std::io::{Read, Seek};

/// Runs are made again unasked up to this event.
const FEW_EVENTS: u64 = 5_000_000;

pub(super) fn diff(args: &DiffArgs) -> Result<(), Failure> {
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
        states(args, &left, found.place, found.left.as_ref())?,
        states(args, &right, found.place, found.right.as_ref())?,
    ];
    let told = Comparison {
        ingredients: differences(left.trace.header(), right.trace.header()),
        causes: [
            chain(&mut left.trace, found.left.as_ref(), args.show.chain)
                .map_err(|error| damaged(&left.name, &error))?,
            chain(&mut right.trace, found.right.as_ref(), args.show.chain)
                .map_err(|error| damaged(&right.name, &error))?,
        ],
        names: [left.name, right.name],
        notes,
        difference: found,
        states,
    };
    different(args.json, &told)
}

/// What led to an entry, if there is one.
pub(super) fn chain<R: Read + Seek>(
    trace: &mut TraceFile<R>,
    entry: Option<&Entry>,
    most: usize,
) -> Result<Vec<Entry>, TraceError> {
    entry.map_or(Ok(Vec::new()), |entry| causes(trace, entry, most))
}

/// The state of an entry's receiver, as far as the user wants to wait for it.
fn states(
    args: &DiffArgs,
    opened: &Opened,
    place: u64,
    entry: Option<&Entry>,
) -> Result<Result<String, String>, Failure> {
    let Some(entry) = entry else { return Ok(Err("the trace has ended".to_owned())) };
    match args.states {
        States::Never => return Ok(Err("not asked for (--states never)".to_owned())),
        States::Auto if entry.event > FEW_EVENTS => {
            let event = entry.event;
            return Ok(Err(format!("running {event} events again takes --states always")));
        }
        _ => {}
    }
    let file = std::fs::File::open(&opened.path).map_err(TraceError::from);
    let trace = file.and_then(TraceFile::open).map_err(|error| damaged(&opened.name, &error))?;
    Ok(state(trace, place, entry))
}

/// Says what two traces are of which no record differs.
fn alike(as_json: bool, traces: [Opened; 2], notes: &[String]) -> Result<(), Failure> {
    // What was looked at says nothing about the rest of the files.
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
    if let (Some(one), Some(other)) = (left.trace.digest(), right.trace.digest())
        && one != other
    {
        let note = format!(
            "no record differs, but the digests do, {one} and {other}: in what the digest is made \
             of (--digest), or in what is in no record"
        );
        talk(format_args!("note: {note}"));
        equal(as_json, records, false, &[notes, &[note]].concat())?;
        return Err(Failure::Different);
    }
    equal(as_json, records, true, notes)
}

/// Says that no record differs, and whether the runs are equal.
pub(super) fn equal(
    as_json: bool,
    records: u64,
    whole: bool,
    notes: &[String],
) -> Result<(), Failure> {
    let mut out = Stdout::new();
    if as_json {
        out.report(|out| json::equal(out, records, whole, notes))?;
    } else if whole {
        out.line(format_args!("equal: {}", counted(records, "record")))?;
    } else {
        out.line(format_args!(
            "no difference in {}, which {} not all there is",
            counted(records, "record"),
            if records == 1 { "is" } else { "are" }
        ))?;
    }
    out.finish()
}

/// Says where they part; that is a failure.
pub(super) fn different(as_json: bool, told: &Comparison) -> Result<(), Failure> {
    let mut out = Stdout::new();
    out.report(|out| if as_json { json::difference(out, told) } else { difference(out, told) })?;
    out.finish()?;
    Err(Failure::Different)
}

/// A comparison of a trace with a run that was held to it, whose causes are the
/// trace's as well: they are equal up to there.
pub(super) fn against_run<R: Read + Seek>(
    trace: &mut TraceFile<R>,
    found: Difference,
    names: [String; 2],
    most: usize,
) -> Result<Comparison, TraceError> {
    let unknown = || Err(String::new());
    Ok(Comparison {
        names,
        ingredients: Vec::new(),
        notes: Vec::new(),
        causes: [
            chain(trace, found.left.as_ref(), most)?,
            chain(trace, found.right.as_ref(), most)?,
        ],
        difference: found,
        states: [unknown(), unknown()],
    })
}
