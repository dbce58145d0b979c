//! The options of `flagfall resume`.

use super::output::OutputArgs;
use super::snapshot::SnapshotArgs;
use super::values::pace;
use clap::Args;
use flagfall::pacing::RealTime;
use std::path::PathBuf;

/// Which run goes on, and how it is reported.
#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// The snapshot; - is standard input
    pub(crate) file: PathBuf,
    /// Let virtual time pass FACTOR times as fast as real time
    #[arg(long, value_name = "FACTOR", value_parser = pace, allow_negative_numbers = true)]
    pub(crate) pace: Option<RealTime>,
    /// Print one line per record from here on (with --json: on stderr)
    #[arg(long)]
    pub(crate) trace: bool,
    #[command(flatten)]
    pub(crate) snapshot: SnapshotArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

pub(crate) const RESUME_HELP: &str = "\
Examples:
  flagfall run taxi --snapshot day.snap --snapshot-at 5s
  flagfall resume day.snap
  flagfall resume day.snap --json --summary

The result is that of the run without interruption, to the last bit. A snapshot is read by
the version of flagfall that wrote it; one that was changed by a single byte is refused.";
