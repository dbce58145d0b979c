//! Reading files with a bound, and writing new ones that are nobody else's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Reads all there is, unless that is more than so many bytes.
///
/// # Errors
/// What reading returns, or [`FileTooLarge`](io::ErrorKind::FileTooLarge) after one byte
/// more: a device without end is left in time.
pub(crate) fn at_most(input: impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    input.take(bytes.saturating_add(1)).read_to_end(&mut read)?;
    if read.len() as u64 > bytes {
        let text = format!("it is longer than {bytes} bytes, which are the most");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(read)
}

/// The text in a file of at most so many bytes.
///
/// # Errors
/// As [`at_most`], or that it is no UTF-8.
pub(crate) fn text(path: &Path, bytes: u64) -> io::Result<String> {
    utf8(at_most(File::open(path)?, bytes)?)
}

pub(crate) fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// Opens a file that is read to its end, however long it is.
///
/// # Errors
/// What opening returns, or that it is a device, a pipe or a folder: those have
/// no end, or none that is known.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    regular(File::open(path)?)
}

/// The same file, if it is one.
///
/// # Errors
/// As [`open`].
pub(crate) fn regular(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}

/// Makes a file that nobody else has: a file of that name, left by a run that was
/// killed, is removed, and not written over, which would change what else it is
/// known as.
///
/// # Errors
/// What making it returns, or that a link, a device or a folder has the name.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    if let Ok(there) = path.symlink_metadata() {
        if !there.is_file() {
            let text = format!(
                "{} is a link, a device or a folder, and would be written to: remove it",
                path.display()
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        fs::remove_file(path)?;
    }
    OpenOptions::new().write(true).read(true).create_new(true).open(path)
}
