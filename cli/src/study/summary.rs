//! `summary.json`: the results of a study.

use super::ranked::{Pieces, Ranked};
use super::{FORMAT, Manifest};
use flagfall::experiment::{Column, Results, Row};
use flagfall::measure::MeasureKind;
use flagfall::statistics::{Antithetic, Bounds, Estimate, Tally, quantile_among};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// Quantiles that are reported.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// The results of a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The format of the folder.
    pub format: u32,
    /// The version of flagfall that ran it.
    pub flagfall: String,
    /// The name of the model.
    pub model: String,
    /// The hash of the manifest.
    pub study: String,
    /// The seed of all streams; none where the grid varies it.
    pub seed: Option<u64>,
    /// The confidence level of the intervals.
    pub level: f64,
    /// The names of the factors, in order.
    pub factors: Vec<String>,
    /// The measures, in order.
    pub measures: Vec<Column>,
    /// The points, in order.
    pub points: Vec<PointSummary>,
}

/// The results of one point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PointSummary {
    /// Its number.
    pub point: usize,
    /// Its level of each factor.
    pub levels: BTreeMap<String, String>,
    /// How many replications there are, failed ones included.
    pub replications: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Each measure, in order.
    pub measures: Vec<MeasureSummary>,
}

/// The results of a measure at one point, over the replications in which it is defined. Of
/// antithetic pairs, mean and interval are over the pairs of which both have a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasureSummary {
    /// Its name.
    pub name: String,
    /// In how many replications it is defined.
    pub count: u64,
    /// The mean; none without a value.
    pub mean: Option<f64>,
    /// Which interval of the mean that is.
    pub interval: IntervalKind,
    /// How far the farther end of the interval is from the mean; none without an interval.
    pub half_width: Option<f64>,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Mean and interval as they are shown, each rounded to its precision.
    pub text: String,
    /// How much replications differ.
    pub standard_deviation: Option<f64>,
    /// The smallest value.
    pub minimum: Option<f64>,
    /// The largest value.
    pub maximum: Option<f64>,
    /// Quantiles of the replications.
    pub quantiles: Vec<QuantileEntry>,
    /// What the interval is of, if replications are antithetic pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<PairsSummary>,
}

/// The means of antithetic pairs of replications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairsSummary {
    /// How many pairs have two values.
    pub count: u64,
    /// How much the means of pairs differ.
    pub standard_deviation: Option<f64>,
    /// The variance of the mean, divided by that of as many independent replications.
    pub variance_ratio: Option<f64>,
    /// About how many independent replications would have given the same half-width.
    pub independent: Option<u64>,
}

impl MeasureSummary {
    /// Of how many values with which standard deviation the interval is: those of replications, or
    /// the means of pairs.
    pub(crate) fn scatter(&self) -> (u64, Option<f64>) {
        match self.pairs {
            Some(pairs) => (pairs.count, pairs.standard_deviation),
            None => (self.count, self.standard_deviation),
        }
    }
}

/// How the interval of a mean is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalKind {
    /// There is none: there are fewer than two values, or all are equal.
    #[default]
    Undefined,
    /// Student's, of numbers that differ.
    Student,
    /// Clopper and Pearson's, of yes and no, and of shares that are all 0 or all 1.
    ClopperPearson,
}

impl IntervalKind {
    pub(crate) const fn of(bounds: Bounds) -> Self {
        match bounds {
            Bounds::Student { .. } => Self::Student,
            Bounds::ClopperPearson { .. } => Self::ClopperPearson,
            Bounds::Undefined => Self::Undefined,
        }
    }
}

/// A quantile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantileEntry {
    /// Its probability.
    pub p: f64,
    /// Where it is.
    pub value: f64,
}

impl Summary {
    /// Sums up the rows of a study.
    #[must_use]
    pub fn of(manifest: &Manifest, results: &Results) -> Self {
        let mut summing = Summing::new((&results.columns, manifest.antithetic), None);
        let rows = results.rows.iter().try_for_each(|row| summing.row(row));
        rows.and_then(|()| summing.end(manifest)).expect("no file is used")
    }

    /// What a reader has to know of the means that are shown without `±`.
    #[must_use]
    pub fn notes(&self) -> Vec<&'static str> {
        let any = |told: &dyn Fn(u64, IntervalKind) -> bool| {
            let mut measures = self.points.iter().flat_map(|point| &point.measures);
            measures.any(|measure| told(measure.scatter().0, measure.interval))
        };
        Estimate::notes(
            any(&|_, kind| kind == IntervalKind::ClopperPearson),
            any(&|count, kind| count > 1 && kind == IntervalKind::Undefined),
            any(&|count, kind| count == 1 && kind == IntervalKind::Undefined) && !self.has_pairs(),
        )
    }

    /// Whether replications are antithetic pairs.
    #[must_use]
    pub fn has_pairs(&self) -> bool {
        let mut measures = self.points.iter().flat_map(|point| &point.measures);
        measures.any(|measure| measure.pairs.is_some())
    }

    /// How many replications failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.points.iter().map(|point| point.failed).sum()
    }

    /// How many replications there are.
    #[must_use]
    pub fn replications(&self) -> u64 {
        self.points.iter().map(|point| point.replications).sum()
    }
}

/// Sums up rows that come in their order.
pub(super) struct Summing {
    columns: Vec<Column>,
    /// Whether replications are pairs.
    antithetic: bool,
    /// The kind of each column, by the values so far.
    seen: Vec<MeasureKind>,
    /// The points before the last.
    points: Vec<PointTotals>,
    /// The last one.
    totals: PointTotals,
    values: Vec<Ranked>,
    /// Where values are that do not fit into memory; if there is none, all are in memory.
    pieces: Option<Pieces>,
}

/// What is kept of a point.
#[derive(Default)]
struct PointTotals {
    replications: u64,
    failed: u64,
    measures: Vec<Totals>,
}

/// What is kept of a measure at a point.
#[derive(Clone, Default)]
struct Totals {
    count: u64,
    tally: Tally,
    pairs: Antithetic,
    /// The replication whose value came last, and the value.
    last: Option<(u64, f64)>,
    /// Whether there was a number beyond what a tally takes: then there is no mean to speak of.
    is_beyond: bool,
    quantiles: Vec<QuantileEntry>,
}

impl Summing {
    pub(super) fn new((columns, antithetic): (&[Column], bool), pieces: Option<Pieces>) -> Self {
        let mut new = Self {
            columns: columns.to_vec(),
            antithetic,
            seen: columns.iter().map(|column| column.kind.seen_in([])).collect(),
            points: Vec::new(),
            totals: PointTotals::default(),
            values: columns.iter().map(|_| Ranked::new(pieces.is_some())).collect(),
            pieces,
        };
        new.totals.measures = vec![Totals::default(); columns.len()];
        new
    }

    /// Takes the next row.
    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        while self.points.len() < row.point {
            self.end_point()?;
        }
        self.totals.replications += 1;
        let Ok(numbers) = &row.outcome else {
            self.totals.failed += 1;
            return Ok(());
        };
        for (at, value) in numbers.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let (kind, seen) = (self.columns[at].kind, &mut self.seen[at]);
            if kind.seen_in([value]) != *seen {
                *seen = kind;
            }
            let totals = &mut self.totals.measures[at];
            totals.count += 1;
            totals.is_beyond |= totals.tally.add(value).is_err();
            if self.antithetic {
                totals.pair(row.replication, value);
            }
            if !totals.is_beyond {
                self.values[at].add(value, self.pieces.as_mut())?;
            }
        }
        Ok(())
    }

    fn end_point(&mut self) -> io::Result<()> {
        for (totals, values) in self.totals.measures.iter_mut().zip(&mut self.values) {
            if totals.is_beyond {
                (totals.tally, totals.pairs) = (Tally::new(), Antithetic::new());
            } else if totals.count > 0 {
                values.sort();
                for p in QUANTILES {
                    let mut failed = None;
                    let at = |rank| match values.at(rank, self.pieces.as_ref()) {
                        Ok(value) => value,
                        Err(error) => {
                            failed = Some(error);
                            0.0
                        }
                    };
                    let value = quantile_among(totals.count, p, at);
                    if let Some(error) = failed {
                        return Err(error);
                    }
                    totals.quantiles.extend(value.ok().map(|value| QuantileEntry { p, value }));
                }
            }
            values.clear();
        }
        if let Some(pieces) = &mut self.pieces {
            pieces.clear();
        }
        let measures = vec![Totals::default(); self.columns.len()];
        let next = PointTotals { measures, ..PointTotals::default() };
        self.points.push(std::mem::replace(&mut self.totals, next));
        Ok(())
    }

    /// All rows have come.
    pub(super) fn end(&mut self, manifest: &Manifest) -> io::Result<Summary> {
        if self.totals.replications > 0 {
            self.end_point()?;
        }
        let points = self.points.iter().enumerate();
        Ok(Summary {
            format: FORMAT,
            flagfall: manifest.flagfall.clone(),
            model: manifest.model.clone(),
            study: manifest.study.clone(),
            seed: manifest.seed,
            level: manifest.level,
            factors: manifest.factors.iter().map(|factor| factor.name.clone()).collect(),
            points: points.map(|(point, totals)| self.of_point(manifest, point, totals)).collect(),
            measures: self.columns.clone(),
        })
    }

    fn of_point(&self, manifest: &Manifest, point: usize, totals: &PointTotals) -> PointSummary {
        let names = manifest.factors.iter().map(|factor| factor.name.clone());
        let levels = manifest.points[point].levels.iter().cloned();
        let kinds = self.columns.iter().zip(&self.seen);
        PointSummary {
            point,
            levels: names.zip(levels).collect(),
            replications: totals.replications,
            failed: totals.failed,
            measures: kinds
                .zip(&totals.measures)
                .map(|((column, kind), totals)| {
                    let kind = if self.antithetic { column.kind.of_means() } else { *kind };
                    let pairs = self.antithetic.then_some(&totals.pairs);
                    of_measure((&column.name, kind), totals, pairs, manifest.level)
                })
                .collect(),
        }
    }
}

impl Totals {
    /// Takes a value of a replication, which may be the second of a pair.
    fn pair(&mut self, replication: u64, value: f64) {
        let first = self.last.replace((replication, value));
        if let Some((_, first)) =
            first.filter(|last| replication % 2 == 1 && last.0 + 1 == replication)
        {
            // What cannot be used makes the whole point undefined.
            let _ = self.pairs.add(first, value);
        }
    }
}

fn of_measure(
    (name, kind): (&str, MeasureKind),
    totals: &Totals,
    pairs: Option<&Antithetic>,
    level: f64,
) -> MeasureSummary {
    let tally = &totals.tally;
    let means = pairs.map_or(tally, Antithetic::means);
    let estimate = kind.estimate(means, level).ok();
    let of = |get: fn(&Estimate) -> Option<f64>| estimate.as_ref().and_then(get);
    MeasureSummary {
        name: name.to_owned(),
        count: totals.count,
        mean: means.mean(),
        interval: estimate.map(|of| IntervalKind::of(of.bounds)).unwrap_or_default(),
        half_width: of(Estimate::half_width),
        low: of(Estimate::low),
        high: of(Estimate::high),
        text: estimate.map_or_else(|| "–".to_owned(), |estimate| estimate.to_string()),
        standard_deviation: tally.standard_deviation(),
        minimum: tally.min(),
        maximum: tally.max(),
        quantiles: totals.quantiles.clone(),
        pairs: pairs.map(|pairs| PairsSummary {
            count: pairs.means().count(),
            standard_deviation: pairs.means().standard_deviation(),
            variance_ratio: pairs.variance_ratio(),
            independent: pairs.independent(level),
        }),
    }
}
