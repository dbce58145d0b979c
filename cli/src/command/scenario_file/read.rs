//! Reads the text of a scenario file as options.

use super::beside::Beside;
use super::place::Mistake;
use super::refused::check_value;
use super::study;
use super::word::{Factor, Said, Word};
use crate::command::given::{Given, option};
use crate::command::options::{ValueKind, is_repeatable};
use crate::command::talk::nearest;
use clap::{Arg, ArgAction, Command};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A file is read for a command, with extra command-line options.
pub(super) struct Reader<'a> {
    pub(super) folder: Option<&'a Path>,
    pub(super) command: &'a Command,
    pub(super) beside: &'a [OsString],
}

pub(super) type Key<'t> = Spanned<DeString<'t>>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The lines of a table in their order.
pub(super) fn lines<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Key<'t>, &'a Value<'t>)> {
    let mut lines: Vec<_> = table.iter().collect();
    lines.sort_by_key(|(key, _)| key.span().start);
    lines
}

impl Reader<'_> {
    pub(super) fn read(&self, text: &str) -> Result<Said, Mistake> {
        let parsed = DeTable::parse(text).map_err(|error| {
            Mistake::new(error.span().unwrap_or_default(), error.message().to_owned())
        })?;
        let table = parsed.into_inner();
        let system = self.system(&table)?;
        let beside = Beside::of(self.beside, system, self.command);
        let mut said = Said { model: system.get_name().to_owned(), ..Said::default() };
        for (key, value) in lines(&table) {
            match key.get_ref().as_ref() {
                "model" => {}
                "grid" => said.factors = self.grid(system, value, &beside)?,
                name if study::KEYS.contains(&name) => {
                    let words = self.study_words(key, value)?;
                    said.study.extend(words.into_iter().filter(|_| !beside.overrides(name)));
                }
                name => {
                    let argument = known(system, key, true)?;
                    let words = self.words(argument, key, value)?;
                    said.options.extend(words.into_iter().filter(|_| !beside.overrides(name)));
                }
            }
        }
        if beside.ends_of(&table) {
            said.study.retain(|word| word.name() != "of");
        }
        study::check_together(system, text, &said)?;
        Ok(said)
    }

    fn system(&self, table: &DeTable<'_>) -> Result<&Command, Mistake> {
        let systems = self.command;
        let names: Vec<&str> = systems.get_subcommands().map(Command::get_name).collect();
        let Some((_, model)) = table.iter().find(|(key, _)| key.get_ref() == "model") else {
            let message = format!("no model: write a line like model = \"{}\"", names[0]);
            return Err(Mistake::new(0..0, message));
        };
        let DeValue::String(wanted) = model.get_ref() else {
            return Err(Mistake::new(model.span(), "model is a text, like \"taxi\""));
        };
        systems.find_subcommand(wanted.as_ref()).ok_or_else(|| {
            let message = format!("no model is called {wanted}{}", nearest(wanted, &names));
            Mistake::new(model.span(), message)
        })
    }

    /// The words of one line: several if an option is repeated.
    fn words(&self, argument: &Arg, key: &Key, value: &Value) -> Result<Vec<Word>, Mistake> {
        let name = key.get_ref().as_ref();
        if !argument.get_action().takes_values() {
            let DeValue::Boolean(on) = value.get_ref() else {
                return Err(Mistake::new(value.span(), format!("{name} is true or false")));
            };
            let given = Given { name: name.to_owned(), words: vec![format!("--{name}").into()] };
            let word = word(given, "true".to_owned(), key, value);
            return Ok(on.then_some(word).into_iter().collect());
        }
        if let (ArgAction::Append, DeValue::Array(values)) =
            (argument.get_action(), value.get_ref())
        {
            let of = |value| {
                let word = self.option(argument, key, value)?;
                if let Some(delimiter) = argument.get_value_delimiter() {
                    check_item(name, &word.value, delimiter, value)?;
                }
                Ok(word)
            };
            return values.iter().map(of).collect();
        }
        Ok(vec![self.option(argument, key, value)?])
    }

    /// One option with its value; the values of a list are joined by commas.
    pub(super) fn option(&self, argument: &Arg, key: &Key, value: &Value) -> Result<Word, Mistake> {
        let name = key.get_ref().as_ref();
        let mut parts = Vec::new();
        let text = match value.get_ref() {
            DeValue::Array(values) if !matches!(argument.get_action(), ArgAction::Append) => {
                for value in values.iter() {
                    let text = text_of(name, value)?;
                    if values.len() > 1 {
                        check_item(name, &text, ',', value)?;
                    }
                    parts.push((text, value.span()));
                }
                let texts: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
                texts.join(",")
            }
            _ => text_of(name, value)?,
        };
        let is_path = ValueKind::of(argument) == ValueKind::Path;
        let path = self.folder.filter(|_| is_path).map(|folder| folder.join(&text));
        let text = path.map_or(text, |path| path.to_string_lossy().into_owned());
        let word = Word { parts, ..word(Given::new(name, &text), text, key, value) };
        check_value(argument, &word)?;
        Ok(word)
    }

    /// `replications = 100` and the like, which are options of the command, or else of `sweep`.
    fn study_words(&self, key: &Key, value: &Value) -> Result<Vec<Word>, Mistake> {
        let name = key.get_ref().as_ref();
        let sweep = study::options();
        let argument = option(self.command, name).or_else(|| option(&sweep, name));
        let argument = argument.expect("a key of a study is an option of `sweep`");
        if matches!(value.get_ref(), DeValue::Array(_)) && !is_repeatable(argument) {
            return Err(Mistake::new(value.span(), format!("{name} is one value, not a list")));
        }
        let words = self.words(argument, key, value)?;
        Ok(words.into_iter().map(study::as_quoted).collect())
    }

    /// The table `[grid]`, without what the command line replaces.
    fn grid(
        &self,
        system: &Command,
        grid: &Value,
        beside: &Beside<'_>,
    ) -> Result<Vec<Factor>, Mistake> {
        let DeValue::Table(table) = grid.get_ref() else {
            let message = "grid is a table: write a line [grid], and below it options with their \
                           levels, like fleet = [2, 4, 8]";
            return Err(Mistake::new(grid.span(), message));
        };
        let mut factors = Vec::new();
        for (key, value) in lines(table) {
            let factor = self.factor(system, key, value)?;
            factors.extend((!beside.overrides(&factor.name)).then_some(factor));
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
                let message = format!(
                    "a level of {name} cannot have a semicolon, which separates levels: give the \
                     value as an option, without the grid"
                );
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

fn word(given: Given, value_text: String, key: &Key, value: &Value) -> Word {
    Word { given, value: value_text, key: key.span(), place: value.span(), parts: vec![] }
}

/// An item of a list is one value: a comma in it would make two.
fn check_item(name: &str, text: &str, delimiter: char, value: &Value) -> Result<(), Mistake> {
    if !text.contains(delimiter) {
        return Ok(());
    }
    let message = format!(
        "an item of {name} cannot be {text:?}: a '{delimiter}' separates them; write each as an \
         item of its own"
    );
    Err(Mistake::new(value.span(), message))
}

/// The option that a key names. An error names a similar one.
pub(super) fn known<'c>(system: &'c Command, key: &Key, top: bool) -> Result<&'c Arg, Mistake> {
    let name = key.get_ref().as_ref();
    option(system, name).ok_or_else(|| {
        let options = system.get_arguments().filter_map(Arg::get_long);
        let others = ["grid"].into_iter().chain(study::KEYS).filter(|_| top);
        let known: Vec<&str> = options.chain(others).collect();
        let system = system.get_name();
        let message = format!("{system} has no option {name}{}", nearest(name, &known));
        Mistake::new(key.span(), message)
    })
}

/// A value as it would be written on the command line.
pub(super) fn text_of(name: &str, value: &Value) -> Result<String, Mistake> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => {
            let decimal = i128::from_str_radix(number.as_str(), number.radix());
            Ok(decimal.map_or_else(|_| number.to_string(), |number| number.to_string()))
        }
        DeValue::Float(number) => Ok(number.to_string()),
        other => {
            let kind = other.type_str();
            let message = format!("{name} is a text, a number or a list, not of type {kind}");
            Err(Mistake::new(value.span(), message))
        }
    }
}
