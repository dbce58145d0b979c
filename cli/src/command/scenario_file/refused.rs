//! Whoever refuses an option knows nothing of files: what it says is about
//! which place.

use super::place::{Mistake, line_and_column};
use super::{ScenarioFile, Word, given};
use crate::command::args::Cli;
use crate::command::exit::Failure;
use crate::command::refusal;
use crate::command::schema::Kind;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use std::error::Error;
use std::ffi::OsString;
use std::ops::Range;

/// Longer values are not repeated: the place shows them.
const LONGEST_VALUE: usize = 40;

impl ScenarioFile {
    /// Where in the file what the parser of options refuses is, if it is there.
    /// `without` gives the arguments without a line of the file.
    pub(super) fn refused(
        &self,
        error: &clap::Error,
        without: &dyn Fn(&Range<usize>) -> Vec<OsString>,
    ) -> Option<Mistake> {
        if !error.use_stderr() {
            return None;
        }
        let options = options_of(error.get(ContextKind::InvalidArg));
        match error.kind() {
            ErrorKind::ArgumentConflict => {
                let others = options_of(error.get(ContextKind::PriorArg));
                self.conflict(options.first()?, others.first()?)
            }
            ErrorKind::MissingRequiredArgument => {
                // It is said what is missing, not who misses it.
                let key = self.culprit(error.kind(), without)?;
                let option = &self.words_of(&key).next()?.option;
                let missing = options.join(", ");
                let message = format!("{option} needs {missing}, too: add a line, or remove this");
                Some(Mistake::new(key, message))
            }
            _ => {
                let option = options.first()?;
                let value = text_in(error.get(ContextKind::InvalidValue)).unwrap_or_default();
                let mut words = self.all_words().filter(|word| word.option == *option);
                let first = words.clone().next()?;
                let word = words.find(|word| word.value == value).unwrap_or(first);
                Some(self.refused_value(error, word))
            }
        }
    }

    /// A value that its option refuses.
    pub(super) fn refused_value(&self, error: &clap::Error, word: &Word) -> Mistake {
        let option = &word.option;
        let cli = Cli::command();
        let system = cli.find_subcommand("run").and_then(|run| run.find_subcommand(&self.model));
        let argument = system.and_then(|system| given::option(system, option));
        let kind = argument.map(Kind::of);
        let known = text_list(error.get(ContextKind::ValidValue));
        let why = match (error.source(), argument) {
            // What std says of numbers is about digits and types.
            (Some(_), _) if matches!(kind, Some(Kind::Whole { .. })) && !is_whole(&word.value) => {
                "write a whole number".to_owned()
            }
            (Some(_), Some(argument)) => refusal::why(error, argument, &word.value),
            (Some(source), None) => source.to_string(),
            (None, _) if !known.is_empty() => format!("write {}", known.join(" or ")),
            (None, _) => headline(error),
        };
        let (value, place) = word.part(&why);
        let mistake = Mistake::new(
            place,
            match value.chars().count() {
                0 => format!("{option} is empty: {why}"),
                1..=LONGEST_VALUE => format!("{option} cannot be {value:?}: {why}"),
                _ => format!("{option} cannot be this: {why}"),
            },
        );
        let (Some(argument), Some(kind)) = (argument, kind) else { return mistake };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let mistake = mistake.help(format!("{option} is {}: {help}", kind.describe(argument)));
        if !word.parts.is_empty() && kind.is_single() {
            return mistake.help("to vary it, move the line below a line [grid]");
        }
        mistake
    }

    /// Two options that exclude each other, at the one that comes later in the file.
    fn conflict(&self, one: &str, other: &str) -> Option<Mistake> {
        let find = |option: &str| self.all_words().find(|word| word.option == option);
        let (one, other) = match (find(one), find(other)) {
            (Some(one), Some(other)) if one.key.start < other.key.start => (one, other),
            (Some(one), Some(other)) => (other, one),
            (Some(word), None) | (None, Some(word)) => {
                let absent = if word.option == one { other } else { one };
                let message = format!("{} and --{absent} exclude each other", word.option);
                return Some(Mistake::new(word.key.clone(), message));
            }
            (None, None) => return None,
        };
        let (line, _) = line_and_column(&self.text, one.key.start);
        let (one, name) = (&one.option, &other.option);
        let message = format!("{name} and {one} (line {line}) exclude each other: remove one");
        Some(Mistake::new(other.key.clone(), message))
    }

    /// The line without which that kind of error is gone.
    fn culprit(
        &self,
        kind: ErrorKind,
        without: &dyn Fn(&Range<usize>) -> Vec<OsString>,
    ) -> Option<Range<usize>> {
        let mut keys: Vec<Range<usize>> = self.all_words().map(|word| word.key.clone()).collect();
        keys.dedup();
        keys.into_iter().find(|key| {
            let tried = Cli::try_parse_from(without(key));
            tried.err().is_none_or(|error| error.kind() != kind)
        })
    }

    /// Where in the file that is what a check across options, or the reader of a file
    /// that this one names, found wrong.
    pub(super) fn mistaken(&self, failure: &Failure) -> Option<Mistake> {
        let words = || self.all_words().filter(|word| word.word != *format!("--{}", word.option));
        let (message, found) = match failure {
            // What is said of a whole command line names whatever is in it.
            Failure::Usage(message) if message.starts_with("at the point") => return None,
            Failure::Usage(message) => {
                let quoted = |word: &Word| place_of(message, &word.value).is_some();
                // Who is named first is what it is about; as an option before as a word.
                let first = |name: &dyn Fn(&Word) -> String| {
                    let named = words().filter_map(|word| {
                        Some((place_of(message, &name(word))?, !quoted(word), word))
                    });
                    named.min_by_key(|(place, unquoted, _)| (*place, *unquoted))
                };
                let found = first(&|word| format!("--{}", word.option));
                let found = found.or_else(|| first(&|word| word.option.clone()));
                (message, found.map(|(_, _, word)| word))
            }
            Failure::Files(message) => {
                let named =
                    |word: &&Word| place_of(message, &word.value).is_some() && self.is_path(word);
                (message, words().find(named))
            }
            _ => return None,
        };
        found.map(|word| Mistake::new(word.part(message).1, message))
    }

    fn is_path(&self, word: &Word) -> bool {
        let cli = Cli::command();
        let system = cli.find_subcommand("run").and_then(|run| run.find_subcommand(&self.model));
        let argument = system.and_then(|system| given::option(system, &word.option));
        argument.is_some_and(|argument| Kind::of(argument) == Kind::Path)
    }

    /// Options, levels and keys of studies.
    fn all_words(&self) -> impl Iterator<Item = &Word> + Clone {
        let levels = self.factors.iter().flat_map(|factor| &factor.levels);
        self.options.iter().chain(levels).chain(&self.study)
    }

    fn words_of(&self, key: &Range<usize>) -> impl Iterator<Item = &Word> {
        self.all_words().filter(move |word| word.key == *key)
    }
}

impl Word {
    /// The value of a list that a message quotes, or all of it.
    fn part(&self, message: &str) -> (&str, Range<usize>) {
        let mut quoted =
            self.parts.iter().filter(|(part, _)| message.contains(&format!("`{part}`")));
        let (value, place) =
            quoted.next().map_or((&self.value, &self.place), |(part, place)| (part, place));
        (value, place.clone())
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where a name stands in a text as a word of its own.
fn place_of(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut places = text.match_indices(name).map(|(start, _)| start);
    places.find(|start| {
        let (before, after) = (&text[..*start], &text[start + name.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}

/// `fleet` of what clap calls `--fleet <N>`.
fn options_of(context: Option<&ContextValue>) -> Vec<String> {
    let name = |text: &String| {
        let name = text.strip_prefix("--")?;
        let end = name.find([' ', '=', '[', '<']).unwrap_or(name.len());
        Some(name[..end].to_owned())
    };
    text_list(context).iter().filter_map(name).collect()
}

fn text_list(context: Option<&ContextValue>) -> Vec<String> {
    match context {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn text_in(context: Option<&ContextValue>) -> Option<String> {
    text_list(context).into_iter().next()
}

/// The first line of what clap would say.
fn headline(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
