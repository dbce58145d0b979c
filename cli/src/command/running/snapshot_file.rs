//! Snapshot files.

use crate::command::arguments::read_run;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, replace};
use crate::disk;
use crate::words::shown;
use flagfall::SnapshotError;
use flagfall::snapshot::{FileError, Header, header};
use flagfall::time::VirtualTime;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The name of a file, with the virtual time for `{time}`.
pub(crate) fn name_at(pattern: &Path, time: VirtualTime) -> PathBuf {
    match pattern.to_str() {
        Some(text) => text.replace("{time}", &time.to_string()).into(),
        None => pattern.to_owned(),
    }
}

pub(crate) fn write(
    path: &Path,
    contents: impl FnOnce(&mut dyn Write) -> Result<(), SnapshotError>,
) -> Result<(), Failure> {
    replace(path, |out| {
        contents(out).map_err(|error| match error {
            SnapshotError::File(FileError::Io(error)) => error,
            other => io::Error::other(other.to_string()),
        })
    })
}

pub(crate) struct Opened {
    pub(crate) header: Header,
    pub(crate) scenario: Scenario,
    pub(crate) bytes: Vec<u8>,
}

/// Keeps all bytes that are read of an input: so no more than the snapshot is read.
struct Kept<'a, R> {
    input: R,
    bytes: &'a mut Vec<u8>,
}

impl<R: Read> Read for Kept<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

/// Reads a snapshot from a file, or from standard input if the path is `-`.
pub(crate) fn open(path: &Path, program: &Program) -> Result<Opened, Failure> {
    let failure = |text: String| Failure::Files(format!("{}: {text}", shown(path)));
    let cannot = |error| Failure::Files(format!("cannot read {}: {error}", shown(path)));
    let mut bytes = Vec::new();
    let header = if path == Path::new("-") {
        header(Kept { input: io::stdin().lock(), bytes: &mut bytes })
    } else {
        header(Kept { input: disk::stream(path).map_err(cannot)?, bytes: &mut bytes })
    };
    let header = header.map_err(|error| failure(error.to_string()))?;
    match read_run(program, &header.scenario) {
        Ok(scenario) => Ok(Opened { header, scenario, bytes }),
        Err(_) => Err(failure(format!(
            "its command is not a run that this version knows: {} {}",
            program.name,
            header.scenario.join(" ")
        ))),
    }
}
