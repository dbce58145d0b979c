//! Files that are there as a whole or not at all.

use super::super::exit::Failure;
use crate::disk;
use std::fs::{self, OpenOptions};
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
    // A link is followed; a device or a pipe is written to, and stays what it is.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        let file = OpenOptions::new().write(true).open(path);
        return file.and_then(|mut file| write(&mut file)).map_err(failed);
    }
    let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
    // A name that nobody else uses: what is there is not ours to overwrite.
    let mut partial = name.to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = path.with_file_name(partial);
    let written = disk::create(&partial).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        drop(file);
        if let Some(there) = there {
            fs::set_permissions(&partial, there.permissions())?;
        }
        fs::rename(&partial, path)
    });
    written.map_err(|error| {
        // Half a page is of no use; if it cannot be removed, the error says enough.
        let _ = fs::remove_file(&partial);
        failed(error)
    })
}
