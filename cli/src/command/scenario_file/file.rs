//! A scenario file, and messages about its mistakes.

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

#[derive(Debug)]
pub(super) struct ScenarioFile {
    name: String,
    text: String,
    said: Said,
}

impl ScenarioFile {
    /// Reads a scenario file for that command; `beside` are the words beside it.
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

    pub(super) fn parse(name: String, text: String, reader: &Reader<'_>) -> Result<Self, String> {
        let mut file = Self { name, text, said: Said::default() };
        file.said = reader.read(&file.text).map_err(|mistake| file.told(&mistake))?;
        Ok(file)
    }

    pub(super) fn told(&self, mistake: &Mistake) -> String {
        let told = mistake.told(&self.text);
        if self.name.is_empty() { told } else { format!("{}: {told}", self.name) }
    }

    fn failure(&self, mistake: &Mistake) -> Failure {
        Failure::Files(self.told(mistake))
    }

    /// How commands name it.
    fn named(&self) -> &str {
        if self.name.is_empty() { "FILE.toml" } else { &self.name }
    }

    pub(super) fn model(&self) -> &str {
        &self.said.model
    }

    /// The options of `command` that say what the file says: those of the model, and those of a
    /// study, like `--set NAME=LEVELS` and `--replications=N`. Keys for which the command has no
    /// option are left out ([`ScenarioFile::note`] says so).
    ///
    /// # Errors
    /// There is a grid, and the command cannot run one.
    pub(super) fn options(&self, command: &Command) -> Result<Vec<Given>, Failure> {
        let Said { options, factors, study, .. } = &self.said;
        if !factors.is_empty() && option(command, "set").is_none() {
            let mistake = unvaried(factors, command.get_name(), self.named());
            return Err(self.failure(&mistake));
        }
        let known = study.iter().filter(|word| option(command, word.name()).is_some());
        let of_model = options.iter().map(|word| word.given.clone());
        let sets = factors.iter().map(Factor::set);
        Ok(of_model.chain(sets).chain(known.map(|word| word.given.clone())).collect())
    }

    pub(super) fn first_point(&self) -> Vec<String> {
        let words = self.said.first_point().flat_map(|word| &word.given.words);
        let words = words.map(|word| word.to_string_lossy().into_owned());
        [self.said.model.clone()].into_iter().chain(words).collect()
    }

    /// What the command ignores in the file.
    pub(super) fn note(&self, command: &Command) -> Option<String> {
        let mut study = self.said.study.iter();
        let left = study.find(|word| option(command, word.name()).is_none())?;
        let (name, key, value) = (self.named(), left.name(), &left.value);
        if option(command, "set").is_some() {
            let command = command.get_name();
            return Some(format!(
                "{name} says {key} = {value}, which is for `flagfall sweep {name}`: {command} \
                 leaves it out"
            ));
        }
        Some(format!(
            "{name} is a study with {key} = {value}, which `flagfall sweep {name}` makes; this is \
             about a single scenario"
        ))
    }

    /// The failure, with its place in the file if it is about the file.
    pub(super) fn placed(&self, failure: Failure, command: &Command) -> Failure {
        let system = command.find_subcommand(&self.said.model);
        let mistake = system.and_then(|system| mistaken(&self.said, system, &failure));
        mistake.map_or(failure, |mistake| self.failure(&mistake))
    }

    /// The failure that one option needs `missing`. It is the option without whose line
    /// `is_missed_without` is false.
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
