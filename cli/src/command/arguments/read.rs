//! Reads arguments as scenarios.

use super::refusal::told;
use crate::command::given::{Given, option, options};
use crate::command::program::Program;
use crate::command::scenario::{Scenario, subcommand};
use crate::command::talk::Failure;
use clap::error::ErrorKind;
use clap::{ArgMatches, Command, Error};
use std::ffi::OsString;

/// The scenario that the arguments of a command name, if they do.
pub(crate) fn scenario(
    program: &Program,
    tree: &Command,
    matches: &ArgMatches,
    arguments: &[OsString],
) -> Result<Option<Scenario>, Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(None) };
    let kind = program.find(name).expect("the model was found");
    let (model, all) = (subcommand(kind), named(tree, arguments));
    let of = [&[&model], &all[..]].concat();
    let of_model = |given: &Given| option(&model, &given.name).is_some();
    let given = options(&arguments[2..], &of).into_iter().filter(of_model).collect();
    let scenario = Scenario::of(kind, matches, given);
    scenario.map(Some).map_err(|error| Failure::Usage(plain(&error.format(&mut tree.clone()))))
}

/// The commands that arguments name: that of the model, and the one around it.
pub(crate) fn named<'c>(tree: &'c Command, arguments: &[OsString]) -> Vec<&'c Command> {
    let command = arguments.get(1).and_then(|word| tree.find_subcommand(word));
    let models = command.iter().flat_map(|command| {
        arguments.iter().skip(2).filter_map(|word| command.find_subcommand(word))
    });
    models.chain(command).collect()
}

/// The parser's message, without its lines about usage, and with what to do.
pub(crate) fn plain(error: &Error) -> String {
    let text = error.to_string();
    let usage = |line: &str| line.starts_with("Usage:") || line.starts_with("For more information");
    let told: Vec<&str> = text.lines().take_while(|line| !usage(line)).collect();
    let told = told.join("\n").trim().trim_start_matches("error: ").to_owned();
    let remedy = match error.kind() {
        ErrorKind::ArgumentConflict if told.ends_with("multiple times") => ": give it once",
        ErrorKind::ArgumentConflict => ": leave one of them out",
        _ if told.ends_with("but none was supplied") => ": give one, or leave the option out",
        _ => "",
    };
    told + remedy
}

/// Reads the words of runs in studies, traces and snapshots.
#[derive(Debug)]
pub(crate) struct Reader<'p> {
    program: &'p Program,
    /// It is made once, as that takes as long as to read hundreds of scenarios.
    command: Command,
}

impl<'p> Reader<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        let command = Command::new(program.name.clone())
            .subcommands(program.kinds().map(|kind| subcommand(kind)))
            .subcommand_required(true);
        Self { program, command }
    }

    /// The scenario of the words after `run`: the name of a model, and options.
    pub(crate) fn read(&mut self, words: &[String]) -> Result<Scenario, Error> {
        let line = [&*self.program.name].into_iter().chain(words.iter().map(String::as_str));
        let matches = self.command.try_get_matches_from_mut(line)?;
        let (name, matches) = matches.subcommand().expect("a model is required");
        let kind = self.program.find(name).expect("the model was found");
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        let model = self.command.find_subcommand(name).expect("the model was found");
        Scenario::of(kind, matches, options(&words, &[model]))
    }

    /// The models, as subcommands with their options.
    pub(crate) fn command(&self) -> &Command {
        &self.command
    }

    pub(crate) fn told(&self, error: &Error, words: &[String]) -> String {
        let model = words.first().and_then(|name| self.command.find_subcommand(name));
        told(error, &model.into_iter().collect::<Vec<_>>()).unwrap_or_else(|| plain(error))
    }
}

/// The scenario of a command line that begins with `run`. An error has one line.
pub(crate) fn read_run(program: &Program, words: &[String]) -> Result<Scenario, String> {
    match words.split_first() {
        Some((command, words)) if command == "run" => {
            Reader::new(program).read(words).map_err(|error| {
                let text = error.to_string();
                let first = text.lines().next().unwrap_or_default();
                first.trim_start_matches("error: ").to_owned()
            })
        }
        _ => Err("it is not a run".to_owned()),
    }
}
