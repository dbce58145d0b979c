//! Scenario files: the options of a system in a file, so that a run can be
//! kept, sent and run again.
//!
//! A scenario is turned into the options of the command line before they are
//! parsed, so it knows exactly the options that the command knows, and makes
//! the same checks.

use super::args::Cli;
use super::exit::Failure;
use super::options::read_at_most;
use super::own::program;
use clap::{ArgAction, CommandFactory, ValueHint};
use std::ffi::{OsStr, OsString};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Puts the options of a scenario file where a command line names one in the
/// place of a system: `run FILE.toml [OPTION]...`, `verify --runs 3 FILE.toml`.
/// Options given behind it count instead of the file's.
pub(super) fn expand(arguments: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let command = arguments.get(1).and_then(|word| word.to_str());
    let Some(command) = command else { return Ok(arguments) };
    let cli = Cli::command();
    let Some(systems) = cli.find_subcommand(command).filter(|command| command.has_subcommands())
    else {
        return Ok(arguments);
    };
    let at = 2 + options_before(systems, &arguments[2..]);
    let Some(path) = arguments.get(at).map(Path::new) else { return Ok(arguments) };
    if path.extension() != Some(OsStr::new("toml")) {
        return Ok(arguments);
    }
    let name = path.display();
    let remedy = "put long lists into files of their own, as durations-file and faults name them";
    let text = read_at_most(path, 1 << 18, remedy)?;
    let (given, rest) = (&arguments[..at], &arguments[at + 1..]);
    let scenario = ScenarioText { text: &text, folder: path.parent(), rest };
    let options = scenario.placed_options(systems);
    let options = options.map_err(|problem| Failure::Files(format!("{name}: {problem}")))?;
    Ok([given, &options, rest].concat())
}

/// The command line that runs the text of a scenario file.
pub(super) fn command_line(text: &str) -> Result<Vec<OsString>, String> {
    let cli = Cli::command();
    let systems = cli.find_subcommand("run").expect("run is a subcommand");
    let scenario = ScenarioText { text, folder: None, rest: &[] };
    let options = scenario.placed_options(systems)?;
    Ok([program().name(), "run"].into_iter().map(OsString::from).chain(options).collect())
}

/// How many words are options of the command itself, with their values.
fn options_before(command: &clap::Command, words: &[OsString]) -> usize {
    let mut count = 0;
    while let Some(option) = words.get(count).and_then(|word| word.to_str()?.strip_prefix("--")) {
        let mut known = command.get_arguments().filter(|arg| arg.get_long() == Some(option));
        let has_value = known.next().is_some_and(|arg| arg.get_action().takes_values());
        count += 1 + usize::from(has_value);
    }
    count
}

struct ScenarioText<'a> {
    text: &'a str,
    folder: Option<&'a Path>,
    /// What stands behind the file on the command line.
    rest: &'a [OsString],
}

/// What is wrong with a scenario, and where.
struct Mistake {
    place: Range<usize>,
    message: String,
}

fn mistake<T>(place: Range<usize>, message: String) -> Result<T, Mistake> {
    Err(Mistake { place, message })
}

impl ScenarioText<'_> {
    /// As [`options`](Self::options); an error begins with its place.
    fn placed_options(&self, systems: &clap::Command) -> Result<Vec<OsString>, String> {
        self.options(systems).map_err(|Mistake { place, message }| {
            let (line, column) = line_and_column(self.text, place.start);
            format!("line {line}, column {column}: {message}")
        })
    }

    /// The system, and its options as the command line has them.
    fn options(&self, systems: &clap::Command) -> Result<Vec<OsString>, Mistake> {
        let parsed = DeTable::parse(self.text).map_err(|error| Mistake {
            place: error.span().unwrap_or_default(),
            message: error.message().to_owned(),
        })?;
        let table = parsed.into_inner();
        let names: Vec<&str> = systems.get_subcommands().map(clap::Command::get_name).collect();
        let Some((_, model)) = table.iter().find(|(key, _)| key.get_ref() == "model") else {
            let message = format!("no model: write a line like model = \"{}\"", names[0]);
            return mistake(0..0, message);
        };
        let DeValue::String(wanted) = model.get_ref() else {
            return mistake(model.span(), "model is a text, like \"taxi\"".to_owned());
        };
        let Some(system) = systems.find_subcommand(wanted.as_ref()) else {
            let message = format!("no model is called {wanted}{}", nearest(wanted, &names));
            return mistake(model.span(), message);
        };
        let mut options = vec![OsString::from(system.get_name())];
        for (key, value) in table.iter().filter(|(key, _)| key.get_ref() != "model") {
            self.option(system, key, value, &mut options)?;
        }
        Ok(options)
    }

    /// Adds what one line of the file says.
    fn option(
        &self,
        system: &clap::Command,
        key: &Spanned<toml::de::DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        options: &mut Vec<OsString>,
    ) -> Result<(), Mistake> {
        let name: &str = key.get_ref();
        let known = system.get_arguments().filter_map(clap::Arg::get_long);
        let Some(argument) = system.get_arguments().find(|arg| arg.get_long() == Some(name)) else {
            let known: Vec<&str> = known.collect();
            let system = system.get_name();
            let message = format!("{system} has no option {name}{}", nearest(name, &known));
            return mistake(key.span(), message);
        };
        let option = format!("--{name}");
        let begins = format!("{option}=");
        let overridden = self.rest.iter().any(|word| {
            word.to_str().is_some_and(|word| word == option || word.starts_with(&begins))
        });
        if overridden {
            return Ok(());
        }
        if !argument.get_action().takes_values() {
            return match value.get_ref() {
                DeValue::Boolean(on) => {
                    options.extend(on.then(|| option.into()));
                    Ok(())
                }
                _ => mistake(value.span(), format!("{name} is true or false")),
            };
        }
        let values = match value.get_ref() {
            DeValue::Array(values) => {
                values.iter().map(|value| text_of(name, value)).collect::<Result<_, _>>()?
            }
            _ => vec![text_of(name, value)?],
        };
        let values = match argument.get_action() {
            ArgAction::Append => values,
            _ => vec![values.join(",")],
        };
        for value in values {
            let is_path =
                matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath);
            let value = match self.folder {
                Some(folder) if is_path => folder.join(value).into_os_string(),
                _ => value.into(),
            };
            let mut word = OsString::from(&begins);
            word.push(value);
            options.push(word);
        }
        Ok(())
    }
}

/// A value as it would be written on the command line.
fn text_of(name: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Mistake> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Float(number) => Ok(number.to_string()),
        other => {
            let kind = other.type_str();
            mistake(
                value.span(),
                format!("{name} is a text, a number or a list, not of type {kind}"),
            )
        }
    }
}

/// ": did you mean ...?" for the known word that differs least.
pub(super) fn nearest(word: &str, known: &[&str]) -> String {
    let distance = |other: &str| strsim::levenshtein(word, other);
    match known.iter().map(|known| (distance(known), known)).min() {
        Some((distance, known)) if distance <= word.len().div_ceil(3) => {
            format!(": did you mean {known}?")
        }
        _ => format!("; there are {}", known.join(", ")),
    }
}

/// Where a byte of a text is, counted from 1.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
