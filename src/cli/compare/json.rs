//! A comparison as one JSON object.

use super::Shown;
use super::text::independent;
use crate::experiment::ComparedMeasure;
use crate::statistics::{Interval, Paired, Tally};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The layout of the object.
const FORMAT: &str = "flagfall/compare/1";

pub(super) fn write(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let Shown { scenarios, options, comparison, compared } = shown;
    let failed = compared.failed.iter();
    let object = json!({
        "format": FORMAT,
        "flagfall": env!("CARGO_PKG_VERSION"),
        "level": options.level,
        "pair_level": comparison.pair_level(),
        "replications": compared.replications,
        "failed": failed.map(|(replication, error)| {
            json!({"replication": replication, "error": error})
        }).collect::<Value>(),
        "scenarios": scenarios.iter().map(|scenario| {
            json!({"name": scenario.name, "model": scenario.model, "run": scenario.words})
        }).collect::<Value>(),
        "measures": shown.measures().map(|one| measure(shown, one)).collect::<Value>(),
    });
    writeln!(out, "{object}")
}

fn measure(shown: &Shown<'_>, measure: &ComparedMeasure) -> Value {
    let pairs = shown.compared.pairs.iter().zip(&measure.pairs);
    json!({
        "name": measure.name,
        "unit": measure.unit,
        "scenarios": measure.scenarios.iter().map(|tally| scenario(tally, shown)).collect::<Value>(),
        "pairs": pairs.map(|(pair, paired)| one_pair(shown, *pair, paired)).collect::<Value>(),
        "ranking": measure.ranking(),
    })
}

fn scenario(tally: &Tally, shown: &Shown<'_>) -> Value {
    let mut object = bounds(Interval::of(tally, shown.options.level).ok());
    object["count"] = json!(tally.count());
    object["mean"] = json!(tally.mean());
    object
}

fn one_pair(shown: &Shown<'_>, (first, second): (usize, usize), paired: &Paired) -> Value {
    let interval = shown.interval(paired);
    let mut object = bounds(interval);
    object["first"] = json!(first);
    object["second"] = json!(second);
    object["count"] = json!(paired.difference().count());
    object["mean"] = json!(paired.difference().mean());
    object["established"] = json!(interval.map(|interval| !interval.covers(0.0)));
    object["variance_ratio"] = json!(paired.variance_ratio());
    object["correlation"] = json!(paired.correlation());
    object["independent_replications"] = json!(independent(paired));
    object
}

fn bounds(interval: Option<Interval>) -> Value {
    json!({
        "half_width": interval.map(|interval| interval.half_width),
        "low": interval.map(|interval| interval.low()),
        "high": interval.map(|interval| interval.high()),
    })
}
