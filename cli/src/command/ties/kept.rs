//! What the shards of a search have found, file by file.

use super::file::{Head, Place, Scanned};
use super::folder::{FOLDER, Search, io_failure};
use crate::command::talk::{Failure, talk};
use crate::report::ties::RunResult;
use crate::study::Part;
use crate::words::{counted, shown};
use flagfall::search::{TieDivision, TiePart};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// All parts that are kept. They are read when they are needed.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) files: Vec<Scanned>,
    /// For each part, the file and the place in it.
    parts: BTreeMap<usize, (usize, Place)>,
    /// Shards that are not all there: they count as missing.
    pub(super) torn: Vec<PathBuf>,
    /// Files with nothing that others do not have.
    pub(super) doubled: Vec<PathBuf>,
    /// Files of other searches, and why they are that.
    pub(super) foreign: Vec<(PathBuf, String)>,
    /// Shards that were begun, and how many parts they have.
    pub(super) begun: Vec<(PathBuf, usize)>,
}

impl Kept {
    /// Reads all files in the folder of a search.
    pub(super) fn scan(folder: &Path, search: &Search) -> Result<Self, Failure> {
        let shards = folder.join(FOLDER);
        let mut kept = Self::default();
        let files = match fs::read_dir(&shards) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(kept),
            Err(error) => return Err(io_failure("read", &shards)(error)),
        };
        let paths: io::Result<Vec<PathBuf>> = files.map(|file| Ok(file?.path())).collect();
        let mut paths = paths.map_err(io_failure("read", &shards))?;
        // The order of a folder is that of the file system.
        paths.sort();
        for path in paths {
            let end = path.extension().and_then(|end| end.to_str());
            let Some(end @ ("ties" | "log")) = end else { continue };
            let scanned = match Scanned::read(&path) {
                // It was put into its place meanwhile, or is no file.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(_) if !path.is_file() => None,
                read => read.map_err(io_failure("read", &path))?,
            };
            match scanned {
                Some(found) if end == "log" => kept.begun.push((path, found.places.len())),
                None if end == "log" => kept.begun.push((path, 0)),
                None => kept.torn.push(path),
                Some(found) => match foreign(&found.head, search, kept.files.first()) {
                    Some(why) => kept.foreign.push((path, why)),
                    None if found.end.is_none() => kept.torn.push(path),
                    None => kept.add(found)?,
                },
            }
        }
        Ok(kept)
    }

    /// Adds a whole file. What is there twice has to be the same.
    fn add(&mut self, found: Scanned) -> Result<(), Failure> {
        let (file, mut is_new) = (self.files.len(), false);
        for place in found.places.clone() {
            let Some((other, there)) = self.parts.get(&place.number).copied() else {
                is_new = true;
                self.parts.insert(place.number, (file, place));
                continue;
            };
            let other = &self.files[other];
            let new = found.part(place).map_err(io_failure("read", &found.path))?;
            let old = other.part(there).map_err(io_failure("read", &other.path))?;
            if !agree(&new, &old) {
                return Err(Failure::Foreign(format!(
                    "{} and {} differ in part {}: the model does not repeat itself; move one of \
                     them away",
                    shown(&found.path),
                    shown(&other.path),
                    place.number
                )));
            }
            if place.runs > there.runs {
                is_new = true;
                self.parts.insert(place.number, (file, place));
            }
        }
        // A shard with no part, where there are more shards than parts, is no copy.
        if !is_new && !found.places.is_empty() {
            self.doubled.push(found.path.clone());
        }
        self.files.push(found);
        Ok(())
    }

    /// Says which files do not count, and checks that all others are of the search.
    pub(super) fn check(&self, folder: &Path, quiet: bool) -> Result<(), Failure> {
        let named = |paths: &[PathBuf]| paths.iter().map(shown).collect::<Vec<_>>().join(", ");
        if !self.torn.is_empty() {
            let count = counted(self.torn.len(), "file");
            talk(format_args!(
                "note: {count} torn, whose parts count as missing: {}",
                named(&self.torn)
            ));
        }
        if !self.doubled.is_empty() && !quiet {
            let named = named(&self.doubled);
            talk(format_args!("note: only copies of what others have: {named}"));
        }
        if self.foreign.is_empty() {
            return Ok(());
        }
        let told: Vec<String> =
            self.foreign.iter().map(|(path, why)| format!("{} ({why})", shown(path))).collect();
        Err(Failure::Foreign(format!(
            "{} has files that do not belong to the search: {}; move them to another folder, and \
             give the same command again",
            shown(folder),
            told.join("; ")
        )))
    }

    /// Checks that the files are of this division.
    pub(super) fn check_division(&self, division: &TieDivision<RunResult>) -> Result<(), Failure> {
        let fingerprint = format!("{:032x}", division.fingerprint());
        match self.files.iter().find(|file| file.head.division != fingerprint) {
            None => Ok(()),
            Some(file) => Err(Failure::Foreign(format!(
                "{} is of another division of the search: the model is not the one that its shard \
                 ran, or it does not repeat itself",
                shown(&file.path)
            ))),
        }
    }

    /// The shards that are missing; `None` if too many divisions are there to say.
    pub(super) fn missing(&self) -> Option<Vec<Part>> {
        let all = self.files.first().map(|file| file.head.parts);
        if all.is_some_and(|parts| (0..parts).all(|number| self.has(number))) {
            return Some(Vec::new());
        }
        let there: Vec<Part> = self.files.iter().filter_map(|file| file.head.shard()).collect();
        Part::missing(&there)
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.parts.contains_key(&number)
    }

    pub(super) fn part(&self, number: usize) -> Result<Option<TiePart<RunResult>>, Failure> {
        let Some((file, place)) = self.parts.get(&number) else { return Ok(None) };
        let file = &self.files[*file];
        file.part(*place).map(Some).map_err(io_failure("read", &file.path))
    }
}

/// Why a file is not of that search, or not of the same division as another one.
fn foreign(head: &Head, search: &Search, other: Option<&Scanned>) -> Option<String> {
    if head.search != search.search {
        return Some(format!("search {}, and this one is {}", head.search, search.search));
    }
    if head.flagfall != search.flagfall {
        return Some(format!(
            "by flagfall {}, and this one is by {}",
            head.flagfall, search.flagfall
        ));
    }
    let other = other.map(|other| &other.head)?;
    let is_same = (other.parts, &other.division) == (head.parts, &head.division);
    (!is_same).then(|| "another division of the same search".to_owned())
}

/// Whether two files of one part are the same, as far as the budget of each went.
fn agree(one: &TiePart<RunResult>, other: &TiePart<RunResult>) -> bool {
    let runs = one.runs.iter().zip(&other.runs).all(|(one, other)| one == other);
    let results = one.results.iter().zip(&other.results).all(|(one, other)| one == other);
    let same_end = one.end == other.end || one.runs.len() != other.runs.len();
    runs && results && same_end
}
