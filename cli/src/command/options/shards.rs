//! The options of `flagfall merge` and `flagfall shards`.

use clap::Args;
use std::path::PathBuf;

pub(crate) const MERGE_HELP: &str = "\
DIR is what `flagfall sweep ... --out DIR --shard I/N`, or `compare`, has written into. The files are
the same to the last byte as those of a study on one machine, and so is what is printed. If shards are missing, or a study with a precision
needs another round, it says what is to be run, and the exit code is 6. Torn files count as missing,
and copies count once. Files of another study, or of another version, are named and refused (exit
code 5). Given again, it changes nothing. Memory does not grow with the number of rows.
Of the shards of a search for ties (`flagfall ties ... --out DIR --shard I/N`), it prints what the
search on one machine does.

  flagfall sweep taxi --replications 1000 --out days --shard 1/2
  flagfall sweep taxi --replications 1000 --out days --shard 2/2
  flagfall merge days";

/// Put the shards of a study or search together, to what one machine would have made
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The folder of the study or search
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Print the summary, or what a search found, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Only what was asked for: no notes on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

pub(crate) const SHARDS_HELP: &str = "\
A shard is done if its file is whole. It is running if whoever runs it was heard of in the last
minute, by the clock of the file system. If not, it has stopped, and the same command goes on with
it. Every file is read to its end, and nothing is written.";

/// List the shards of a study or search: done, running, stopped, failed, missing, torn, of another study
#[derive(Debug, Args)]
pub(crate) struct ShardsArgs {
    /// The folder of the study or search
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Print one object of JSON
    #[arg(long)]
    pub(crate) json: bool,
}
