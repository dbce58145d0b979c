//! The text of a scenario file into options.

use super::place::{Mistake, nearest};
use super::study::{self, Factor};
use super::{Given, Word, given};
use clap::{Arg, ArgAction, Command, ValueHint};
use std::ffi::OsString;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// What a file says is read for a command, beside which words stand.
pub(super) struct Reader<'a> {
    pub(super) folder: Option<&'a Path>,
    pub(super) command: &'a Command,
    pub(super) beside: &'a [OsString],
}

/// What a file says, in the order in which it does.
#[derive(Default)]
pub(super) struct Said {
    pub(super) options: Vec<Word>,
    pub(super) factors: Vec<Factor>,
    pub(super) study: Vec<Word>,
}

pub(super) type Key<'t> = Spanned<DeString<'t>>;
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The lines of a table from the first to the last.
pub(super) fn lines<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Key<'t>, &'a Value<'t>)> {
    let mut lines: Vec<_> = table.iter().collect();
    lines.sort_by_key(|(key, _)| key.span().start);
    lines
}

impl Reader<'_> {
    /// The name of the model, and what is said of it.
    pub(super) fn read(&self, text: &str) -> Result<(String, Said), Mistake> {
        let parsed = DeTable::parse(text).map_err(|error| {
            Mistake::new(error.span().unwrap_or_default(), error.message().to_owned())
        })?;
        let table = parsed.into_inner();
        let system = self.system(&table)?;
        let given = Given::of(self.beside, system);
        let mut said = Said::default();
        for (key, value) in lines(&table) {
            match key.get_ref().as_ref() {
                "model" => {}
                "grid" => said.factors = self.grid(system, value, &given)?,
                name if study::KEYS.contains(&name) => {
                    let word = study::word(key, value)?;
                    said.study.extend((!given.overrides(name)).then_some(word));
                }
                name => {
                    let argument = known(system, key, true)?;
                    let words = self.words(argument, key, value)?;
                    said.options.extend(words.into_iter().filter(|_| !given.overrides(name)));
                }
            }
        }
        study::check_together(system, text, &said)?;
        Ok((system.get_name().to_owned(), said))
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

    /// The words of one line: several of an option that may be repeated.
    fn words(&self, argument: &Arg, key: &Key, value: &Value) -> Result<Vec<Word>, Mistake> {
        let name = key.get_ref().as_ref();
        if !argument.get_action().takes_values() {
            let DeValue::Boolean(on) = value.get_ref() else {
                return Err(Mistake::new(value.span(), format!("{name} is true or false")));
            };
            let word = word(key, value, "true".to_owned(), format!("--{name}").into());
            return Ok(on.then_some(word).into_iter().collect());
        }
        if let (ArgAction::Append, DeValue::Array(values)) =
            (argument.get_action(), value.get_ref())
        {
            return values.iter().map(|value| self.option(argument, key, value)).collect();
        }
        Ok(vec![self.option(argument, key, value)?])
    }

    /// One option with its value; a list is joined with commas.
    pub(super) fn option(&self, argument: &Arg, key: &Key, value: &Value) -> Result<Word, Mistake> {
        let name = key.get_ref().as_ref();
        let mut parts = Vec::new();
        let text = match value.get_ref() {
            DeValue::Array(values) if !matches!(argument.get_action(), ArgAction::Append) => {
                for value in values.iter() {
                    parts.push((text_of(name, value)?, value.span()));
                }
                let texts: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
                texts.join(",")
            }
            _ => text_of(name, value)?,
        };
        let is_path = matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath);
        let path = self.folder.filter(|_| is_path).map(|folder| folder.join(&text));
        let text = path.map_or(text, |path| path.to_string_lossy().into_owned());
        let option = format!("--{name}={text}").into();
        Ok(Word { parts, ..word(key, value, text, option) })
    }
}

pub(super) fn word(key: &Key, value: &Value, text: String, word: OsString) -> Word {
    let option = key.get_ref().to_string();
    Word { option, value: text, word, key: key.span(), place: value.span(), parts: vec![] }
}

/// The option that a key names, or which it may have meant.
pub(super) fn known<'c>(system: &'c Command, key: &Key, top: bool) -> Result<&'c Arg, Mistake> {
    let name = key.get_ref().as_ref();
    given::option(system, name).ok_or_else(|| {
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
