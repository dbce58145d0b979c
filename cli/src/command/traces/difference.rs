//! Reports that runs are equal, or their first difference.

use crate::command::talk::{Failure, print};
use crate::report::difference::{Comparison, difference};
use crate::report::json;
use crate::words::counted;
use flagfall::trace::{Difference, Entry, TraceError, TraceFile, causes};
use std::io::{Read, Seek};

pub(crate) fn chain<R: Read + Seek>(
    trace: &mut TraceFile<R>,
    entry: Option<&Entry>,
    most: usize,
) -> Result<Vec<Entry>, TraceError> {
    entry.map_or(Ok(Vec::new()), |entry| causes(trace, entry, most))
}

/// Reports that no record is different, and whether that is the whole run.
pub(crate) fn equal(
    as_json: bool,
    records: u64,
    whole: bool,
    notes: &[String],
) -> Result<(), Failure> {
    let count = counted(records, "record");
    print(|out| match (as_json, whole) {
        (true, _) => json::equal(out, records, whole, notes),
        (false, true) => writeln!(out, "equal: {count}"),
        (false, false) => {
            writeln!(out, "no difference in {count}, but the comparison is incomplete")
        }
    })
}

/// Reports the difference, and returns it as a failure.
pub(crate) fn different(as_json: bool, told: &Comparison) -> Result<(), Failure> {
    print(|out| if as_json { json::difference(out, told) } else { difference(out, told) })?;
    Err(Failure::Different)
}

/// A comparison of a trace and a run. The causes are searched in the trace: before the difference,
/// the run has the same.
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
