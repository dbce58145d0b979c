//! The command line.

use super::snapshot::{ForkArgs, ResumeArgs, SnapshotArgs};
use super::trace_args::{DiffArgs, ReplayArgs, TraceArgs, VerifyArgs};
use super::values::{Crash, DurationList, Link, Script, SecondsRange, Ties, pace};
use crate::digest::Ingredients;
use crate::event_list::EventListKind;
use crate::models::Rate;
use crate::network::Latency;
use crate::pacing::RealTime;
use crate::report::Language;
use crate::time::Span;
use clap::builder::Styles;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// The seed of a run that names none: stated in the help and printed with
/// every run, so that "no seed given" is reproducible too.
const DEFAULT_SEED: u64 = 42;

/// Deterministic discrete-event simulation: actors in virtual time.
#[derive(Debug, Parser)]
#[command(
    name = "flagfall",
    version,
    about,
    after_help = super::exit::HELP,
    styles = Styles::styled(),
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the systems that can be run
    List,
    /// Run a system under virtual time: one of these, or a scenario file (run FILE.toml)
    #[command(arg_required_else_help = true)]
    Run {
        #[command(subcommand)]
        system: Box<System>,
    },
    /// Show a trace file that `run ... --record FILE` wrote: as text, JSON lines or a timeline
    #[command(after_help = super::trace_args::TRACE_HELP)]
    Trace(TraceArgs),
    /// Find the first event in which two trace files differ: exit code 0 if there is none, 1 if
    /// there is
    #[command(after_help = super::trace_args::DIFF_HELP)]
    Diff(DiffArgs),
    /// Make a recorded run again and hold it to its trace file, event by event
    #[command(after_help = super::trace_args::REPLAY_HELP)]
    Replay(ReplayArgs),
    /// Run a system several times, one after another and side by side, and compare the runs
    #[command(arg_required_else_help = true, after_help = super::trace_args::VERIFY_HELP)]
    Verify {
        #[command(flatten)]
        options: VerifyArgs,
        #[command(subcommand)]
        system: Box<System>,
    },
    /// Find what the order of simultaneous events decides: a race detector
    #[command(arg_required_else_help = true, after_help = TIES_HELP)]
    Ties {
        #[command(subcommand)]
        system: Box<System>,
        #[command(flatten)]
        search: SearchArgs,
    },
    /// Go on with a run that `run ... --snapshot FILE` saved, to the same end
    #[command(after_help = super::snapshot::RESUME_HELP)]
    Resume(Box<ResumeArgs>),
    /// Run several futures of one run from a virtual time on, and print what each comes to
    #[command(arg_required_else_help = true, after_help = super::snapshot::FORK_HELP)]
    Fork(Box<ForkArgs>),
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete in
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum System {
    /// Taxi fleet: rides are assigned, refused and completed; commission adds up
    Taxi(TaxiArgs),
    /// Parameter server: workers send gradients, a driver reads the parameters
    ParameterServer(ParameterServerArgs),
    /// Tree of actors: supervisors, workers, states, checkpoints, kills
    ActorTree(ActorTreeArgs),
    /// Message actor: workers append messages, a driver polls and clears
    Messages(MessagesArgs),
}

/// How far to search the orders of simultaneous events; may stand after the
/// name of the system.
#[derive(Debug, Args)]
#[command(next_help_heading = "Search")]
pub(super) struct SearchArgs {
    /// Most runs to go through all classes of equivalent orders, and again to turn round single ties
    #[arg(long, value_name = "RUNS", global = true, default_value_t = 100_000)]
    pub(super) budget: u64,
    /// Shuffles to draw if the budget is not enough
    #[arg(long, value_name = "N", global = true, default_value_t = 1_000)]
    pub(super) samples: u64,
    /// End with exit code 1 if there is more than one outcome, or may be
    #[arg(long, global = true)]
    pub(super) expect_one: bool,
}

/// Shown at the end of `flagfall ties --help`.
const TIES_HELP: &str = "\
Runs a system again and again under other orders of simultaneous events, one run
for each class of equivalent orders, and lists what it comes to, with the choices
that repeat it. All options of `run` are understood; at a latency of 0 there are
the most ties.

  flagfall ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4
  flagfall ties actor-tree --latency 0 --json
  flagfall run taxi --latency 0 --ties 59=1        # repeats an outcome";

/// Names and descriptions of the systems, as the help has them.
pub(super) fn systems() -> Vec<(String, String)> {
    let command = Cli::command();
    let run = command.find_subcommand("run").expect("run is a subcommand");
    let about = |system: &clap::Command| system.get_about().map(ToString::to_string);
    run.get_subcommands()
        .map(|system| (system.get_name().to_owned(), about(system).unwrap_or_default()))
        .collect()
}

/// What every system takes.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Seed of all random streams; the same seed gives the same run
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED, help_heading = "Run")]
    pub(super) seed: u64,
    /// Which replication of the scenario to run
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Run")]
    pub(super) replication: u64,
    /// How long messages travel: 1ms, uniform:1ms..3ms, exponential:2ms,
    /// empirical:1ms,2ms*3; 0 is the ideal world
    #[arg(long, value_name = "LATENCY", default_value = "1ms", help_heading = "Run")]
    pub(super) latency: Latency,
    /// Latency of one link, by actor paths; may be repeated
    #[arg(long = "link", value_name = "FROM->TO=LATENCY", help_heading = "Run")]
    pub(super) links: Vec<Link>,
    /// File with what goes wrong, one rule a line, like `link A -> B loss 0.1`, `crash A at 30s`;
    /// - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    pub(super) faults: Option<PathBuf>,
    /// One rule of what goes wrong, after those of the file (repeatable)
    #[arg(long = "fault", value_name = "RULE", help_heading = "Run")]
    pub(super) fault_rules: Vec<String>,
    /// CPU slots for tasks (Ray's num_cpus; parameter-server and messages have tasks)
    /// [default: as many as there are tasks]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Run")]
    pub(super) cpus: Option<u32>,
    /// Which of several events due at one instant comes first: fifo, shuffle, shuffle:SEED,
    /// or choices as `flagfall ties` prints them, like 57=1,63=2
    #[arg(long, value_name = "POLICY", default_value = "fifo", help_heading = "Run")]
    pub(super) ties: Ties,
    /// Structure of the future event list; the results are the same
    #[arg(long, value_name = "KIND", value_enum, default_value_t, help_heading = "Run")]
    pub(super) event_list: EventListArg,
    /// Let virtual time pass FACTOR times as fast as real time: 1, 10, 0.5; the results are the same
    /// [default: as fast as possible]
    #[arg(long, value_name = "FACTOR", value_parser = pace, allow_negative_numbers = true, help_heading = "Run")]
    pub(super) pace: Option<RealTime>,
    /// Do not compute the digest
    #[arg(long, help_heading = "Run")]
    pub(super) no_digest: bool,
    /// What goes into the digest: some of times,order,receivers,senders,contents,draws,results; or
    /// `standard`, or `all`
    #[arg(
        long,
        value_name = "LIST",
        default_value = "standard",
        conflicts_with = "no_digest",
        help_heading = "Run"
    )]
    pub(super) digest: Ingredients,
    /// Let the digest be about the actors of this path alone; a star stands for part of a name, **
    /// for any names: driver/dispatcher/taxi[*] (repeatable)
    #[arg(long, value_name = "PATH", conflicts_with = "no_digest", help_heading = "Run")]
    pub(super) digest_of: Vec<String>,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    #[command(flatten)]
    pub(super) snapshot: SnapshotArgs,
    /// Print one line per record: virtual time, receiver, message (with --json: on stderr)
    #[arg(long, help_heading = "Output")]
    pub(super) trace: bool,
    /// Write every record to a trace file, for `trace`, `diff` and `replay`; FILE.partial until
    /// the run is over
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot", help_heading = "Output")]
    pub(super) record: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
    /// Leave the lists out of the JSON object
    #[arg(long, requires = "json", help_heading = "Output")]
    pub(super) summary: bool,
    /// Language of the systems' own messages
    #[arg(long, value_name = "LANG", value_enum, default_value_t, help_heading = "Output")]
    pub(super) lang: LangArg,
    /// No summary line on stderr
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,
    /// Say more on stderr: the command and all parameters first, then counts and speed
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub(super) verbose: bool,
}

/// Where a run is stopped with an error.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits (a run that reaches one ends with exit code 1)")]
pub(super) struct LimitArgs {
    /// Events in all
    #[arg(long, value_name = "N")]
    pub(super) max_events: Option<u64>,
    /// Events at one instant [default: 100000000]
    #[arg(long, value_name = "N")]
    pub(super) max_events_per_instant: Option<u64>,
    /// Actors alive at once
    #[arg(long, value_name = "N", default_value_t = 5_000_000)]
    pub(super) max_actors: u64,
    /// Events scheduled at once
    #[arg(long, value_name = "N")]
    pub(super) max_pending: Option<u64>,
    /// Messages waiting in one mailbox
    #[arg(long, value_name = "N")]
    pub(super) max_mailbox: Option<u64>,
    /// No event may happen later than this, like 1h
    #[arg(long, value_name = "TIME")]
    pub(super) end_time: Option<Span>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum EventListArg {
    /// Queues, a sorted near future and a ladder of buckets
    #[default]
    #[value(alias = "heap")]
    Ladder,
    /// The reference, on the priority-queue crate
    PriorityQueue,
}

impl System {
    pub(super) fn common(&self) -> &Common {
        match self {
            Self::Taxi(args) => &args.common,
            Self::ParameterServer(args) => &args.common,
            Self::ActorTree(args) => &args.common,
            Self::Messages(args) => &args.common,
        }
    }
}

impl System {
    pub(super) fn common_mut(&mut self) -> &mut Common {
        match self {
            Self::Taxi(args) => &mut args.common,
            Self::ParameterServer(args) => &mut args.common,
            Self::ActorTree(args) => &mut args.common,
            Self::Messages(args) => &mut args.common,
        }
    }
}

impl From<EventListArg> for EventListKind {
    fn from(kind: EventListArg) -> Self {
        match kind {
            EventListArg::Ladder => Self::Ladder,
            EventListArg::PriorityQueue => Self::PriorityQueue,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum LangArg {
    /// French, as in the notebook
    #[default]
    Fr,
    /// English
    En,
}

impl From<LangArg> for Language {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::Fr => Self::French,
            LangArg::En => Self::English,
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Taxi fleet")]
pub(super) struct TaxiArgs {
    /// Lengths of the rides in seconds, separated by commas
    #[arg(long, value_name = "LIST", conflicts_with_all = ["durations_file", "rides", "ride_seconds"])]
    pub(super) durations: Option<DurationList>,
    /// File with the lengths of the rides in seconds, by line or comma; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rides", "ride_seconds"])]
    pub(super) durations_file: Option<PathBuf>,
    /// How many rides to draw [default: 10]
    #[arg(long, value_name = "N")]
    pub(super) rides: Option<u32>,
    /// Seconds that a drawn ride takes, ends included [default: 1..=5]
    #[arg(long, value_name = "RANGE")]
    pub(super) ride_seconds: Option<SecondsRange>,
    /// Span between two rides
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) every: Span,
    /// Names of the drivers, in the order of the staff [default: Daniel,Petra,Gilbert,Emilien]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) drivers: Option<Vec<String>>,
    /// How many taxis; those beyond the named drivers are called Taxi 5, ... [default: one a driver]
    #[arg(long, value_name = "N")]
    pub(super) fleet: Option<u32>,
    /// Dollars per second that the customer pays
    #[arg(long, value_name = "RATE", default_value = "1.25")]
    pub(super) price: Rate,
    /// Dollars per second of it that the dispatcher gets
    #[arg(long, value_name = "RATE", default_value = "0.25")]
    pub(super) commission: Rate,
    /// How often the driver polls [default: 15, or until all rides are over]
    #[arg(long, value_name = "N")]
    pub(super) polls: Option<u32>,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) poll_every: Span,
    /// How long the process of the simulation actor takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(super) startup: Span,
    #[command(flatten)]
    pub(super) common: Common,
}

/// The worker processes of the systems that have tasks.
#[derive(Debug, Args)]
pub(super) struct WorkerArgs {
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) workers: u32,
    /// How long a worker process takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(super) startup: Span,
    /// How much longer each worker process takes than the one before it
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(super) stagger: Span,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Parameter server")]
pub(super) struct ParameterServerArgs {
    #[command(flatten)]
    pub(super) workers: WorkerArgs,
    /// How many gradients each worker sends
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) epochs: u32,
    /// How long a gradient takes to compute
    #[arg(long, value_name = "SPAN", default_value = "1.5s")]
    pub(super) epoch: Span,
    /// Length of the parameter vector
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    pub(super) dimension: u32,
    /// Each component of each gradient
    #[arg(long, value_name = "X", default_value_t = 1.0, allow_negative_numbers = true)]
    pub(super) gradient: f64,
    /// How often the driver reads the parameters
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) polls: u32,
    /// Span that the driver sleeps after each read
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) every: Span,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Tree of actors")]
pub(super) struct ActorTreeArgs {
    /// How many supervisors
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) supervisors: u32,
    /// How many workers each supervisor has
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) workers: u32,
    /// How many epochs each worker trains; it saves a checkpoint after each
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) epochs: u32,
    /// How long an epoch takes
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) epoch: Span,
    /// Kill a worker of the first supervisor at a time, like 1@2.5s; may be repeated
    #[arg(long = "crash", value_name = "WORKER@TIME")]
    pub(super) crashes: Vec<Crash>,
    /// Chance that a worker says it is done when asked for its state
    #[arg(long, value_name = "P", default_value_t = 0.5, conflicts_with = "states")]
    pub(super) done: f64,
    /// What the workers answer instead of random states, inspection by inspection
    #[arg(long, value_name = "DONE,RUNNING,...;...")]
    pub(super) states: Option<Script>,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Message actor")]
pub(super) struct MessagesArgs {
    #[command(flatten)]
    pub(super) workers: WorkerArgs,
    /// How many messages each worker sends
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(super) messages: u32,
    /// Span that a worker sleeps before each message
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) every: Span,
    /// How often the driver polls
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(super) polls: u32,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    pub(super) poll_every: Span,
    /// How long the message actor's process takes to start
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(super) actor_startup: Span,
    #[command(flatten)]
    pub(super) common: Common,
}
