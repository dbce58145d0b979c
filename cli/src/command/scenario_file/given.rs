//! What the command line says beside a scenario file: it counts instead of what
//! the file says.

use clap::{Arg, Command};
use std::ffi::OsString;

/// Keys of studies that exclude each other.
const EXCLUSIVE: [(&str, &str); 2] = [("replications", "precision"), ("replications", "of")];

/// The options that a command line gives, by name.
#[derive(Debug, Default)]
pub(super) struct Given<'c> {
    options: Vec<String>,
    /// Options that `--set` varies.
    varied: Vec<String>,
    system: Option<&'c Command>,
}

impl<'c> Given<'c> {
    /// The options among those words, of which `system` knows some.
    pub(super) fn of(words: &[OsString], system: &'c Command) -> Self {
        let mut given = Self { system: Some(system), ..Self::default() };
        let mut words = words.iter().filter_map(|word| word.to_str()).peekable();
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, words.peek().copied()),
                };
                given.options.push(name.to_owned());
                if name == "set" {
                    let varied = value.and_then(|value| value.split_once('='));
                    given.varied.extend(varied.map(|(name, _)| name.to_owned()));
                }
            } else if let Some(letters) = word.strip_prefix('-') {
                let long = |letter: char| {
                    let mut known = system.get_arguments();
                    known.find(|arg| arg.get_short() == Some(letter))?.get_long()
                };
                given.options.extend(letters.chars().filter_map(long).map(str::to_owned));
            }
        }
        given
    }

    /// Whether an option of the file does not count: it is given or varied itself, or
    /// excluded by one that is.
    pub(super) fn overrides(&self, name: &str) -> bool {
        // Who asks about one measure still wants as many replications as the file says.
        if name == "replications" && !self.gives("precision") {
            return self.gives(name);
        }
        self.gives(name)
            || self.options.iter().chain(&self.varied).any(|given| {
                self.system.is_some_and(|system| exclude_each_other(system, given, name))
            })
    }

    fn gives(&self, name: &str) -> bool {
        self.options.iter().chain(&self.varied).any(|given| given == name)
    }
}

/// Whether two options cannot stand together.
pub(in crate::command) fn exclude_each_other(system: &Command, one: &str, other: &str) -> bool {
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

/// The option of that long name.
pub(super) fn option<'c>(system: &'c Command, name: &str) -> Option<&'c Arg> {
    system.get_arguments().find(|arg| arg.get_long() == Some(name))
}
