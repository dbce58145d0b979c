//! Messages on standard error. If nobody reads them, the run goes on.

use super::captured::{ends, keep};
use crate::report::plain;
use crate::words::one_line;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

pub(crate) fn talk(line: fmt::Arguments<'_>) {
    let line = line.to_string();
    if keep(&line) {
        return;
    }
    let _ = writeln!(io::stderr().lock(), "{}", plain(&line));
}

/// Writes a note about all runs of this process, only once.
pub(crate) fn note_once(note: &str) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let note = &*one_line(note);
    if ends().is_some() {
        // Each call of a host is told of it.
        keep(&format!("note: {note}"));
        return;
    }
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.insert(note.to_owned()) {
        talk(format_args!("note: {note}"));
    }
}
