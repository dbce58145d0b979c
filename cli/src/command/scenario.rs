//! A scenario: a model with its parameters, and the options that every run has.

use super::given::Given;
use super::options::RunOptions;
use super::own::{AnyModel, Kind, Preparation, Shown};
use super::talk::Failure;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches};
use flagfall::Config;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A scenario. Arguments and scenario files are read into one, and the commands take it.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) model: AnyModel,
    pub(crate) options: RunOptions,
    /// The options that were given, in order.
    pub(crate) given: Vec<Given>,
}

/// The subcommand of a kind of model, with the options that every model has.
pub(crate) fn subcommand(kind: &Kind) -> Command {
    let mut command = RunOptions::augment_args(kind.options.clone());
    // Options that mean nothing for it.
    command = command.mut_arg("lang", |arg| arg.hide(!kind.has_languages));
    for id in ["snapshot", "snapshot_at", "snapshot_every"].iter().filter(|_| !kind.is_copied) {
        command = command.mut_arg(id, |arg| arg.hide(true));
    }
    let latency = kind.latency.to_string();
    command.mut_arg("latency", |arg| arg.default_value(latency))
}

impl Scenario {
    /// The scenario of a model of that kind, of options that were parsed.
    pub(crate) fn of(
        kind: &Arc<Kind>,
        matches: &ArgMatches,
        given: Vec<Given>,
    ) -> Result<Self, Error> {
        let model = AnyModel::parse(kind, matches)?;
        Ok(Self { model, options: RunOptions::from_arg_matches(matches)?, given })
    }

    /// The words that run it, without some options: `run`, the model, the options. However an
    /// option was written, it is one word here, so that files which repeat it have equal bytes.
    ///
    /// # Errors
    /// A word is not UTF-8, which `what` needs.
    pub(crate) fn words(&self, without: &[&str], what: &str) -> Result<Vec<String>, Failure> {
        let kept = self.given.iter().filter(|given| !without.contains(&given.name.as_str()));
        let options = kept.map(|given| {
            given.spelled().map_err(|word| {
                let word = word.to_string_lossy();
                Failure::Usage(format!(
                    "`{word}` is not UTF-8, which {what} wants: rename the file"
                ))
            })
        });
        let run = ["run", self.model.name()].map(|word| Ok(word.to_owned()));
        run.into_iter().chain(options).collect()
    }

    /// Prepares what all its runs need, and returns their settings.
    pub(crate) fn prepare(&mut self) -> Result<Config, Failure> {
        let config = self.options.config()?;
        let name = self.model.name();
        if self.options.snapshot.file.is_some() && self.model.copies().is_none() {
            return Err(Failure::Usage(format!(
                "{name} cannot be saved, for it does not say how (OwnModel::copies): `fork` \
                 branches off by running again, --record keeps what happens"
            )));
        }
        let lists = !self.options.summary;
        self.model.prepare(&Preparation { config: &config, lists })?;
        Ok(config)
    }

    /// How its runs are shown.
    pub(crate) fn shown(&self) -> Shown {
        Shown { language: self.options.lang, lists: !self.options.summary }
    }

    /// The files that its runs read.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.model.files().into_iter().chain(self.options.faults.iter().cloned()).collect()
    }

    pub(crate) fn reads_standard_input(&self) -> bool {
        self.files().iter().any(|path| path == Path::new("-"))
    }
}
