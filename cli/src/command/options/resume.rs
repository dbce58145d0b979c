//! The options of `flagfall resume`, and those for the output of `resume` and `fork`.

use super::run::RunOptions;
use super::snapshot::SnapshotArgs;
use super::values::pace;
use crate::report::Language;
use clap::Args;
use flagfall::pacing::RealTime;
use std::path::PathBuf;

/// Go on with a run that `run ... --snapshot FILE` saved, to the same end
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

/// The output of `resume` and `fork`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
    /// Leave the lists out of the JSON
    #[arg(long, requires = "json")]
    pub(crate) summary: bool,
    /// Language of the systems' own messages [default: that of the saved run]
    #[arg(long, value_name = "LANG", value_enum)]
    pub(crate) lang: Option<Language>,
    /// No summary line on stderr
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Say more on stderr
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

impl OutputArgs {
    /// Puts them in the place of the saved run's options.
    pub(crate) fn put_into(&self, options: &mut RunOptions) {
        options.json = self.json;
        // A run cannot print what it did not keep.
        options.summary = self.summary || options.summary && self.json;
        options.lang = self.lang.unwrap_or(options.lang);
        (options.quiet, options.verbose) = (self.quiet, self.verbose);
    }
}
