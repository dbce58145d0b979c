//! Options of each system.

use super::Common;
use crate::cli::values::{Crash, DurationList, Script, SecondsRange};
use crate::models::Rate;
use crate::models::queue::ServiceLaw;
use crate::time::Span;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Taxi fleet")]
pub(in crate::cli) struct TaxiArgs {
    /// Lengths of the rides in seconds, separated by commas
    #[arg(long, value_name = "LIST", conflicts_with_all = ["durations_file", "rides", "ride_seconds"])]
    pub(in crate::cli) durations: Option<DurationList>,
    /// File with the lengths of the rides in seconds, by line or comma; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rides", "ride_seconds"])]
    pub(in crate::cli) durations_file: Option<PathBuf>,
    /// How many rides to draw [default: 10]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) rides: Option<u32>,
    /// Seconds that a drawn ride takes, ends included [default: 1..=5]
    #[arg(long, value_name = "RANGE")]
    pub(in crate::cli) ride_seconds: Option<SecondsRange>,
    /// Span between two rides
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) every: Span,
    /// Names of the drivers, in the order of the staff [default: Daniel,Petra,Gilbert,Emilien]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(in crate::cli) drivers: Option<Vec<String>>,
    /// How many taxis; those beyond the named drivers are called Taxi 5, ... [default: one a driver]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) fleet: Option<u32>,
    /// Dollars per second that the customer pays
    #[arg(long, value_name = "RATE", default_value = "1.25")]
    pub(in crate::cli) price: Rate,
    /// Dollars per second of it that the dispatcher gets
    #[arg(long, value_name = "RATE", default_value = "0.25")]
    pub(in crate::cli) commission: Rate,
    /// How often the driver polls [default: 15, or until all rides are over]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) polls: Option<u32>,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) poll_every: Span,
    /// How long the process of the simulation actor takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(in crate::cli) startup: Span,
    /// Rides that are asked for in this span from the start are driven, but not counted in the
    /// measures rides, refused, refused_share; nor is what is driven in it, in utilization
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::cli) warm_up: Span,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

/// The worker processes of the systems that have tasks.
#[derive(Debug, Args)]
pub(in crate::cli) struct WorkerArgs {
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(in crate::cli) workers: u32,
    /// How long a worker process takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(in crate::cli) startup: Span,
    /// How much longer each worker process takes than the one before it
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::cli) stagger: Span,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Parameter server")]
pub(in crate::cli) struct ParameterServerArgs {
    #[command(flatten)]
    pub(in crate::cli) workers: WorkerArgs,
    /// How many gradients each worker sends
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(in crate::cli) epochs: u32,
    /// How long a gradient takes to compute
    #[arg(long, value_name = "SPAN", default_value = "1.5s")]
    pub(in crate::cli) epoch: Span,
    /// Length of the parameter vector
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    pub(in crate::cli) dimension: u32,
    /// Each component of each gradient
    #[arg(long, value_name = "X", default_value_t = 1.0, allow_negative_numbers = true)]
    pub(in crate::cli) gradient: f64,
    /// How often the driver reads the parameters
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(in crate::cli) polls: u32,
    /// Span that the driver sleeps after each read
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) every: Span,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Tree of actors")]
pub(in crate::cli) struct ActorTreeArgs {
    /// How many supervisors
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) supervisors: u32,
    /// How many workers each supervisor has
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(in crate::cli) workers: u32,
    /// How many epochs each worker trains; it saves a checkpoint after each
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) epochs: u32,
    /// How long an epoch takes
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) epoch: Span,
    /// Kill a worker of the first supervisor at a time, like 1@2.5s; may be repeated
    #[arg(long = "crash", value_name = "WORKER@TIME")]
    pub(in crate::cli) crashes: Vec<Crash>,
    /// Chance that a worker says it is done when asked for its state
    #[arg(long, value_name = "P", default_value_t = 0.5, conflicts_with = "states")]
    pub(in crate::cli) done: f64,
    /// What the workers answer instead of random states, inspection by inspection
    #[arg(long, value_name = "DONE,RUNNING,...;...")]
    pub(in crate::cli) states: Option<Script>,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Message actor")]
pub(in crate::cli) struct MessagesArgs {
    #[command(flatten)]
    pub(in crate::cli) workers: WorkerArgs,
    /// How many messages each worker sends
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::cli) messages: u32,
    /// Span that a worker sleeps before each message
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) every: Span,
    /// How often the driver polls
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::cli) polls: u32,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) poll_every: Span,
    /// How long the message actor's process takes to start
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::cli) actor_startup: Span,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Queue")]
pub(in crate::cli) struct QueueArgs {
    /// How many servers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) servers: u32,
    /// How much work comes, as a share of what the servers can do; from 1 on there is no steady
    /// state: the line grows without end
    #[arg(long, value_name = "X", default_value_t = 0.8)]
    pub(in crate::cli) load: f64,
    /// How long a service takes on average
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::cli) service: Span,
    /// Law of its length: exponential, fixed, uniform (from 0 to twice the mean), or erlang:K
    #[arg(long, value_name = "LAW", default_value = "exponential")]
    pub(in crate::cli) service_law: ServiceLaw,
    /// How many customers come, after exponential gaps
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(in crate::cli) customers: u32,
    /// Who arrives in this span from the start is served, but not counted
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::cli) warm_up: Span,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
}
