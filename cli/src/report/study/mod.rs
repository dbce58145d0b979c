//! A study as text: a table of points and measures, means against factors,
//! distributions.

mod bins;
mod number;
mod plot;
mod table;

pub use bins::Bins;
pub use number::number;
pub use plot::{distribution, means};
pub use table::table;

pub use crate::study::{FactorEntry as Factor, MeasureSummary as Summary};

use crate::study::seeds;
use crate::words::{counted, with_unit};

/// What a study asked and came to: what reports show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// The model's name.
    pub model: String,
    /// The version of flagfall that made it.
    pub flagfall: String,
    /// What identifies it: a hash of all that decides its rows.
    pub study: String,
    /// Its command line, without the program and `sweep`.
    pub command: Vec<String>,
    /// The seed of all random streams; none where a factor varies it.
    pub seed: Option<u64>,
    /// The level of the confidence intervals, from 0 to 1.
    pub level: f64,
    /// How many replications each point was to have, in words.
    pub asked: String,
    /// The options that are the same at all points: name and value.
    pub parameters: Vec<(String, String)>,
    /// The options that vary.
    pub factors: Vec<Factor>,
    /// What is to be known of the numbers before they are believed.
    pub notes: Vec<String>,
    /// What was measured.
    pub measures: Vec<MeasureName>,
    /// The points of the grid, in order.
    pub points: Vec<Point>,
    /// What each replication came to, in order.
    pub rows: Rows,
}

/// A measure's name and unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureName {
    /// The name.
    pub name: String,
    /// The unit; `1` of counts and shares.
    pub unit: String,
}

impl MeasureName {
    /// The name, with the unit in brackets unless it is `1`.
    #[must_use]
    pub fn with_unit(&self) -> String {
        with_unit(&self.name, &self.unit)
    }
}

/// A point of the grid and what it came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// One level for each factor.
    pub levels: Vec<String>,
    /// The command line that runs it, without the program.
    pub run: Vec<String>,
    /// How many replications there are.
    pub replications: u64,
    /// How many of them failed.
    pub failed: u64,
    /// What the measures came to, one for each measure of the study.
    pub measures: Vec<Summary>,
}

/// The replications of a study, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The point of each.
    pub point: Vec<usize>,
    /// Its number.
    pub replication: Vec<u64>,
    /// For each measure what each replication came to; `None` if it failed or leaves the
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

impl Study {
    /// A point in words: the levels of its factors.
    #[must_use]
    pub fn name_of(&self, point: &Point) -> String {
        if self.factors.is_empty() {
            return "the only point".to_owned();
        }
        let named = self.factors.iter().zip(&point.levels);
        let words: Vec<String> =
            named.map(|(factor, level)| format!("{} {level}", factor.name)).collect();
        words.join(", ")
    }

    /// The measure that tells most at first sight: a share that is not the same everywhere,
    /// or else anything that is not.
    #[must_use]
    pub fn telling_measure(&self) -> usize {
        let varies = |at: usize| {
            let mut known = self.points.iter().filter_map(|point| point.measures.get(at));
            let first = known.clone().find_map(|summary| summary.minimum);
            known.any(|summary| {
                [summary.minimum, summary.maximum].into_iter().flatten().any(|v| Some(v) != first)
            })
        };
        let varying = || (0..self.measures.len()).filter(|at| varies(*at));
        let is_share = |at: &usize| self.measures[*at].name.ends_with("_share");
        varying().find(is_share).or_else(|| varying().next()).unwrap_or(0)
    }

    /// What a measure can be, as far as its name, unit and values tell: axes keep within it. A
    /// share is from 0 to 1; counts and spans are not below 0, if none was.
    #[must_use]
    pub fn bounds(&self, measure: usize) -> (f64, f64) {
        let Some(MeasureName { name, unit }) = self.measures.get(measure) else {
            return (f64::NEG_INFINITY, f64::INFINITY);
        };
        let summaries = || self.points.iter().filter_map(|point| point.measures.get(measure));
        let least = summaries().filter_map(|summary| summary.minimum).fold(f64::INFINITY, f64::min);
        let most = summaries().filter_map(|summary| summary.maximum).fold(0.0, f64::max);
        let is_amount = unit == "1" || unit == "s";
        let is_share = unit == "1" && (name.ends_with("share") || name == "utilization");
        (
            if is_amount && least >= 0.0 { 0.0 } else { f64::NEG_INFINITY },
            if is_share && least >= 0.0 && most <= 1.0 { 1.0 } else { f64::INFINITY },
        )
    }

    /// How many failed at all points.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.points.iter().map(|point| point.failed).sum()
    }

    /// The seed, or those that vary, in words: `seed 42`, `seeds 1, 2`.
    #[must_use]
    pub fn seeds(&self) -> String {
        seeds(self.seed, &self.factors)
    }

    /// The size of the study in words.
    #[must_use]
    pub fn size(&self) -> String {
        let points = counted(self.points.len(), "point");
        let replications: u64 = self.points.iter().map(|point| point.replications).sum();
        let failed = match self.failed() {
            0 => String::new(),
            failed => format!(" ({failed} failed)"),
        };
        format!("{points}, {}{failed}", counted(replications, "replication"))
    }
}
