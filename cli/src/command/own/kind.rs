//! A type of model, and its options.

use super::erased::Erased;
use super::model::OwnModel;
use crate::command::options::ValueKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use flagfall::network::Latency;

#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The default of `--latency`.
    pub(crate) latency: Latency,
    pub(crate) has_languages: bool,
    /// The options that name files which the model writes.
    pub(super) writes: &'static [&'static str],
    pub(crate) is_copied: bool,
    /// A command with only the options of the model.
    pub(crate) options: Command,
    pub(super) parse: fn(&ArgMatches) -> Result<Box<dyn Erased>, clap::Error>,
}

impl Kind {
    pub(crate) fn of<M: OwnModel>() -> Self {
        Self {
            name: M::NAME,
            latency: M::LATENCY,
            has_languages: M::HAS_LANGUAGES,
            writes: M::WRITES,
            is_copied: M::copies().is_some(),
            options: M::augment_args(Command::new(M::NAME).next_help_heading("Model")),
            parse: |matches| Ok(Box::new(M::from_arg_matches(matches)?)),
        }
    }

    pub(crate) fn about(&self) -> String {
        self.options.get_about().map(ToString::to_string).unwrap_or_default()
    }

    pub(crate) fn longs(&self) -> impl Iterator<Item = &str> {
        self.options.get_arguments().filter_map(Arg::get_long)
    }

    pub(super) fn is_flag(&self, long: &str) -> bool {
        self.is(long, |arg| !arg.get_action().takes_values())
    }

    pub(super) fn is_path(&self, long: &str) -> bool {
        self.is(long, |arg| ValueKind::of(arg) == ValueKind::Path)
    }

    fn is(&self, long: &str, kind: impl Fn(&Arg) -> bool) -> bool {
        self.options.get_arguments().any(|arg| arg.get_long() == Some(long) && kind(arg))
    }

    /// The options with their values, given or by default. A flag that is given is true.
    pub(super) fn given(&self, matches: &ArgMatches) -> Vec<(String, Vec<String>)> {
        let given = |arg: &Arg| {
            let texts = matches.get_raw(arg.get_id().as_str())?;
            let texts = texts.map(|value| value.to_string_lossy().into_owned());
            let values = match arg.get_action() {
                ArgAction::SetFalse => texts.map(|value| (value == "false").to_string()).collect(),
                _ => texts.collect(),
            };
            Some((arg.get_long()?.to_owned(), values))
        };
        self.options.get_arguments().filter_map(given).collect()
    }
}
