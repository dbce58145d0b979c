//! Writing: data to stdout, talk to stderr.

use super::exit::Failure;
use crate::disk;
use crate::report::{Plain, plain};
use crate::words::{one_line, shown};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Buffered standard output whose closing is not an error, and which no text of a model,
/// a file or a user gets through that would do something to a terminal.
#[derive(Debug)]
pub(super) struct Stdout {
    out: Plain<BufWriter<StdoutLock<'static>>>,
}

impl Stdout {
    pub(super) fn new() -> Self {
        Self { out: Plain(BufWriter::with_capacity(1 << 16, io::stdout().lock())) }
    }

    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) -> Result<(), Failure> {
        writeln!(self.out, "{line}").map_err(|error| Failure::output(&error))
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.out.write_all(bytes).map_err(|error| Failure::output(&error))
    }

    /// Lets a report write itself.
    pub(super) fn report(
        &mut self,
        report: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        report(&mut self.out).map_err(|error| Failure::output(&error))
    }

    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::output(&error))
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a file that is there as a whole or not at all ([`disk::replace`]).
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    disk::replace(path, write).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => ": make the folder first",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ": choose a place that can be written to"
            }
            io::ErrorKind::StorageFull => ": make room, or choose another place",
            _ => "",
        };
        Failure::Files(format!("cannot write {}: {error}{remedy}", shown(path)))
    })
}

/// Says something on stderr; if nobody listens, the run goes on.
pub(super) fn talk(line: fmt::Arguments<'_>) {
    let line = line.to_string();
    let _ = writeln!(io::stderr().lock(), "{}", plain(&line));
}

/// Says something that concerns all runs of this process, and says it once.
pub(super) fn note_once(note: &str) {
    let note = &*one_line(note);
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.insert(note.to_owned()) {
        talk(format_args!("note: {note}"));
    }
}

/// The most memory the process has held, where the system tells: Linux does.
pub(super) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
