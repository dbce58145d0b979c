//! The folder of a search in shards: what is searched, and the files of the shards.

use super::explore::Explore;
use super::file::{END, End, Head, SEARCH, Scanned, write_part};
use crate::command::options::SearchArgs;
use crate::command::talk::Failure;
use crate::disk;
use crate::report::ties::RunResult;
use crate::study::Part;
use crate::study::log::{Seed, line};
use crate::words::shown;
use flagfall::search::{TieDivision, TiePart};
use fs4::FileExt;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

/// What is searched, in a folder.
pub(super) const MANIFEST: &str = "ties.json";

/// The folder in that of the search.
pub(super) const FOLDER: &str = "shards";

/// A manifest is no longer than this, in bytes.
const MOST_MANIFEST: u64 = 1 << 20;

/// Options that change nothing that is found.
pub(super) const HIDDEN: [&str; 3] = ["quiet", "verbose", "json"];

/// What is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Search {
    pub(super) flagfall: String,
    /// A hash of all that decides what is found.
    pub(super) search: String,
    pub(super) model: String,
    pub(super) seed: u64,
    pub(super) budget: u64,
    pub(super) samples: u64,
    pub(super) of: Option<String>,
    pub(super) expect_one: bool,
    /// The model and its options.
    pub(super) command: Vec<String>,
}

/// Whether a folder has a search, and not a study.
pub(crate) fn is_search(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

pub(super) fn io_failure<'p>(
    doing: &'p str,
    path: &'p Path,
) -> impl FnOnce(io::Error) -> Failure + 'p {
    move |error| Failure::Files(format!("cannot {doing} {}: {error}", shown(path)))
}

impl Search {
    pub(super) fn of(explore: &Explore<'_>) -> Result<Self, Failure> {
        let Explore { scenario, config, search: args, .. } = explore;
        if scenario.reads_standard_input() {
            return Err(Failure::Usage(
                "a search in shards runs many times, and standard input can be read once: put it \
                 into a file"
                    .to_owned(),
            ));
        }
        let (text, shown) = (scenario.model.identity(config), scenario.shown());
        let all = format!("{text}seed {} budget {} {shown:?}", config.seed, args.budget);
        let SearchArgs { budget, samples, of, expect_one, .. } = args;
        Ok(Self {
            flagfall: env!("CARGO_PKG_VERSION").to_owned(),
            search: format!("{:032x}", XxHash3_128::oneshot(all.as_bytes())),
            model: scenario.model.name().to_owned(),
            seed: config.seed,
            budget: *budget,
            samples: *samples,
            of: of.clone(),
            expect_one: *expect_one,
            command: scenario.words(&HIDDEN, "a search in shards")?.split_off(1),
        })
    }

    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(MANIFEST);
        let text = disk::text(&path, MOST_MANIFEST).map_err(io_failure("read", &path))?;
        serde_json::from_str(&text).map_err(|error| {
            let path = shown(&path);
            Failure::Files(format!("{path} is damaged: {error}; restore it, or remove the folder"))
        })
    }

    /// Checks that a folder has this search, if it has anything.
    pub(super) fn check(&self, folder: &Path) -> Result<(), Failure> {
        if is_search(folder) {
            return self.check_same(&Self::read(folder)?, folder);
        }
        let is_empty = match fs::read_dir(folder) {
            // Shards begin at the same time.
            Ok(mut files) => files.all(|file| file.is_ok_and(|file| file.file_name() == FOLDER)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(io_failure("read", folder)(error)),
        };
        if is_empty {
            return Ok(());
        }
        let folder = shown(folder);
        Err(Failure::Files(format!(
            "{folder} is not empty and has no search: choose an empty or new folder with --out"
        )))
    }

    /// Checks that the search of a folder is this one.
    pub(super) fn check_same(&self, there: &Self, folder: &Path) -> Result<(), Failure> {
        if (&there.search, &there.flagfall) == (&self.search, &self.flagfall) {
            return self.check_shown(there, folder);
        }
        Err(Failure::Foreign(format!(
            "{} holds search {} of {}, by flagfall {}, and this one is {}, by flagfall {}: choose \
             another folder with --out",
            shown(folder),
            there.search,
            there.model,
            there.flagfall,
            self.search,
            self.flagfall
        )))
    }

    /// Checks that the same is to be shown: `merge` knows only what the folder has.
    fn check_shown(&self, there: &Self, folder: &Path) -> Result<(), Failure> {
        let of = |search: &Self| search.of.clone().unwrap_or_else(|| "all outcomes".to_owned());
        let samples = |search: &Self| search.samples.to_string();
        let expect = |search: &Self| search.expect_one.to_string();
        let told = [
            ("--of", of(there), of(self)),
            ("--samples", samples(there), samples(self)),
            ("--expect-one", expect(there), expect(self)),
        ];
        match told.into_iter().find(|(_, there, here)| there != here) {
            None => Ok(()),
            Some((option, there, here)) => Err(Failure::Foreign(format!(
                "{} holds this search with {option} {there}, and this is {here}: give the same to \
                 all shards, or choose another folder with --out",
                shown(folder)
            ))),
        }
    }

    /// Puts the manifest into the folder, unless it is there. Many shards may do so at once:
    /// `own` is a path for this one alone.
    fn begin(&self, folder: &Path, own: &Path) -> Result<(), Failure> {
        let path = folder.join(MANIFEST);
        if !path.exists() {
            let text = serde_json::to_string_pretty(self).expect("memory takes it");
            disk::replace(own, |out| writeln!(out, "{text}")).map_err(io_failure("write", own))?;
            let linked = fs::hard_link(own, &path);
            let placed = match linked {
                // No links here: a file that another one has put there meanwhile is checked next.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    fs::rename(own, &path)
                }
                _ => fs::remove_file(own),
            };
            placed.map_err(io_failure("write", &path))?;
        }
        self.check(folder)
    }

    pub(super) fn head(&self, part: Part, division: &TieDivision<RunResult>) -> Head {
        Head {
            search: self.search.clone(),
            flagfall: self.flagfall.clone(),
            part: part.part(),
            of: part.of(),
            parts: division.parts(),
            division: format!("{:032x}", division.fingerprint()),
        }
    }
}

/// The file of a shard that this process alone writes.
pub(super) struct Shard {
    path: PathBuf,
    log: PathBuf,
    file: File,
    seed: Seed,
    /// What it has already: the numbers of its parts, and how many runs they had.
    pub(super) parts: Vec<usize>,
    pub(super) runs: u64,
}

/// What a shard is, once it is opened.
pub(super) enum OpenShard {
    /// All of it is there, in the file of that path.
    Done(PathBuf, End),
    Begun(Shard),
}

impl Shard {
    /// Opens the shard of a folder, made if it is not there. What a killed one left is gone on with.
    pub(super) fn open(folder: &Path, search: &Search, head: &Head) -> Result<OpenShard, Failure> {
        search.check(folder)?;
        let shards = folder.join(FOLDER);
        fs::create_dir_all(&shards).map_err(io_failure("make", &shards))?;
        let name = format!("{}.{}-of-{}", &search.search[..16], head.part, head.of);
        let path = shards.join(format!("{name}.ties"));
        let log = shards.join(format!("{name}.log"));
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true).open(&log);
        let file = file.and_then(disk::regular).map_err(io_failure("write", &log))?;
        match FileExt::try_lock(&file) {
            Err(fs4::TryLockError::WouldBlock) => {
                return Err(Failure::Files(format!(
                    "another flagfall is writing {}: wait for it",
                    shown(&log)
                )));
            }
            Err(fs4::TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
                return Err(io_failure("lock", &log)(error));
            }
            _ => {}
        }
        search.begin(folder, &shards.join(format!("{name}.json")))?;
        let read = |path: &Path| match Scanned::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map_err(io_failure("read", path)),
        };
        let is_ours = |scanned: &Scanned| scanned.head == *head;
        if let Some(end) = read(&path)?.filter(is_ours).and_then(|scanned| scanned.end) {
            let _ = fs::remove_file(&log);
            return Ok(OpenShard::Done(path, end));
        }
        let there = read(&log)?.filter(is_ours);
        if let Some(end) = there.as_ref().and_then(|there| there.end) {
            // It was killed before it could put the file into its place.
            fs::rename(&log, &path).map_err(io_failure("write", &path))?;
            return Ok(OpenShard::Done(path, end));
        }
        let mut shard = Self { path, log, file, seed: Seed::default(), parts: Vec::new(), runs: 0 };
        shard.go_on(there, head).map_err(io_failure("write", &shard.log))?;
        Ok(OpenShard::Begun(shard))
    }

    /// Goes on after what is there, or begins.
    fn go_on(&mut self, there: Option<Scanned>, head: &Head) -> io::Result<()> {
        let numbers = head.numbers();
        let good = there.filter(|there| {
            let have = there.places.iter().map(|place| place.number);
            have.eq(numbers.iter().copied().take(there.places.len()))
        });
        self.file.set_len(good.as_ref().map_or(0, |there| there.good))?;
        self.file.seek(SeekFrom::End(0))?;
        if let Some(there) = good {
            self.seed = there.seed;
            self.parts = there.places.iter().map(|place| place.number).collect();
            self.runs = there.places.iter().map(|place| place.runs).sum();
            return Ok(());
        }
        let mut first = Vec::new();
        self.seed = line(&mut first, Seed::default(), SEARCH, head);
        self.file.write_all(&first)
    }

    /// Keeps a part, after those that are kept already.
    pub(super) fn keep(&mut self, part: &TiePart<RunResult>) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        write_part(&mut bytes, self.seed, part);
        self.file.write_all(&bytes).map_err(io_failure("write", &self.log))?;
        self.parts.push(part.number);
        self.runs += part.runs.len() as u64;
        Ok(())
    }

    /// All parts are there: puts them into the file of the shard, at once.
    pub(super) fn finish(mut self) -> Result<(PathBuf, End), Failure> {
        let end = End { parts: self.parts.len(), runs: self.runs };
        let mut bytes = Vec::new();
        line(&mut bytes, self.seed, END, &end);
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_all());
        written.map_err(io_failure("write", &self.log))?;
        fs::rename(&self.log, &self.path).map_err(io_failure("write", &self.path))?;
        Ok((self.path, end))
    }
}
