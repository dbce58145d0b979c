//! What a search for ties found, as one JSON object.

use crate::report::ties::{Group, RunResult, groups, line};
use flagfall::search::Outcomes;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The version of the object's shape.
const SCHEMA: &str = "flagfall/ties/1";

#[derive(Serialize)]
struct Head<'a> {
    schema: &'a str,
    system: &'a str,
    complete: bool,
    orders: u128,
    orders_exact: bool,
    classes: u64,
    runs: u64,
    redundant: u64,
    swaps: u64,
    samples: u64,
    sample_seed: u64,
}

#[derive(Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
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

/// The outcomes in which a measure comes to one number.
#[derive(Serialize)]
struct GroupRow {
    value: Option<f64>,
    outcomes: usize,
    orders: u128,
    share: f64,
    ties: String,
}

/// The outcomes by what the measure of that name comes to.
#[derive(Serialize)]
struct Of<'a> {
    measure: &'a str,
    groups: Vec<GroupRow>,
}

fn grouped<'a>(found: &Outcomes<RunResult>, measure: &'a str) -> Of<'a> {
    let row = |group: Group| GroupRow {
        value: group.value,
        outcomes: group.outcomes,
        orders: group.orders,
        share: group.share,
        ties: line(&found.outcomes[group.first].ties),
    };
    Of { measure, groups: groups(found, measure).into_iter().map(row).collect() }
}

/// Writes a search as one object, with the outcomes grouped by the measure `of` if there is
/// one. `objects` has for each outcome what
/// `run --json` prints under its choices, or nothing if it failed; `records`
/// what happened at each event of the usual run, by its number.
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
    let head = Head {
        schema: SCHEMA,
        system,
        complete: found.complete,
        orders: found.orders.count,
        orders_exact: found.orders.exact,
        classes: found.classes,
        runs: found.runs,
        redundant: found.redundant,
        swaps: found.swaps,
        samples: found.samples,
        sample_seed: found.seed,
    };
    let head = serde_json::to_string(&head)?;
    // The objects of the runs are texts already: they stand in it as they are.
    write!(out, "{},\"outcomes\":[", head.trim_end_matches('}'))?;
    for (place, (outcome, object)) in found.outcomes.iter().zip(objects).enumerate() {
        let row = Row {
            error: outcome.result.clone().err(),
            orders: outcome.orders.count,
            share: outcome.share,
            ties: line(&outcome.ties),
        };
        let comma = if place > 0 { "," } else { "" };
        let result = object.as_deref().map_or("null", str::trim_end);
        let row = serde_json::to_string(&row)?;
        write!(out, "{comma}{{\"result\":{result},{}", row.trim_start_matches('{'))?;
    }
    let record = |event| EventRow { event, record: records.get(&event).map_or("", String::as_str) };
    let rows: Vec<TieRow<'_>> = found
        .decisive
        .iter()
        .map(|tie| TieRow {
            time_s: tie.time.as_secs_f64(),
            first: record(tie.first),
            second: record(tie.second),
            outcome: found.outcomes.iter().position(|outcome| outcome.result == tie.result),
            ties: line(&tie.ties),
        })
        .collect();
    write!(out, "],\"decisive\":{}", serde_json::to_string(&rows)?)?;
    if let Some(measure) = of {
        write!(out, ",\"of\":{}", serde_json::to_string(&grouped(found, measure))?)?;
    }
    writeln!(out, "}}")
}
