//! The options of `flagfall compare`.

use super::best::{BestArgs, selection_words};
use super::sweep::{How, precision, precision_word};
use super::values::{MOST_REPLICATIONS, level};
use crate::study::{Part, Reopen, SelectionEntry};
use clap::Args;
use flagfall::experiment::{Factor, Procedure, UntilPrecise};
use flagfall::statistics::Precision;
use std::path::PathBuf;

/// Compare scenarios under common random numbers: levels of an option of a system, or scenario
/// files (compare FILE.toml ...)
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Scenario files, two or more: one for each scenario
    #[arg(value_name = "FILE.toml")]
    pub(crate) files: Vec<PathBuf>,
    /// Print one JSON object instead of text (of scenario files)
    #[arg(long)]
    pub(crate) json: bool,
    /// No summary line on stderr (of scenario files)
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) options: CompareOptions,
}

/// What is compared, and how; may stand after the name of the system.
#[derive(Debug, Args)]
#[command(next_help_heading = "Comparison")]
pub(crate) struct CompareOptions {
    /// An option and its levels, each a scenario: fleet=4,5; levels with commas are separated by
    /// semicolons (repeatable: all combinations)
    #[arg(long, value_name = "NAME=LEVELS", global = true)]
    pub(crate) set: Vec<Factor>,
    /// How many replications of each scenario
    #[arg(long, value_name = "N", global = true, default_value_t = 100,
        value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    pub(crate) replications: u64,
    /// As many replications as it takes until every difference is known that precisely: to 1%
    /// of itself, or to 0.005 in the unit of the measure; needs --of
    #[arg(
        long,
        value_name = "P",
        global = true,
        conflicts_with = "replications",
        value_parser = precision,
        allow_hyphen_values = true
    )]
    pub(crate) precision: Option<Precision>,
    /// Most replications that --precision or --indifference makes
    #[arg(long, value_name = "N", global = true, default_value_t = UntilPrecise::MOST,
        value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    pub(crate) most: u64,
    /// Only this measure (repeatable) [default: all]
    #[arg(long, value_name = "MEASURE", global = true)]
    pub(crate) of: Vec<String>,
    #[command(flatten)]
    pub(crate) best: BestArgs,
    /// Confidence level of all intervals of one measure together
    #[arg(long, value_name = "LEVEL", global = true, default_value = "0.95", value_parser = level)]
    pub(crate) level: f64,
    /// Compare only the first scenario with each other: fewer pairs have narrower intervals
    #[arg(long, global = true, conflicts_with = "best")]
    pub(crate) against_first: bool,
    /// Threads to run on; the results are the same [default: as many as there are cores]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: Option<u32>,
    /// Keep the replications in a folder, as `sweep` does: the same command goes on where it was
    /// [default: nothing is kept]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) out: Option<PathBuf>,
    /// Run only part I of N of the replications, each of all scenarios, into a file in DIR/shards;
    /// `merge` puts the parts together; needs --out
    #[arg(long, value_name = "I/N", global = true, conflicts_with_all = ["retry_failed", "repair"])]
    pub(crate) shard: Option<Part>,
    /// Run replications again that failed; needs --out
    #[arg(long, global = true)]
    pub(crate) retry_failed: bool,
    /// Write files of the finished folder again that were changed or removed since; needs --out
    #[arg(long, global = true)]
    pub(crate) repair: bool,
}

impl CompareOptions {
    pub(crate) const fn how(&self) -> How {
        let Self { threads, shard, retry_failed, repair, .. } = *self;
        How { threads, shard, reopen: Reopen { retry_failed, repair } }
    }

    /// How the best is chosen, if it is to be.
    pub(crate) fn selection(&self) -> Result<Option<SelectionEntry>, String> {
        self.best.selection(&self.of, Procedure::KimNelson, self.most)
    }

    /// The option that is given and means something for a folder alone.
    pub(crate) fn of_folder(&self) -> Option<&'static str> {
        let given = [
            ("--shard", self.shard.is_some()),
            ("--retry-failed", self.retry_failed),
            ("--repair", self.repair),
        ];
        given.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The words of the options that decide what is kept and shown.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Ok(Some(entry)) = self.selection() {
            words.extend(selection_words(&entry));
            words.push(format!("--level={}", self.level));
            return words;
        }
        match self.precision {
            None => words.push(format!("--replications={}", self.replications)),
            Some(precision) => {
                words.extend([precision_word(precision), format!("--most={}", self.most)]);
            }
        }
        words.extend(self.of.iter().map(|name| format!("--of={name}")));
        words.extend(self.best.words());
        words.push(format!("--level={}", self.level));
        words.extend(self.against_first.then(|| "--against-first".to_owned()));
        words
    }
}

pub(crate) const COMPARE_HELP: &str = "\
Replication i of all scenarios has the same random numbers, so what chance does to all of
them cancels in their differences. Intervals of differences are right together
(Bonferroni); `independent` is how many replications independent seeds would take. With --out,
the replications are kept in a folder like that of `sweep`, and can be run in parts (--shard).

  flagfall compare taxi --rides 200 --set fleet=4,5 --of refused_share
  flagfall compare taxi --rides 200 --set fleet=4,5 --of refused_share --precision 5%
  flagfall compare taxi --rides 200 --set fleet=4,5,6 --of refused_share --best min
  flagfall compare taxi --set fleet=4,5,6 --of refused_share --best min --indifference 0.01
  flagfall compare today.toml tomorrow.toml --replications 500 --json
  flagfall compare today.toml tomorrow.toml --out days --shard 3/16";
