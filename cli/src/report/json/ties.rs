//! What a search for ties found, as one JSON object.

use super::Fields;
use crate::report::ties::{Group, RunResult, groups, line};
use flagfall::search::Outcomes;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The version of the object's shape.
const SCHEMA: &str = "flagfall/ties/1";

#[derive(Serialize)]
struct OutcomeRow<'a> {
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    orders: u128,
    share: f64,
    ties: String,
}

#[derive(Serialize)]
struct TieRow<'a> {
    time_s: f64,
    first: EventRow<'a>,
    second: EventRow<'a>,
    /// The outcome that comes of it, by its place in `outcomes`.
    outcome: Option<usize>,
    ties: String,
}

#[derive(Serialize)]
struct EventRow<'a> {
    event: u64,
    record: &'a str,
}

/// The outcomes by the value of the measure of that name.
#[derive(Serialize)]
struct Of<'a> {
    measure: &'a str,
    groups: Vec<Group>,
}

/// Writes a search as one object, with the outcomes grouped by the measure `of` if there is
/// one. `objects` has for each outcome what `run --json` prints under its choices, or
/// nothing if it failed; `records` what happened at each event of the usual run, by its
/// number.
///
/// # Errors
/// What writing to `out` returns.
pub fn ties(
    out: &mut dyn Write,
    (system, of): (&str, Option<&str>),
    found: &Outcomes<RunResult>,
    objects: &[Option<String>],
    records: &BTreeMap<u64, String>,
) -> io::Result<()> {
    let mut outcomes = Vec::with_capacity(objects.len());
    for (outcome, object) in found.outcomes.iter().zip(objects) {
        outcomes.push(OutcomeRow {
            result: object.as_deref().map(serde_json::from_str).transpose()?,
            error: outcome.result.as_ref().err().map(String::as_str),
            orders: outcome.orders.count,
            share: outcome.share,
            ties: line(&outcome.ties),
        });
    }
    let record = |event| EventRow { event, record: records.get(&event).map_or("", String::as_str) };
    let decisive = found.decisive.iter().map(|tie| TieRow {
        time_s: tie.time.as_secs_f64(),
        first: record(tie.first),
        second: record(tie.second),
        outcome: found.outcomes.iter().position(|outcome| outcome.result == tie.result),
        ties: line(&tie.ties),
    });
    let mut fields = Fields::new(out, &|_| {});
    fields
        .add("schema", SCHEMA)
        .add("system", system)
        .add("complete", found.complete)
        .add("orders", found.orders.count)
        .add("orders_exact", found.orders.exact)
        .add("classes", found.classes)
        .add("runs", found.runs)
        .add("redundant", found.redundant)
        .add("swaps", found.swaps)
        .add("samples", found.samples)
        .add("sample_seed", found.seed)
        .add("outcomes", outcomes)
        .list("decisive", decisive);
    if let Some(measure) = of {
        fields.add("of", Of { measure, groups: groups(found, measure) });
    }
    fields.finish()
}
