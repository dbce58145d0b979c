//! The options of `flagfall ties`.

use crate::study::Part;
use clap::Args;
use std::path::PathBuf;

/// Find what the order of simultaneous events decides: a race detector
#[derive(Debug, Args)]
#[command(next_help_heading = "Search")]
pub(crate) struct SearchArgs {
    /// Most runs to go through all classes of equivalent orders, and again to turn round single ties
    #[arg(long, value_name = "RUNS", global = true, default_value_t = 100_000)]
    pub(crate) budget: u64,
    /// Shuffles to draw if the budget is not enough
    #[arg(long, value_name = "N", global = true, default_value_t = 1_000)]
    pub(crate) samples: u64,
    /// Group the outcomes by the value of this measure
    #[arg(long, value_name = "MEASURE", global = true)]
    pub(crate) of: Option<String>,
    /// End with exit code 1 if there is more than one outcome, or may be; with --of, if the
    /// measure has more than one value
    #[arg(long, global = true)]
    pub(crate) expect_one: bool,
    /// Threads to search on; the results are the same
    #[arg(long, value_name = "N", global = true, default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: u32,
    /// Folder of a search in shards: without --shard, what its shards have found is put together,
    /// and what none of them has is searched here
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) out: Option<PathBuf>,
    /// Search only part I of N, into a file in DIR/shards: the parts together are the search,
    /// wherever each is run. Shard I of N is also shards I and I+N of 2N
    #[arg(long, value_name = "I/N", global = true, requires = "out")]
    pub(crate) shard: Option<Part>,
}

pub(crate) const TIES_HELP: &str = "\
Runs a system again and again under other orders of simultaneous events, one run
for each class of equivalent orders, and lists the results, with the choices
that repeat each. Beside each is its share of all orders, which is not a probability: real
machines do not choose all orders equally often. All options of `run` are understood; at a
latency of 0 there are the most ties.

  flagfall ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4
  flagfall ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4 --of commission
  flagfall ties actor-tree --latency 0 --json
  flagfall ties taxi --latency 0 --out search --shard 3/16
  flagfall merge search
  flagfall run taxi --latency 0 --ties 59=1        # repeats an outcome";
