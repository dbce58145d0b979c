//! One run as one object.

use super::Fields;
use crate::words::whole;
use flagfall::Config;
use flagfall::measure::{Measure, Measures};
use flagfall::model::Run;
use flagfall::time::{Span, VirtualTime};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::io::{self, Write};

/// The version of the objects' shape.
pub const SCHEMA: &str = "flagfall/run/2";

/// A number of seconds: whole where it is whole.
#[must_use]
pub fn seconds(span: Span) -> impl Serialize {
    span.whole_secs().map_or_else(|| Value::from(span.as_secs_f64()), Value::from)
}

/// Beyond it, not every whole number is a float.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A number, whole where it is whole.
fn number(value: f64) -> Value {
    let is_whole = value.fract() == 0.0 && value.abs() <= MOST_WHOLE;
    if is_whole { Value::from(value as i64) } else { Value::from(value) }
}

/// One value, or a list of them.
fn values(values: &[String]) -> Value {
    let [value] = values else { return Value::from(values) };
    match (value.parse::<bool>(), whole(value)) {
        (Ok(truth), _) => Value::from(truth),
        (_, Some(whole)) => Value::from(whole),
        _ => Value::from(value.as_str()),
    }
}

/// Pairs as an object, in their order.
struct Pairs<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Writes one run of a model as one object on one line: what every object begins and ends
/// with, around the fields that the model adds. Its options are there for
/// [`Fields::parameters`]; its results are in `measures`, with the names that the
/// columns of a study have.
///
/// # Errors
/// What writing to `out` returns.
pub fn run<T>(
    out: &mut dyn Write,
    (model, options): (&str, &[(String, Vec<String>)]),
    (config, run): (&Config, &Run<T>),
    measures: &Measures,
    add: impl FnOnce(&mut Fields<'_>),
) -> io::Result<()> {
    let parameters = |fields: &mut Fields<'_>| {
        let each = options.iter().map(|(name, given)| (name, values(given)));
        fields.add("parameters", Pairs(each.collect()));
        if let Some(horizon) = config.horizon {
            fields.add("horizon_s", VirtualTime::as_secs_f64(horizon));
        }
    };
    let mut fields = Fields::new(out, &parameters);
    fields
        .add("schema", SCHEMA)
        .add("system", model)
        .add("seed", config.seed)
        .add("replication", config.replication);
    if config.antithetic {
        fields.add("antithetic", true);
    }
    fields
        .add("latency", config.latency.to_string())
        .add("faults", (!config.faults.is_empty()).then(|| config.faults.to_string()))
        .add("cpus", config.cpus);
    // Left out in the usual order.
    if let Some(ties) = Some(config.ties.to_string()).filter(|ties| ties != "fifo") {
        fields.add("ties", ties);
    }
    add(&mut fields);
    let each = || measures.as_slice().iter();
    let value = |measure: &Measure| (measure.name.to_string(), measure.value.map(number));
    let unit = |measure: &Measure| (measure.name.to_string(), measure.unit.to_string());
    fields
        .add("measures", Pairs(each().map(value).collect()))
        .add("units", Pairs(each().map(unit).collect()))
        .add("virtual_time_s", run.virtual_time.as_secs_f64())
        .add("events", run.events)
        .add("undeliverable", run.counts.undeliverable)
        .add("lost", run.counts.lost)
        .add("duplicated", run.counts.duplicated)
        .add("digest", run.digest.map(|digest| digest.to_string()));
    fields.finish()
}
