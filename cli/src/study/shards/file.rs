//! The file of a shard: begun, gone on with, done.

use super::super::appended::Appended;
use super::super::error::{StudyError, StudyProblem};
use super::super::files::{json, replace};
use super::super::folder::{Folder, check_empty, check_same, read_json};
use super::super::locked::{Lock, lock_if_there_are_locks};
use super::super::names::MANIFEST;
use super::super::origin::Origin;
use super::super::{Manifest, log};
use super::plan::Plan;
use super::reader::{self, Contents, End, Head, Whole};
use super::{FOLDER, Part, Tasks, ends};
use crate::disk;
use flagfall::experiment::{Column, Replications, Row, Stored};
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A shard that this process alone runs.
#[derive(Debug)]
pub struct Shard {
    /// Its file, once all rows are there.
    pub path: PathBuf,
    /// What it has.
    pub tasks: Tasks,
    /// The round that it is of.
    pub round: u64,
    log: Appended,
    log_path: PathBuf,
    origin: Origin,
    columns: Vec<Column>,
    rows: u64,
    failed: u64,
    lock: Lock,
}

/// What a shard is, once it is opened.
#[derive(Debug)]
pub enum OpenShard {
    /// All its rows are there, in the file of that path: how many, and how many failed.
    Done(PathBuf, u64, u64),
    /// The whole study is there already.
    Finished,
    /// To be run, without the rows that are there. So many bytes of the log were torn, and cut off.
    Begun(Box<Shard>, Stored, u64),
}

impl Shard {
    /// Opens a shard of the study in a folder, made if it is not there, and locks it.
    ///
    /// # Errors
    /// [`StudyError`]. What is there stays.
    pub fn open(
        folder: &Path,
        manifest: &Manifest,
        replications: &Replications,
        part: Part,
    ) -> Result<OpenShard, StudyError> {
        let folder = &disk::target(folder).map_err(StudyError::io(folder, "make the folder"))?;
        fs::create_dir_all(folder).map_err(StudyError::io(folder, "make the folder"))?;
        if folder.join(MANIFEST).exists() {
            check_there(folder, manifest)?;
        } else {
            check_empty(folder)?;
        }
        if Folder::is_finished(folder) {
            return Ok(OpenShard::Finished);
        }
        let origin = Origin::of(manifest);
        let plan = Plan::current(folder, &origin, manifest.points.len(), replications)?;
        let shards = folder.join(FOLDER);
        fs::create_dir_all(&shards).map_err(StudyError::io(&shards, "make the folder"))?;
        let head = Head::new(part, plan.round);
        let file = |end: &str| shards.join(format!("{}.{end}", name(&origin, head)));
        let lock = lock_if_there_are_locks(&file(ends::SHARD), &file(ends::RUNNING))?;
        // Under the lock: no other process makes it meanwhile.
        begin_study(folder, manifest, &file(MANIFEST))?;
        let path = file(ends::SHARD);
        if let Some(Whole { end, .. }) = whole(&path, &origin)? {
            let _ = fs::remove_file(file(ends::RUNNING));
            return Ok(OpenShard::Done(path, end.rows, end.failed));
        }
        let _ = fs::remove_file(file(ends::FAILED));
        let log_path = file(ends::LOG);
        let (mut log, read, length) = Appended::open(&log_path, manifest.points.len())?;
        let tasks = Tasks::new(part, &plan.ranges);
        let is_task = |row: &Row| tasks.number(row.point, row.replication).is_some();
        let is_ours = read.origin.as_ref() == Some(&origin)
            && read.shard.as_deref().and_then(log::parse) == Some(head)
            && read.stored.rows.iter().all(is_task);
        let (stored, good) = match is_ours {
            true => (read.stored, read.good as u64),
            false => (Stored::default(), 0),
        };
        match is_ours {
            true => log.cut()?,
            false => log.begin(|first| reader::begin(first, &origin, head))?,
        }
        let (columns, cut) = (Vec::new(), length - good);
        let (rows, failed, round) = (0, 0, plan.round);
        let mut shard =
            Self { path, tasks, round, log, log_path, origin, columns, rows, failed, lock };
        shard.count(&stored.columns, &stored.rows);
        shard.beat(shard.rows);
        Ok(OpenShard::Begun(Box::new(shard), stored, cut))
    }

    fn count(&mut self, columns: &[Column], rows: &[Row]) {
        self.rows += rows.len() as u64;
        self.failed += rows.iter().filter(|row| row.outcome.is_err()).count() as u64;
        if self.columns.is_empty() && rows.iter().any(|row| row.outcome.is_ok()) {
            self.columns = columns.to_vec();
        }
    }

    /// Keeps rows, after those that are kept already.
    ///
    /// # Errors
    /// [`StudyProblem::Io`]: what was kept before is still kept.
    pub fn keep(&mut self, columns: &[Column], rows: &[Row]) -> Result<(), StudyError> {
        self.log.keep(columns, rows)?;
        self.count(columns, rows);
        Ok(())
    }

    /// Whoever beats says to others that the shard runs, and how far it is.
    #[must_use]
    pub fn beats(&self) -> Option<Beats> {
        let file = self.lock.0.try_clone().ok()?;
        Some(Beats { file, count: self.tasks.count() })
    }

    fn beat(&self, rows: u64) {
        if let Some(beats) = self.beats() {
            beats.beat(rows);
        }
    }

    /// All rows are there: puts them into the file of the shard, at once. Returns how many failed.
    ///
    /// # Errors
    /// [`StudyProblem::Io`]: the rows are still in the log. [`StudyProblem::ShardDamage`] if the file
    /// has not what was written: the good rows before are still in it.
    pub fn finish(self) -> Result<u64, StudyError> {
        let Self { path, log, log_path, origin, columns, rows, failed, .. } = self;
        let mut end = End { rows, failed, columns, bytes: String::new() };
        log.end(|out, seed, sum| {
            end.bytes = reader::digits(sum);
            reader::end(out, seed, &end);
        })?;
        let there = reader::contents(&log_path, &origin);
        let there = there.map_err(StudyError::io(&log_path, "read"))?;
        if !matches!(there, Contents::Whole(whole) if whole.end == end) {
            let what = "it was changed while it was written: give the same command again, which \
                        runs what is lost";
            return Err(StudyProblem::ShardDamage(what.to_owned()).at(&log_path));
        }
        fs::rename(&log_path, &path).map_err(StudyError::io(&path, "write"))?;
        let _ = fs::remove_file(path.with_extension(ends::RUNNING));
        Ok(failed)
    }

    /// Notes for others why the shard ends early. The rows so far are kept.
    pub fn failed(path: &Path, why: &str) {
        // Where that cannot be written, it stays to be seen that nobody runs it.
        let path = path.with_extension(ends::FAILED);
        let _ = replace(&path, |out| out.write_all(why.as_bytes()));
    }
}

/// Says that a shard runs.
#[derive(Debug)]
pub struct Beats {
    file: fs::File,
    count: u64,
}

impl Beats {
    /// Says that so many rows are there. It is only shown: that it cannot be written is no error.
    pub fn beat(&self, rows: u64) {
        let text = format!("{rows} of {} rows\n", self.count);
        let mut file = &self.file;
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.set_len(text.len() as u64));
    }
}

/// The name of the files of a shard, without their ends.
fn name(origin: &Origin, Head { part, of, round }: Head) -> String {
    let round = if round == 1 { String::new() } else { format!(".round-{round}") };
    format!("{}{round}.{part}-of-{of}", origin.hash())
}

/// The shard in a file, if it is whole. A torn one is made again, in its place.
fn whole(path: &Path, origin: &Origin) -> Result<Option<Whole>, StudyError> {
    match reader::contents(path, origin) {
        Ok(Contents::Whole(whole)) => Ok(Some(whole)),
        Ok(Contents::Torn(_)) => Ok(None),
        // It was renamed. It stays.
        Ok(Contents::Foreign(other)) => Err(StudyProblem::Foreign(other.differs(origin)).at(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StudyError::io(path, "read")(error)),
    }
}

fn check_there(folder: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    check_same(folder, &read_json(&folder.join(MANIFEST))?, manifest, false)
}

/// Puts the manifest into the folder, unless it is there. Many shards may do so at once: `own` is a
/// path for this one alone.
fn begin_study(folder: &Path, manifest: &Manifest, own: &Path) -> Result<(), StudyError> {
    let path = folder.join(MANIFEST);
    if !path.exists() {
        replace(own, |out| json(out, manifest))?;
        // A link is only made if there is no file yet, so that nobody replaces another study.
        let linked = fs::hard_link(own, &path);
        let placed = match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(own, &path),
            _ => fs::remove_file(own),
        };
        placed.map_err(StudyError::io(&path, "write"))?;
    }
    check_there(folder, manifest)
}
