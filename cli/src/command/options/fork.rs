//! The options of `flagfall fork`.

use super::resume::OutputArgs;
use super::values::Ties;
use crate::command::talk::Failure;
use crate::limits::{LIMITS, LimitOption};
use clap::Args;
use flagfall::Simulation;
use flagfall::network::Latency;
use flagfall::tie::{TieChoices, TiePolicy};
use flagfall::time::{Span, VirtualTime};
use std::path::PathBuf;
use std::str::FromStr;

/// Run several futures of one run from a virtual time on, and print the result of each
#[derive(Debug, Args)]
pub(crate) struct ForkArgs {
    /// Branch off this snapshot instead of a new run; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Branch off at this virtual time, after all that happens then [with --from: where it was saved]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Span>,
    /// How many branches [default: one for each seed, or 2]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) branches: Option<u32>,
    /// Seeds that the branches go on with, one each; further branches keep the old seed
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) seeds: Vec<u64>,
    /// What is different in all branches from there on, like latency=5ms or end-time=1h; may be
    /// repeated
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    pub(crate) changes: Vec<Change>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// A change in a running simulation.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Latency(Latency),
    EndTime(Span),
    Horizon(Span),
    Ties(Ties),
    /// A limit, and its new value.
    Limit(&'static LimitOption, u64),
}

impl FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            format!("`{text}` is not a change: write an option and a value, like latency=5ms")
        })?;
        match name.trim().trim_start_matches("--") {
            "latency" => value.parse().map(Self::Latency).map_err(|error| format!("{error}")),
            "end-time" => value.parse().map(Self::EndTime).map_err(|error| format!("{error}")),
            "horizon" => value.parse().map(Self::Horizon).map_err(|error| format!("{error}")),
            "ties" => value.parse().map(Self::Ties),
            "seed" => Err("a seed is given by --seeds, one for each branch".to_owned()),
            name => match LIMITS.iter().find(|limit| limit.name == name) {
                Some(limit) => {
                    let value = value.trim().parse();
                    let value = value.map_err(|_| format!("`{text}`: {name} is a whole number"))?;
                    Ok(Self::Limit(limit, value))
                }
                None => Err(format!(
                    "`{name}` cannot be changed in a running simulation: what can is latency, \
                     horizon, end-time, ties, {}",
                    LIMITS.iter().map(|limit| limit.name).collect::<Vec<_>>().join(", ")
                )),
            },
        }
    }
}

impl Change {
    /// The option that it changes.
    fn option(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::EndTime(_) => "end-time",
            Self::Horizon(_) => "horizon",
            Self::Ties(_) => "ties",
            Self::Limit(limit, _) => limit.name,
        }
    }

    /// Checks that it can be made after that event.
    pub(crate) fn check(&self, last: u64) -> Result<(), Failure> {
        let Self::Ties(Ties::Policy(TiePolicy::Chosen(choices))) = self else { return Ok(()) };
        match choices.iter().next().filter(|choice| choice.0 <= last) {
            Some((event, candidate)) => Err(Failure::Usage(format!(
                "the choice {event}={candidate} is of an event before the branches begin: they \
                 are the same up to event {last}; branch off earlier, or leave it out"
            ))),
            None => Ok(()),
        }
    }

    pub(crate) fn apply(&self, simulation: &mut Simulation) {
        let mut limits = simulation.config().limits;
        match self {
            Self::Latency(latency) => return simulation.set_latency(latency.clone()),
            Self::Ties(ties) => {
                let policy = ties.policy(simulation.config().seed);
                return simulation.set_ties(policy);
            }
            Self::Horizon(span) => {
                return simulation.set_horizon(Some(VirtualTime::ZERO + *span));
            }
            Self::EndTime(span) => limits.end_time = VirtualTime::ZERO + *span,
            Self::Limit(limit, most) => *(limit.field)(&mut limits) = *most,
        }
        simulation.set_limits(limits);
    }
}

impl ForkArgs {
    /// Checks that no seed and no changed option is given twice.
    pub(crate) fn check_twice(&self) -> Result<(), Failure> {
        let twice = |option: &str, value: &dyn std::fmt::Display, remedy: &str| {
            Err(Failure::Usage(format!("{option} has {value} twice: {remedy}")))
        };
        for (at, seed) in self.seeds.iter().enumerate() {
            if self.seeds[..at].contains(seed) {
                return twice("--seeds", seed, "both branches would be one run; give another");
            }
        }
        for (at, change) in self.changes.iter().enumerate() {
            if self.changes[..at].iter().any(|before| before.option() == change.option()) {
                return twice("--set", &change.option(), "leave one of them out");
            }
        }
        Ok(())
    }

    /// The tie policy of the common part, if branches change theirs: the same order, but the
    /// senders are known, so that the branches have all choices.
    pub(crate) fn noting_senders(&self, ties: &TiePolicy) -> Option<TiePolicy> {
        let others = self.changes.iter().any(|change| matches!(change, Change::Ties(_)));
        let wanted = others && *ties == TiePolicy::InOrder;
        wanted.then(|| TiePolicy::Chosen(TieChoices::new()))
    }
}

pub(crate) const FORK_HELP: &str = "\
Examples:
  flagfall fork --at 5s --seeds 1,2,3 taxi --rides 20
  flagfall fork --from day.snap --set latency=5ms --set end-time=1h
  flagfall fork --from day.snap --seeds 7,8,9 --json --summary
  flagfall fork --at 5s --branches 1 --set ties=59=1 taxi --latency 0

All branches are the same up to the fork. A seed changes all that is drawn after it, and the seed
of the run changes nothing; --set can
change latency, horizon, end-time, ties, max-events, max-events-per-instant, max-actors,
max-owners, max-names, max-pending and max-mailbox. What a change does not touch draws the same
numbers in all branches.

Ties are fifo, shuffle, shuffle:SEED or choices at events after the fork, as `flagfall ties`
prints them. A snapshot of a run without --ties does not have the senders of messages that were
under way: no later message to the same actor comes before them.";
