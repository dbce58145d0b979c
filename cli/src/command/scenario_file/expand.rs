//! Replaces a scenario file on the command line by its options.

use super::file::ScenarioFile;
use super::read::Reader;
use crate::command::arguments;
use crate::command::given::{Given, is_scenario_file, name_of, options_before};
use crate::command::program::Program;
use crate::command::talk::Failure;
use crate::words::shown;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use std::ffi::OsString;
use std::path::Path;

/// A command line in which the options of a scenario file have replaced it.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) arguments: Vec<OsString>,
    /// What the command ignores in the file.
    pub(crate) note: Option<String>,
    file: Option<ScenarioFile>,
}

/// Replaces a scenario file that stands in the place of a system by its options: `sweep FILE.toml`
/// becomes `sweep taxi --every=1s --set fleet=2,4,8 --replications=100`. Options beside the file
/// replace those of the file.
pub(crate) fn expand(tree: &Command, arguments: Vec<OsString>) -> Result<Expanded, Failure> {
    let Some((at, command)) = file_in(tree, &arguments) else {
        return Ok(Expanded { arguments, note: None, file: None });
    };
    let (before, rest) = (&arguments[..at], &arguments[at + 1..]);
    let beside: Vec<OsString> = before.iter().skip(2).chain(rest).cloned().collect();
    let file = ScenarioFile::read(Path::new(&arguments[at]), command, &beside)?;
    let options = file.options(command)?.into_iter().flat_map(|given: Given| given.words);
    let words: Vec<OsString> = [file.model().into()].into_iter().chain(options).collect();
    let note = file.note(command);
    Ok(Expanded { arguments: [before, &words, rest].concat(), note, file: Some(file) })
}

/// The place of a scenario file among the arguments, and its command.
fn file_in<'c>(tree: &'c Command, arguments: &[OsString]) -> Option<(usize, &'c Command)> {
    let command = tree.find_subcommand(arguments.get(1)?).filter(|one| one.has_subcommands())?;
    let at = 2 + options_before(command, &arguments[2..]);
    let is_file = |at| arguments.get(at).is_some_and(|word: &OsString| is_scenario_file(word));
    // Several files are several scenarios: `compare` opens them itself.
    (is_file(at) && !is_file(at + 1)).then_some((at, command))
}

impl Expanded {
    /// The failure of a command with these arguments, with the place in the file.
    pub(crate) fn placed(&self, failure: Failure, tree: &Command) -> Failure {
        let command = self.arguments.get(1).and_then(|word| tree.find_subcommand(word));
        match (&self.file, command) {
            (Some(file), Some(command)) => file.placed(failure, command),
            _ => failure,
        }
    }

    /// The mistake in the file, if the parser misses an option that another one needs: the file
    /// alone does not show that.
    pub(crate) fn refused(&self, error: &Error, tree: &Command) -> Option<Failure> {
        let kind = ErrorKind::MissingRequiredArgument;
        let file = self.file.as_ref().filter(|_| error.kind() == kind)?;
        let Some(ContextValue::Strings(named)) = error.get(ContextKind::InvalidArg) else {
            return None;
        };
        let named: Vec<&str> = named.iter().filter_map(|named| name_of(named)).collect();
        file.needs(&named.join(", "), |line| {
            let left_out = |word: &OsString| line.iter().any(|given| given.words.contains(word));
            let kept = self.arguments.iter().filter(|word| !left_out(word));
            let refused = tree.clone().try_get_matches_from(kept).err();
            refused.is_some_and(|error| error.kind() == kind)
        })
    }
}

/// Reads the text of a scenario file, with all checks of `flagfall run FILE.toml` before the
/// run, and returns the scenario as the model writes it
/// ([`Scenario::scenario`](crate::scenario::Scenario::scenario)). All levels of a grid are
/// checked, and the first point is returned. `None` if the text names other files, which are
/// not read.
///
/// # Errors
/// The message of the command.
pub fn check_scenario(text: &str) -> Result<Option<String>, String> {
    let program = Program::flagfall();
    let tree = arguments::tree(&program);
    let command = tree.find_subcommand("run").expect("run is a command");
    let reader = Reader { folder: None, command, beside: &[] };
    let file = ScenarioFile::parse(String::new(), text.to_owned(), &reader)?;
    let words = file.first_point();
    let arguments = ["flagfall", "run"].into_iter().chain(words.iter().map(String::as_str));
    let arguments = arguments.map(OsString::from).collect();
    let expanded = Expanded { arguments, note: None, file: Some(file) };
    let mut scenario = arguments::Reader::new(&program).read(&words).map_err(|error| {
        let refused = expanded.refused(&error, &tree);
        refused.map_or_else(|| error.to_string(), |failure| failure.text())
    })?;
    if !scenario.files().is_empty() {
        return Ok(None);
    }
    let config = scenario.prepare().map_err(|failure| expanded.placed(failure, &tree).text())?;
    Ok(Some(scenario.model.scenario(&config)))
}

/// The words that `run` makes of a scenario file with that text, the model first, and what it
/// leaves out of it. `path` is where it was read from, if it was.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn words_of(
    run: &Command,
    text: &str,
    path: Option<&Path>,
) -> Result<(Vec<String>, Option<String>), Failure> {
    let reader = Reader { folder: path.and_then(Path::parent), command: run, beside: &[] };
    let name = path.map_or_else(String::new, shown);
    let file = ScenarioFile::parse(name, text.to_owned(), &reader).map_err(Failure::Files)?;
    let options = file.options(run)?.into_iter().flat_map(|given: Given| given.words);
    let options = options.map(|word| word.to_string_lossy().into_owned());
    let words = [file.model().to_owned()].into_iter().chain(options).collect();
    Ok((words, file.note(run)))
}
