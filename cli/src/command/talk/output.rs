//! Standard output, and files that are written and read.

use super::captured::Out;
use super::exit::Failure;
use crate::disk;
use crate::report::Plain;
use crate::words::shown;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Standard output with a buffer. A text of a model, a file or a user cannot do anything to a
/// terminal through it. If a host runs the command, it gets what is written here.
pub(crate) fn stdout() -> Plain<BufWriter<Out>> {
    Plain(BufWriter::with_capacity(1 << 16, Out::here()))
}

pub(crate) fn print(report: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = stdout();
    report(&mut out)?;
    Ok(out.flush()?)
}

/// Writes a file, whole or not at all ([`disk::replace`]).
pub(crate) fn replace(
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

/// The most memory that the process has used so far. Only Linux says so.
pub(crate) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Reads a file, or standard input if the path is `-`. A longer one than `bytes` is refused,
/// with that remedy, as it takes many times its length in memory.
pub(crate) fn read_at_most(path: &Path, bytes: u64, remedy: &str) -> Result<String, Failure> {
    let text = if path == Path::new("-") {
        disk::at_most(io::stdin().lock(), bytes).and_then(disk::utf8)
    } else {
        disk::text(path, bytes)
    };
    let name = shown(path);
    text.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            Failure::Files(format!("{name} is longer than {bytes} bytes: {remedy}"))
        }
        _ => Failure::Files(format!("cannot read {name}: {error}")),
    })
}
