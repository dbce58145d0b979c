//! Settings of the command line that a model changes when it starts.
//!
//! A model may set its horizon, latency, ties or limits. But the command line counts: its user
//! knows more about this run than the author of the model. Headers, manifests and scenario
//! files also have what the command line says.

use crate::command::talk::note_once;
use crate::limits;
use clap::ArgMatches;
use clap::parser::ValueSource;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Simulation};

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

    /// Sets again what the command line gives and the start of `model` has changed, and says so
    /// once.
    ///
    /// # Errors
    /// The model changed the seed: the command line, headers and rows of studies would name
    /// another run.
    pub(crate) fn hold(
        self,
        model: &str,
        asked: &Config,
        simulation: &mut Simulation,
    ) -> Result<(), String> {
        let found = simulation.config().clone();
        if found.seed != asked.seed {
            return Err(format!(
                "{model} changes the seed in its start, from {} to {}: nobody could repeat the \
                 run by its seed; leave the seed to --seed, and draw from streams",
                asked.seed, found.seed
            ));
        }
        let told = |option: &str, value: String, own: String| {
            note_once(&format!(
                "{model} sets its {option} to {own} in its start; --{option} {value} counts instead"
            ));
        };
        if self.horizon && found.horizon != asked.horizon {
            told("horizon", time(asked.horizon), time(found.horizon));
            simulation.set_horizon(asked.horizon);
        }
        if self.latency && found.latency != asked.latency {
            told("latency", asked.latency.to_string(), found.latency.to_string());
            simulation.set_latency(asked.latency.clone());
        }
        if self.ties && found.ties != asked.ties {
            told("ties", asked.ties.to_string(), found.ties.to_string());
            simulation.set_ties(asked.ties.clone());
        }
        if self.limits && found.limits != asked.limits {
            note_once(&format!(
                "{model} sets limits in its start; those of the command line count instead"
            ));
            simulation.set_limits(asked.limits);
        }
        Ok(())
    }
}

fn time(time: Option<VirtualTime>) -> String {
    time.map_or_else(|| "none".to_owned(), |time| Span::from_nanos(time.as_nanos()).to_string())
}
