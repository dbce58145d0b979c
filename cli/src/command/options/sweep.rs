//! The options of `flagfall sweep`.

use super::best::{BestArgs, check_selection, selection_words};
use super::values::{MOST_REPLICATIONS, level};
use crate::report::study::Questions;
use crate::study::{Part, Reopen, SelectionEntry};
use clap::{Args, ValueEnum};
use flagfall::experiment::{Factor, Goal, Procedure, Replications, UntilPrecise};
use flagfall::statistics::Precision;
use std::path::PathBuf;

/// The default number of replications of a point.
const REPLICATIONS: u64 = 100;

/// Run a system many times at the points of a grid, into a folder of results: one of these, or a
/// scenario file (sweep FILE.toml)
#[derive(Debug, Args)]
#[command(next_help_heading = "Study")]
pub(crate) struct SweepArgs {
    /// Let an option take these levels, one after the other: fleet=2,4,8; several --set make a
    /// grid. Levels that have commas are separated by semicolons
    #[arg(long = "set", value_name = "OPTION=LEVEL,...", global = true)]
    pub(crate) set: Vec<Factor>,
    /// Replications of each point [default: 100]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u64).range(1..=MOST_REPLICATIONS),
        conflicts_with_all = ["precision", "fewest", "most"])]
    pub(crate) replications: Option<u64>,
    /// Replications of each point until intervals are narrow enough: 1% of the mean, or a number
    /// in the unit of the measure
    #[arg(long, value_name = "P%|X", global = true, value_parser = precision, allow_hyphen_values = true)]
    pub(crate) precision: Option<Precision>,
    /// The measure that --precision or --best is about, as the columns of the summary are called
    /// (repeatable with --precision) [default with --precision: all]
    #[arg(long, value_name = "MEASURE", global = true)]
    pub(crate) of: Vec<String>,
    /// Say whether the mean of a measure is on that side of a limit: 'refused_share < 0.02',
    /// 'wait <= 3min' (repeatable; all answers hold together)
    #[arg(long, value_name = "GOAL", global = true)]
    pub(crate) goal: Vec<Goal>,
    #[command(flatten)]
    pub(crate) best: BestArgs,
    /// How the best is chosen with --indifference: kn (Kim and Nelson, common random numbers) or
    /// rinott (Rinott; each point gets a seed of its own) [default: kn]
    #[arg(long, value_name = "kn|rinott", global = true, requires = "indifference", value_enum)]
    pub(crate) procedure: Option<ProcedureOf>,
    /// Fewest replications of a point, however precise: what is rare has to be seen before its
    /// interval means anything [default: 10]
    #[arg(long, value_name = "N", global = true, requires = "precision",
        conflicts_with = "indifference",
        value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    pub(crate) fewest: Option<u64>,
    /// Most replications of a point that --precision or --indifference makes
    #[arg(long, value_name = "N", global = true, default_value_t = UntilPrecise::MOST,
        value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    pub(crate) most: u64,
    /// Confidence level of the intervals
    #[arg(long, value_name = "P", global = true, default_value = "0.95", value_parser = level)]
    pub(crate) level: f64,
    /// Threads to run on; the results are the same [default: as many as there are cores]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: Option<u32>,
    /// Folder of the results [default: MODEL-HASH, from all that decides them]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) out: Option<PathBuf>,
    /// Run only part I of N, into a file in DIR/shards: the parts together are the study, wherever
    /// each is run, and `merge` puts them together. Shard I of N is also shards I and I+N of 2N
    #[arg(long, value_name = "I/N", global = true, conflicts_with_all = ["retry_failed", "repair"])]
    pub(crate) shard: Option<Part>,
    /// Run replications again that failed
    #[arg(long, global = true)]
    pub(crate) retry_failed: bool,
    /// Write files of a finished study again that were changed or removed since: from its rows,
    /// or from new ones if the rows are among them
    #[arg(long, global = true)]
    pub(crate) repair: bool,
}

pub(crate) const SWEEP_HELP: &str = "\
Runs a system at every combination of the levels, several times each, on all cores. Replication I
has the same random streams at every point. The folder gets manifest.json, rows.csv, rows.parquet,
summary.json, summary.md and checksums.txt, the same to the last byte on any number of threads.
Interrupted, the same command goes on where it was. Files that were changed or removed after the
study was finished are an error (exit code 4), and --repair writes them again; files of another
study are refused (exit code 5). A replication that fails is a row with its error and the command
that runs it again, and the exit code is 1. A scenario file has all that decides the study or asks
something of it, under the names of the options: goal = \"refused_share < 0.02\".

  flagfall sweep taxi --rides 100 --set fleet=2,4,8 --replications 100 --out days
  flagfall sweep taxi --set fleet=2,4 --set every=0.5s,1s --precision 1% --of commission
  flagfall sweep taxi --set fleet=5 --precision 0.002 --fewest 200 --of refused_share
  flagfall sweep taxi --set fleet=2,4,8 --goal 'refused_share < 0.02' --out days
  flagfall sweep taxi --set fleet=4,5,6 --best min --of refused_share --indifference 0.01
  flagfall sweep day.toml --out day --threads 1
  flagfall sweep day.toml --out day --shard 3/16
  flagfall report days --html days.html";

/// A level as percent, rounded: 95 for 0.95, not 94.99....
pub(crate) fn percent(level: f64) -> f64 {
    libm::rint(level * 1e6) / 1e4
}

/// Reads a precision: a share of the mean, or a number.
pub(super) fn precision(text: &str) -> Result<Precision, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| *number > 0.0);
    let precision = match text.strip_suffix('%') {
        Some(percent) => number(percent)
            .filter(|percent| *percent < 100.0)
            .map(|percent| Precision::Relative(percent / 100.0)),
        None => number(text).filter(|number| number.is_finite()).map(Precision::Absolute),
    };
    precision.ok_or_else(|| {
        format!(
            "`{text}` is not a precision: write a share of the mean, like 1%, or a number above 0 \
             in the unit of the measure"
        )
    })
}

/// The percentage that is read back as that share, rounded if possible.
fn of_share(share: f64) -> f64 {
    let rounded = (share * 1e12).round() / 1e10;
    if rounded / 100.0 == share { rounded } else { share * 100.0 }
}

/// What is done of a study, and on how many threads. Nothing of it decides the results.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// One for each core, if it is not given.
    pub(crate) threads: Option<u32>,
    /// The part that is run, if it is not all.
    pub(crate) shard: Option<Part>,
    pub(crate) reopen: Reopen,
}

/// The option of a precision.
pub(super) fn precision_word(precision: Precision) -> String {
    match precision {
        Precision::Relative(share) => format!("--precision={}%", of_share(share)),
        Precision::Absolute(widest) => format!("--precision={widest}"),
    }
}

/// How the best is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcedureOf {
    /// Of Kim and Nelson
    Kn,
    /// Of Rinott
    Rinott,
}

/// What is made at the points of a study, and asked of it.
pub(crate) struct Plan {
    pub(crate) replications: Replications,
    /// How the best is chosen, if it is to be.
    pub(crate) selection: Option<SelectionEntry>,
    pub(crate) questions: Questions,
}

impl Plan {
    /// Checks that antithetic pairs can be made of the replications.
    pub(crate) fn check_pairs(&self) -> Result<(), String> {
        let why = match (&self.selection, &self.replications) {
            (None, Replications::Fixed(count)) if count % 2 == 0 => return Ok(()),
            (None, Replications::Fixed(count)) => format!(
                "the replications are pairs, and {count} is odd: say --replications {}",
                count + 1
            ),
            (None, _) => "--precision stops after any replication, and these are pairs: say how \
                          many with --replications"
                .to_owned(),
            (Some(_), _) => "--indifference takes the replications as independent, and those of a \
                             pair are not: leave one of the two out"
                .to_owned(),
        };
        Err(format!("--antithetic: {why}"))
    }
}

impl SweepArgs {
    /// What is made at that many points, and asked of them.
    pub(crate) fn plan(&self, points: usize) -> Result<Plan, String> {
        let best = self.best.asked(&self.of)?;
        let questions = Questions { goals: self.goal.clone(), best, controlled: None };
        let mut replications = self.asked()?;
        let selection = self.selection()?;
        match &selection {
            None => questions.check_points(points)?,
            Some(entry) => {
                check_selection(entry, points, "points")?;
                self.check_whole()?;
                replications = Replications::Each(vec![entry.selection().first(); points]);
            }
        }
        Ok(Plan { replications, selection, questions })
    }

    /// Checks that a selection is not run in parts.
    fn check_whole(&self) -> Result<(), String> {
        match self.shard {
            None => Ok(()),
            Some(_) => Err("--shard: a sweep with --indifference cannot be run in parts, because \
                            each round depends on the round before: leave --shard out, or use \
                            `compare`"
                .to_owned()),
        }
    }

    /// How the best is chosen, if it is to be.
    fn selection(&self) -> Result<Option<SelectionEntry>, String> {
        let procedure = match self.procedure {
            Some(ProcedureOf::Rinott) => Procedure::Rinott,
            _ => Procedure::KimNelson,
        };
        self.best.selection(&self.of, procedure, self.most)
    }

    pub(crate) const fn how(&self) -> How {
        let Self { threads, shard, retry_failed, repair, .. } = *self;
        How { threads, shard, reopen: Reopen { retry_failed, repair } }
    }

    /// How many replications are asked for.
    fn asked(&self) -> Result<Replications, String> {
        if !self.of.is_empty() && self.precision.is_none() && self.best.best.is_none() {
            return Err("--of needs --precision or --best, which it is about".to_owned());
        }
        let Some(precision) = self.precision else {
            return Ok(Replications::Fixed(self.replications.unwrap_or(REPLICATIONS)));
        };
        let mut until = UntilPrecise::new(precision, self.level)
            .map_err(|error| format!("--precision: {error}"))?;
        until.of.clone_from(&self.of);
        until.most = self.most;
        if let Some(fewest) = self.fewest {
            if fewest > self.most {
                return Err(format!("--fewest {fewest} is more than --most {}", self.most));
            }
            until.rule = until.rule.fewest(fewest);
        }
        Ok(Replications::UntilPrecise(until))
    }

    /// The words of the options that decide the rows and the summary.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Ok(Some(entry)) = self.selection() {
            words.extend(selection_words(&entry));
            words.push(format!("--procedure={}", entry.procedure));
            words.push(format!("--level={}", self.level));
            return words;
        }
        match self.precision {
            None => {
                let count = self.replications.unwrap_or(REPLICATIONS);
                words.push(format!("--replications={count}"));
            }
            Some(precision) => {
                words.push(precision_word(precision));
                words.extend(self.of.iter().map(|name| format!("--of={name}")));
                words.extend(self.fewest.map(|fewest| format!("--fewest={fewest}")));
                words.push(format!("--most={}", self.most));
            }
        }
        words.push(format!("--level={}", self.level));
        words
    }
}

/// The number of threads: as given, or one for each core.
pub(crate) fn threads_or_cores(asked: Option<u32>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    asked.map_or_else(cores, |threads| threads as usize)
}
