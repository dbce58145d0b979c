//! The options of `flagfall report`.

use super::best::BestOf;
use clap::Args;
use flagfall::experiment::{Goal, KnownMean};
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) const REPORT_HELP: &str = "\
DIR is what `flagfall sweep ... --out DIR` has finished. The page is one file that works
without a network: parameters, summary, means with intervals against each factor,
distributions, warm-up, all replications, and the timeline of one run, which is made again
for it. The same study gives the same bytes.

Examples:
  flagfall sweep taxi --set fleet=2,4,8 --replications 100 --out study
  flagfall report study
  flagfall report study --of refused_share --against fleet
  flagfall report study --goal 'refused_share < 0.02'
  flagfall report study --of mean_wait --control mean_service=3min
  flagfall report study --html study.html
  flagfall report study --html study.html --run 2:17";

/// Show a finished study: a table and small plots as text, and a page with all of it
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The folder of a finished study
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Write a page with tables, plots and a timeline to this file, which is replaced; - is
    /// standard output, which then has the page alone
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Say whether the mean of a measure is on that side of a limit: 'refused_share < 0.02',
    /// 'wait <= 3min' (repeatable; all answers hold together)
    #[arg(long, value_name = "GOAL")]
    pub(crate) goal: Vec<Goal>,
    /// Say which point can be the best: the one with the largest or the smallest mean of the measure
    /// that --of names [default: what the
    /// study was asked with --indifference]
    #[arg(long, value_name = "max|min", value_enum, requires = "of")]
    pub(crate) best: Option<BestOf>,
    /// Estimate the measure that --of names with the help of this one, whose true mean is known:
    /// mean_service=3min (a control variate; repeatable)
    #[arg(long, value_name = "MEASURE=MEAN", requires = "of")]
    pub(crate) control: Vec<KnownMean>,
    /// The measure to plot, on a page the first one [default: that of the first goal, or the first
    /// share that is not the same everywhere, or else the first measure that is not]
    #[arg(long, value_name = "MEASURE")]
    pub(crate) of: Option<String>,
    /// The factor to plot against [default: each in turn]
    #[arg(long, value_name = "FACTOR")]
    pub(crate) against: Option<String>,
    /// The run whose timeline is on the page, and whose point has the warm-up plot [default: 0:0]
    #[arg(long, value_name = "POINT:REPLICATION", requires = "html")]
    pub(crate) run: Option<Which>,
    /// Report files even if they were changed after the study was finished; the report says so
    #[arg(long)]
    pub(crate) even_if_changed: bool,
    /// Only what was asked for: no notes on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// One run of a study.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Which {
    pub(crate) point: usize,
    pub(crate) replication: u64,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("`{text}` is not POINT:REPLICATION, like 2:17");
        let (point, replication) = text.split_once(':').ok_or_else(error)?;
        let point = point.parse().map_err(|_| error())?;
        Ok(Self { point, replication: replication.parse().map_err(|_| error())? })
    }
}
