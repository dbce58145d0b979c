//! Options that are given on both sides of the system's name: the parser takes those behind
//! it and drops the others, so that they are refused before.

use super::exit::Failure;
use clap::{Arg, Command};
use std::ffi::OsString;

/// That each option of a command stands on one side of the name of the system alone.
pub(super) fn check(cli: &Command, arguments: &[OsString]) -> Result<(), Failure> {
    let name = arguments.get(1).and_then(|word| cli.find_subcommand(word));
    let Some(command) = name.filter(|command| command.has_subcommands()) else { return Ok(()) };
    let words = &arguments[2..];
    let at = system_in(command, words);
    let (before, behind) = words.split_at(at.min(words.len()));
    let Some((system, behind)) = behind.split_first() else { return Ok(()) };
    let system = system.to_string_lossy();
    let given = |words: &[OsString], arg: &Arg| {
        let mut longs = words.iter().filter_map(|word| word.to_str()?.strip_prefix("--"));
        longs.any(|word| word.split('=').next() == arg.get_long())
    };
    let takes_values = |arg: &&Arg| arg.is_global_set() && arg.get_action().takes_values();
    let mut options = command.get_arguments().filter(takes_values);
    match options.find(|arg| given(before, arg) && given(behind, arg)) {
        None => Ok(()),
        Some(arg) => {
            let option = arg.get_long().unwrap_or_default();
            Err(Failure::Usage(format!(
                "--{option} is given twice, before {system} and behind it: give it on one side"
            )))
        }
    }
}

/// How many words stand before the name of the system.
fn system_in(command: &Command, words: &[OsString]) -> usize {
    let mut count = 0;
    while let Some(word) = words.get(count).and_then(|word| word.to_str()) {
        if !word.starts_with('-') {
            break;
        }
        let long = word.strip_prefix("--");
        let mut known = command.get_arguments().filter(|arg| arg.get_long() == long);
        let has_value =
            long.is_some() && known.next().is_some_and(|arg| arg.get_action().takes_values());
        count += 1 + usize::from(has_value);
    }
    count
}
