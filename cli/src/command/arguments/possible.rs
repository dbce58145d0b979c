//! Checks the user's own models: names, and options that clash with flagfall's.

use super::commands::tree;
use crate::command::options::RunOptions;
use crate::command::own::Kind;
use crate::command::program::Program;
use clap::{Arg, ArgAction, Args, Command};
use std::collections::BTreeSet;

pub(crate) fn check(program: &Program) -> Result<(), String> {
    if program.is_flagfall {
        return Ok(());
    }
    if program.own.is_empty() {
        return Err("this command has no model: add one by Program::model".to_owned());
    }
    let mut names = BTreeSet::from(["help"]);
    for kind in program.kinds() {
        let name = kind.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if name.is_empty() || name.starts_with('-') || !name.chars().all(plain) {
            return Err(format!(
                "no model can be called `{name}`: write small letters, digits and hyphens in \
                 OwnModel::NAME"
            ));
        }
        if !names.insert(name) {
            return Err(format!("two models are called {name}, or a model is called as a command"));
        }
    }
    // Without models, which may clash with each other.
    let taken = Taken::new(&tree(&Program::new()));
    program.kinds().try_for_each(|kind| taken.check(kind))
}

/// The names that options of flagfall have.
#[derive(Default)]
struct Taken {
    ids: BTreeSet<String>,
    longs: BTreeSet<String>,
    shorts: BTreeSet<char>,
    groups: BTreeSet<String>,
}

impl Taken {
    fn new(tree: &Command) -> Self {
        let mut taken = Self::default();
        taken.longs.insert("help".to_owned());
        taken.shorts.insert('h');
        let common = RunOptions::augment_args(Command::new("common"));
        taken.groups.extend(common.get_groups().map(|group| group.get_id().to_string()));
        common.get_arguments().for_each(|arg| taken.add(arg));
        // These options of commands may stand after the model's name.
        let all = tree.get_subcommands().flat_map(Command::get_arguments);
        let global = all.filter(|arg| arg.is_global_set());
        global.for_each(|arg| taken.add(arg));
        taken
    }

    fn add(&mut self, arg: &Arg) {
        self.ids.insert(arg.get_id().to_string());
        self.longs
            .extend(arg.get_long_and_visible_aliases().into_iter().flatten().map(str::to_owned));
        self.shorts.extend(arg.get_short());
    }

    fn check(&self, kind: &Kind) -> Result<(), String> {
        let name = kind.name;
        let command = &kind.options;
        if command.has_subcommands() {
            return Err(format!("{name} has subcommands: a model has options alone"));
        }
        for group in command.get_groups().map(|group| group.get_id().to_string()) {
            if self.groups.contains(&group) {
                return Err(format!(
                    "{name} has a group of options called {group}, as flagfall has: give its type \
                     another name"
                ));
            }
        }
        for arg in command.get_arguments() {
            let (id, short) = (arg.get_id().to_string(), arg.get_short());
            let Some(long) = arg.get_long() else {
                return Err(format!("{name} takes {id} without a name: write #[arg(long)]"));
            };
            if self.longs.contains(long) || self.ids.contains(&id) {
                return Err(format!(
                    "{name} has an option --{long}, which every model has: give it another name"
                ));
            }
            if let Some(short) = short.filter(|short| self.shorts.contains(short)) {
                return Err(format!(
                    "{name} has an option -{short}, which every model has: give it another letter"
                ));
            }
            let at_once = arg.get_num_args().map_or(1, |range| range.min_values());
            let known = matches!(
                arg.get_action(),
                ArgAction::Set | ArgAction::Append | ArgAction::SetTrue | ArgAction::SetFalse
            );
            if !known || at_once > 1 {
                return Err(format!(
                    "{name} has an option --{long} that counts, or takes several values at once: \
                     let it take one value, or be there or not"
                ));
            }
        }
        Ok(())
    }
}
