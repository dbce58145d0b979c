//! Scenario files: the options of a system in a file, so that a run or a study
//! can be kept, sent and run again.
//!
//! A scenario is turned into the options of the command line before they are
//! parsed, so it knows exactly the options that the command knows, and makes
//! the same checks. Each option remembers where in the file it stands, so that
//! whoever refuses it later can be quoted with the place.

mod given;
mod place;
mod read;
mod refused;
mod study;

use super::args::Cli;
use super::exit::Failure;
use super::options::read_at_most;
use super::own::program;
use crate::words::shown;
use clap::CommandFactory;
use given::Given;
pub(super) use given::exclude_each_other;
use place::Mistake;
pub(super) use place::nearest;
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::Path;
use study::Factor;

/// A command line in which options stand where a scenario file was named.
#[derive(Debug)]
pub(super) struct Expanded {
    pub(super) arguments: Vec<OsString>,
    /// What the command leaves out of the file.
    pub(super) note: Option<String>,
    file: Option<(usize, ScenarioFile)>,
}

/// What a scenario file says, with the places where it does.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    name: String,
    text: String,
    model: String,
    options: Vec<Word>,
    factors: Vec<Factor>,
    /// Replications or precision and what goes with them.
    study: Vec<Word>,
}

/// An option as the command line has it, and where the file says so.
#[derive(Clone, Debug)]
struct Word {
    option: String,
    value: String,
    word: OsString,
    key: Range<usize>,
    place: Range<usize>,
    /// The values of a list, which the option's value is joined from.
    parts: Vec<(String, Range<usize>)>,
}

/// Puts the options of a scenario file where a command line names one in the
/// place of a system: `run FILE.toml [OPTION]...`, `verify --runs 3 FILE.toml`.
/// Options given beside it count instead of the file's, and instead of what they
/// exclude.
pub(super) fn expand(arguments: Vec<OsString>) -> Result<Expanded, Failure> {
    let cli = Cli::command();
    let Some((at, command)) = file_in(&cli, &arguments) else {
        return Ok(Expanded { arguments, note: None, file: None });
    };
    let (before, rest) = (&arguments[..at], &arguments[at + 1..]);
    let beside: Vec<OsString> = before.iter().skip(2).chain(rest).cloned().collect();
    let file = ScenarioFile::read(Path::new(&arguments[at]), command, &beside)?;
    let words = file.study_words(command, &beside)?;
    let note = file.note(command);
    let arguments = [before, &words, rest].concat();
    Ok(Expanded { arguments, note, file: Some((at, file)) })
}

/// The place of a scenario file among arguments, and the command that is to run it.
fn file_in<'c>(
    cli: &'c clap::Command,
    arguments: &[OsString],
) -> Option<(usize, &'c clap::Command)> {
    let command = cli.find_subcommand(arguments.get(1)?)?;
    if !command.has_subcommands() {
        return None;
    }
    let at = 2 + options_before(command, &arguments[2..]);
    let is_file = |at| {
        let word: Option<&OsString> = arguments.get(at);
        word.is_some_and(|word| Path::new(word).extension() == Some(OsStr::new("toml")))
    };
    // Several files are several scenarios, which the command opens by itself.
    (is_file(at) && !is_file(at + 1)).then_some((at, command))
}

/// How many words are options of the command itself, with their values.
fn options_before(command: &clap::Command, words: &[OsString]) -> usize {
    let mut count = 0;
    while let Some(option) = words.get(count).and_then(|word| word.to_str()?.strip_prefix("--")) {
        let mut known = command.get_arguments().filter(|arg| arg.get_long() == Some(option));
        let has_value = known.next().is_some_and(|arg| arg.get_action().takes_values());
        count += 1 + usize::from(has_value);
    }
    count
}

impl Expanded {
    /// The failure of the command that parsed or ran these arguments, with the place
    /// in the file that it is about; as it was if it is not about the file.
    pub(super) fn placed(&self, failure: Failure) -> Failure {
        let Some((_, file)) = &self.file else { return failure };
        file.mistaken(&failure).map_or(failure, |mistake| file.failure(&mistake))
    }

    /// The same of arguments that could not be parsed.
    pub(super) fn refused(&self, error: &clap::Error) -> Option<Failure> {
        let (at, file) = self.file.as_ref()?;
        let without = |key: &Range<usize>| {
            let (before, behind) = self.arguments.split_at(*at);
            let said = file.options.iter().chain(&file.study);
            let left_out: Vec<_> = said.filter(|word| word.key == *key).collect();
            let kept = behind.iter().filter(|word| left_out.iter().all(|out| out.word != **word));
            before.iter().chain(kept).cloned().collect()
        };
        file.refused(error, &without).map(|mistake| file.failure(&mistake))
    }
}

impl ScenarioFile {
    /// Reads a scenario for that command, which `beside` stands beside on the command line.
    ///
    /// # Errors
    /// What is wrong with the file, with its place.
    pub(super) fn read(
        path: &Path,
        command: &clap::Command,
        beside: &[OsString],
    ) -> Result<Self, Failure> {
        let remedy = "put long lists into files of their own, as durations-file and faults do";
        let text = read_at_most(path, 1 << 18, remedy)?;
        let name = shown(path);
        Self::parse(name, text, path.parent(), command, beside).map_err(Failure::Files)
    }

    /// The text of one.
    fn parse(
        name: String,
        text: String,
        folder: Option<&Path>,
        command: &clap::Command,
        beside: &[OsString],
    ) -> Result<Self, String> {
        let mut file = Self {
            name,
            text,
            model: String::new(),
            options: vec![],
            factors: vec![],
            study: vec![],
        };
        let reader = read::Reader { folder, command, beside };
        match reader.read(&file.text) {
            Ok((model, said)) => {
                file.model = model;
                (file.options, file.factors, file.study) = (said.options, said.factors, said.study);
                Ok(file)
            }
            Err(mistake) => Err(file.told(&mistake)),
        }
    }

    /// A mistake, as the user reads it.
    fn told(&self, mistake: &Mistake) -> String {
        let told = mistake.told(&self.text);
        if self.name.is_empty() { told } else { format!("{}: {told}", self.name) }
    }

    fn failure(&self, mistake: &Mistake) -> Failure {
        Failure::Files(self.told(mistake))
    }

    /// The model's name and its options.
    fn words(&self) -> impl Iterator<Item = OsString> {
        let options = self.options.iter().map(|word| word.word.clone());
        std::iter::once(OsString::from(&self.model)).chain(options)
    }

    /// The words that say to `command` what the file does: the model, its options, and
    /// of a study `--set NAME=LEVELS` and `--replications=N` or the like. `sweep FILE.toml`
    /// becomes `sweep taxi --every=1s --set fleet=2,4,8 --replications=100`.
    ///
    /// Levels are separated by commas, or by semicolons where one has commas itself. Keys
    /// that the command has no option for are left out ([`ScenarioFile::note`] says so),
    /// except that it must be able to vary what the grid varies.
    ///
    /// # Errors
    /// With its place: a grid that the command cannot run, a level that the option
    /// refuses.
    pub(super) fn study_words(
        &self,
        command: &clap::Command,
        beside: &[OsString],
    ) -> Result<Vec<OsString>, Failure> {
        let mut words: Vec<OsString> = self.words().collect();
        if !self.factors.is_empty() {
            if !study::knows(command, "set") {
                return Err(self.failure(&self.unvaried(command.get_name())));
            }
            self.check_levels(beside).map_err(|mistake| self.failure(&mistake))?;
            for factor in &self.factors {
                words.extend([OsString::from("--set"), factor.set().into()]);
            }
        }
        let known = self.study.iter().filter(|word| study::knows(command, &word.option));
        words.extend(known.map(|word| word.word.clone()));
        Ok(words)
    }
}

/// The command line that runs the text of a scenario file: the first point of one with a
/// grid, all levels of which have been checked.
pub(super) fn command_line(text: &str) -> Result<Expanded, String> {
    let cli = Cli::command();
    let command = cli.find_subcommand("run").expect("run is a subcommand");
    let file = ScenarioFile::parse(String::new(), text.to_owned(), None, command, &[])?;
    file.check_levels(&[]).map_err(|mistake| file.told(&mistake))?;
    let first = file.factors.iter().filter_map(|factor| factor.word(0));
    let words = [program().name(), "run"].map(OsString::from).into_iter();
    let arguments = words.chain(file.words()).chain(first).collect();
    Ok(Expanded { arguments, note: None, file: Some((2, file)) })
}
