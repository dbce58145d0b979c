//! Finds the place in the file of a refused value, or of an error that is found later.

use super::place::Mistake;
use super::word::{Said, Word};
use crate::command::arguments::why;
use crate::command::given::option;
use crate::command::options::{ValueKind, refusal};
use crate::command::talk::Failure;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};
use std::error::Error;

/// Longer values are not repeated in the message.
const LONGEST_VALUE: usize = 40;

pub(super) fn check_value(argument: &Arg, word: &Word) -> Result<(), Mistake> {
    if !argument.get_action().takes_values() {
        return Ok(());
    }
    let Some(error) = refusal(argument, &word.value) else { return Ok(()) };
    let (name, kind) = (word.name(), ValueKind::of(argument));
    let known = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(known)) => known.join(" or "),
        _ => String::new(),
    };
    let why = match error.source() {
        // The standard library's message would be about digits and types.
        Some(_) if matches!(kind, ValueKind::Whole { .. }) && !is_whole(&word.value) => {
            "write a whole number".to_owned()
        }
        None if !known.is_empty() => format!("write {known}"),
        _ => why(&error, argument, &word.value),
    };
    let (value, place) = word.part(&why);
    let message = match value.chars().count() {
        0 => format!("{name} is empty: {why}"),
        1..=LONGEST_VALUE => format!("{name} cannot be {value:?}: {why}"),
        _ => format!("{name} cannot be this: {why}"),
    };
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mistake = Mistake::new(place, message);
    let described = kind.describe(argument);
    let mistake = mistake.help(match described.eq_ignore_ascii_case(name) {
        true => format!("{name}: {help}"),
        false => format!("{name} is {described}: {help}"),
    });
    Err(if !word.parts.is_empty() && kind.is_single() {
        mistake.help("to vary it, move the line below a line [grid]")
    } else {
        mistake
    })
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The mistake in the file that a failure is about. The failure is of a check of several options,
/// or of the reader of another file, and has only a text: the first option in it is searched.
pub(super) fn mistaken(said: &Said, system: &Command, failure: &Failure) -> Option<Mistake> {
    let words = || said.all().filter(|word| word.given.words[0] != *format!("--{}", word.name()));
    let (message, found) = match failure {
        // This text has a whole command line.
        Failure::Usage(message) if message.starts_with("at the point") => return None,
        Failure::Usage(message) => {
            let quoted = |word: &Word| place_of(message, &word.value).is_some();
            // The first name in the text counts: as an option, or else as a word.
            let first = |name: &dyn Fn(&Word) -> String| {
                let named = words().filter_map(|word| {
                    Some((place_of(message, &name(word))?, !quoted(word), word))
                });
                named.min_by_key(|(place, unquoted, _)| (*place, *unquoted))
            };
            let found = first(&|word| format!("--{}", word.name()));
            let found = found.or_else(|| first(&|word| word.name().to_owned()));
            (message, found.map(|(_, _, word)| word))
        }
        Failure::Files(message) => {
            let is_path = |word: &Word| {
                let argument = option(system, word.name());
                argument.is_some_and(|argument| ValueKind::of(argument) == ValueKind::Path)
            };
            let named = |word: &&Word| place_of(message, &word.value).is_some() && is_path(word);
            (message, words().find(named))
        }
        _ => return None,
    };
    found.map(|word| Mistake::new(word.part(message).1, message))
}

/// The place of a name in a text, as a whole word.
fn place_of(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut places = text.match_indices(name).map(|(start, _)| start);
    places.find(|start| {
        let (before, after) = (&text[..*start], &text[start + name.len()..]);
        !before.ends_with(part) && !after.starts_with(part)
    })
}
