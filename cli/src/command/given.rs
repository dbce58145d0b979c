//! The options of a command line, one by one, as the user wrote them.

use clap::{Arg, Command};
use std::ffi::{OsStr, OsString};

/// An option and its words: `--fleet 2`, `--fleet=2`, `-q`.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Its long name.
    pub(crate) name: String,
    pub(crate) words: Vec<OsString>,
}

impl Given {
    /// `--NAME=VALUE`.
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), words: vec![format!("--{name}={value}").into()] }
    }

    /// Its value; that of a flag is `true`.
    pub(crate) fn value(&self) -> String {
        let text = |word: &OsString| word.to_string_lossy().into_owned();
        match self.words.get(1) {
            Some(value) => text(value),
            None => text(&self.words[0]).split_once('=').map_or("true", |(_, value)| value).into(),
        }
    }

    /// The one way to write it in a file: `--NAME=VALUE`, or `--NAME` for a flag. An error is the
    /// word that is not UTF-8.
    pub(crate) fn spelled(&self) -> Result<String, &OsString> {
        let words = self.words.iter().map(|word| word.to_str().ok_or(word));
        let words = words.collect::<Result<Vec<_>, _>>()?;
        Ok(match words[..] {
            [_, value] => format!("--{}={value}", self.name),
            [word] if word.starts_with("--") => word.to_owned(),
            _ => format!("--{}", self.name),
        })
    }

    /// Its words, for a message.
    pub(crate) fn shown(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }
}

/// The options of these commands among the words.
pub(crate) fn options(words: &[OsString], of: &[&Command]) -> Vec<Given> {
    let mut given = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if let Some(long) = text.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            let Some(arg) = find(of, |arg| arg.get_long() == Some(name)) else { continue };
            let mut all = vec![word.clone()];
            if value.is_none() && arg.get_action().takes_values() {
                all.extend(words.next().cloned());
            }
            given.push(Given { name: name.to_owned(), words: all });
        } else if let Some(letters) = text.strip_prefix('-') {
            short(letters, of, &mut words, &mut given);
        }
    }
    given
}

/// Short options in one word, like `-qv`: the last of them may have a value.
fn short<'a>(
    letters: &str,
    of: &[&Command],
    words: &mut impl Iterator<Item = &'a OsString>,
    given: &mut Vec<Given>,
) {
    for (at, letter) in letters.char_indices() {
        let Some(arg) = find(of, |arg| arg.get_short() == Some(letter)) else { return };
        let Some(name) = arg.get_long().map(str::to_owned) else { return };
        let option = OsString::from(format!("-{letter}"));
        if !arg.get_action().takes_values() {
            given.push(Given { name, words: vec![option] });
            continue;
        }
        let rest = letters[at + letter.len_utf8()..].trim_start_matches('=');
        let value = if rest.is_empty() { words.next().cloned() } else { Some(rest.into()) };
        given.push(Given { name, words: [option].into_iter().chain(value).collect() });
        return;
    }
}

fn find<'c>(of: &[&'c Command], is: impl Fn(&Arg) -> bool) -> Option<&'c Arg> {
    of.iter().flat_map(|command| command.get_arguments()).find(|arg| is(arg))
}

/// The long name of an option as the parser shows it: `fleet` of `--fleet <N>`.
pub(crate) fn name_of(shown: &str) -> Option<&str> {
    shown.strip_prefix("--")?.split([' ', '=', '[', '<']).next()
}

/// The option of that long name.
pub(crate) fn option<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    find(&[command], |arg| arg.get_long() == Some(name))
}

/// How many words, from the first on, are options of the command or their values.
pub(crate) fn options_before(command: &Command, words: &[OsString]) -> usize {
    let mut count = 0;
    while let Some(word) = words.get(count).and_then(|word| word.to_str()) {
        if !word.starts_with('-') {
            break;
        }
        let long = word.strip_prefix("--").and_then(|name| option(command, name));
        let has_value = long.is_some_and(|arg| arg.get_action().takes_values());
        count += 1 + usize::from(has_value);
    }
    count.min(words.len())
}

/// Whether a word names a scenario file.
pub(crate) fn is_scenario_file(word: &OsStr) -> bool {
    std::path::Path::new(word).extension() == Some(OsStr::new("toml"))
}
