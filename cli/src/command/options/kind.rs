//! The kind of value that an option takes, as its parser shows it.

use clap::{Arg, ArgAction, Command, ValueHint};
use flagfall::arrivals::ArrivalProcess;
use flagfall::random::Distribution;
use flagfall::schedule::Schedule;
use flagfall::time::Span;
use std::any::TypeId;
use std::ffi::OsString;
use std::path::PathBuf;

/// A kind of value. Options with parsers of their own are `Other`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueKind {
    Flag,
    Choice,
    Whole { least: i64, most: u64 },
    Number,
    Span,
    Distribution,
    Arrivals,
    Schedule,
    Path,
    Text,
    Other,
}

impl ValueKind {
    pub(crate) fn of(argument: &Arg) -> Self {
        if !argument.get_action().takes_values() {
            return Self::Flag;
        }
        if !argument.get_possible_values().is_empty() {
            return Self::Choice;
        }
        let parser = argument.get_value_parser().type_id();
        let is = |id: TypeId| parser == id;
        let wholes = [
            (TypeId::of::<u64>(), 0, u64::MAX),
            (TypeId::of::<u32>(), 0, u32::MAX.into()),
            (TypeId::of::<u16>(), 0, u16::MAX.into()),
            (TypeId::of::<u8>(), 0, u8::MAX.into()),
            (TypeId::of::<usize>(), 0, usize::MAX as u64),
            (TypeId::of::<i64>(), i64::MIN, i64::MAX as u64),
            (TypeId::of::<i32>(), i32::MIN.into(), i32::MAX as u64),
        ];
        if let Some((_, least, most)) = wholes.into_iter().find(|(id, ..)| is(*id)) {
            Self::Whole { least, most }
        } else if is(TypeId::of::<f64>()) || is(TypeId::of::<f32>()) {
            Self::Number
        } else if is(TypeId::of::<Span>()) {
            Self::Span
        } else if is(TypeId::of::<Distribution>()) {
            Self::Distribution
        } else if is(TypeId::of::<ArrivalProcess>()) {
            Self::Arrivals
        } else if is(TypeId::of::<Schedule<u64>>()) || is(TypeId::of::<Schedule<f64>>()) {
            Self::Schedule
        } else if is(TypeId::of::<PathBuf>())
            || matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath)
        {
            Self::Path
        } else if is(TypeId::of::<String>()) || is(TypeId::of::<OsString>()) {
            Self::Text
        } else {
            Self::Other
        }
    }

    /// The kind in words, for a message.
    pub(crate) fn describe(self, argument: &Arg) -> String {
        match self {
            Self::Flag => "true or false".to_owned(),
            Self::Choice => choices(argument, false).join(" or "),
            Self::Whole { least: 0, .. } => "a whole number, not below 0".to_owned(),
            Self::Whole { .. } => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Span => "a span, like \"1.5s\"".to_owned(),
            Self::Distribution => "a distribution, like \"exponential(mean=1min)\"".to_owned(),
            Self::Arrivals => "arrivals, like \"rates(per=1h, daily(0: 2, 8h: 30))\"".to_owned(),
            Self::Schedule => "a schedule, like \"daily(0: 0, 8h: 3, 18h: 0)\"".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Other => match argument.get_value_names() {
                Some([name, ..]) => name.to_string(),
                _ => "a value".to_owned(),
            },
        }
    }

    /// Whether a list is always wrong.
    pub(crate) fn is_single(self) -> bool {
        matches!(
            self,
            Self::Choice
                | Self::Whole { .. }
                | Self::Number
                | Self::Span
                | Self::Distribution
                | Self::Arrivals
                | Self::Schedule
        )
    }
}

/// The words that an option takes, with their older names if wanted.
pub(crate) fn choices(argument: &Arg, aliases: bool) -> Vec<String> {
    let values = argument.get_possible_values();
    let shown = values.iter().filter(|value| !value.is_hide_set());
    let most = if aliases { usize::MAX } else { 1 };
    shown.flat_map(|value| value.get_name_and_aliases().take(most)).map(str::to_owned).collect()
}

/// Whether several values may be given in a list.
pub(crate) fn is_repeatable(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Append)
}

/// Why the option's parser refuses a value, if it does, without other options.
pub(crate) fn refusal(argument: &Arg, value: &str) -> Option<clap::Error> {
    let parser = argument.get_value_parser().clone();
    let mut alone = Arg::new("value").long("value").value_parser(parser).allow_hyphen_values(true);
    if let Some(delimiter) = argument.get_value_delimiter() {
        alone = alone.value_delimiter(delimiter).action(ArgAction::Append);
    }
    let words = [format!("--value={value}")];
    let command = Command::new("value").no_binary_name(true).arg(alone);
    command.try_get_matches_from(words).err()
}
