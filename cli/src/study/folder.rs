//! The folder of a study: new, continued, finished.

use super::error::{StudyError, StudyProblem};
use super::files::{self, Checked, New, Vouched, checksum_line, json, replace};
use super::names::{ALL, CHECKSUMS, CSV, LOCK, LOG, MANIFEST, MARKDOWN, PARQUET, SUMMARY};
use super::origin::Origin;
use super::output::{self, Of, Written};
use super::rows::{RowReader, read_csv};
use super::{FORMAT, MOST_JSON, Manifest, Summary, log};
use crate::disk::{self, partial};
use flagfall::experiment::{Column, Results, Row, Stored};
use fs4::FileExt;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Rows are put onto the disk, not only handed to the system, after this number of bytes.
const SYNC_EVERY: u64 = 1 << 20;

/// Rows of a finished study, as they are read.
pub(super) type FileRows = RowReader<io::BufReader<Vouched>>;

/// A folder that this process alone writes into.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    log: File,
    /// What the lines of the log are bound to.
    seed: log::Seed,
    /// Whether the columns are in the log.
    has_columns: bool,
    unsynced: u64,
    _lock: Lock,
}

/// What a folder is, once it is opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Opened {
    /// Empty before.
    New(Folder),
    /// With rows of the same study.
    Begun {
        /// The folder.
        folder: Folder,
        /// The rows.
        stored: Stored,
        /// How many bytes of the log were torn or damaged, and cut off: their rows are
        /// to be run again.
        cut: u64,
        /// Files of a finished study that were changed or removed since, and are written
        /// again.
        changed: Vec<String>,
    },
    /// With all rows and all files of the same study.
    Complete(Stored),
}

/// What may be done with the rows of a study that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reopen {
    /// Run replications again that failed: their rows are not among those that are there.
    pub retry_failed: bool,
    /// Write files of a finished study again that were changed or removed since: from its
    /// rows, or from new ones if rows or summary are among them.
    pub repair: bool,
}

impl Folder {
    /// Opens the folder of a study, made if it is not there, and locks it.
    ///
    /// # Errors
    /// [`StudyError`]. Existing rows stay.
    pub fn open(path: &Path, manifest: &Manifest, how: Reopen) -> Result<Opened, StudyError> {
        // A link is followed, as for every output, whether what it names is there or not.
        let path = &disk::target(path).map_err(StudyError::io(path, "make the folder"))?;
        if path.metadata().is_ok_and(|there| !there.is_dir()) {
            let error = io::Error::new(io::ErrorKind::NotADirectory, "it is not a folder");
            return Err(StudyError::io(path, "make the folder")(error));
        }
        fs::create_dir_all(path).map_err(StudyError::io(path, "make the folder"))?;
        let file = |name| path.join(name);
        // A folder of something else stays as it is. Check again after locking.
        if !file(MANIFEST).exists() {
            check_empty(path)?;
        }
        let lock = lock(path)?;
        let mut there: Option<Manifest> = None;
        if file(MANIFEST).exists() {
            let manifest_there = read_json(&file(MANIFEST))?;
            check_same(path, &manifest_there, manifest, how.retry_failed)?;
            there = Some(manifest_there);
        }
        for name in ALL {
            // Left by a process that was killed.
            let _ = fs::remove_file(partial(&file(name)));
        }
        // The log goes last, once all files are in their places.
        let at_the_end = [CSV, PARQUET, SUMMARY, MARKDOWN, CHECKSUMS];
        let is_finished = at_the_end.iter().any(|name| file(name).exists());
        let finished = there.as_ref().filter(|_| is_finished && !file(LOG).exists());
        let mut again = Vec::new();
        if let Some(there) = finished {
            let Checked { changed, no_parquet, .. } = files::check(path, &Origin::of(there))?;
            if !changed.is_empty() && !how.repair {
                return Err(StudyProblem::Changed(changed).at(path));
            }
            again = changed;
            if no_parquet && cfg!(feature = "parquet") {
                again.push(PARQUET.to_owned());
            }
        }
        check_parquet(path, &again)?;
        if let Some(there) = finished {
            // Rows, and the units of their columns, are in these files alone.
            let rows_are_ours =
                !again.iter().any(|name| [CSV, SUMMARY, CHECKSUMS].contains(&name.as_str()));
            let stored =
                if rows_are_ours { complete_rows(path, there)? } else { Stored::default() };
            if again.is_empty() && !how.retry_failed {
                return Ok(Opened::Complete(stored));
            }
            rewrite_log(path, &Origin::of(there), &stored)?;
        }
        if there.is_none() {
            replace(&file(MANIFEST), |out| json(out, manifest))?;
        }
        let mut folder = Self {
            path: path.to_owned(),
            log: open_log(&file(LOG))?,
            seed: log::Seed::default(),
            has_columns: false,
            unsynced: 0,
            _lock: lock,
        };
        let (stored, cut) = folder.go_on(manifest, how.retry_failed)?;
        // After the log is rewritten: under other limits, rows that failed do not belong to
        // this manifest.
        if there.as_ref().is_some_and(|there| there != manifest) || !again.is_empty() {
            replace(&file(MANIFEST), |out| json(out, manifest))?;
        }
        Ok(match there {
            Some(_) => Opened::Begun { folder, stored, cut, changed: again },
            None => Opened::New(folder),
        })
    }

    /// Reads the log, and brings it into a state in which rows can be written after it:
    /// its rows, and how many bytes after them were cut off.
    fn go_on(
        &mut self,
        manifest: &Manifest,
        retry_failed: bool,
    ) -> Result<(Stored, u64), StudyError> {
        let path = self.path.join(LOG);
        let mut bytes = Vec::new();
        self.log.read_to_end(&mut bytes).map_err(StudyError::io(&path, "read"))?;
        let log::Read { origin, seed, mut stored, good } = log::read(&bytes, manifest.points.len());
        let ours = Origin::of(manifest);
        if let Some(origin) = &origin {
            origin.check(&path, &ours, retry_failed)?;
        }
        let mut end = good as u64;
        self.seed = seed;
        let has_failed = || stored.rows.iter().any(|row| row.outcome.is_err());
        if retry_failed && (has_failed() || origin.is_some_and(|origin| origin != ours)) {
            stored.rows.retain(|row| row.outcome.is_ok());
            (self.log, self.seed) = rewrite_log(&self.path, &ours, &stored)?;
            end = self.log.seek(SeekFrom::End(0)).map_err(StudyError::io(&path, "write"))?;
        }
        let cut = self.log.set_len(end).and_then(|()| self.log.seek(SeekFrom::Start(end)));
        cut.map_err(StudyError::io(&path, "write"))?;
        self.has_columns = !stored.columns.is_empty();
        if end == 0 {
            let mut first = Vec::new();
            self.seed = log::study(&mut first, &ours);
            self.append(&first)?;
        }
        Ok((stored, (bytes.len() - good) as u64))
    }

    /// Keeps rows, after those that are kept already.
    ///
    /// # Errors
    /// [`StudyProblem::Io`]: what was kept before is still kept.
    pub fn keep(&mut self, columns: &[Column], rows: &[Row]) -> Result<(), StudyError> {
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
        let path = self.path.join(LOG);
        self.log.write_all(bytes).map_err(StudyError::io(&path, "write"))?;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.log.sync_data().map_err(StudyError::io(&path, "write"))?;
        }
        Ok(())
    }

    /// Writes the files of a complete study, side by side, and takes the log away.
    /// `replay` gives the command that runs a replication again.
    ///
    /// # Errors
    /// [`StudyProblem::Io`]: the rows are still in the log.
    pub fn finish(
        self,
        manifest: &Manifest,
        results: Results,
        replay: &(dyn Fn(usize, u64) -> String + Sync),
    ) -> Result<Summary, StudyError> {
        let of = Of { manifest, columns: &results.columns, replay };
        let ((), written) = output::write(&self.path, of, |output| {
            let mut rows = results.rows.into_iter();
            rows.try_for_each(|row| output.row(&self.path, row))
        })?;
        self.place(manifest, written)
    }

    /// Puts the files of a complete study into their places, and takes the log away.
    pub(super) fn place(
        self,
        manifest: &Manifest,
        Written { files: new, summary }: Written,
    ) -> Result<Summary, StudyError> {
        let file = |name| self.path.join(name);
        let mut lines = checksum_line(&file(MANIFEST))?;
        lines.extend(new.iter().map(New::line));
        let list = files::sealed(&Origin::of(manifest), &lines);
        let checksums = New::write(&file(CHECKSUMS), |out| out.write_all(list.as_bytes()))?;
        // Checksums last: they say that all others are there. The log need not be synced:
        // rows.csv already has its rows.
        for new in new.into_iter().chain([checksums]) {
            new.place()?;
        }
        fs::remove_file(file(LOG)).map_err(StudyError::io(&file(LOG), "remove"))?;
        Ok(summary)
    }

    /// The files of a study that is complete: what was asked, the rows, the summary.
    ///
    /// # Errors
    /// [`StudyError`].
    pub fn read(path: &Path) -> Result<(Manifest, Stored, Summary), StudyError> {
        let (manifest, columns, rows) = Self::rows(path)?;
        let rows = rows.collect::<Result<_, _>>()?;
        Ok((manifest, Stored { columns, rows }, read_json(&path.join(SUMMARY))?))
    }

    /// What was asked, the measures, and the rows of a study that is complete. The rows are read
    /// as they are taken.
    pub(super) fn rows(path: &Path) -> Result<(Manifest, Vec<Column>, FileRows), StudyError> {
        let manifest = finished(path)?;
        let file = io::BufReader::with_capacity(1 << 16, Vouched::open(path, &manifest, CSV)?);
        let summary: Summary = read_json(&path.join(SUMMARY))?;
        let rows = RowReader::new(file, &path.join(CSV), &manifest, &summary.measures)?;
        Ok((manifest, summary.measures, rows))
    }
}

/// What was asked of the study in a folder, if it is complete.
fn finished(path: &Path) -> Result<Manifest, StudyError> {
    let file = |name| path.join(name);
    if !file(MANIFEST).exists() {
        drop(fs::read_dir(path).map_err(StudyError::io(path, "read"))?);
        return Err(StudyProblem::NotAStudy.at(path));
    }
    let manifest: Manifest = read_json(&file(MANIFEST))?;
    check_format(path, &manifest)?;
    if !file(SUMMARY).exists() || file(LOG).exists() {
        return Err(StudyProblem::Incomplete.at(path));
    }
    Ok(manifest)
}

/// A build without Parquet would leave an outdated rows.parquet.
fn check_parquet(path: &Path, changed: &[String]) -> Result<(), StudyError> {
    let is_of_it = path.join(PARQUET).exists() || changed.iter().any(|name| name == PARQUET);
    if cfg!(feature = "parquet") || !is_of_it {
        return Ok(());
    }
    Err(StudyProblem::Parquet.at(path))
}

fn complete_rows(path: &Path, manifest: &Manifest) -> Result<Stored, StudyError> {
    let summary: Summary = read_json(&path.join(SUMMARY))?;
    let csv = path.join(CSV);
    let file = disk::open(&csv).map_err(StudyError::io(&csv, "read"))?;
    read_csv(io::BufReader::new(file), &csv, manifest, summary.measures)
}

/// The folder must be empty, except for files of an earlier attempt.
fn check_empty(path: &Path) -> Result<(), StudyError> {
    for entry in fs::read_dir(path).map_err(StudyError::io(path, "read"))? {
        let name = entry.map_err(StudyError::io(path, "read"))?.file_name();
        if ![LOCK.into(), MANIFEST.into(), partial(Path::new(MANIFEST))].contains(&name.into()) {
            return Err(StudyProblem::NotAStudy.at(path));
        }
    }
    Ok(())
}

fn check_format(path: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    if manifest.format == FORMAT {
        return Ok(());
    }
    let made_by = format!("flagfall {} (format {})", manifest.flagfall, manifest.format);
    Err(StudyProblem::Version(made_by).at(path))
}

fn check_same(
    path: &Path,
    there: &Manifest,
    here: &Manifest,
    retry_failed: bool,
) -> Result<(), StudyError> {
    check_format(path, there)?;
    if there.function != here.function {
        let (model, function) = (there.model.clone(), there.function);
        return Err(StudyProblem::Maker { model, function }.at(path));
    }
    if there.study != here.study {
        return Err(StudyProblem::Other(there.differences(here)).at(path));
    }
    let limits = there.limits_that_differ(here);
    if !retry_failed && !limits.is_empty() {
        return Err(StudyProblem::Limits(limits).at(path));
    }
    if there.flagfall != here.flagfall {
        let made_by = format!("flagfall {}", there.flagfall);
        return Err(StudyProblem::Version(made_by).at(path));
    }
    Ok(())
}

/// The lock of a folder. Others may have the file open, too, if this process was forked: only the
/// one that locked it gives it free, and does not wait for them to close it.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // It is closed next: nothing else can be done.
        let _ = FileExt::unlock(&self.0);
    }
}

/// The file stays when the lock is gone: removing it could remove the lock of another process.
fn lock(path: &Path) -> Result<Lock, StudyError> {
    let name = path.join(LOCK);
    // Open for reading, too: otherwise a pipe of that name would block.
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&name);
    let file = file.and_then(disk::regular).map_err(StudyError::io(&name, "write"))?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(Lock(file)),
        Err(fs4::TryLockError::WouldBlock) => Err(StudyProblem::Locked.at(path)),
        Err(fs4::TryLockError::Error(error)) => Err(StudyError::io(&name, "lock")(error)),
    }
}

fn open_log(path: &Path) -> Result<File, StudyError> {
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path);
    let file = file.map_err(StudyError::io(path, "write"))?;
    // A device has no end to read to.
    disk::regular(file).map_err(StudyError::io(path, "read"))
}

/// The log of some rows, in place of the one there is.
fn rewrite_log(
    path: &Path,
    origin: &Origin,
    stored: &Stored,
) -> Result<(File, log::Seed), StudyError> {
    let mut bytes = Vec::new();
    let seed = log::study(&mut bytes, origin);
    if !stored.columns.is_empty() {
        log::columns(&mut bytes, seed, &stored.columns);
    }
    stored.rows.iter().for_each(|row| log::row(&mut bytes, seed, row));
    replace(&path.join(LOG), |out| out.write_all(&bytes))?;
    Ok((open_log(&path.join(LOG))?, seed))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StudyError> {
    let text = disk::text(path, MOST_JSON).map_err(StudyError::io(path, "read"))?;
    serde_json::from_str(&text).map_err(|error| StudyProblem::Damaged(error.to_string()).at(path))
}
