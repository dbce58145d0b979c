//! What a scenario file says of a study: a grid of levels, and how many
//! replications of each point.

use super::given::exclude_each_other;
use super::place::{Mistake, line_and_column};
use super::read::{self, Key, Reader, Said, Value, known, lines, text_of};
use super::{Cli, Given, ScenarioFile, Word};
use crate::command::own::program;
use clap::{ArgAction, Command, CommandFactory};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;
use toml::de::DeValue;

/// Keys beside the model's options, which `sweep` has as options of its own.
pub(super) const KEYS: [&str; 4] = ["replications", "precision", "of", "level"];

/// An option that the grid varies.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) levels: Vec<Word>,
}

impl Factor {
    /// `fleet=2,4,8`; the levels are separated by semicolons if one has commas.
    pub(super) fn set(&self) -> String {
        let levels: Vec<&str> = self.levels.iter().map(|level| level.value.as_str()).collect();
        let commas = levels.iter().any(|level| level.contains(','));
        let mut joined = levels.join(if commas { ";" } else { "," });
        // A semicolon says that commas do not separate, even if there is but one level.
        if commas && levels.len() == 1 {
            joined.push(';');
        }
        format!("{}={joined}", self.name)
    }

    /// The option that one level stands for.
    pub(super) fn word(&self, level: usize) -> Option<OsString> {
        self.levels.get(level).map(|level| level.word.clone())
    }
}

/// Whether a command has an option of that name.
pub(super) fn knows(command: &Command, name: &str) -> bool {
    command.get_arguments().any(|arg| arg.get_long() == Some(name))
}

/// `replications = 100` and the like; whoever has the option checks the value.
pub(super) fn word(key: &Key, value: &Value) -> Result<Word, Mistake> {
    let name = key.get_ref().as_ref();
    if let DeValue::Array(_) = value.get_ref() {
        return Err(Mistake::new(value.span(), format!("{name} is one value, not a list")));
    }
    let text = text_of(name, value)?;
    let option = format!("--{name}={text}").into();
    Ok(read::word(key, value, text, option))
}

impl Reader<'_> {
    /// The table `[grid]`, without what the command line gives.
    pub(super) fn grid(
        &self,
        system: &Command,
        grid: &Value,
        given: &Given,
    ) -> Result<Vec<Factor>, Mistake> {
        let DeValue::Table(table) = grid.get_ref() else {
            let message = "grid is a table: write a line [grid], and below it options with their \
                           levels, like fleet = [2, 4, 8]";
            return Err(Mistake::new(grid.span(), message));
        };
        let mut factors = Vec::new();
        for (key, value) in lines(table) {
            let factor = self.factor(system, key, value)?;
            factors.extend((!given.overrides(&factor.name)).then_some(factor));
        }
        Ok(factors)
    }

    fn factor(&self, system: &Command, key: &Key, value: &Value) -> Result<Factor, Mistake> {
        let name = key.get_ref().as_ref();
        let argument = known(system, key, false)?;
        if !argument.get_action().takes_values() {
            let message = format!("{name} is on or off: a grid varies options with values");
            return Err(Mistake::new(key.span(), message));
        }
        let DeValue::Array(values) = value.get_ref() else {
            let message = format!("the levels of {name} are a list: write {name} = [...]");
            return Err(Mistake::new(value.span(), message));
        };
        if values.is_empty() {
            return Err(Mistake::new(value.span(), format!("{name} has no levels: write one")));
        }
        let mut seen = BTreeSet::new();
        let mut levels = Vec::new();
        for value in values.iter() {
            let level = match (argument.get_action(), value.get_ref()) {
                (ArgAction::Append, DeValue::Array(_)) => {
                    let message = format!("a level of {name} is one value, not a list");
                    return Err(Mistake::new(value.span(), message));
                }
                _ => self.option(argument, key, value)?,
            };
            if level.value.trim().is_empty() {
                let message = format!("a level of {name} is empty: write a value");
                return Err(Mistake::new(level.place, message));
            }
            if level.value.contains(';') {
                let message = format!("a level of {name} cannot have a semicolon");
                return Err(Mistake::new(level.place, message));
            }
            if !seen.insert(level.value.clone()) {
                let message = format!("{name} has the level {} twice", level.value);
                return Err(Mistake::new(level.place, message));
            }
            levels.push(level);
        }
        Ok(Factor { name: name.to_owned(), key: key.span(), levels })
    }
}

/// What a file cannot say at once.
pub(super) fn check_together(system: &Command, text: &str, said: &Said) -> Result<(), Mistake> {
    let line = |key: &Range<usize>| line_and_column(text, key.start).0;
    for factor in &said.factors {
        let name = &factor.name;
        if let Some(word) = said.options.iter().find(|word| word.option == *name) {
            let line = line(&word.key);
            let message = format!("{name} has a value in line {line} and levels here: remove one");
            return Err(Mistake::new(factor.key.clone(), message));
        }
    }
    for (number, word) in said.study.iter().enumerate() {
        let mut before = said.study[..number].iter();
        if let Some(other) =
            before.find(|other| exclude_each_other(system, &other.option, &word.option))
        {
            let (name, other, line) = (&word.option, &other.option, line(&other.key));
            let message = format!("{other} in line {line} excludes {name}: remove one");
            return Err(Mistake::new(word.key.clone(), message));
        }
    }
    Ok(())
}

impl ScenarioFile {
    /// Has the options refuse values now: the first point, then each level by itself.
    pub(super) fn check_levels(&self, beside: &[OsString]) -> Result<(), Mistake> {
        if self.factors.is_empty() {
            return Ok(());
        }
        let mut cli = Cli::command();
        let start = [program().name(), "run"].map(OsString::from);
        let mut try_words = |words: Vec<OsString>| {
            let tried = cli.try_get_matches_from_mut(start.iter().chain(&words));
            tried.err()
        };
        let words = |without: &Range<usize>| -> Vec<OsString> {
            let model = OsString::from(&self.model);
            let options = self.options.iter().filter(|word| word.key != *without);
            let first = self.factors.iter().filter(|factor| factor.key != *without);
            let first = first.filter_map(|factor| factor.levels.first());
            [model].into_iter().chain(options.chain(first).map(|word| word.word.clone())).collect()
        };
        // What the command line has and this has not may be what is missing.
        if beside.is_empty() {
            if let Some(error) = try_words(words(&(0..0))) {
                let without = |key: &Range<usize>| {
                    start.iter().cloned().chain(words(key)).collect::<Vec<_>>()
                };
                if let Some(mistake) = self.refused(&error, &without) {
                    return Err(mistake);
                }
            }
        }
        for level in self.factors.iter().flat_map(|factor| &factor.levels) {
            if let Some(error) = try_words(vec![(&self.model).into(), level.word.clone()]) {
                return Err(self.refused_value(&error, level));
            }
        }
        Ok(())
    }

    /// Why a command that makes one run cannot run a grid.
    pub(super) fn unvaried(&self, command: &str) -> Mistake {
        let points: Vec<String> =
            self.factors.iter().map(|factor| factor.levels.len().to_string()).collect();
        let one: Vec<String> = self
            .factors
            .iter()
            .map(|factor| format!("--{}={}", factor.name, factor.levels[0].value))
            .collect();
        let name = &self.name;
        let place = self.factors[0].key.clone();
        let points = points.join(" x ");
        Mistake::new(place, format!("a grid of {points} points: {command} is about one scenario"))
            .help(format!("run all of them with flagfall sweep {name}"))
            .help(format!("one of them with flagfall {command} {name} {}", one.join(" ")))
    }

    /// What the command leaves out of the file.
    pub(super) fn note(&self, command: &Command) -> Option<String> {
        let left = self.study.iter().find(|word| !knows(command, &word.option))?;
        let (name, key, value) = (&self.name, &left.option, &left.value);
        Some(format!(
            "{name} is a study with {key} = {value}, which `flagfall sweep {name}` makes; this is \
             about a single scenario"
        ))
    }
}
