//! Options about snapshots.

use crate::command::args::{LangArg, System};
use crate::command::values::pace;
use clap::Args;
use flagfall::pacing::RealTime;
use flagfall::time::Span;
use std::path::PathBuf;

/// When a run is saved, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Snapshots")]
pub(in crate::command) struct SnapshotArgs {
    /// Save the running simulation to this file, for `resume` and `fork`; {time} in the name
    /// becomes the virtual time, without it the newest snapshot replaces the last
    #[arg(long = "snapshot", value_name = "FILE", id = "snapshot")]
    pub(in crate::command) file: Option<PathBuf>,
    /// Save at this virtual time, after all that happens then, like 5s; may be repeated
    #[arg(long = "snapshot-at", value_name = "TIME", id = "snapshot_at", requires = "snapshot")]
    pub(in crate::command) at: Vec<Span>,
    /// Save each time that so much virtual time has passed, like 1h, if something happened in
    /// it; at most 10000 files
    #[arg(
        long = "snapshot-every",
        value_name = "SPAN",
        id = "snapshot_every",
        requires = "snapshot"
    )]
    pub(in crate::command) every: Option<Span>,
}

/// How a run is reported whose snapshot stands in a file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::command) struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub(in crate::command) json: bool,
    /// Leave the lists out of the JSON
    #[arg(long, requires = "json")]
    pub(in crate::command) summary: bool,
    /// Language of the systems' own messages [default: that of the saved run]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(in crate::command) lang: Option<LangArg>,
    /// No summary line on stderr
    #[arg(short, long)]
    pub(in crate::command) quiet: bool,
    /// Say more on stderr
    #[arg(short, long, conflicts_with = "quiet")]
    pub(in crate::command) verbose: bool,
}

#[derive(Debug, Args)]
pub(in crate::command) struct ResumeArgs {
    /// The snapshot; - is standard input
    pub(in crate::command) file: PathBuf,
    /// Let virtual time pass FACTOR times as fast as real time
    #[arg(long, value_name = "FACTOR", value_parser = pace, allow_negative_numbers = true)]
    pub(in crate::command) pace: Option<RealTime>,
    /// Print one line per record from here on (with --json: on stderr)
    #[arg(long)]
    pub(in crate::command) trace: bool,
    #[command(flatten)]
    pub(in crate::command) snapshot: SnapshotArgs,
    #[command(flatten)]
    pub(in crate::command) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(in crate::command) struct ForkArgs {
    /// Branch off this snapshot instead of a new run; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::command) from: Option<PathBuf>,
    /// Branch off at this virtual time, after all that happens then [with --from: where it was saved]
    #[arg(long, value_name = "TIME")]
    pub(in crate::command) at: Option<Span>,
    /// How many branches [default: one for each seed, or 2]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(in crate::command) branches: Option<u32>,
    /// Seeds that the branches go on with, one each; those beyond keep theirs
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(in crate::command) seeds: Vec<u64>,
    /// What is different in all branches from there on, like latency=5ms or end-time=1h; may be
    /// repeated
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    pub(in crate::command) changes: Vec<super::fork::Change>,
    #[command(flatten)]
    pub(in crate::command) output: OutputArgs,
    /// The system to run
    #[command(subcommand)]
    pub(in crate::command) system: Option<Box<System>>,
}

pub(in crate::command) const RESUME_HELP: &str = "\
Examples:
  flagfall run taxi --snapshot day.snap --snapshot-at 5s
  flagfall resume day.snap
  flagfall resume day.snap --json --summary

The result is that of the run without interruption, to the last bit. A snapshot is read by
the version of flagfall that wrote it; one that was changed by a single byte is refused.";

pub(in crate::command) const FORK_HELP: &str = "\
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
prints them. A snapshot of a run without --ties does not say who sent what was under way: no
later message to the same actor comes before that.";
