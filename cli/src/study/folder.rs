//! The folder of a study: new, continued, finished.

use super::appended::Appended;
use super::error::{StudyError, StudyProblem};
use super::files::{self, Checked, New, Vouched, checksum_line, json, replace};
use super::locked::{Lock, lock};
use super::names::{ALL, CHECKSUMS, CSV, LOCK, LOG, MANIFEST, MARKDOWN, PARQUET, SUMMARY};
use super::origin::Origin;
use super::output::{self, Of, Written};
use super::rows::{Replay, RowReader, read_csv};
use super::{MOST_JSON, Manifest, Summary, log, shards};
use crate::disk::{self, partial};
use flagfall::experiment::{Column, Compared, Comparison, Results, Row, Stored};
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Rows of a finished study, as they are read.
pub(super) type FileRows = RowReader<io::BufReader<Vouched>>;

/// A folder that this process alone writes into.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    log: Appended,
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
        let lock = lock(path, &file(LOCK))?;
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
        let (log, stored, cut) = go_on(path, manifest, how.retry_failed)?;
        let folder = Self { path: path.to_owned(), log, _lock: lock };
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

    /// Keeps rows, after those that are kept already.
    ///
    /// # Errors
    /// [`StudyProblem::Io`]: what was kept before is still kept.
    pub fn keep(&mut self, columns: &[Column], rows: &[Row]) -> Result<(), StudyError> {
        self.log.keep(columns, rows)
    }

    /// Leaves the folder as if it had not been opened, if no row was ever kept in it.
    ///
    /// # Errors
    /// [`StudyProblem::Io`].
    pub fn leave(self) -> Result<(), StudyError> {
        match self.log.is_empty() {
            true => fs::remove_file(self.path.join(LOG))
                .map_err(StudyError::io(&self.path.join(LOG), "remove")),
            false => Ok(()),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
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
        replay: Replay<'_>,
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

    /// Whether the study in a folder is complete. Its files may have been changed since.
    #[must_use]
    pub fn is_finished(path: &Path) -> bool {
        path.join(SUMMARY).exists() && !path.join(LOG).exists()
    }

    /// Whether the study in a folder was complete once: the checksums are written last. Rows may be
    /// run again since.
    #[must_use]
    pub fn was_finished(path: &Path) -> bool {
        path.join(CHECKSUMS).exists()
    }

    /// The summary of a study that is complete, and the first error in its rows, if there is one.
    /// Each file is compared with its checksum once, and rows are only read up to that error.
    ///
    /// # Errors
    /// [`StudyError`].
    pub fn summary(path: &Path) -> Result<(Summary, Option<String>), StudyError> {
        let (manifest, csv, summary) = vouched(path)?;
        if summary.failed() == 0 {
            return Ok((summary, None));
        }
        let rows = RowReader::new(csv, &path.join(CSV), &manifest, &summary.measures)?;
        for row in rows {
            if let Err(error) = row?.outcome {
                return Ok((summary, Some(error)));
            }
        }
        Ok((summary, None))
    }

    /// What the rows of a comparison that is complete come to. Memory does not grow with them.
    ///
    /// # Errors
    /// [`StudyError`].
    pub fn compared(path: &Path, comparison: &Comparison) -> Result<Compared, StudyError> {
        let (_, columns, rows) = Self::rows(path)?;
        comparison.compared(&columns, rows)
    }

    /// What was asked, the measures, and the rows of a study that is complete. The rows are read
    /// as they are taken.
    pub(super) fn rows(path: &Path) -> Result<(Manifest, Vec<Column>, FileRows), StudyError> {
        let (manifest, csv, summary) = vouched(path)?;
        let rows = RowReader::new(csv, &path.join(CSV), &manifest, &summary.measures)?;
        Ok((manifest, summary.measures, rows))
    }
}

/// Manifest, `rows.csv` and summary of a study that is complete, whose files are what was written.
fn vouched(path: &Path) -> Result<(Manifest, io::BufReader<Vouched>, Summary), StudyError> {
    let manifest = Manifest::read(path)?;
    if !Folder::is_finished(path) {
        return Err(StudyProblem::Incomplete.at(path));
    }
    let csv = io::BufReader::with_capacity(1 << 16, Vouched::open(path, &manifest, CSV)?);
    Ok((manifest, csv, read_json(&path.join(SUMMARY))?))
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
pub(super) fn check_empty(path: &Path) -> Result<(), StudyError> {
    for entry in fs::read_dir(path).map_err(StudyError::io(path, "read"))? {
        let name = entry.map_err(StudyError::io(path, "read"))?.file_name();
        let known = [LOCK, MANIFEST, shards::FOLDER].map(Into::into);
        if !known.contains(&name) && name != partial(Path::new(MANIFEST)) {
            return Err(StudyProblem::NotAStudy.at(path));
        }
    }
    Ok(())
}

pub(super) fn check_same(
    path: &Path,
    there: &Manifest,
    here: &Manifest,
    retry_failed: bool,
) -> Result<(), StudyError> {
    there.check_format(path)?;
    let (what, by) = there.maker();
    if (what, by) != here.maker() {
        return Err(StudyProblem::Maker { model: there.model.clone(), what, by }.at(path));
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

/// Reads the log, and brings it into a state in which rows can be written after it:
/// its rows, and how many bytes after them were cut off.
fn go_on(
    folder: &Path,
    manifest: &Manifest,
    retry_failed: bool,
) -> Result<(Appended, Stored, u64), StudyError> {
    let path = folder.join(LOG);
    let (mut log, read, length) = Appended::open(&path, manifest.points.len())?;
    let log::Read { origin, mut stored, good, .. } = read;
    let ours = Origin::of(manifest);
    if let Some(origin) = &origin {
        origin.check(&path, &ours, retry_failed)?;
    }
    let has_failed = || stored.rows.iter().any(|row| row.outcome.is_err());
    if retry_failed && (has_failed() || origin.is_some_and(|origin| origin != ours)) {
        stored.rows.retain(|row| row.outcome.is_ok());
        rewrite_log(folder, &ours, &stored)?;
        log = Appended::open(&path, manifest.points.len())?.0;
    }
    match log.has_lines() {
        true => log.cut()?,
        false => log.begin(|first| log::study(first, &ours))?,
    }
    Ok((log, stored, length - good as u64))
}

/// The log of some rows, in place of the one there is.
fn rewrite_log(path: &Path, origin: &Origin, stored: &Stored) -> Result<(), StudyError> {
    let mut bytes = Vec::new();
    let seed = log::study(&mut bytes, origin);
    if !stored.columns.is_empty() {
        log::columns(&mut bytes, seed, &stored.columns);
    }
    stored.rows.iter().for_each(|row| log::row(&mut bytes, seed, row));
    replace(&path.join(LOG), |out| out.write_all(&bytes))
}

pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StudyError> {
    let text = disk::text(path, MOST_JSON).map_err(StudyError::io(path, "read"))?;
    serde_json::from_str(&text).map_err(|error| StudyProblem::Damaged(error.to_string()).at(path))
}
