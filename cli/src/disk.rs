//! Reads files up to a bound, and writes files that are whole or not there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Reads the whole input, of at most `bytes` bytes.
///
/// # Errors
/// What reading returns, or [`FileTooLarge`](io::ErrorKind::FileTooLarge), after one byte
/// more than that: so an endless device is no problem.
pub(crate) fn at_most(input: impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    input.take(bytes.saturating_add(1)).read_to_end(&mut read)?;
    if read.len() as u64 > bytes {
        let text = format!("it is longer than {bytes} bytes, the maximum");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(read)
}

/// The text in a file of at most `bytes` bytes; it may be a device or a pipe, as of [`stream`].
pub(crate) fn text(path: &Path, bytes: u64) -> io::Result<String> {
    utf8(at_most(stream(path)?, bytes)?)
}

pub(crate) fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}

/// Opens a file of any length, to read it to its end.
///
/// # Errors
/// What opening returns, or that it is a device, a pipe or a folder.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Before it is opened: to open a pipe waits for a writer.
    check_regular(&fs::metadata(path)?)?;
    regular(File::open(path)?)
}

/// The same file, unless it is a device, a pipe or a folder.
pub(crate) fn regular(file: File) -> io::Result<File> {
    check_regular(&file.metadata()?)?;
    Ok(file)
}

fn check_regular(found: &fs::Metadata) -> io::Result<()> {
    match found.is_file() {
        true => Ok(()),
        false => Err(refused(kind(found))),
    }
}

/// Opens what is read once, from the front, up to a bound: a file, a device, or a pipe that is
/// open already, like `/dev/stdin` and `<(...)` of a shell.
///
/// # Errors
/// What opening returns, or that it is a folder, a terminal or a named pipe: to read those
/// could wait for ever.
pub(crate) fn stream(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    let handed = ["/dev/fd", "/dev/stdin", "/proc"].iter().any(|dir| path.starts_with(dir));
    match kind(&found) {
        what @ (FOLDER | SOCKET) => return Err(refused(what)),
        PIPE if !handed => return Err(refused(PIPE)),
        _ => {}
    }
    let file = File::open(path)?;
    match file.is_terminal() {
        true => Err(refused("a terminal")),
        false => Ok(file),
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}: name a file"))
}

const FOLDER: &str = "a folder";
const PIPE: &str = "a pipe";
const SOCKET: &str = "a socket";

/// What it is, if it is not a regular file.
fn kind(found: &fs::Metadata) -> &'static str {
    let kind = found.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return PIPE;
        }
        if kind.is_socket() {
            return SOCKET;
        }
    }
    if kind.is_dir() { FOLDER } else { "a device" }
}

/// The path at the end of a chain of links, whether a file is there or not. An output is written
/// there, so that the link stays and its file is replaced.
///
/// # Errors
/// The links form a circle.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    // The limit of Linux.
    const MOST_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match target.read_link() {
            Ok(named) => target = target.parent().unwrap_or(Path::new("")).join(named),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "its links lead in a circle"))
}

/// The name of a file while it is written.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    name.into()
}

/// A file that is written under another name until it is whole. If it never is, it is removed.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) path: PathBuf,
    placed: bool,
}

impl NewFile {
    /// Makes the empty file, as [`create`] does.
    pub(crate) fn create(path: &Path) -> io::Result<(Self, File)> {
        let file = create(&partial(path))?;
        Ok((Self { path: path.to_owned(), placed: false }, file))
    }

    /// Puts the file into its place, at once: there is never a part of it.
    pub(crate) fn place(mut self) -> io::Result<()> {
        fs::rename(partial(&self.path), &self.path)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(partial(&self.path));
        }
    }
}

/// Writes an output. At each moment, the old file or the new one is there, and never a part. A
/// link is followed ([`target`]), the permissions stay, and a device or a pipe is written to.
///
/// # Errors
/// What writing returns, or that it is a folder.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let there = fs::metadata(path).ok();
    match &there {
        Some(there) if there.is_dir() => return Err(refused(FOLDER)),
        Some(there) if !there.is_file() => {
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
            write(&mut out)?;
            return out.flush();
        }
        _ => {}
    }
    let (new, file) = NewFile::create(&target(path)?)?;
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    if let Some(there) = there {
        file.set_permissions(there.permissions())?;
    }
    new.place()
}

/// Makes a new file. An old one of that name is removed first: to write into it would also
/// change it under its other names.
///
/// # Errors
/// What the system returns, or that the name is of a link, a device or a folder.
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
