//! The folder of a study: begun, gone on with, finished.

use super::error::StudyError;
use super::names::{CSV, LOCK, LOG, MANIFEST, MARKDOWN, PARQUET, SUMMARY};
use super::table::{read_csv, write_csv};
use super::{FORMAT, Manifest, Summary, log, markdown, parquet};
use crate::experiment::{Column, Results, Row, Stored};
use fs4::FileExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Rows are put onto the disk, not only handed to the system, after so many bytes.
const SYNC_EVERY: u64 = 1 << 20;

/// A folder that this process alone writes into.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    log: File,
    /// Whether the columns are in the log.
    has_columns: bool,
    unsynced: u64,
    /// Holds the lock.
    _lock: File,
}

/// What was in a folder before.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Before {
    /// Nothing.
    New,
    /// Rows of the same study.
    Begun {
        /// The rows.
        stored: Stored,
        /// How many bytes of the log were torn or damaged, and cut off: their rows are
        /// to be run again.
        cut: u64,
    },
    /// All rows and all files of the same study.
    Complete(Stored),
}

impl Folder {
    /// Opens the folder of a study, made if it is not there, and locks it. With
    /// `retry_failed` the rows of replications that failed are not among those that are
    /// there.
    ///
    /// # Errors
    /// [`StudyError`]. The folder is as it was then.
    pub fn open(
        path: &Path,
        manifest: &Manifest,
        retry_failed: bool,
    ) -> Result<(Self, Before), StudyError> {
        fs::create_dir_all(path).map_err(StudyError::io(path, "make the folder"))?;
        let file = |name| path.join(name);
        // Nothing is left in a folder of something else; but what is there counts only
        // once nobody can change it any more.
        if !file(MANIFEST).exists() {
            check_empty(path)?;
        }
        let lock = lock(path)?;
        let is_there = file(MANIFEST).exists();
        if is_there {
            check_same(path, &read_json(&file(MANIFEST))?, manifest, retry_failed)?;
        }
        if !is_there || retry_failed {
            replace(&file(MANIFEST), |out| json(out, manifest))?;
        }
        let complete = file(SUMMARY).exists() && !file(LOG).exists();
        let mut log = match complete {
            true if !retry_failed => {
                let log =
                    File::open(file(SUMMARY)).map_err(StudyError::io(&file(SUMMARY), "read"))?;
                let stored = complete_rows(path, manifest)?;
                let folder = Self {
                    path: path.to_owned(),
                    log,
                    has_columns: true,
                    unsynced: 0,
                    _lock: lock,
                };
                return Ok((folder, Before::Complete(stored)));
            }
            true => {
                let stored = complete_rows(path, manifest)?;
                rewrite_log(path, manifest, &stored)?
            }
            false => open_log(&file(LOG))?,
        };
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut log, &mut bytes).map_err(StudyError::io(&file(LOG), "read"))?;
        let Some(read) = log::read(&bytes, &manifest.study, manifest.points.len()) else {
            return Err(StudyError::damaged(&file(LOG), "it has the rows of another study"));
        };
        let log::Read { mut stored, good } = read;
        let cut = (bytes.len() - good) as u64;
        if retry_failed && stored.rows.iter().any(|row| row.outcome.is_err()) {
            stored.rows.retain(|row| row.outcome.is_ok());
            log = rewrite_log(path, manifest, &stored)?;
            log.seek(SeekFrom::End(0)).map_err(StudyError::io(&file(LOG), "write"))?;
        } else {
            log.set_len(good as u64).map_err(StudyError::io(&file(LOG), "write"))?;
            log.seek(SeekFrom::Start(good as u64)).map_err(StudyError::io(&file(LOG), "write"))?;
        }
        let has_columns = !stored.columns.is_empty();
        let mut folder = Self { path: path.to_owned(), log, has_columns, unsynced: 0, _lock: lock };
        if good == 0 {
            let mut first = Vec::new();
            log::study(&mut first, &manifest.study);
            folder.append(&first)?;
        }
        let before = if is_there { Before::Begun { stored, cut } } else { Before::New };
        Ok((folder, before))
    }

    /// Keeps rows, behind those that are kept already.
    ///
    /// # Errors
    /// [`StudyError::Io`]: what was kept before is still kept.
    pub fn keep(&mut self, columns: &[Column], rows: &[Row]) -> Result<(), StudyError> {
        let mut bytes = Vec::with_capacity(128 * rows.len());
        for row in rows {
            if !self.has_columns && row.outcome.is_ok() {
                log::columns(&mut bytes, columns);
                self.has_columns = true;
            }
            log::row(&mut bytes, row);
        }
        self.append(&bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StudyError> {
        let path = self.path.join(LOG);
        self.log.write_all(bytes).map_err(StudyError::io(&path, "write"))?;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.log.sync_data().map_err(StudyError::io(&path, "write"))?;
        }
        Ok(())
    }

    /// Writes the files of a complete study, and takes the log away.
    ///
    /// # Errors
    /// [`StudyError::Io`]: the rows are still in the log.
    pub fn finish(
        self,
        manifest: &Manifest,
        results: &Results,
        replay: &dyn Fn(usize, u64) -> String,
    ) -> Result<Summary, StudyError> {
        let file = |name| self.path.join(name);
        let summary = Summary::of(manifest, results);
        self.log.sync_data().map_err(StudyError::io(&file(LOG), "write"))?;
        replace(&file(CSV), |out| write_csv(out, manifest, results, replay))?;
        replace(&file(PARQUET), |out| parquet::write(out, manifest, results, replay))?;
        replace(&file(MARKDOWN), |out| out.write_all(markdown(&summary).as_bytes()))?;
        replace(&file(SUMMARY), |out| json(out, &summary))?;
        fs::remove_file(file(LOG)).map_err(StudyError::io(&file(LOG), "remove"))?;
        Ok(summary)
    }

    /// The files of a study that is complete: what was asked, the rows, the summary.
    ///
    /// # Errors
    /// [`StudyError`].
    pub fn read(path: &Path) -> Result<(Manifest, Stored, Summary), StudyError> {
        let file = |name| path.join(name);
        if !file(MANIFEST).exists() {
            let found = fs::read_dir(path).map_err(StudyError::io(path, "read"))?;
            drop(found);
            return Err(StudyError::NotAStudy { path: path.to_owned() });
        }
        let manifest: Manifest = read_json(&file(MANIFEST))?;
        check_format(path, &manifest)?;
        if !file(SUMMARY).exists() || file(LOG).exists() {
            return Err(StudyError::Incomplete { path: path.to_owned() });
        }
        let stored = complete_rows(path, &manifest)?;
        Ok((manifest, stored, read_json(&file(SUMMARY))?))
    }
}

fn complete_rows(path: &Path, manifest: &Manifest) -> Result<Stored, StudyError> {
    let summary: Summary = read_json(&path.join(SUMMARY))?;
    let columns = summary.measures.iter().map(super::ColumnEntry::column).collect();
    let csv = path.join(CSV);
    let file = File::open(&csv).map_err(StudyError::io(&csv, "read"))?;
    read_csv(io::BufReader::new(file), &csv, manifest, columns)
}

/// Only files of ours that an earlier try left may be there.
fn check_empty(path: &Path) -> Result<(), StudyError> {
    for entry in fs::read_dir(path).map_err(StudyError::io(path, "read"))? {
        let name = entry.map_err(StudyError::io(path, "read"))?.file_name();
        let ours = [LOCK, MANIFEST].iter().any(|ours| name == *ours);
        if !ours && name.to_str() != Some(&partial(MANIFEST)) {
            return Err(StudyError::NotAStudy { path: path.to_owned() });
        }
    }
    Ok(())
}

fn check_format(path: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    if manifest.format == FORMAT {
        return Ok(());
    }
    let made_by = format!("flagfall {} (format {})", manifest.flagfall, manifest.format);
    Err(StudyError::Version { path: path.to_owned(), made_by })
}

fn check_same(
    path: &Path,
    there: &Manifest,
    here: &Manifest,
    retry_failed: bool,
) -> Result<(), StudyError> {
    check_format(path, there)?;
    if there.study != here.study {
        let differences = there.differences(here);
        return Err(StudyError::Other { path: path.to_owned(), differences });
    }
    let limits = there.limits_that_differ(here);
    if !retry_failed && !limits.is_empty() {
        return Err(StudyError::Limits { path: path.to_owned(), differences: limits });
    }
    if there.flagfall != here.flagfall {
        let made_by = format!("flagfall {}", there.flagfall);
        return Err(StudyError::Version { path: path.to_owned(), made_by });
    }
    Ok(())
}

/// The file stays when the lock is gone: who removed it could remove that of another.
fn lock(path: &Path) -> Result<File, StudyError> {
    let name = path.join(LOCK);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(StudyError::io(&name, "write"))?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(StudyError::Locked { path: path.to_owned() }),
        Err(fs4::TryLockError::Error(error)) => Err(StudyError::io(&name, "lock")(error)),
    }
}

fn open_log(path: &Path) -> Result<File, StudyError> {
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
    file.map_err(StudyError::io(path, "write"))
}

/// The log of some rows, in place of the one there is.
fn rewrite_log(path: &Path, manifest: &Manifest, stored: &Stored) -> Result<File, StudyError> {
    let mut bytes = Vec::new();
    log::study(&mut bytes, &manifest.study);
    if !stored.columns.is_empty() {
        log::columns(&mut bytes, &stored.columns);
    }
    stored.rows.iter().for_each(|row| log::row(&mut bytes, row));
    replace(&path.join(LOG), |out| out.write_all(&bytes))?;
    open_log(&path.join(LOG))
}

fn partial(name: &str) -> String {
    format!("{name}.partial")
}

/// Writes a file anew: it is the old one or the new one, whatever happens.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), StudyError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let new = path.with_file_name(partial(name));
    let written = File::create(&new).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&new, path)
    });
    written.map_err(|error| {
        // Half a file helps nobody.
        let _ = fs::remove_file(&new);
        StudyError::io(path, "write")(error)
    })
}

fn json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StudyError> {
    let text = fs::read_to_string(path).map_err(StudyError::io(path, "read"))?;
    serde_json::from_str(&text).map_err(|error| StudyError::damaged(path, error))
}
