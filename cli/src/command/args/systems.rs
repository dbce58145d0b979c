//! Options of each system.

use super::Common;
use crate::command::values::{Crash, DurationList, Script, SecondsRange};
use crate::models::Rate;
use crate::models::queue::ServiceLaw;
use clap::Args;
use flagfall::time::Span;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "Taxi fleet")]
pub(in crate::command) struct TaxiArgs {
    /// Lengths of the rides in seconds, separated by commas
    #[arg(long, value_name = "LIST", conflicts_with_all = ["durations_file", "rides", "ride_seconds"])]
    pub(in crate::command) durations: Option<DurationList>,
    /// File with the lengths of the rides in seconds, by line or comma; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rides", "ride_seconds"])]
    pub(in crate::command) durations_file: Option<PathBuf>,
    /// How many rides to draw [default: 10]
    #[arg(long, value_name = "N")]
    pub(in crate::command) rides: Option<u32>,
    /// Seconds that a drawn ride takes, ends included [default: 1..=5]
    #[arg(long, value_name = "RANGE")]
    pub(in crate::command) ride_seconds: Option<SecondsRange>,
    /// Span between two rides
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) every: Span,
    /// Names of the drivers, in the order of the staff [default: Daniel,Petra,Gilbert,Emilien]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(in crate::command) drivers: Option<Vec<String>>,
    /// How many taxis; those beyond the named drivers are called Taxi 5, ... [default: one a driver]
    #[arg(long, value_name = "N")]
    pub(in crate::command) fleet: Option<u32>,
    /// Dollars per second that the customer pays
    #[arg(long, value_name = "RATE", default_value = "1.25")]
    pub(in crate::command) price: Rate,
    /// Dollars per second of it that the dispatcher gets
    #[arg(long, value_name = "RATE", default_value = "0.25")]
    pub(in crate::command) commission: Rate,
    /// How often the driver polls [default: 15, or until all rides are over]
    #[arg(long, value_name = "N")]
    pub(in crate::command) polls: Option<u32>,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) poll_every: Span,
    /// How long the process of the simulation actor takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(in crate::command) startup: Span,
    /// Rides that are asked for in this span from the start are driven, but not counted in the
    /// measures rides, refused, refused_share; nor is what is driven in it, in utilization
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::command) warm_up: Span,
    #[command(flatten)]
    pub(in crate::command) common: Common,
}

/// The worker processes of the systems that have tasks.
#[derive(Debug, Args)]
pub(in crate::command) struct WorkerArgs {
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(in crate::command) workers: u32,
    /// How long a worker process takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(in crate::command) startup: Span,
    /// How much longer each worker process takes than the one before it
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::command) stagger: Span,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Parameter server")]
pub(in crate::command) struct ParameterServerArgs {
    #[command(flatten)]
    pub(in crate::command) workers: WorkerArgs,
    /// How many gradients each worker sends
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(in crate::command) epochs: u32,
    /// How long a gradient takes to compute
    #[arg(long, value_name = "SPAN", default_value = "1.5s")]
    pub(in crate::command) epoch: Span,
    /// Length of the parameter vector
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    pub(in crate::command) dimension: u32,
    /// Each component of each gradient
    #[arg(long, value_name = "X", default_value_t = 1.0, allow_negative_numbers = true)]
    pub(in crate::command) gradient: f64,
    /// How often the driver reads the parameters
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(in crate::command) polls: u32,
    /// Span that the driver sleeps after each read
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) every: Span,
    #[command(flatten)]
    pub(in crate::command) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Tree of actors")]
pub(in crate::command) struct ActorTreeArgs {
    /// How many supervisors
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::command) supervisors: u32,
    /// How many workers each supervisor has
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(in crate::command) workers: u32,
    /// How many epochs each worker trains; it saves a checkpoint after each
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::command) epochs: u32,
    /// How long an epoch takes
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) epoch: Span,
    /// Kill a worker of the first supervisor at a time, like 1@2.5s; may be repeated
    #[arg(long = "crash", value_name = "WORKER@TIME")]
    pub(in crate::command) crashes: Vec<Crash>,
    /// Chance that a worker says it is done when asked for its state
    #[arg(long, value_name = "P", default_value_t = 0.5, conflicts_with = "states")]
    pub(in crate::command) done: f64,
    /// What the workers answer instead of random states, inspection by inspection
    #[arg(long, value_name = "DONE,RUNNING,...;...")]
    pub(in crate::command) states: Option<Script>,
    #[command(flatten)]
    pub(in crate::command) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Message actor")]
pub(in crate::command) struct MessagesArgs {
    #[command(flatten)]
    pub(in crate::command) workers: WorkerArgs,
    /// How many messages each worker sends
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::command) messages: u32,
    /// Span that a worker sleeps before each message
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) every: Span,
    /// How often the driver polls
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(in crate::command) polls: u32,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) poll_every: Span,
    /// How long the message actor's process takes to start
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::command) actor_startup: Span,
    #[command(flatten)]
    pub(in crate::command) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Queue")]
pub(in crate::command) struct QueueArgs {
    /// How many servers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::command) servers: u32,
    /// How much work comes, as a share of what the servers can do; from 1 on there is no steady
    /// state: the line grows without end
    #[arg(long, value_name = "X", default_value_t = 0.8)]
    pub(in crate::command) load: f64,
    /// How long a service takes on average
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(in crate::command) service: Span,
    /// Law of its length: exponential, fixed, uniform (from 0 to twice the mean), or erlang:K
    #[arg(long, value_name = "LAW", default_value = "exponential")]
    pub(in crate::command) service_law: ServiceLaw,
    /// How many customers come, after exponential gaps
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(in crate::command) customers: u32,
    /// Who arrives in this span from the start is served, but not counted
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(in crate::command) warm_up: Span,
    #[command(flatten)]
    pub(in crate::command) common: Common,
}
