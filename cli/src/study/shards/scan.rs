//! What there is of shards in the folder of a study.

use super::super::Manifest;
use super::super::error::StudyError;
use super::super::origin::Origin;
use super::plan::Plan;
use super::reader::{Contents, Whole, contents};
use super::{FOLDER, Part, ends};
use crate::disk;
use flagfall::experiment::Replications;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::mem;
use std::path::{Path, PathBuf};

/// The shards in the folder of a study.
#[derive(Debug)]
pub struct Shards {
    /// Those that are whole, by round and part.
    pub done: Vec<ShardFile>,
    /// Files with the rows of another one: their rows count once.
    pub doubled: Vec<PathBuf>,
    /// Files of shards that are not whole: their rows count as missing.
    pub torn: Vec<Doubtful>,
    /// Files of other studies, other versions, or the same study under other limits.
    pub foreign: Vec<Doubtful>,
    /// Shards that were begun and are not done.
    pub running: Vec<Running>,
    /// The folder that they are in, within that of the study.
    pub(super) folder: PathBuf,
    pub(super) plan: Plan,
}

/// The file of a whole shard.
#[derive(Debug)]
pub struct ShardFile {
    /// Where it is.
    pub path: PathBuf,
    /// Which replications it has.
    pub part: Part,
    /// Of which round.
    pub round: u64,
    pub(super) whole: Whole,
}

impl ShardFile {
    /// How many rows it has, and how many of them are of replications that failed.
    #[must_use]
    pub const fn rows(&self) -> (u64, u64) {
        (self.whole.end.rows, self.whole.end.failed)
    }
}

/// A file that is not used.
#[derive(Debug)]
pub struct Doubtful {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong, in words.
    pub what: String,
}

/// A shard that was begun and is not done.
#[derive(Debug, Default)]
pub struct Running {
    /// What its files are called, without their ends: hash, round and part.
    pub name: String,
    /// What whoever runs it has said: how many rows, of how many.
    pub told: String,
    /// The file whose time says when that was.
    pub beat: PathBuf,
    /// Why it ended early, the last time, if it did and could say so.
    pub failed: Option<String>,
}

impl Shards {
    /// The folder of the shards of a study.
    #[must_use]
    pub fn folder(study: &Path) -> PathBuf {
        study.join(FOLDER)
    }

    /// Whether there is a file of a shard in the folder of a study, whole or not.
    ///
    /// # Errors
    /// [`StudyError`] if the folder cannot be read.
    pub fn are_in(study: &Path) -> Result<bool, StudyError> {
        Ok(files(&Self::folder(study))?.iter().any(|path| is(path, ends::SHARD)))
    }

    /// Looks at all shards in the folder of a study, and reads each file to its end.
    ///
    /// # Errors
    /// [`StudyError`] if a file or the folder cannot be read, or if the plan of a round is
    /// damaged. A folder without shards is none.
    pub fn scan(
        folder: &Path,
        manifest: &Manifest,
        replications: &Replications,
    ) -> Result<Self, StudyError> {
        let ours = Origin::of(manifest);
        let plan = Plan::current(folder, &ours, manifest.points.len(), replications)?;
        let (done, doubled, torn, foreign) = Default::default();
        let (running, folder) = (Vec::new(), Self::folder(folder));
        let mut shards = Self { done, doubled, torn, foreign, running, folder, plan };
        let mut begun: BTreeMap<String, Running> = BTreeMap::new();
        for path in files(&shards.folder)? {
            let of = |end: &str| is(&path, end);
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if of(ends::SHARD) {
                shards.take(&path, &ours)?;
            } else if of(ends::LOG) || of(ends::RUNNING) || of(ends::FAILED) {
                let mut running = begun.remove(&name).unwrap_or_default();
                let text = |path| disk::text(path, 1 << 16).unwrap_or_default().trim().to_owned();
                if of(ends::FAILED) {
                    running.failed = Some(text(&path));
                } else if of(ends::RUNNING) {
                    running.told = text(&path);
                    running.beat.clone_from(&path);
                }
                running.name.clone_from(&name);
                begun.insert(name, running);
            }
        }
        shards.sort();
        for shard in &shards.done {
            begun.remove(shard.path.file_stem().unwrap_or_default().to_string_lossy().as_ref());
        }
        let is_open =
            |running: &Running| !running.beat.as_os_str().is_empty() || running.failed.is_some();
        shards.running = begun.into_values().filter(is_open).collect();
        Ok(shards)
    }

    fn take(&mut self, path: &Path, ours: &Origin) -> Result<(), StudyError> {
        let found = match contents(path, ours) {
            Ok(found) => found,
            // It was moved away meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(StudyError::io(path, "read")(error)),
        };
        let doubtful = |what: String| Doubtful { path: path.to_owned(), what };
        match found {
            Contents::Torn(what) => self.torn.push(doubtful(what.to_owned())),
            Contents::Foreign(origin) => self.foreign.push(doubtful(origin.differs(ours))),
            Contents::Whole(whole) => {
                let part = whole.head.shard().expect("it was checked");
                let round = whole.head.round;
                self.done.push(ShardFile { path: path.to_owned(), part, round, whole });
            }
        }
        Ok(())
    }

    /// Sorts those that are whole by round and part, and not by name. Copies are put aside; of
    /// equal ones, the first name stays.
    fn sort(&mut self) {
        let key = |shard: &ShardFile| (shard.round, shard.part);
        let mut all = mem::take(&mut self.done);
        all.sort_by_key(key);
        for shard in all {
            let mut alike = self.done.iter().rev().take_while(|known| key(known) == key(&shard));
            match alike.any(|known| known.whole.end == shard.whole.end) {
                true => self.doubled.push(shard.path),
                false => self.done.push(shard),
            }
        }
    }

    /// The round that the study is in, from 1: a study without a precision has only the first.
    #[must_use]
    pub const fn round(&self) -> u64 {
        self.plan.round
    }

    /// How many replications that round runs, at all points.
    #[must_use]
    pub fn planned(&self) -> u64 {
        self.plan.ranges.iter().map(|range| range.end - range.start).sum()
    }

    /// Whether the divisions have too little in common to say which parts are missing, if any.
    #[must_use]
    pub fn are_unclear(&self) -> bool {
        Part::missing(&self.of_round()).is_none()
    }

    /// The parts of the current round that are there.
    fn of_round(&self) -> Vec<Part> {
        let there = self.done.iter().filter(|shard| shard.round == self.plan.round);
        there.map(|shard| shard.part).collect()
    }

    /// The current round and its parts that are missing; `None` if they are all there.
    ///
    /// What is lost of an earlier round is none of them: shards run the current round alone. The
    /// next plan begins with the first row that is missing.
    #[must_use]
    pub fn missing(&self) -> Option<(u64, Vec<Part>)> {
        // If it cannot be said which, the rows tell whether any is missing.
        let missing = Part::missing(&self.of_round()).unwrap_or_default();
        (!missing.is_empty()).then_some((self.plan.round, missing))
    }
}

fn is(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|extension| extension == end)
}

/// The files in a folder, by name; none if there is no folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StudyError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StudyError::io(folder, "read")(error)),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Result<Vec<PathBuf>, _> = paths.collect();
    let mut paths = paths.map_err(StudyError::io(folder, "read"))?;
    paths.sort();
    Ok(paths)
}
