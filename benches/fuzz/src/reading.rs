//! Reading a trace in every way that the library knows.

use crate::forge::BASES;
use flagfall::trace::{Entry, TraceError, TraceFile, causes, first_difference};
use flagfall_cli::report::json::{Timeline, trace_line};
use std::io::{self, Cursor};

/// What was read.
pub struct Reading {
    /// The entries from the first on, up to the first that cannot be read.
    pub entries: Vec<Entry>,
    /// The trace says that nothing is missing, and nothing is damaged.
    pub whole: bool,
}

/// Of so many entries spread over the file, the surroundings are looked at.
const LOOKED_AT: usize = 8;

/// Reads all of a file; an error if it is no trace.
///
/// # Panics
/// If what is read contradicts itself.
pub fn read(bytes: &[u8]) -> Result<Reading, TraceError> {
    let mut trace = TraceFile::open(Cursor::new(bytes))?;
    let totals = trace.totals();
    let mut entries = Vec::new();
    for place in 0..totals.entries {
        match trace.entry(place) {
            Ok(entry) => entries.push(entry.expect("no entry is missing before the last")),
            Err(_) => break,
        }
    }
    let checked = trace.check().is_ok();
    if checked {
        assert_eq!(entries.len() as u64, totals.entries, "a file in order can be read");
        let last = entries.last().map_or(0, |entry| entry.event);
        assert_eq!(last, totals.last_event);
    }
    assert!(matches!(trace.entry(totals.entries), Ok(None) | Err(_)));
    for entry in entries.iter().step_by(entries.len().div_ceil(LOOKED_AT).max(1)) {
        look_around(&mut trace, entry);
    }
    export(&entries).expect("a sink takes everything");
    compare(&mut trace, bytes, checked);
    Ok(Reading { entries, whole: checked && trace.is_complete() })
}

/// What led to an entry, and where it is found again.
fn look_around(trace: &mut TraceFile<Cursor<&[u8]>>, entry: &Entry) {
    if let Ok(causes) = causes(trace, entry, 10) {
        let events: Vec<u64> = causes.iter().map(|entry| entry.event).collect();
        assert!(events.windows(2).all(|pair| pair[1] <= pair[0]), "causes lie before: {events:?}");
    }
    let _ = trace.find_event(entry.event);
    if let Ok(place) = trace.first_at(entry.time.as_nanos()) {
        assert!(place <= trace.totals().entries);
    }
}

/// The text, the JSON lines and the timeline.
fn export(entries: &[Entry]) -> io::Result<()> {
    let mut out = io::sink();
    let mut timeline = Timeline::new(io::sink(), "a trace")?;
    for (place, entry) in entries.iter().enumerate() {
        trace_line(&mut out, entry)?;
        io::Write::write_fmt(&mut out, format_args!("{entry}"))?;
        let before = &entries[..place];
        let cause = before.iter().rev().take(64).find(|before| before.event == entry.cause);
        timeline.entry(entry, cause, true)?;
    }
    timeline.finish()
}

/// With itself and with a trace in order.
fn compare(trace: &mut TraceFile<Cursor<&[u8]>>, bytes: &[u8], checked: bool) {
    let mut again = TraceFile::open(Cursor::new(bytes)).expect("it could be opened before");
    match first_difference(trace, &mut again) {
        Ok(difference) => assert_eq!(difference, None, "a file differs from itself"),
        Err(error) => assert!(!checked, "a file in order cannot be compared: {error}"),
    }
    let mut good = TraceFile::open(Cursor::new(BASES[0])).expect("it is in order");
    let here = first_difference(trace, &mut good);
    let there = first_difference(&mut good, trace);
    let place = |found: Result<Option<flagfall::trace::Difference>, _>| {
        found.ok().map(|found| found.map(|difference| difference.place))
    };
    assert_eq!(place(here), place(there), "the order of the two matters");
}
