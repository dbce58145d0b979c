//! Systems by name: the built-in ones, and those that a program adds.

use super::{BuiltIn, Common};
use crate::command::own::{Kind, OwnSystem, program};
use crate::models::DEFAULT_LATENCY;
use crate::scenario::Scenario;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, Subcommand};
use std::sync::OnceLock;

/// A system that the program knows, with its options.
#[derive(Debug)]
pub(in crate::command) enum System {
    BuiltIn(BuiltIn),
    Own(OwnSystem),
}

impl System {
    /// Its name on the command line.
    pub(in crate::command) fn name(&self) -> &str {
        match self {
            Self::BuiltIn(system) => system.name(),
            Self::Own(own) => own.model.name(),
        }
    }

    pub(in crate::command) fn common(&self) -> &Common {
        match self {
            Self::BuiltIn(system) => system.common(),
            Self::Own(own) => &own.common,
        }
    }

    pub(in crate::command) fn common_mut(&mut self) -> &mut Common {
        match self {
            Self::BuiltIn(system) => system.common_mut(),
            Self::Own(own) => &mut own.common,
        }
    }
}

// By hand, because `clap` derives sets of subcommands that are known when it is
// compiled.
impl Subcommand for System {
    fn augment_subcommands(command: Command) -> Command {
        let own = program().models().iter().map(Kind::subcommand);
        let command = command.subcommands(own);
        if !program().has_built_in() {
            return command;
        }
        let mut command = BuiltIn::augment_subcommands(command);
        for name in built_in_names().0 {
            let speaks = name == "taxi";
            command = command.mut_subcommand(name, |system| {
                // The others have texts in one language alone.
                let system = system.mut_arg("lang", |lang| lang.hide(!speaks));
                system.mut_arg("latency", |latency| latency.default_value(profile()))
            });
        }
        command
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        program().find(name).is_some() || program().has_built_in() && BuiltIn::has_subcommand(name)
    }
}

impl FromArgMatches for System {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let own = matches.subcommand().and_then(|(name, own)| Some((program().find(name)?, own)));
        match own {
            Some((kind, matches)) => OwnSystem::parse(kind, matches).map(Self::Own),
            None => BuiltIn::from_arg_matches(matches).map(Self::BuiltIn),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The latency that built-in models are made for: Ray's order at ties comes of it.
fn profile() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| DEFAULT_LATENCY.to_string())
}

/// The names of the built-in systems, and of those options that they alone have.
pub(in crate::command) fn built_in_names() -> (Vec<String>, Vec<String>) {
    let command = BuiltIn::augment_subcommands(Command::new("built-in"));
    let common = Common::augment_args(Command::new("common"));
    let is_common = |long: &str| common.get_arguments().any(|arg| arg.get_long() == Some(long));
    let systems = || command.get_subcommands();
    let longs = systems().flat_map(Command::get_arguments).filter_map(Arg::get_long);
    let own = longs.filter(|long| !is_common(long)).map(str::to_owned);
    (systems().map(|system| system.get_name().to_owned()).collect(), own.collect())
}
