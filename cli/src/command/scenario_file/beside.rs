//! Options on the command line beside a scenario file: they replace those of the file.

use crate::command::given::{self, option};
use clap::{Arg, Command};
use std::ffi::OsString;

/// Keys of studies that cannot stand together.
const EXCLUSIVE: [(&str, &str); 4] = [
    ("replications", "precision"),
    ("replications", "of"),
    ("replications", "indifference"),
    ("precision", "indifference"),
];

#[derive(Debug)]
pub(super) struct Beside<'c> {
    /// The names of those that are given, and of those that `--set` varies.
    names: Vec<String>,
    system: &'c Command,
}

impl<'c> Beside<'c> {
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

    /// Whether an option of the file is replaced: it is given or varied on the command line, or
    /// cannot stand together with one that is.
    pub(crate) fn overrides(&self, name: &str) -> bool {
        // `--of` alone does not change the number of replications.
        let is_of_other = |given: &str| given == "of" && name == "replications";
        let mut names = self.names.iter().filter(|given| !is_of_other(given));
        self.gives(name) || names.any(|given| exclude_each_other(self.system, given, name))
    }

    fn gives(&self, name: &str) -> bool {
        self.names.iter().any(|given| given == name)
    }
}

pub(crate) fn exclude_each_other(system: &Command, one: &str, other: &str) -> bool {
    if EXCLUSIVE.contains(&(one, other)) || EXCLUSIVE.contains(&(other, one)) {
        return true;
    }
    let (Some(one), Some(other)) = (option(system, one), option(system, other)) else {
        return false;
    };
    // Only one of the two declares a conflict.
    let declares = |one: &Arg, other: &Arg| {
        system.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id())
    };
    declares(one, other) || declares(other, one)
}
