//! A study, or one run, as one HTML page that needs nothing else: it opens from a file, without a
//! network, in any browser of the last years.
//!
//! Plots are drawn by uPlot, which is in the page (`assets/uplot.ORIGIN`); the rest are the
//! scripts in `assets/`, as they are. The page's policy forbids it every address, and every
//! script and style but these, by their hashes; what comes from a study stands in it as JSON
//! or as escaped text. Same study, same bytes.

mod data;
mod escape;
mod folds;
mod gantt;
mod html;
mod lanes;
mod recorded;
mod run;
mod warm_up;
mod write;

pub use gantt::timeline;
pub use lanes::MOST_RESOURCES;
pub use recorded::{MOST_RECORDS, Recorded};
pub use run::{RunPage, write_run};
pub use warm_up::{Averaged, WarmUp};
pub use write::write;

use super::study::{Answers, Study};
use flagfall::resource::ResourceReport;

/// A page has at most this many rows; of larger studies, the first replications of each point, and
/// failed ones.
pub const MOST_ROWS: usize = 20_000;

/// A page has at most this many failed rows beyond those that are in it anyway.
pub const MOST_FAILED: usize = 1_000;

/// What a page shows.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The study.
    pub study: &'a Study,
    /// The command line that makes it, or the call of a function.
    pub command: String,
    /// What its runs were given.
    pub parameters: Parameters,
    /// The answers to what was asked of it.
    pub answers: &'a Answers,
    /// The number of the measure that is shown first.
    pub measure: usize,
    /// A run of it, recorded; or why there is none.
    pub run: Result<Run<'a>, String>,
    /// Some runs of one point, averaged; or why there are none.
    pub warm_up: Result<WarmUp, String>,
}

/// The parameters of the runs of a study, without its factors.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// Those that are equal at all points.
    pub same: Vec<(String, String)>,
    /// Those that are not, as they follow from the factors: the value at each point.
    pub differ: Vec<(String, Vec<String>)>,
    /// A note about them, such as that defaults are missing; empty if none.
    pub note: String,
}

/// One run of a study.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// Its point.
    pub point: usize,
    /// Its replication.
    pub replication: u64,
    /// The command line that makes it.
    pub command: String,
    /// What happened.
    pub recorded: &'a Recorded,
    /// A note about it; empty if none.
    pub note: String,
    /// Its resources at the end, with their histories.
    pub resources: &'a [ResourceReport],
    /// A note about them; empty if none.
    pub resources_note: String,
}

/// Which rows a page has, in order.
fn kept(study: &Study) -> Vec<usize> {
    let rows = &study.rows;
    if rows.len() <= MOST_ROWS {
        return (0..rows.len()).collect();
    }
    let each = (MOST_ROWS / study.manifest.points.len().max(1)).max(1);
    let mut taken = vec![0; study.manifest.points.len()];
    let mut all = 0;
    let mut spare = MOST_FAILED;
    let mut failed = rows.failed.iter().map(|failed| failed.row).peekable();
    let mut keep = |row: &usize| {
        let is_failed = failed.next_if_eq(row).is_some();
        let Some(taken) = rows.point.get(*row).and_then(|point| taken.get_mut(*point)) else {
            return false;
        };
        if *taken < each && all < MOST_ROWS {
            *taken += 1;
            all += 1;
            return true;
        }
        let extra = is_failed && spare > 0;
        spare -= usize::from(extra);
        extra
    };
    (0..rows.len()).filter(|row| keep(row)).collect()
}
