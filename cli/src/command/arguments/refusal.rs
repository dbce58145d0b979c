//! Messages about refused values, with a remedy.

use crate::command::given::{name_of, option};
use crate::command::options::ValueKind;
use crate::words::one_line;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use std::error::Error;

/// Returns the message when an option of those commands refuses a value; `None` otherwise.
pub(crate) fn told(error: &clap::Error, of: &[&Command]) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let (named, value) = (text(ContextKind::InvalidArg)?, text(ContextKind::InvalidValue)?);
    let name = name_of(named)?;
    let arg = of.iter().find_map(|command| option(command, name))?;
    let why = why(error, arg, value);
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let (value, why) = (one_line(value), one_line(&why));
    Some(format!("invalid value '{value}' for '{named}': {why}\n  = {named}: {help}"))
}

/// Why an option refuses a value: the message of its parser, or what to write if that message is
/// about digits and types.
pub(crate) fn why(error: &clap::Error, arg: &Arg, value: &str) -> String {
    let said = error.source().map(ToString::to_string);
    match (ValueKind::of(arg), said) {
        (ValueKind::Whole { .. }, Some(said)) if said.contains(" is not in ") => said,
        (kind @ (ValueKind::Whole { .. } | ValueKind::Number), _) if is_of_std(kind, value) => {
            format!("write {}", wanted(kind, arg))
        }
        (_, Some(said)) => said,
        (kind, None) => format!("write {}", kind.describe(arg)),
    }
}

/// Whether the message is of the standard library: the value is not a number, or out of the type's
/// range.
fn is_of_std(kind: ValueKind, value: &str) -> bool {
    match kind {
        ValueKind::Whole { least, most } => {
            let held = value.parse::<i128>();
            !held.is_ok_and(|held| (i128::from(least)..=i128::from(most)).contains(&held))
        }
        _ => value.parse::<f64>().is_err(),
    }
}

/// What numbers an option takes, with an example.
fn wanted(kind: ValueKind, arg: &Arg) -> String {
    let of_default = arg.get_default_values().first().map(|text| text.to_string_lossy());
    let example = of_default.unwrap_or_else(|| "10".into());
    match kind {
        ValueKind::Whole { least: 0, most } => {
            format!("a whole number from 0 to {most}, like {example}")
        }
        kind => format!("{}, like {example}", kind.describe(arg)),
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use crate::command::arguments::{named, tree};
    use crate::command::options::ValueKind;
    use crate::command::program::Program;
    use clap::{Arg, Command};
    use std::ffi::OsString;

    /// Texts that are not a number, span and so on.
    const BAD: [&str; 3] = ["x y", "99999999999999999999999999x", "-"];

    fn check(cli: &Command, path: &[&str], arg: &Arg) {
        let Some(long) = arg.get_long().filter(|_| arg.get_action().takes_values()) else {
            return;
        };
        let mut refused = false;
        for bad in BAD {
            let option = format!("--{long}={bad}");
            let words: Vec<OsString> =
                path.iter().copied().chain([&*option]).map(Into::into).collect();
            let Err(error) = cli.clone().try_get_matches_from(&words) else { continue };
            let Some(text) = told(&error, &named(cli, &words)) else { continue };
            refused = true;
            let riddles = ["digit", "literal", "target type", "string"];
            assert!(!riddles.iter().any(|part| text.contains(part)), "{words:?}: {text}");
            let remedies =
                ["write", "use ", "give", "what can", "at most", "like", "not in", "above"];
            assert!(remedies.iter().any(|part| text.contains(part)), "{words:?}: {text}");
            assert!(text.contains("\n  = --"), "{words:?}: {text}");
        }
        let takes_all = !matches!(
            ValueKind::of(arg),
            ValueKind::Whole { .. }
                | ValueKind::Number
                | ValueKind::Span
                | ValueKind::Distribution
                | ValueKind::Arrivals
                | ValueKind::Schedule
        );
        assert!(refused || takes_all, "takes everything: {path:?} --{long}");
    }

    #[test]
    fn each_option_that_refuses_a_value_says_what_it_wants() {
        let cli = tree(&Program::flagfall());
        let mut count = 0;
        for command in cli.get_subcommands() {
            let path = ["flagfall", command.get_name()];
            command.get_arguments().for_each(|arg| check(&cli, &path, arg));
            for system in command.get_subcommands() {
                let path = [path[0], path[1], system.get_name()];
                system.get_arguments().for_each(|arg| check(&cli, &path, arg));
                count += system.get_arguments().count();
            }
        }
        assert!(count > 500, "{count} options");
    }
}
