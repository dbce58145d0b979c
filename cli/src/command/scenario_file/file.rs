//! A scenario file: what it says, and its mistakes with their places.

use super::place::Mistake;
use super::read::Reader;
use super::refused::mistaken;
use super::study::unvaried;
use super::word::{Factor, Said};
use crate::command::given::{Given, option};
use crate::command::talk::{Failure, read_at_most};
use crate::words::shown;
use clap::Command;
use std::ffi::OsString;
use std::path::Path;

/// What a scenario file says, with the places where it does.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    name: String,
    text: String,
    said: Said,
}

impl ScenarioFile {
    /// Reads a scenario for that command, which `beside` stands beside on the command line.
    ///
    /// # Errors
    /// What is wrong with the file, with its place.
    pub(super) fn read(
        path: &Path,
        command: &Command,
        beside: &[OsString],
    ) -> Result<Self, Failure> {
        let remedy = "put long lists into files of their own, as durations-file and faults do";
        let text = read_at_most(path, 1 << 18, remedy)?;
        let reader = Reader { folder: path.parent(), command, beside };
        Self::parse(shown(path), text, &reader).map_err(Failure::Files)
    }

    /// The text of one.
    pub(super) fn parse(name: String, text: String, reader: &Reader<'_>) -> Result<Self, String> {
        let mut file = Self { name, text, said: Said::default() };
        match reader.read(&file.text) {
            Ok(said) => {
                file.said = said;
                Ok(file)
            }
            Err(mistake) => Err(file.told(&mistake)),
        }
    }

    /// A mistake, as the user reads it.
    pub(super) fn told(&self, mistake: &Mistake) -> String {
        let told = mistake.told(&self.text);
        if self.name.is_empty() { told } else { format!("{}: {told}", self.name) }
    }

    fn failure(&self, mistake: &Mistake) -> Failure {
        Failure::Files(self.told(mistake))
    }

    pub(super) fn model(&self) -> &str {
        &self.said.model
    }

    /// The options that say to `command` what the file does: those of the model, and of a
    /// study `--set NAME=LEVELS` and `--replications=N` or the like.
    ///
    /// Levels are separated by commas, or by semicolons where one has commas itself. Keys
    /// that the command has no option for are left out ([`ScenarioFile::note`] says so),
    /// except that it must be able to vary what the grid varies.
    ///
    /// # Errors
    /// With its place: a grid that the command cannot run.
    pub(super) fn options(&self, command: &Command) -> Result<Vec<Given>, Failure> {
        let Said { options, factors, study, .. } = &self.said;
        if !factors.is_empty() && option(command, "set").is_none() {
            let mistake = unvaried(factors, command.get_name(), &self.name);
            return Err(self.failure(&mistake));
        }
        let known = study.iter().filter(|word| option(command, word.name()).is_some());
        let of_model = options.iter().map(|word| word.given.clone());
        let sets = factors.iter().map(Factor::set);
        Ok(of_model.chain(sets).chain(known.map(|word| word.given.clone())).collect())
    }

    /// The words of a run of the first point.
    pub(super) fn first_point(&self) -> Vec<String> {
        let words = self.said.first_point().flat_map(|word| &word.given.words);
        let words = words.map(|word| word.to_string_lossy().into_owned());
        [self.said.model.clone()].into_iter().chain(words).collect()
    }

    /// What the command leaves out of the file.
    pub(super) fn note(&self, command: &Command) -> Option<String> {
        let mut study = self.said.study.iter();
        let left = study.find(|word| option(command, word.name()).is_none())?;
        let (name, key, value) = (&self.name, left.name(), &left.value);
        Some(format!(
            "{name} is a study with {key} = {value}, which `flagfall sweep {name}` makes; this is \
             about a single scenario"
        ))
    }

    /// The failure of what ran this, with the place in the file that it is about; as it was
    /// if it is not about the file.
    pub(super) fn placed(&self, failure: Failure, command: &Command) -> Failure {
        let system = command.find_subcommand(&self.said.model);
        let mistake = system.and_then(|system| mistaken(&self.said, system, &failure));
        mistake.map_or(failure, |mistake| self.failure(&mistake))
    }

    /// That one option needs `missing`, which is not there: `is_missed_without` says whether
    /// it still is without the words of a line.
    pub(super) fn needs(
        &self,
        missing: &str,
        is_missed_without: impl Fn(&[&Given]) -> bool,
    ) -> Option<Failure> {
        let mut keys: Vec<_> = self.said.all().map(|word| word.key.clone()).collect();
        keys.dedup();
        let culprit = keys.into_iter().find_map(|key| {
            let line: Vec<_> = self.said.all().filter(|word| word.key == key).collect();
            let words: Vec<_> = line.iter().map(|word| &word.given).collect();
            (!is_missed_without(&words)).then(|| line[0])
        })?;
        let message =
            format!("{} needs {missing}, too: add a line, or remove this", culprit.name());
        Some(self.failure(&Mistake::new(culprit.key.clone(), message)))
    }
}
