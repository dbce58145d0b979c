//! The options of `flagfall ties`.

use clap::Args;

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
  flagfall run taxi --latency 0 --ties 59=1        # repeats an outcome";
