//! A comparison as one JSON object.

use super::text::{Shown, independent};
use crate::study::IntervalKind;
use flagfall::experiment::ComparedMeasure;
use flagfall::statistics::Estimate;
use serde_json::{Value, json};
use std::io::{self, Write};

const FORMAT: &str = "flagfall/compare/1";

pub(crate) fn write(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let Shown { asked, comparison, compared, .. } = shown;
    let failed = compared.failed.iter();
    let best = shown.best();
    let mut object = json!({
        "format": FORMAT,
        "flagfall": env!("CARGO_PKG_VERSION"),
        "level": asked.level,
        "pair_level": comparison.pair_level(),
        "replications": compared.replications,
        "failed": failed.map(|(replication, error)| {
            json!({"replication": replication, "error": error})
        }).collect::<Value>(),
        "scenarios": asked.scenarios.iter().map(|scenario| {
            json!({"name": scenario.name, "model": scenario.model, "run": scenario.run})
        }).collect::<Value>(),
        "measures": shown.measures().map(|one| measure(shown, one)).collect::<Value>(),
    });
    if let Some(best) = best {
        object["answer"] = json!(best.sentence);
        object["best"] = best.json();
    }
    writeln!(out, "{object}")
}

fn measure(shown: &Shown<'_>, measure: &ComparedMeasure) -> Value {
    let scenarios = (0..measure.scenarios.len()).map(|at| scenario(shown, measure, at));
    let pairs = (0..measure.pairs.len()).map(|at| one_pair(shown, measure, at));
    json!({
        "name": measure.name,
        "unit": measure.unit,
        "kind": measure.kind,
        "scenarios": scenarios.collect::<Value>(),
        "pairs": pairs.collect::<Value>(),
        "ranking": measure.ranking(),
    })
}

fn scenario(shown: &Shown<'_>, measure: &ComparedMeasure, at: usize) -> Value {
    let mut object = bounds(measure.estimate(at, shown.asked.level).ok());
    object["count"] = json!(measure.scenarios[at].count());
    object["mean"] = json!(measure.scenarios[at].mean());
    object
}

fn one_pair(shown: &Shown<'_>, measure: &ComparedMeasure, at: usize) -> Value {
    let (first, second) = shown.compared.pairs[at];
    let paired = &measure.pairs[at];
    let mut object = bounds(shown.estimate(paired));
    object["first"] = json!(first);
    object["second"] = json!(second);
    object["count"] = json!(paired.difference().count());
    object["mean"] = json!(paired.difference().mean());
    object["established"] = json!(measure.differs(at, shown.comparison.pair_level()));
    object["variance_ratio"] = json!(paired.variance_ratio());
    object["correlation"] = json!(paired.correlation());
    object["independent_replications"] = json!(independent(paired));
    object
}

fn bounds(estimate: Option<Estimate>) -> Value {
    let of = |get: fn(&Estimate) -> Option<f64>| estimate.as_ref().and_then(get);
    json!({
        "interval": estimate.map(|of| IntervalKind::of(of.bounds)).unwrap_or_default(),
        "half_width": of(Estimate::half_width),
        "low": of(Estimate::low),
        "high": of(Estimate::high),
        "text": estimate.map(|estimate| estimate.to_string()),
    })
}
