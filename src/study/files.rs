//! Files that are written whole, and their checksums.

use super::MOST_JSON;
use super::error::StudyError;
use super::names::{CHECKSUMS, WRITTEN};
use crate::disk;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

/// A file's new contents on the disk, beside the place that they are for. If they do not
/// get there, they go.
#[derive(Debug)]
pub(super) struct New {
    path: PathBuf,
    /// 32 hexadecimal digits (XXH3-128), as `xxhsum -H2` prints them.
    checksum: String,
    placed: bool,
}

impl New {
    /// Writes what is to become the file at `path`, down to the disk.
    pub(super) fn write(
        path: &Path,
        write: impl FnOnce(&mut BufWriter<Summed>) -> io::Result<()>,
    ) -> Result<Self, StudyError> {
        let mut new = Self { path: path.to_owned(), checksum: String::new(), placed: true };
        let written = disk::create(&new.partial()).and_then(|file| {
            // Half a file helps nobody: whatever goes wrong from here on, it is removed.
            new.placed = false;
            let file = Summed { file, hash: XxHash3_128::new() };
            let mut out = BufWriter::with_capacity(1 << 16, file);
            write(&mut out)?;
            let Summed { file, hash } = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(digits(&hash))
        });
        new.checksum = written.map_err(StudyError::io(path, "write"))?;
        Ok(new)
    }

    /// Puts the file into its place: the old one or the new one is there, whatever
    /// happens.
    pub(super) fn place(mut self) -> Result<(), StudyError> {
        fs::rename(self.partial(), &self.path).map_err(StudyError::io(&self.path, "write"))?;
        self.placed = true;
        Ok(())
    }

    /// Its line in the file of checksums.
    pub(super) fn line(&self) -> String {
        line(&self.checksum, &self.path)
    }

    fn partial(&self) -> PathBuf {
        self.path.with_file_name(partial(name(&self.path)))
    }
}

impl Drop for New {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(self.partial());
        }
    }
}

/// A file that sums up what is written into it.
pub(super) struct Summed {
    file: File,
    hash: XxHash3_128,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.write(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file anew, at once.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<Summed>) -> io::Result<()>,
) -> Result<(), StudyError> {
    New::write(path, write)?.place()
}

pub(super) fn json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The name of a file while it is written.
pub(super) fn partial(name: &str) -> String {
    format!("{name}.partial")
}

/// The line of a file that is there.
pub(super) fn checksum_line(path: &Path) -> Result<String, StudyError> {
    let checksum = checksum(path).map_err(StudyError::io(path, "read"))?;
    Ok(line(&checksum, path))
}

/// The names of files of a complete study that are not, or not any more, what it wrote:
/// changed, or gone, or never written by a build without Parquet. The file of checksums
/// is in the format of `xxhsum`.
///
/// # Errors
/// [`StudyError`], if the checksums, or a file, cannot be read.
pub fn changed(folder: &Path) -> Result<Vec<String>, StudyError> {
    let path = folder.join(CHECKSUMS);
    let text = disk::text(&path, MOST_JSON).map_err(StudyError::io(&path, "read"))?;
    let mut found = Vec::new();
    let mut missing: Vec<&str> = WRITTEN.to_vec();
    for (at, line) in text.lines().enumerate() {
        let Some((wanted, name)) = line.split_once("  ") else {
            return Err(StudyError::damaged(&path, format!("line {} is no checksum", at + 1)));
        };
        missing.retain(|wanted| *wanted != name);
        match checksum(&folder.join(name)) {
            Ok(checksum) if checksum == wanted => {}
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StudyError::io(&folder.join(name), "read")(error));
            }
            _ => found.push(name.to_owned()),
        }
    }
    // What has no checksum may be anything.
    found.extend(missing.into_iter().map(str::to_owned));
    Ok(found)
}

fn checksum(path: &Path) -> io::Result<String> {
    let mut file = disk::open(path)?;
    let mut hash = XxHash3_128::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(digits(&hash)),
            count => hash.write(&bytes[..count]),
        }
    }
}

fn digits(hash: &XxHash3_128) -> String {
    format!("{:032x}", hash.finish_128())
}

fn line(checksum: &str, path: &Path) -> String {
    format!("{checksum}  {}\n", name(path))
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
