//! Reading files with a bound, and writing new ones that are nobody else's.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

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
/// As [`stream`] and [`at_most`], or that it is no UTF-8.
pub(crate) fn text(path: &Path, bytes: u64) -> io::Result<String> {
    utf8(at_most(stream(path)?, bytes)?)
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
    // Before it is opened: a pipe would wait for somebody who writes into it.
    check_regular(&fs::metadata(path)?)?;
    regular(File::open(path)?)
}

/// The same file, if it is one.
///
/// # Errors
/// As [`open`].
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

/// Opens what is read once, from the front, up to a bound: a file, a device, or a pipe
/// that this process was handed open, as `/dev/stdin` and `<(...)` of a shell are.
///
/// # Errors
/// What opening returns, or that it is a folder, a terminal or a pipe with a name of its
/// own: those could be waited for without end.
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

/// What that is, where it is no file.
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

/// Where an output goes that is called that: to what the links say, one behind the other,
/// whether it is there or not. So the link stays, and the file it names is replaced.
///
/// # Errors
/// That the links go round in a circle.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    // As many as Linux follows.
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

/// The name beside a file under which it is written until it is whole.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".partial");
    name.into()
}

/// A new file beside the place that it is for. If it does not get there, it goes: half a file
/// helps nobody, and if it cannot be removed, the error says enough.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) path: PathBuf,
    placed: bool,
}

impl NewFile {
    /// Makes the file, which is still empty.
    ///
    /// # Errors
    /// As [`create`].
    pub(crate) fn create(path: &Path) -> io::Result<(Self, File)> {
        let file = create(&partial(path))?;
        Ok((Self { path: path.to_owned(), placed: false }, file))
    }

    /// Puts the file into its place: the old one or the new one is there, whatever happens.
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

/// Writes an output: whoever looks finds the old file or the new one, never a part. A link
/// is followed ([`target`]), what may be done with the file stays as it was; a device or a
/// pipe is written to, and stays what it is.
///
/// # Errors
/// What writing returns, or that a folder has the name.
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
