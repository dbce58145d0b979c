//! The data of a page, for its scripts: columns rather than objects, so that ten thousand
//! rows stay small.

use super::lanes::lanes;
use super::{Page, Run, WarmUp, escape, kept, timeline};
use crate::report::study::{Answers, Bins, GoalVerdicts, Study};
use crate::study::MeasureSummary;
use flagfall::experiment::Column;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

#[derive(Serialize)]
struct Data<'a> {
    level: f64,
    factors: Value,
    measures: Value,
    /// The measure that is shown first.
    first: usize,
    points: Value,
    /// Measure, limit and text of each goal.
    goals: Value,
    bins: Value,
    rows: Rows<'a>,
    warm_up: Value,
    run: Option<Value>,
    run_note: &'a str,
}

#[derive(Serialize)]
struct Rows<'a> {
    /// How many the study has.
    total: usize,
    point: Vec<usize>,
    replication: Vec<u64>,
    values: Vec<Vec<Option<f64>>>,
    events: Vec<Option<u64>>,
    digest: Vec<Option<&'a str>>,
    /// Place among these rows, error, command line.
    failed: Vec<(usize, &'a str, &'a str)>,
}

pub(super) fn write(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    let study = page.study;
    let data = Data {
        level: study.manifest.level,
        factors: json!(study.manifest.factors),
        measures: measures(study),
        first: page.measure,
        points: points(study),
        goals: goals(page.answers),
        bins: bins(study),
        rows: rows(study),
        warm_up: warm_up(&page.warm_up),
        run: page.run.as_ref().ok().map(run),
        run_note: page.run.as_ref().err().map_or("", String::as_str),
    };
    escape::json(out, &data)
}

/// The data of the page of a run.
pub(super) fn write_run(out: &mut dyn Write, of: &Run<'_>) -> io::Result<()> {
    escape::json(out, &json!({"run": run(of), "run_note": ""}))
}

fn measures(study: &Study) -> Value {
    let finite = |bound: f64| bound.is_finite().then_some(bound);
    let measure = |(at, measure): (usize, &Column)| {
        let (low, high) = study.bounds(at);
        let bounds = [finite(low), finite(high)];
        json!({"name": measure.name, "unit": measure.unit, "bounds": bounds})
    };
    study.summary.measures.iter().enumerate().map(measure).collect()
}

fn points(study: &Study) -> Value {
    let measure = |of: &MeasureSummary| {
        let quantiles = of.quantiles.iter().map(|of| (of.p, of.value));
        json!({
            "count": of.count, "mean": of.mean, "text": of.text, "half_width": of.half_width,
            "low": of.low, "high": of.high, "minimum": of.minimum, "maximum": of.maximum,
            "quantiles": quantiles.collect::<Vec<_>>(),
        })
    };
    let points = study.manifest.points.iter().zip(&study.summary.points);
    let point = points.map(|(asked, point)| {
        let measures = point.measures.iter().map(measure);
        json!({"levels": asked.levels, "measures": measures.collect::<Value>()})
    });
    point.collect()
}

fn goals(answers: &Answers) -> Value {
    let goal = |of: &GoalVerdicts| json!({"measure": of.measure, "limit": of.threshold.limit, "text": of.goal.to_string()});
    answers.goals().map(goal).collect()
}

/// Of all rows, also of those that the page does not have.
fn bins(study: &Study) -> Value {
    let counted = |values: &Vec<Option<f64>>| {
        let values = study.rows.point.iter().copied().zip(values);
        let bins = Bins::of(study.manifest.points.len(), &values);
        let (top, cut) = bins.scale();
        let Bins { places, edges, counts } = bins;
        let places_are = if edges { "edges" } else { "values" };
        json!({places_are: places, "counts": counts, "top": top, "cut": cut})
    };
    study.rows.values.iter().map(counted).collect()
}

fn rows(study: &Study) -> Rows<'_> {
    let rows = &study.rows;
    let kept = kept(study);
    let failed = rows.failed.iter().filter_map(|failed| {
        let place = kept.binary_search(&failed.row).ok()?;
        Some((place, failed.error.as_str(), failed.replay.as_str()))
    });
    Rows {
        total: rows.len(),
        point: kept.iter().map(|row| rows.point[*row]).collect(),
        replication: kept.iter().map(|row| rows.replication[*row]).collect(),
        values: rows
            .values
            .iter()
            .map(|values| kept.iter().map(|row| values[*row]).collect())
            .collect(),
        events: kept.iter().map(|row| rows.events[*row]).collect(),
        digest: kept.iter().map(|row| rows.digest[*row].as_deref()).collect(),
        failed: failed.collect(),
    }
}

fn warm_up(warm_up: &Result<WarmUp, String>) -> Value {
    let note = "The model names no series of observations, so there is no warm-up to look at.";
    match warm_up {
        Ok(WarmUp { point, replications, series }) => json!({
            "point": point, "replications": replications, "note": note, "series": series,
        }),
        Err(note) => json!({"note": note, "series": []}),
    }
}

fn run(run: &Run<'_>) -> Value {
    let mut told = timeline(run.recorded, &run.note);
    told["point"] = json!(run.point);
    told["replication"] = json!(run.replication);
    told["command"] = json!(run.command);
    told["resources"] = lanes(run.resources);
    told["resources_note"] = json!(run.resources_note);
    told
}
