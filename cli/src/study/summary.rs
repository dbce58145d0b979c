//! `summary.json`: the results of a study.

use super::{FORMAT, Manifest};
use flagfall::experiment::{Column, Results};
use flagfall::measure::MeasureKind;
use flagfall::statistics::{Bounds, Estimate, Sample, Tally};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// The results of a measure at one point, over the replications in which it is defined.
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
        let kinds: Vec<_> = (0..results.columns.len()).map(|at| results.kind(at)).collect();
        Self {
            format: FORMAT,
            flagfall: manifest.flagfall.clone(),
            model: manifest.model.clone(),
            study: manifest.study.clone(),
            seed: manifest.seed,
            level: manifest.level,
            factors: manifest.factors.iter().map(|factor| factor.name.clone()).collect(),
            measures: results.columns.clone(),
            points: (0..results.points())
                .map(|point| of_point(manifest, results, &kinds, point))
                .collect(),
        }
    }

    /// What a reader has to know of the means that are shown without `±`.
    #[must_use]
    pub fn notes(&self) -> Vec<&'static str> {
        let any = |told: &dyn Fn(u64, IntervalKind) -> bool| {
            let mut measures = self.points.iter().flat_map(|point| &point.measures);
            measures.any(|measure| told(measure.count, measure.interval))
        };
        Estimate::notes(
            any(&|_, kind| kind == IntervalKind::ClopperPearson),
            any(&|count, kind| count > 1 && kind == IntervalKind::Undefined),
            any(&|count, kind| count == 1 && kind == IntervalKind::Undefined),
        )
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

fn of_point(
    manifest: &Manifest,
    results: &Results,
    kinds: &[MeasureKind],
    point: usize,
) -> PointSummary {
    let rows = results.of_point(point);
    let names = manifest.factors.iter().map(|factor| factor.name.clone());
    let levels = manifest.points[point].levels.iter().cloned();
    let columns = results.columns.iter().enumerate();
    PointSummary {
        point,
        levels: names.zip(levels).collect(),
        replications: rows.len() as u64,
        failed: rows.iter().filter(|row| row.outcome.is_err()).count() as u64,
        measures: columns
            .map(|(at, column)| {
                let values: Vec<f64> = results.values(point, at).collect();
                of_measure(&column.name, kinds[at], &values, manifest.level)
            })
            .collect(),
    }
}

fn of_measure(name: &str, kind: MeasureKind, values: &[f64], level: f64) -> MeasureSummary {
    // Numbers beyond what a tally takes have no mean to speak of.
    let tally = Tally::of(values).unwrap_or_default();
    let estimate = kind.estimate(&tally, level).ok();
    let of = |get: fn(&Estimate) -> Option<f64>| estimate.as_ref().and_then(get);
    let sample = Sample::of(values).ok();
    let quantile = |p| Some(QuantileEntry { p, value: sample.as_ref()?.quantile(p).ok()? });
    MeasureSummary {
        name: name.to_owned(),
        count: values.len() as u64,
        mean: tally.mean(),
        interval: estimate.map(|of| IntervalKind::of(of.bounds)).unwrap_or_default(),
        half_width: of(Estimate::half_width),
        low: of(Estimate::low),
        high: of(Estimate::high),
        text: estimate.map_or_else(|| "–".to_owned(), |estimate| estimate.to_string()),
        standard_deviation: tally.standard_deviation(),
        minimum: tally.min(),
        maximum: tally.max(),
        quantiles: QUANTILES.into_iter().filter_map(quantile).collect(),
    }
}
