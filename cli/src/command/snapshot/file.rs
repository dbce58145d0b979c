//! Snapshot files: written whole or not at all.

use crate::command::args::{Cli, Command, System};
use crate::command::exit::Failure;
use crate::command::output::replace;
use crate::command::own::program;
use crate::command::scenario_file;
use crate::disk;
use crate::words::shown;
use clap::Parser;
use flagfall::SnapshotError;
use flagfall::snapshot::{FileError, Header, header};
use flagfall::time::VirtualTime;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The name of a file with the virtual time in it.
pub(super) fn name_at(pattern: &Path, time: VirtualTime) -> PathBuf {
    match pattern.to_str() {
        Some(text) => text.replace("{time}", &time.to_string()).into(),
        None => pattern.to_owned(),
    }
}

/// Writes a snapshot, whole or not at all.
pub(super) fn write(
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

/// A snapshot that was read: the system of its run, and all its bytes.
pub(super) struct Opened {
    pub(super) header: Header,
    pub(super) system: System,
    pub(super) bytes: Vec<u8>,
}

/// Keeps what is read of an input: no more than a snapshot claims to be, however long
/// the input is.
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

/// Reads a snapshot, or standard input where it is called `-`.
pub(super) fn open(path: &Path) -> Result<Opened, Failure> {
    let failure = |text: String| Failure::Files(format!("{}: {text}", shown(path)));
    let cannot = |error| Failure::Files(format!("cannot read {}: {error}", shown(path)));
    let mut bytes = Vec::new();
    let header = if path == Path::new("-") {
        header(Kept { input: io::stdin().lock(), bytes: &mut bytes })
    } else {
        header(Kept { input: disk::stream(path).map_err(cannot)?, bytes: &mut bytes })
    };
    let header = header.map_err(|error| failure(error.to_string()))?;
    let words = std::iter::once(program().name()).chain(header.scenario.iter().map(String::as_str));
    match Cli::try_parse_from(words) {
        Ok(Cli { command: Command::Run { system } }) => {
            Ok(Opened { header, system: *system, bytes })
        }
        _ => Err(failure(format!(
            "its command is no run that this version knows: {} {}",
            program().name(),
            header.scenario.join(" ")
        ))),
    }
}

/// The words of this command, to be kept in a snapshot.
pub(super) fn words() -> Result<Vec<String>, Failure> {
    let word = |word: OsString| {
        word.into_string().map_err(|word| {
            let word = word.to_string_lossy();
            Failure::Usage(format!(
                "`{word}` is not UTF-8, which a snapshot wants: rename the file"
            ))
        })
    };
    // A scenario file may be gone when the run is resumed; its options stay.
    let words = scenario_file::expand(std::env::args_os().collect())?;
    words.arguments.into_iter().skip(1).map(word).collect()
}
