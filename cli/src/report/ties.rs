//! What a search for ties found, for people and programs.

use crate::words::counted;
use flagfall::search::Outcomes;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The result of one run: its JSON object without a digest, or how it failed.
pub type RunResult = Result<String, String>;

/// At most this many decisive ties, and this many outcomes, are printed as text.
const MOST_LINES: usize = 20;

/// A note to shares wherever they are shown.
const NO_PROBABILITY: &str = "a share of orders is not a probability: it says how many of all \
                              possible orders give this outcome, and real machines do not choose \
                              all orders equally often";

/// The outcomes of a search with the same value of a measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The value; `None` where it is undefined, or the run failed.
    pub value: Option<f64>,
    /// The number of outcomes.
    pub outcomes: usize,
    /// Number of orders; a lower bound if the search is incomplete.
    pub orders: u128,
    /// Share of all orders.
    pub share: f64,
    /// Whether the first of them failed.
    #[serde(skip)]
    pub fails: bool,
    /// The choices that lead to the first of them, as `--ties` reads them.
    pub ties: String,
}

/// The outcomes of a search by the value of a measure, the largest share first.
#[must_use]
pub fn groups(found: &Outcomes<RunResult>, measure: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for outcome in &found.outcomes {
        let value = measured(&outcome.result, measure);
        let at = groups.iter().position(|group| group.value == value).unwrap_or_else(|| {
            let (fails, ties) = (outcome.result.is_err(), line(&outcome.ties));
            groups.push(Group { value, outcomes: 0, orders: 0, share: 0.0, fails, ties });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.outcomes += 1;
        group.orders = group.orders.saturating_add(outcome.orders.count);
        group.share += outcome.share;
    }
    groups.sort_by(|a, b| b.share.total_cmp(&a.share));
    groups
}

/// The value of a measure in a run.
fn measured(result: &RunResult, measure: &str) -> Option<f64> {
    let object: Value = serde_json::from_str(result.as_ref().ok()?).ok()?;
    object["measures"].get(measure)?.as_f64()
}

/// The names of the measures of a run; none if it failed.
#[must_use]
pub fn measures(result: &RunResult) -> Vec<String> {
    let object: Value = result
        .as_ref()
        .map_or(Value::Null, |object| serde_json::from_str(object).unwrap_or_default());
    let measures = object["measures"].as_object();
    measures.into_iter().flat_map(Map::keys).cloned().collect()
}

/// Prints a search as text: how much was searched, the ties that decide, the
/// outcomes, by the value of the measure `of` if there is one. `records` has what happened
/// at each event of the usual run, by its number.
///
/// # Errors
/// What writing to `out` returns.
pub fn text(
    out: &mut dyn Write,
    found: &Outcomes<RunResult>,
    records: &BTreeMap<u64, String>,
    of: Option<&str>,
) -> io::Result<()> {
    writeln!(
        out,
        "{} of {} order{} in {} of equivalent ones, {}: {}",
        counted(found.outcomes.len(), "outcome"),
        found.orders,
        if found.orders.count == 1 { "" } else { "s" },
        counted(found.classes, "class"),
        counted(found.runs, "run"),
        if found.complete { "complete" } else { "there may be more" },
    )?;
    if !found.complete {
        let last = found.seed.wrapping_add(found.samples.saturating_sub(1));
        writeln!(
            out,
            "the budget is used up: shares are of {} shuffles, seeds {} to {last}",
            found.samples, found.seed
        )?;
    }
    if let Err(error) = &found.usual {
        writeln!(out, "the usual run fails: {error}")?;
    }
    let usual = fields(&found.usual);
    write_decisive(out, found, records, &usual)?;
    if let Some(measure) = of {
        return write_groups(out, found, measure);
    }
    writeln!(out, "\noutcomes, with their shares of all orders:")?;
    for outcome in found.outcomes.iter().take(MOST_LINES) {
        let what = if outcome.result == found.usual {
            "as usual".to_owned()
        } else {
            difference(&usual, &fields(&outcome.result))
        };
        let (percent, ties) = (outcome.share * 100.0, line(&outcome.ties));
        writeln!(out, "{percent:6.2} %  {what}  --ties \"{ties}\"")?;
    }
    write_rest(out, found.outcomes.len(), "outcomes")?;
    if found.outcomes.len() > 1 {
        writeln!(out, "{NO_PROBABILITY}; --of MEASURE groups the outcomes by a number")?;
    }
    Ok(())
}

/// The outcomes by the value of a measure.
fn write_groups(out: &mut dyn Write, found: &Outcomes<RunResult>, measure: &str) -> io::Result<()> {
    writeln!(out, "\n{measure}, with the shares of all orders:")?;
    let groups = groups(found, measure);
    for group in groups.iter().take(MOST_LINES) {
        let value = match group.value {
            Some(value) => value.to_string(),
            None if group.fails => "fails".to_owned(),
            None => "undefined".to_owned(),
        };
        let outcomes = counted(group.outcomes, "outcome");
        let (percent, ties) = (group.share * 100.0, &group.ties);
        writeln!(out, "{percent:6.2} %  {measure} {value}  in {outcomes}  --ties \"{ties}\"")?;
    }
    write_rest(out, groups.len(), "numbers")?;
    if groups.len() > 1 { writeln!(out, "{NO_PROBABILITY}") } else { Ok(()) }
}

fn write_decisive(
    out: &mut dyn Write,
    found: &Outcomes<RunResult>,
    records: &BTreeMap<u64, String>,
    usual: &Map<String, Value>,
) -> io::Result<()> {
    let (count, swaps) = (found.decisive.len(), found.swaps);
    if swaps == 0 {
        return writeln!(out, "no two events of one instant depend on each other");
    }
    let none = if count == 0 { " none" } else { "" };
    writeln!(out, "\nties that decide by themselves, of {swaps} turned round:{none}")?;
    let record = |event| records.get(&event).map_or("", String::as_str);
    for tie in found.decisive.iter().take(MOST_LINES) {
        writeln!(out, "  event {}: {}", tie.first, record(tie.first))?;
        writeln!(out, "  event {}: {}", tie.second, record(tie.second))?;
        let what = difference(usual, &fields(&tie.result));
        writeln!(out, "    the other way round: {what}  --ties \"{}\"", line(&tie.ties))?;
    }
    write_rest(out, count, "ties")
}

fn write_rest(out: &mut dyn Write, count: usize, what: &str) -> io::Result<()> {
    match count.checked_sub(MOST_LINES + 1) {
        None => Ok(()),
        Some(more) => writeln!(out, "  and {} other {what}: --json lists all", more + 1),
    }
}

/// Choices as `--ties` reads them.
pub(super) fn line(ties: &flagfall::tie::TieChoices) -> String {
    if ties.is_empty() { "fifo".to_owned() } else { ties.to_string() }
}

/// The fields of a result, those of its measures among them; the error alone if it
/// failed.
fn fields(result: &RunResult) -> Map<String, Value> {
    match result {
        Ok(object) => {
            let mut fields: Map<String, Value> = serde_json::from_str(object).unwrap_or_default();
            if let Some(Value::Object(measures)) = fields.remove("measures") {
                fields.extend(measures);
            }
            fields
        }
        Err(error) => [("error".to_owned(), Value::from(error.as_str()))].into_iter().collect(),
    }
}

/// What of a result is not as usual: single values, else the names of lists.
fn difference(usual: &Map<String, Value>, other: &Map<String, Value>) -> String {
    let changed: Vec<_> =
        other.iter().filter(|(name, value)| usual.get(*name) != Some(value)).collect();
    let is_single = |value: &Value| !value.is_array() && !value.is_object();
    let single = changed.iter().filter(|(_, value)| is_single(value));
    let single: Vec<String> = single
        .map(|(name, value)| match usual.get(*name) {
            Some(old) => format!("{name} {value} instead of {old}"),
            None => format!("{name} {value}"),
        })
        .collect();
    if single.is_empty() {
        let names: Vec<&str> = changed.iter().map(|(name, _)| name.as_str()).collect();
        return format!("other {}; all measures as usual", names.join(", "));
    }
    single.join(", ")
}
