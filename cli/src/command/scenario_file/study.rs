//! Checks of a study in a scenario file: its grid, and its replications.

use super::beside::exclude_each_other;
use super::place::{Mistake, line_and_column};
use super::word::{Factor, Said, Word};
use crate::command::options::SweepArgs;
use clap::{Args, Command};
use flagfall::experiment::Goal;
use std::ops::Range;

/// Keys that are options of `sweep`, not of the model.
pub(crate) const KEYS: [&str; 12] = [
    "replications",
    "precision",
    "fewest",
    "most",
    "of",
    "level",
    "goal",
    "best",
    "indifference",
    "chance",
    "first",
    "procedure",
];

/// The options of a study.
pub(crate) fn options() -> Command {
    SweepArgs::augment_args(Command::new("sweep"))
}

/// A word in the form in which later messages quote it, by which its line is found.
pub(super) fn as_quoted(word: Word) -> Word {
    match word.value.parse::<Goal>() {
        Ok(goal) if word.name() == "goal" => Word { value: goal.to_string(), ..word },
        _ => word,
    }
}

/// Checks that all options of a file can stand together.
pub(super) fn check_together(system: &Command, text: &str, said: &Said) -> Result<(), Mistake> {
    let line = |key: &Range<usize>| line_and_column(text, key.start).0;
    for factor in &said.factors {
        let name = &factor.name;
        if let Some(word) = said.options.iter().find(|word| word.name() == name) {
            let line = line(&word.key);
            let message = format!("{name} has a value in line {line} and levels here: remove one");
            return Err(Mistake::new(factor.key.clone(), message));
        }
    }
    let mut study: Vec<&Word> = Vec::new();
    for word in &said.study {
        study.push(word);
        if let Some(other) = excluding(system, &study) {
            let (name, other, line) = (word.name(), other.name(), line(&other.key));
            let message = format!("{other} in line {line} excludes {name}: remove one");
            return Err(Mistake::new(word.key.clone(), message));
        }
    }
    let mut options: Vec<&Word> = said.first_point().collect();
    options.sort_by_key(|word| word.key.start);
    for count in 1..=options.len() {
        if let Some(other) = excluding(system, &options[..count]) {
            let (word, line) = (options[count - 1], line(&other.key));
            let (name, other) = (word.name(), other.name());
            let message =
                format!("{name} and {other} (line {line}) exclude each other: remove one");
            return Err(Mistake::new(word.key.clone(), message));
        }
    }
    Ok(())
}

/// The first of those words that cannot stand together with the last.
fn excluding<'w>(system: &Command, words: &[&'w Word]) -> Option<&'w Word> {
    let (last, before) = words.split_last()?;
    let mut before = before.iter();
    before.find(|one| exclude_each_other(system, one.name(), last.name())).copied()
}

/// The mistake that a command for one run gets a grid.
pub(super) fn unvaried(factors: &[Factor], command: &str, name: &str) -> Mistake {
    let points: Vec<String> =
        factors.iter().map(|factor| factor.levels.len().to_string()).collect();
    let one: Vec<String> = factors
        .iter()
        .map(|factor| format!("--{}={}", factor.name, factor.levels[0].value))
        .collect();
    let points = points.join(" x ");
    Mistake::new(
        factors[0].key.clone(),
        format!("a grid of {points} points: {command} is about one scenario"),
    )
    .help(format!("run all of them with flagfall sweep {name}"))
    .help(format!("one of them with flagfall {command} {name} {}", one.join(" ")))
}
