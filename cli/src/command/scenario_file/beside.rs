//! What the command line says beside a scenario file: it counts instead of what
//! the file says.

use crate::command::given::{self, option};
use clap::{Arg, Command};
use std::ffi::OsString;

/// Keys of studies that exclude each other.
const EXCLUSIVE: [(&str, &str); 2] = [("replications", "precision"), ("replications", "of")];

/// The options that a command line gives beside a file, by name.
#[derive(Debug)]
pub(super) struct Beside<'c> {
    /// Those that are given, and those that `--set` varies.
    names: Vec<String>,
    system: &'c Command,
}

impl<'c> Beside<'c> {
    /// The options among those words, of a system and a command.
    pub(super) fn of(words: &[OsString], system: &'c Command, command: &Command) -> Self {
        let mut names = Vec::new();
        for given in given::options(words, &[system, command]) {
            if given.name == "set" {
                names.extend(given.value().split_once('=').map(|(name, _)| name.to_owned()));
            }
            names.push(given.name);
        }
        Self { names, system }
    }

    /// Whether an option of the file does not count: it is given or varied itself, or
    /// excluded by one that is.
    pub(crate) fn overrides(&self, name: &str) -> bool {
        // Who asks about one measure still wants as many replications as the file says.
        if name == "replications" && !self.gives("precision") {
            return self.gives(name);
        }
        self.gives(name)
            || self.names.iter().any(|given| exclude_each_other(self.system, given, name))
    }

    fn gives(&self, name: &str) -> bool {
        self.names.iter().any(|given| given == name)
    }
}

/// Whether two options cannot stand together.
pub(crate) fn exclude_each_other(system: &Command, one: &str, other: &str) -> bool {
    if EXCLUSIVE.contains(&(one, other)) || EXCLUSIVE.contains(&(other, one)) {
        return true;
    }
    let (Some(one), Some(other)) = (option(system, one), option(system, other)) else {
        return false;
    };
    // Each conflict is declared by one of the two alone.
    let declares = |one: &Arg, other: &Arg| {
        system.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id())
    };
    declares(one, other) || declares(other, one)
}
