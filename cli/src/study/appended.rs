//! A log on the disk that rows are appended to.

use super::error::StudyError;
use super::log::{self, Seed};
use crate::disk;
use flagfall::experiment::{Column, Row};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

/// Rows are put onto the disk, not only handed to the system, after this number of bytes.
const SYNC_EVERY: u64 = 1 << 20;

/// A log that this process alone writes.
pub(super) struct Appended {
    path: PathBuf,
    file: File,
    /// What its lines are bound to.
    seed: Seed,
    /// Whether the columns are in it.
    has_columns: bool,
    has_rows: bool,
    /// Of all bytes that are to be in it, and their number. They are not read again for it: what
    /// became of them on the disk is not vouched for.
    hash: Box<XxHash3_128>,
    length: u64,
    unsynced: u64,
}

impl fmt::Debug for Appended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appended").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Appended {
    /// Opens a log, made if it is not there, and reads it.
    pub(super) fn open(path: &Path, points: usize) -> Result<(Self, log::Read, u64), StudyError> {
        let file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
        let file = file.map_err(StudyError::io(path, "write"))?;
        // A device has no end to read to.
        let mut file = disk::regular(file).map_err(StudyError::io(path, "read"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(StudyError::io(path, "read"))?;
        let read = log::read(&bytes, points);
        let (seed, has_columns) = (read.seed, !read.stored.columns.is_empty());
        let (path, has_rows) = (path.to_owned(), !read.stored.rows.is_empty());
        let (mut hash, length) = (Box::new(XxHash3_128::new()), read.good as u64);
        hash.write(&bytes[..read.good]);
        let log = Self { path, file, seed, has_columns, has_rows, hash, length, unsynced: 0 };
        Ok((log, read, bytes.len() as u64))
    }

    /// Whether it has a good line.
    pub(super) const fn has_lines(&self) -> bool {
        self.length > 0
    }

    /// Whether it has no row.
    pub(super) const fn is_empty(&self) -> bool {
        !self.has_rows
    }

    /// Cuts off what is after its good lines, and goes on after them.
    pub(super) fn cut(&mut self) -> Result<(), StudyError> {
        let end = self.length;
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map(drop).map_err(StudyError::io(&self.path, "write"))
    }

    /// Empties it, and writes the first lines; `first` makes them, and what the others are bound
    /// to.
    pub(super) fn begin(
        &mut self,
        first: impl FnOnce(&mut Vec<u8>) -> Seed,
    ) -> Result<(), StudyError> {
        let mut bytes = Vec::new();
        (self.hash, self.length) = (Box::new(XxHash3_128::new()), 0);
        self.cut()?;
        self.seed = first(&mut bytes);
        (self.has_columns, self.has_rows) = (false, false);
        self.append(&bytes)
    }

    /// Keeps rows, after those that are kept already.
    ///
    /// # Errors
    /// [`StudyProblem::Io`](super::StudyProblem::Io): what was kept before is still kept.
    pub(super) fn keep(&mut self, columns: &[Column], rows: &[Row]) -> Result<(), StudyError> {
        self.has_rows |= !rows.is_empty();
        let mut bytes = Vec::with_capacity(128 * rows.len());
        for row in rows {
            if !self.has_columns && row.outcome.is_ok() {
                log::columns(&mut bytes, self.seed, columns);
                self.has_columns = true;
            }
            log::row(&mut bytes, self.seed, row);
        }
        self.append(&bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StudyError> {
        self.file.write_all(bytes).map_err(StudyError::io(&self.path, "write"))?;
        self.hash.write(bytes);
        self.length += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.file.sync_data().map_err(StudyError::io(&self.path, "write"))?;
        }
        Ok(())
    }

    /// Writes the last line, and puts all onto the disk. `last` gets what the lines are bound to,
    /// and the checksum of all bytes before (XXH3-128).
    pub(super) fn end(
        mut self,
        last: impl FnOnce(&mut Vec<u8>, Seed, u128),
    ) -> Result<(), StudyError> {
        let mut bytes = Vec::new();
        last(&mut bytes, self.seed, self.hash.finish_128());
        self.append(&bytes)?;
        self.file.sync_all().map_err(StudyError::io(&self.path, "write"))
    }
}
