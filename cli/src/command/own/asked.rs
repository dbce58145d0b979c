//! What a command line says of a run, held against what a model says in its start.
//!
//! A model may set its horizon, latency, ties or limits when it starts. What the command
//! line says counts: whoever asks for one run knows more than whoever wrote the model for
//! all of them, and headers, manifests and scenario files say what the command line said.

use crate::command::talk::note_once;
use crate::limits;
use clap::ArgMatches;
use clap::parser::ValueSource;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Simulation};

/// Which settings, that a model can change in its start, the command line gives.
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

    /// Gives back what the command line asked for where the start of `model` changed it, and
    /// says so once.
    ///
    /// # Errors
    /// The model changed the seed: what it came to would be another run than the one that
    /// the command line, the header and the row of a study name.
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
