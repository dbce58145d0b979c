//! A type of model, and its options.

use super::erased::Erased;
use super::model::OwnModel;
use crate::command::options::ValueKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use flagfall::network::Latency;

/// A type of model.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The default of `--latency`.
    pub(crate) latency: Latency,
    pub(crate) has_languages: bool,
    /// Whether its runs can be copied and saved.
    pub(crate) is_copied: bool,
    augment: fn(Command) -> Command,
    pub(super) parse: fn(&ArgMatches) -> Result<Box<dyn Erased>, clap::Error>,
    options: Vec<Named>,
}

/// One of its options.
#[derive(Debug)]
struct Named {
    id: String,
    long: String,
    /// The value of a flag that is given; none if it is no flag.
    given: Option<&'static str>,
    /// Whether it names files.
    is_path: bool,
}

impl Kind {
    pub(crate) fn of<M: OwnModel>() -> Self {
        let mut kind = Self {
            name: M::NAME,
            latency: M::LATENCY,
            has_languages: M::HAS_LANGUAGES,
            is_copied: M::copies().is_some(),
            augment: M::augment_args,
            parse: |matches| Ok(Box::new(M::from_arg_matches(matches)?)),
            options: Vec::new(),
        };
        let named = |arg: &Arg| {
            let given = match arg.get_action() {
                ArgAction::SetTrue => Some("true"),
                ArgAction::SetFalse => Some("false"),
                _ => None,
            };
            let is_path = ValueKind::of(arg) == ValueKind::Path;
            let (id, long) = (arg.get_id().to_string(), arg.get_long()?.to_owned());
            Some(Named { id, long, given, is_path })
        };
        kind.options = kind.options_alone().get_arguments().filter_map(named).collect();
        kind
    }

    /// A command with only the options of the model.
    pub(crate) fn options_alone(&self) -> Command {
        let command = Command::new(self.name).next_help_heading("Model");
        (self.augment)(command)
    }

    /// The first line of its help.
    pub(crate) fn about(&self) -> String {
        self.options_alone().get_about().map(ToString::to_string).unwrap_or_default()
    }

    /// The names of its options.
    pub(crate) fn longs(&self) -> impl Iterator<Item = &str> {
        self.options.iter().map(|option| option.long.as_str())
    }

    pub(crate) fn is_flag(&self, long: &str) -> bool {
        self.options.iter().any(|option| option.given.is_some() && option.long == long)
    }

    pub(crate) fn is_path(&self, long: &str) -> bool {
        self.options.iter().any(|option| option.is_path && option.long == long)
    }

    /// The options with their values, given or by default.
    pub(super) fn given(&self, matches: &ArgMatches) -> Vec<(String, Vec<String>)> {
        let given = |option: &Named| {
            let text =
                matches.get_raw(&option.id)?.map(|value| value.to_string_lossy().into_owned());
            let values = match option.given {
                Some(word) => text.map(|value| (value == word).to_string()).collect(),
                None => text.collect(),
            };
            Some((option.long.clone(), values))
        };
        self.options.iter().filter_map(given).collect()
    }
}
