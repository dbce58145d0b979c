//! Options on the command line beside a scenario file: they replace those of the file.

use crate::command::given::{self, option};
use clap::{Arg, Command};
use std::ffi::OsString;
use toml::de::DeTable;

/// What says how many replications a study makes: one of these, with what belongs to it.
const COUNTS: [(&str, &[&str]); 3] = [
    ("replications", &[]),
    ("precision", &["fewest", "most"]),
    ("indifference", &["chance", "first", "procedure", "most"]),
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
        // `--most` alone does not change the number of replications.
        let is_most = |given: &str| given == "most" && name == "replications";
        let mut names = self.names.iter().filter(|given| !is_most(given));
        self.gives(name) || names.any(|given| exclude_each_other(self.system, given, name))
    }

    /// Whether `of` in the file is about nothing any more: it was about the precision there, which
    /// is replaced by another number of replications.
    pub(super) fn ends_of(&self, file: &DeTable<'_>) -> bool {
        let is_replaced = self.overrides("precision") && !self.gives("precision");
        let is_of_best = self.gives("best") || file.contains_key("best");
        is_replaced && file.contains_key("precision") && !is_of_best
    }

    fn gives(&self, name: &str) -> bool {
        self.names.iter().any(|given| given == name)
    }
}

/// Whether they belong to different ways to say how many replications a study makes.
fn are_of_other_counts(one: &str, other: &str) -> bool {
    let of = |name: &str| COUNTS.map(|(count, more)| count == name || more.contains(&name));
    let (one, other) = (of(one), of(other));
    let is_any = |of: [bool; 3]| of.contains(&true);
    is_any(one) && is_any(other) && !one.iter().zip(&other).any(|(one, other)| *one && *other)
}

pub(crate) fn exclude_each_other(system: &Command, one: &str, other: &str) -> bool {
    if are_of_other_counts(one, other) {
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
