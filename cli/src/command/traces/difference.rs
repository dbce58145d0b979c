//! How runs that were compared are told: that they are equal, or where they part.

use crate::command::talk::{Failure, print};
use crate::report::difference::{Comparison, difference};
use crate::report::json;
use crate::words::counted;
use flagfall::trace::{Difference, Entry, TraceError, TraceFile, causes};
use std::io::{Read, Seek};

/// What led to an entry, if there is one.
pub(crate) fn chain<R: Read + Seek>(
    trace: &mut TraceFile<R>,
    entry: Option<&Entry>,
    most: usize,
) -> Result<Vec<Entry>, TraceError> {
    entry.map_or(Ok(Vec::new()), |entry| causes(trace, entry, most))
}

/// Says that no record differs, and whether the runs are equal.
pub(crate) fn equal(
    as_json: bool,
    records: u64,
    whole: bool,
    notes: &[String],
) -> Result<(), Failure> {
    let count = counted(records, "record");
    let are = if records == 1 { "is" } else { "are" };
    print(|out| match (as_json, whole) {
        (true, _) => json::equal(out, records, whole, notes),
        (false, true) => writeln!(out, "equal: {count}"),
        (false, false) => writeln!(out, "no difference in {count}, which {are} not all there is"),
    })
}

/// Says where they part; that is a failure.
pub(crate) fn different(as_json: bool, told: &Comparison) -> Result<(), Failure> {
    print(|out| if as_json { json::difference(out, told) } else { difference(out, told) })?;
    Err(Failure::Different)
}

/// A comparison of a trace with a run that was held to it, whose causes are the
/// trace's as well: they are equal up to there.
pub(crate) fn against_run<R: Read + Seek>(
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
