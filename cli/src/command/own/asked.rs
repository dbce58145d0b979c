//! Settings of the command line that a model changes when it starts.
//!
//! A model may set its horizon, latency, ties or limits. But the command line counts: its user
//! knows more about this run than the author of the model. Headers, manifests and scenario
//! files also have what the command line says.

use crate::command::talk::note_once;
use crate::limits;
use clap::ArgMatches;
use clap::parser::ValueSource;
use flagfall::network::Latency;
use flagfall::tie::TiePolicy;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Limits, Simulation};

/// Which of the settings that a model can change the command line gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    horizon: bool,
    latency: bool,
    ties: bool,
    limits: bool,
}

impl Asked {
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        Self {
            horizon: given("horizon"),
            latency: given("latency"),
            ties: given("ties"),
            limits: limits::names().any(|name| given(&name.replace('-', "_"))),
        }
    }

    /// What has to hold of a run with these settings, whatever its model sets. It is noted before
    /// the model starts, and has only what the command line gives: most runs copy nothing.
    pub(crate) fn noted(self, config: &Config) -> Noted {
        Noted {
            seed: config.seed,
            horizon: self.horizon.then_some(config.horizon),
            latency: self.latency.then(|| config.latency.clone()),
            ties: self.ties.then(|| config.ties.clone()),
            limits: self.limits.then_some(config.limits),
        }
    }
}

/// The seed of a run, and those of its settings that the command line gives.
pub(crate) struct Noted {
    seed: u64,
    horizon: Option<Option<VirtualTime>>,
    latency: Option<Latency>,
    ties: Option<TiePolicy>,
    limits: Option<Limits>,
}

impl Noted {
    /// Sets again what the start of `model` has changed, and says so once.
    ///
    /// # Errors
    /// The model changed the seed: the command line, headers and rows of studies would name
    /// another run.
    pub(crate) fn hold(self, model: &str, simulation: &mut Simulation) -> Result<(), String> {
        let found = simulation.config();
        if found.seed != self.seed {
            return Err(format!(
                "{model} changes the seed in its start, from {} to {}: nobody could repeat the \
                 run by its seed; leave the seed to --seed, and draw from streams",
                self.seed, found.seed
            ));
        }
        let told = |option: &str, value: String, own: String| {
            note_once(&format!(
                "{model} sets its {option} to {own} in its start; --{option} {value} counts instead"
            ));
        };
        let own = found.horizon;
        if let Some(asked) = self.horizon.filter(|asked| own != *asked) {
            told("horizon", time(asked), time(own));
            simulation.set_horizon(asked);
        }
        let own = &simulation.config().latency;
        if let Some(asked) = self.latency.filter(|asked| own != asked) {
            told("latency", asked.to_string(), own.to_string());
            simulation.set_latency(asked);
        }
        let own = &simulation.config().ties;
        if let Some(asked) = self.ties.filter(|asked| own != asked) {
            told("ties", asked.to_string(), own.to_string());
            simulation.set_ties(asked);
        }
        let own = simulation.config().limits;
        if let Some(asked) = self.limits.filter(|asked| own != *asked) {
            note_once(&format!(
                "{model} sets limits in its start; those of the command line count instead"
            ));
            simulation.set_limits(asked);
        }
        Ok(())
    }
}

fn time(time: Option<VirtualTime>) -> String {
    time.map_or_else(|| "none".to_owned(), |time| Span::from_nanos(time.as_nanos()).to_string())
}
