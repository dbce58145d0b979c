//! A study as one HTML page that needs nothing else: it opens from a file, without a
//! network, in any browser of the last years.
//!
//! Plots are drawn by uPlot, which is in the page (`assets/uplot.ORIGIN`); the rest are the
//! scripts in `assets/`, as they are. The page's policy forbids it every address, and every
//! script and style but these, by their hashes; what comes from a study stands in it as JSON
//! or as escaped text. Same study, same bytes.

mod data;
mod escape;
mod html;
mod policy;
mod recorded;
mod warm_up;

pub use recorded::{MOST_RECORDS, Recorded};
pub use warm_up::{Averaged, WarmUp};

use super::study::Study;
use std::io::{self, Write};

/// A page holds so many rows; of larger studies, the first replications of each point, and
/// failed ones.
pub const MOST_ROWS: usize = 20_000;

/// A page holds so many failed rows beyond those that are in it anyway.
pub const MOST_FAILED: usize = 1_000;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");
const UPLOT: &str = include_str!("assets/uplot.min.js");
const UPLOT_STYLE: &str = include_str!("assets/uplot.min.css");

/// In the order in which they use each other.
const SCRIPTS: [&str; 8] = [
    include_str!("assets/base.js"),
    include_str!("assets/plots.js"),
    include_str!("assets/distributions.js"),
    include_str!("assets/rows.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/player.js"),
    include_str!("assets/main.js"),
];

/// What a page shows.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The study.
    pub study: &'a Study,
    /// A run of it, recorded; or why there is none.
    pub run: Result<Run<'a>, String>,
    /// Some runs of one point, averaged; or why there are none.
    pub warm_up: Result<WarmUp, String>,
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
    /// What is to be said about it; empty if nothing.
    pub note: String,
}

/// Writes the page.
///
/// Cost: a pass over the rows for each measure; a page of 10,000 rows with six measures takes
/// 0.9 MB, 0.12 MB of that for scripts and style.
///
/// # Errors
/// What writing to `out` returns.
pub fn write(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("@{") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.write_all(before.as_bytes())?;
        match name {
            "policy" => policy::write(out, &[UPLOT, &script()], &[UPLOT_STYLE, STYLE])?,
            "title" => html::title(out, page.study)?,
            "heading" => html::heading(out, page.study)?,
            "facts" => html::facts(out, page.study)?,
            "notes" => html::notes(out, page.study)?,
            "parameters" => html::parameters(out, page.study)?,
            "summary" => html::summary(out, page.study)?,
            "footer" => html::footer(out, page.study)?,
            "data" => data::write(out, page)?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "uplot" => out.write_all(UPLOT.as_bytes())?,
            "uplot-style" => out.write_all(UPLOT_STYLE.as_bytes())?,
            "script" => out.write_all(script().as_bytes())?,
            other => return Err(io::Error::other(format!("the template names {other}"))),
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// The scripts of this room as one, so that they know each other.
fn script() -> String {
    SCRIPTS.concat()
}

/// Which rows a page holds, in order.
fn kept(study: &Study) -> Vec<usize> {
    let rows = &study.rows;
    if rows.len() <= MOST_ROWS {
        return (0..rows.len()).collect();
    }
    let each = (MOST_ROWS / study.points.len().max(1)).max(1);
    let mut taken = vec![0; study.points.len()];
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
