//! Files that are there as a whole or not at all.

use super::super::exit::Failure;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file beside its place and then puts it there, instead of what was there.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let name = path.display();
        let remedy = match error.kind() {
            io::ErrorKind::NotFound => ": make the folder first",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ": choose a place that can be written to, or - for standard output"
            }
            io::ErrorKind::StorageFull => ": make room, or choose another place",
            _ => "",
        };
        Failure::Files(format!("cannot write {name}: {error}{remedy}"))
    };
    if path.is_dir() {
        let name = path.display();
        return Err(Failure::Files(format!(
            "cannot write {name}: it is a folder: name a file in it"
        )));
    }
    let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    let mut partial = name.to_owned();
    partial.push(".partial");
    let partial = path.with_file_name(partial);
    let written = File::create(&partial).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&partial, path)
    });
    written.map_err(|error| {
        // Half a page is of no use; if it cannot be removed, the error says enough.
        let _ = fs::remove_file(&partial);
        failed(error)
    })
}
