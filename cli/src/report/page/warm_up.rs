//! Series of several runs, averaged, to see where their warm-up ends.

use flagfall::measure::Series;
use flagfall::statistics::{StatisticsError, Truncation};
use serde::Serialize;
use std::borrow::Cow;

/// At most this many points; longer series are averaged in buckets.
const MOST_VALUES: usize = 2_000;

/// Series of some replications of one point, averaged over the replications, observation
/// by observation, up to the end of the shortest, and where MSER-5 cuts the averages.
///
/// # Sources
/// P. D. Welch, "The statistical analysis of simulation results", in S. S. Lavenberg (ed.),
/// The Computer Performance Modeling Handbook, Academic Press 1983, 268-328. The cut is
/// that of [`Truncation::mser5`].
#[derive(Clone, Debug, PartialEq)]
pub struct WarmUp {
    /// The point.
    pub point: usize,
    /// How many replications were averaged.
    pub replications: usize,
    /// The series, by name.
    pub series: Vec<Averaged>,
}

/// One series, averaged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Averaged {
    /// What was observed.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Each value is the mean of this many observations in a row.
    pub bucket: usize,
    /// The averages.
    pub values: Vec<f64>,
    /// How many observations MSER-5 cuts off, if it can tell.
    pub cut: Option<usize>,
    /// Its result, as a sentence.
    pub verdict: String,
}

impl WarmUp {
    /// The series of some runs, averaged: one list of series for each run.
    ///
    /// # Examples
    /// ```
    /// use flagfall::Series;
    /// use flagfall_cli::report::page::WarmUp;
    ///
    /// let run = |first| {
    ///     let values = vec![first, 1.0];
    ///     vec![Series { name: "wait".into(), unit: "s".into(), values, batch: 1 }]
    /// };
    /// let warm_up = WarmUp::of(0, &[run(0.0), run(1.0)]);
    /// assert_eq!(warm_up.series[0].values, [0.5, 1.0]);
    /// ```
    #[must_use]
    pub fn of(point: usize, runs: &[Vec<Series>]) -> Self {
        let first = runs.first().map_or(&[][..], Vec::as_slice);
        let series = first.iter().enumerate().map(|(at, series)| {
            let all: Vec<&Series> = runs.iter().filter_map(|run| run.get(at)).collect();
            let batch = all.iter().map(|one| one.batch).max().unwrap_or(1);
            let all: Vec<Cow<'_, [f64]>> = all.iter().map(|one| in_batches(one, batch)).collect();
            averaged((&series.name, &series.unit), batch, &all)
        });
        Self { point, replications: runs.len(), series: series.collect() }
    }
}

/// A series in batches of so many observations: a multiple of its own, as both are powers of two.
fn in_batches(series: &Series, batch: usize) -> Cow<'_, [f64]> {
    match batch / series.batch.max(1) {
        0 | 1 => series.values.as_slice().into(),
        more => {
            let mean = |some: &[f64]| some.iter().map(|one| one / more as f64).sum();
            series.values.chunks_exact(more).map(mean).collect()
        }
    }
}

fn averaged((name, unit): (&str, &str), batch: usize, runs: &[Cow<'_, [f64]>]) -> Averaged {
    let length = runs.iter().map(|values| values.len()).min().unwrap_or(0);
    let mean = |at| runs.iter().map(|values| values[at]).sum::<f64>() / runs.len() as f64;
    let means: Vec<f64> = (0..length).map(mean).collect();
    let (cut, verdict) = verdict(&means, batch);
    let bucket = length.div_ceil(MOST_VALUES).max(1);
    // The last few that fill no bucket would be noisier than the others.
    let values = means.chunks_exact(bucket).map(|some| some.iter().sum::<f64>() / bucket as f64);
    let (name, unit) = (name.to_owned(), unit.to_owned());
    Averaged { name, unit, bucket: bucket * batch, values: values.collect(), cut, verdict }
}

fn verdict(means: &[f64], batch: usize) -> (Option<usize>, String) {
    let all = means.len() * batch;
    let text = match Truncation::mser5(means) {
        Ok(Truncation { observations: cut, .. }) => {
            let cut = cut * batch;
            return (Some(cut), format!("MSER-5 cuts the first {cut} of {all} observations."));
        }
        Err(StatisticsError::TooFew { needed, .. }) => format!(
            "There are {all} observations, and MSER-5 needs {}: run longer to see a cut.",
            needed * batch as u64
        ),
        Err(StatisticsError::WarmUpNotOver { .. }) => {
            "MSER-5 would cut more than half: the runs are too short to tell where the warm-up \
             ends."
                .to_owned()
        }
        Err(error) => format!("MSER-5 cannot tell: {error}."),
    };
    (None, text)
}
