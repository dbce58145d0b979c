//! The points of a study: command lines of `flagfall run`, each made into a model.

use super::args::SweepArgs;
use crate::command::args::{Cli, Common, System};
use crate::command::exit::Failure;
use crate::command::header::reads_standard_input;
use crate::command::own::{ModelPanic, program};
use crate::command::refusal;
use crate::command::scenario_file::nearest;
use crate::command::system::{self, Runnable, Visitor};
use crate::words::one_line;
use clap::{CommandFactory, FromArgMatches, Subcommand};
use flagfall::experiment::{Finished, Grid};
use flagfall::panics::caught;
use flagfall::{Config, Limits};
use std::ffi::OsString;

/// Options that vary nothing, or are the study's own matter.
const NO_FACTORS: [&str; 16] = [
    "digest",
    "digest-of",
    "event-list",
    "json",
    "lang",
    "no-digest",
    "pace",
    "quiet",
    "record",
    "replication",
    "snapshot",
    "snapshot-at",
    "snapshot-every",
    "summary",
    "trace",
    "verbose",
];

/// What is shown of single runs is no matter of a study.
pub(super) const HIDDEN: [&str; 4] = ["quiet", "verbose", "json", "summary"];

/// A model with its settings, ready to be run again and again.
pub(in crate::command) trait Point: Send + Sync {
    /// Runs a replication.
    fn run(&self, replication: u64) -> Result<Finished, String>;

    /// All that decides what its runs come to.
    fn scenario(&self) -> &str;

    /// The seed of its streams.
    fn seed(&self) -> u64;
}

struct Prepared<S> {
    model: S,
    config: Config,
    scenario: String,
}

impl<S: Runnable> Point for Prepared<S> {
    fn run(&self, replication: u64) -> Result<Finished, String> {
        let config = self.config.clone().replication(replication);
        let run = || {
            let run = self.model.run(config).map_err(|error| error.to_string())?;
            Ok(Finished::of(&self.model, &run))
        };
        // A model of one's own may panic outside of any handler: a row like any other.
        caught(run).unwrap_or_else(|panic| match panic.get() {
            Some(ModelPanic(text)) => Err(text.clone()),
            None => panic.resume(),
        })
    }

    fn scenario(&self) -> &str {
        &self.scenario
    }

    fn seed(&self) -> u64 {
        self.config.seed
    }
}

struct Prepare;

impl Visitor for Prepare {
    type Output = Box<dyn Point>;

    fn visit<S: Runnable>(
        self,
        model: &S,
        config: Config,
        _: &Common,
    ) -> Result<Box<dyn Point>, Failure> {
        // Limits decide whether a run fails, and not what it comes to: under others, what
        // failed can be tried again in the same folder.
        let unlimited = config.clone().limits(Limits::default());
        let Config { digest, ingredients, digest_of, .. } = &config;
        let scenario = format!(
            "{}digest {digest:?} {ingredients:?} {digest_of:?}",
            model.scenario(&unlimited)
        );
        Ok(Box::new(Prepared { model: model.clone(), config, scenario }))
    }
}

/// Words of a command line, told apart by option.
pub(in crate::command) struct Words {
    /// The name of the system.
    pub(in crate::command) system: String,
    /// Its options, each with the words that it is given by.
    options: Vec<(String, Vec<String>)>,
}

impl Words {
    /// The words of `flagfall COMMAND ... SYSTEM ...`, without the options of the command
    /// itself.
    pub(in crate::command) fn of(arguments: &[OsString], system: &str) -> Result<Self, Failure> {
        let cli = Cli::command();
        let name = arguments.get(1).and_then(|word| word.to_str()).unwrap_or_default();
        let command = cli.find_subcommand(name).expect("the command was parsed");
        let run = cli.find_subcommand("run").expect("run is a subcommand");
        let model = run.find_subcommand(system).expect("the system was parsed");
        let mut words = arguments.iter().skip(2);
        let mut options = Vec::new();
        while let Some(word) = words.next() {
            let Some(text) = word.to_str() else {
                let word = word.to_string_lossy();
                return Err(Failure::Usage(format!("`{word}` is not UTF-8: rename the file")));
            };
            // The system itself is no option.
            let Some(argument) = find(model, text).or_else(|| find(command, text)) else {
                continue;
            };
            let mut given = vec![text.to_owned()];
            let alone = !text.contains('=') && (text.starts_with("--") || text.len() == 2);
            if alone && argument.get_action().takes_values() {
                given.extend(words.next().map(|word| word.to_string_lossy().into_owned()));
            }
            if find(model, text).is_some() {
                let name = argument.get_long().unwrap_or_default().to_owned();
                options.push((name, given));
            }
        }
        Ok(Self { system: system.to_owned(), options })
    }

    /// Without the options of those names.
    fn without(&self, names: &[&str]) -> impl Iterator<Item = &String> {
        let kept = self.options.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        kept.flat_map(|(_, words)| words)
    }

    /// The words that make this study, behind `sweep`.
    pub(super) fn study(&self, grid: &Grid, args: &SweepArgs) -> Vec<String> {
        let mut words = vec![self.system.clone()];
        words.extend(self.without(&HIDDEN).cloned());
        for factor in grid.factors() {
            words.extend(["--set".to_owned(), factor.to_string()]);
        }
        words.extend(args.words());
        words
    }

    /// The parameters that are given, with their values.
    pub(in crate::command) fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        self.options.iter().map(|(name, words)| {
            let value = match words.get(1) {
                Some(value) => value.clone(),
                None => words[0].split_once('=').map_or("true", |(_, value)| value).to_owned(),
            };
            (name.clone(), value)
        })
    }
}

/// The argument that a word of the command line names.
fn find<'a>(command: &'a clap::Command, word: &str) -> Option<&'a clap::Arg> {
    let name = word.split('=').next().unwrap_or_default();
    let mut arguments = command.get_arguments();
    if let Some(long) = name.strip_prefix("--") {
        return arguments.find(|argument| argument.get_long() == Some(long));
    }
    let short = name.strip_prefix('-')?.chars().next()?;
    arguments.find(|argument| argument.get_short() == Some(short))
}

/// Every point of a grid: the words that run it, and its model.
pub(in crate::command) struct Points {
    pub(in crate::command) words: Vec<Vec<String>>,
    pub(in crate::command) models: Vec<Box<dyn Point>>,
}

impl Points {
    /// All points, checked before any is run.
    pub(in crate::command) fn of(words: &Words, grid: &Grid) -> Result<Self, Failure> {
        check_factors(words, grid)?;
        let names: Vec<&str> = grid.factors().iter().map(|factor| factor.name.as_str()).collect();
        let base: Vec<&String> = words.without(&HIDDEN).collect();
        let mut points = Self { words: Vec::new(), models: Vec::new() };
        let mut parser = parser();
        for point in 0..grid.points() {
            let mut line = vec!["run".to_owned(), words.system.clone()];
            line.extend(base.iter().copied().cloned());
            let levels = names.iter().zip(grid.levels(point));
            line.extend(levels.map(|(name, level)| format!("--{name}={level}")));
            points.models.push(model(&mut parser, &line)?);
            points.words.push(line);
        }
        Ok(points)
    }
}

fn check_factors(words: &Words, grid: &Grid) -> Result<(), Failure> {
    let cli = Cli::command();
    let run = cli.find_subcommand("run").expect("run is a subcommand");
    let system = run.find_subcommand(&words.system).expect("the system was parsed");
    let options: Vec<&str> = system
        .get_arguments()
        .filter(|argument| argument.get_action().takes_values())
        .filter_map(clap::Arg::get_long)
        .filter(|name| !NO_FACTORS.contains(name))
        .collect();
    for factor in grid.factors() {
        let name = &factor.name;
        if name == "replication" {
            return Err(Failure::Usage(
                "--set replication: say with --replications how many there are".to_owned(),
            ));
        }
        if !options.contains(&name.as_str()) {
            let system = &words.system;
            let shown = one_line(name);
            return Err(Failure::Usage(format!(
                "--set {shown}: {system} has no option {shown} that can vary{}",
                nearest(name, &options)
            )));
        }
        if let Some((_, given)) = words.options.iter().find(|(option, _)| option == name) {
            return Err(Failure::Usage(format!(
                "{name} is given twice, by {} and by --set {factor}: leave one of them out",
                given.join(" ")
            )));
        }
    }
    Ok(())
}

/// What a point's words behind `run` are parsed by: made once, for it takes as long as
/// hundreds of points.
fn parser() -> clap::Command {
    System::augment_subcommands(clap::Command::new(program().name())).subcommand_required(true)
}

fn model(parser: &mut clap::Command, words: &[String]) -> Result<Box<dyn Point>, Failure> {
    let line = [program().name()].into_iter().chain(words[1..].iter().map(String::as_str));
    let parsed = parser.try_get_matches_from_mut(line);
    let system =
        parsed.and_then(|matches| System::from_arg_matches(&matches)).map_err(|error| {
            let known: Vec<OsString> = words.iter().map(Into::into).collect();
            let known = [vec![program().name().into()], known].concat();
            if let Some(told) = refusal::told(&error, &Cli::command(), &known) {
                return Failure::Usage(format!("at the point `{}`: {told}", words.join(" ")));
            }
            // What clap says, without what it says of usage.
            let text = error.to_string();
            let told: Vec<&str> = text
                .lines()
                .take_while(|line| {
                    !line.starts_with("Usage:") && !line.starts_with("For more information")
                })
                .collect();
            let told = told.join("\n");
            let told = told.trim().trim_start_matches("error: ");
            Failure::Usage(format!("at the point `{}`: {told}", words.join(" ")))
        })?;
    prepared(system)
}

/// The model of a system, to be run many times.
pub(in crate::command) fn prepared(mut system: System) -> Result<Box<dyn Point>, Failure> {
    if reads_standard_input(&system) {
        return Err(Failure::Usage(
            "a study runs many times, and standard input can be read once: put it into a file"
                .to_owned(),
        ));
    }
    // Lists that only a report would show are not gathered.
    let common = system.common_mut();
    (common.json, common.summary) = (true, true);
    system::visit(&system, Prepare)
}
