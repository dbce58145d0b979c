//! Options in the place where a command line names a scenario file.

use super::file::ScenarioFile;
use super::read::Reader;
use crate::command::arguments;
use crate::command::given::{Given, is_scenario_file, name_of, options_before};
use crate::command::program::Program;
use crate::command::talk::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use std::ffi::OsString;
use std::path::Path;

/// A command line in which options stand where a scenario file was named.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) arguments: Vec<OsString>,
    /// What the command leaves out of the file.
    pub(crate) note: Option<String>,
    file: Option<ScenarioFile>,
}

/// Puts the options of a scenario file where a command line names one in the
/// place of a system: `run FILE.toml [OPTION]...`, `verify --runs 3 FILE.toml`.
/// Options given beside it count instead of the file's, and instead of what they
/// exclude. `sweep FILE.toml` becomes `sweep taxi --every=1s --set fleet=2,4,8
/// --replications=100`.
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

/// The place of a scenario file among arguments, and the command that is to run it.
fn file_in<'c>(tree: &'c Command, arguments: &[OsString]) -> Option<(usize, &'c Command)> {
    let command = tree.find_subcommand(arguments.get(1)?).filter(|one| one.has_subcommands())?;
    let at = 2 + options_before(command, &arguments[2..]);
    let is_file = |at| arguments.get(at).is_some_and(|word: &OsString| is_scenario_file(word));
    // Several files are several scenarios, which the command opens by itself.
    (is_file(at) && !is_file(at + 1)).then_some((at, command))
}

impl Expanded {
    /// The failure of the command that ran these arguments, with the place in the file that
    /// it is about.
    pub(crate) fn placed(&self, failure: Failure, tree: &Command) -> Failure {
        let command = self.arguments.get(1).and_then(|word| tree.find_subcommand(word));
        match (&self.file, command) {
            (Some(file), Some(command)) => file.placed(failure, command),
            _ => failure,
        }
    }

    /// The mistake in the file that these arguments cannot be read for, if it is one: the
    /// file alone does not say whether an option that needs another has it.
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

/// Reads the text of a scenario file with all checks that `flagfall run FILE.toml` makes before
/// the run begins, and gives the scenario as the model itself writes it
/// ([`Scenario::scenario`](crate::scenario::Scenario::scenario)). Of a grid, all levels are
/// checked, and the first point is given.
///
/// `None` if the text names other files: they are not read.
///
/// # Errors
/// The text of what the command would tell.
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
