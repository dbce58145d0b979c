//! A study as text: a table of points and measures, means against factors,
//! distributions.

mod answers;
mod best;
mod bins;
mod controlled;
mod number;
mod pairs;
mod plot;
mod table;
mod verdict;

pub use answers::{Answers, Questions};
pub use best::Ranking;
pub(crate) use best::{Named, Standing, best_json, between, check_count};
pub use bins::Bins;
pub use controlled::ControlledPoints;
pub use number::number;
pub use plot::{distribution, means};
pub use table::table;
pub use verdict::{GoalVerdicts, Verdict, Verdicts};

use crate::study::{Manifest, PointSummary, PrecisionEntry, Summary};
use crate::words::counted;
use flagfall::experiment::Column;

/// What a study asked, and its results: what reports show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// What was asked.
    pub manifest: Manifest,
    /// The results of the points.
    pub summary: Summary,
    /// What a reader has to know of the numbers before believing them.
    pub notes: Vec<String>,
    /// The results of each replication, in order.
    pub rows: Rows,
}

/// The replications of a study, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The point of each.
    pub point: Vec<usize>,
    /// Its number.
    pub replication: Vec<u64>,
    /// For each measure its value in each replication; `None` if it failed or leaves the
    /// measure undefined.
    pub values: Vec<Vec<Option<f64>>>,
    /// How many events it had.
    pub events: Vec<Option<u64>>,
    /// The digest of its trace.
    pub digest: Vec<Option<String>>,
    /// Those that failed, in order.
    pub failed: Vec<Failed>,
}

/// A replication that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which row it is.
    pub row: usize,
    /// Why it failed.
    pub error: String,
    /// The command line that shows it.
    pub replay: String,
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.point.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.point.is_empty()
    }
}

/// The place of a measure among those of a study; an error names all of them.
fn place_of(columns: &[Column], name: &str) -> Result<usize, String> {
    columns.iter().position(|column| column.name == *name).ok_or_else(|| {
        let known: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
        format!("there is no measure {name}; there are {}", known.join(", "))
    })
}

impl Study {
    /// A study without its rows.
    ///
    /// # Errors
    /// How they differ.
    pub fn new(manifest: Manifest, summary: Summary) -> Result<Self, String> {
        if summary.study != manifest.study {
            return Err("it is of another study; sweep into a new folder".to_owned());
        }
        if summary.points.len() != manifest.points.len() {
            return Err("it has another number of points".to_owned());
        }
        let names = || summary.measures.iter().map(|measure| &*measure.name);
        let differs =
            |point: &PointSummary| !point.measures.iter().map(|of| of.name.as_str()).eq(names());
        if let Some(at) = summary.points.iter().position(differs) {
            return Err(format!("point {at} has other measures than the list says"));
        }
        let notes = summary.notes().into_iter().map(str::to_owned).collect();
        Ok(Self { manifest, summary, notes, rows: Rows::default() })
    }

    /// How many replications each point was to have, in words.
    #[must_use]
    pub fn asked(&self) -> String {
        match (self.manifest.replications, &self.manifest.precision) {
            (Some(replications), _) => format!("{replications} of each point"),
            (None, Some(precision)) => in_words(precision),
            (None, None) => match &self.manifest.selection {
                Some(selection) => selection.decisive(),
                None => "not said".to_owned(),
            },
        }
    }

    /// A point in words: the levels of its factors.
    #[must_use]
    pub fn name_of(&self, point: usize) -> String {
        let factors = &self.manifest.factors;
        if factors.is_empty() {
            return "the only point".to_owned();
        }
        let named = factors.iter().zip(&self.manifest.points[point].levels);
        let words: Vec<String> =
            named.map(|(factor, level)| format!("{} {level}", factor.name)).collect();
        words.join(", ")
    }

    /// The measure to show first: a share that is not the same everywhere,
    /// or else anything that is not.
    #[must_use]
    pub fn telling_measure(&self) -> usize {
        let varies = |at: usize| {
            let points = self.summary.points.iter();
            let mut known = points.filter_map(|point| point.measures.get(at));
            let first = known.clone().find_map(|summary| summary.minimum);
            known.any(|summary| {
                [summary.minimum, summary.maximum].into_iter().flatten().any(|v| Some(v) != first)
            })
        };
        let varying = || (0..self.summary.measures.len()).filter(|at| varies(*at));
        let is_share = |at: &usize| self.summary.measures[*at].name.ends_with("_share");
        varying().find(is_share).or_else(|| varying().next()).unwrap_or(0)
    }

    /// The possible range, guessed from name, unit and values: axes keep within it. A
    /// share is from 0 to 1; counts and spans are not below 0, if none was.
    #[must_use]
    pub fn bounds(&self, measure: usize) -> (f64, f64) {
        let Some(Column { name, unit, .. }) = self.summary.measures.get(measure) else {
            return (f64::NEG_INFINITY, f64::INFINITY);
        };
        let summaries =
            || self.summary.points.iter().filter_map(|point| point.measures.get(measure));
        let least = summaries().filter_map(|summary| summary.minimum).fold(f64::INFINITY, f64::min);
        let most = summaries().filter_map(|summary| summary.maximum).fold(0.0, f64::max);
        let is_amount = unit == "1" || unit == "s";
        let is_share = unit == "1" && (name.ends_with("share") || name == "utilization");
        (
            if is_amount && least >= 0.0 { 0.0 } else { f64::NEG_INFINITY },
            if is_share && least >= 0.0 && most <= 1.0 { 1.0 } else { f64::INFINITY },
        )
    }

    /// The size of the study in words.
    #[must_use]
    pub fn size(&self) -> String {
        let points = counted(self.manifest.points.len(), "point");
        let failed = match self.summary.failed() {
            0 => String::new(),
            failed => format!(" ({failed} failed)"),
        };
        format!("{points}, {}{failed}", counted(self.summary.replications(), "replication"))
    }
}

fn in_words(precision: &PrecisionEntry) -> String {
    let PrecisionEntry { relative, absolute, of, fewest, most } = precision;
    let relative = relative.map(|width| format!("{} % of the mean", number(width * 100.0, 4)));
    let absolute = absolute.map(|width| number(width, 6));
    let widths: Vec<String> = relative.into_iter().chain(absolute).collect();
    let of = if of.is_empty() { "every measure".to_owned() } else { of.join(", ") };
    format!(
        "until the half-width of {of} is {}, at least {fewest}, at most {most}",
        widths.join(" or ")
    )
}
