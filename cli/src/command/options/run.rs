//! Options that every system takes.

use super::snapshot::SnapshotArgs;
use super::values::{Link, Ties, pace};
use crate::report::Language;
use clap::{Args, ValueEnum};
use flagfall::digest::Ingredients;
use flagfall::event_list::EventListKind;
use flagfall::network::Latency;
use flagfall::pacing::RealTime;
use flagfall::time::Span;
use std::path::PathBuf;

/// The seed if none is given: it is in the help and is printed with each run, so that each run can
/// be repeated.
const DEFAULT_SEED: u64 = 42;

// What every system takes. These are no doc comments, here and in what is flattened below: they
// would replace the help of the systems.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunOptions {
    /// Seed of all random streams; the same seed gives the same run
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
    pub(crate) seed: u64,
    /// Which replication of the scenario to run
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) replication: u64,
    /// Replications 2k and 2k+1 are an antithetic pair: the second draws from the streams of the
    /// first, 1-u for each u
    #[arg(long)]
    pub(crate) antithetic: bool,
    /// How long messages travel: 1ms, uniform:1ms..3ms, exponential:2ms,
    /// empirical:1ms,2ms*3; 0 is the ideal world
    // As in `Config::new`; a model may have another (`OwnModel::LATENCY`).
    #[arg(long, value_name = "LATENCY", default_value = "0")]
    pub(crate) latency: Latency,
    /// Latency of one link, by actor paths; may be repeated
    #[arg(long = "link", value_name = "FROM->TO=LATENCY")]
    pub(crate) links: Vec<Link>,
    /// File with what goes wrong, one rule per line, like `link A -> B loss 0.1`, `crash A at 30s`;
    /// - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// One rule of what goes wrong, after those of the file (repeatable)
    #[arg(long = "fault", value_name = "RULE")]
    pub(crate) fault_rules: Vec<String>,
    /// End the run at this virtual time, like 1h, and read the results there; what is due later
    /// stays pending [default: run to the end]
    #[arg(long, value_name = "TIME")]
    pub(crate) horizon: Option<Span>,
    /// CPU slots for tasks (Ray's num_cpus; parameter-server and messages have tasks)
    /// [default: as many as there are tasks]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) cpus: Option<u32>,
    /// Which of several events due at one instant comes first: fifo, shuffle, shuffle:SEED,
    /// or choices as `ties` prints them, like 57=1,63=2
    #[arg(long, value_name = "POLICY", default_value = "fifo")]
    pub(crate) ties: Ties,
    /// Structure of the future event list; the results are the same
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub(crate) event_list: EventListArg,
    /// Let virtual time pass FACTOR times as fast as real time: 1, 10, 0.5; the results are the same
    /// [default: as fast as possible]
    #[arg(long, value_name = "FACTOR", value_parser = pace, allow_negative_numbers = true)]
    pub(crate) pace: Option<RealTime>,
    /// Do not compute the digest
    #[arg(long)]
    pub(crate) no_digest: bool,
    /// What goes into the digest: some of
    /// times,order,receivers,senders,contents,draws,results,claims; or `standard`, or `all`
    #[arg(long, value_name = "LIST", default_value = "standard", conflicts_with = "no_digest")]
    pub(crate) digest: Ingredients,
    /// Compute the digest only for the actors of this path; a star stands for part of a name, **
    /// for any names: driver/dispatcher/taxi[*] (repeatable)
    #[arg(long, value_name = "PATH", conflicts_with = "no_digest")]
    pub(crate) digest_of: Vec<String>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArgs,
    /// Print one line per record: virtual time, receiver, message (with --json: on stderr)
    #[arg(long, help_heading = "Output")]
    pub(crate) trace: bool,
    /// Write every record to a trace file, for `trace`, `diff` and `replay`; FILE.partial until
    /// the run is over
    #[arg(long, value_name = "FILE", conflicts_with = "snapshot", help_heading = "Output")]
    pub(crate) record: Option<PathBuf>,
    /// Write a page with the results, the resources and a timeline of the run to this file, which
    /// is replaced; - is standard output, which then has the page alone
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) html: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Leave the lists out of the JSON object
    #[arg(long, requires = "json", help_heading = "Output")]
    pub(crate) summary: bool,
    /// Language of the systems' own messages
    #[arg(long, value_name = "LANG", value_enum, default_value_t, help_heading = "Output")]
    pub(crate) lang: Language,
    /// No summary line on stderr
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Say more on stderr: the command and all parameters first, then counts and speed
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub(crate) verbose: bool,
}

// Where a run is stopped with an error.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits (a run that reaches one ends with exit code 1)")]
pub(crate) struct LimitArgs {
    /// Events in all
    #[arg(long, value_name = "N")]
    pub(crate) max_events: Option<u64>,
    /// Events at one instant [default: 20000000]
    #[arg(long, value_name = "N")]
    pub(crate) max_events_per_instant: Option<u64>,
    /// Actors alive at once [default: 5000000]
    #[arg(long, value_name = "N")]
    pub(crate) max_actors: Option<u64>,
    /// Owners above one actor [default: 1000000]
    #[arg(long, value_name = "N")]
    pub(crate) max_owners: Option<u64>,
    /// Names of dead actors that are remembered one by one [default: 20000000]
    #[arg(long, value_name = "N")]
    pub(crate) max_names: Option<u64>,
    /// Events scheduled at once
    #[arg(long, value_name = "N")]
    pub(crate) max_pending: Option<u64>,
    /// Messages waiting in one mailbox
    #[arg(long, value_name = "N")]
    pub(crate) max_mailbox: Option<u64>,
    /// No event may happen later than this, like 1h (--horizon ends a run without an error)
    #[arg(long, value_name = "TIME")]
    pub(crate) end_time: Option<Span>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum EventListArg {
    /// Queues, a sorted near future and a ladder of buckets
    #[default]
    #[value(alias = "heap")]
    Ladder,
    /// The reference, on the priority-queue crate
    PriorityQueue,
}

impl From<EventListArg> for EventListKind {
    fn from(kind: EventListArg) -> Self {
        match kind {
            EventListArg::Ladder => Self::Ladder,
            EventListArg::PriorityQueue => Self::PriorityQueue,
        }
    }
}
