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

/// At most this many characters are printed of a text that a model has printed.
const MOST_CHARACTERS: usize = 100;

/// The outcomes of a search with the same value of a measure, or the same texts in a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The value; `Null` where it is undefined, or the run failed.
    pub value: Value,
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

/// The value of a measure in a run, or the texts of a field.
fn measured(result: &RunResult, measure: &str) -> Value {
    let object = object(result);
    let value = object["measures"].get(measure).and_then(Value::as_f64).map(Value::from);
    let printed = || object.get(measure).filter(|field| texts(field).is_some()).cloned();
    value.or_else(printed).unwrap_or_default()
}

fn object(result: &RunResult) -> Value {
    let object = result.as_ref().ok().and_then(|object| serde_json::from_str(object).ok());
    object.unwrap_or_default()
}

/// The names that outcomes can be grouped by: of the measures of a run, and of the fields with
/// texts; none if it failed.
#[must_use]
pub fn measures(result: &RunResult) -> Vec<String> {
    let object = object(result);
    let measures = object["measures"].as_object().into_iter().flat_map(Map::keys);
    let fields = object.as_object().into_iter().flatten();
    let printed = fields.filter(|(_, field)| texts(field).is_some()).map(|(name, _)| name);
    measures.chain(printed).cloned().collect()
}

/// The texts of a field that has nothing else.
fn texts(field: &Value) -> Option<Vec<&str>> {
    field.as_array()?.iter().map(Value::as_str).collect()
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
        let number = group.value.as_f64().map(|value| value.to_string());
        let lines = || texts(&group.value).map(|lines| quoted(Some(&lines.join("\n"))));
        let without = if group.fails { "fails" } else { "undefined" };
        let value = number.or_else(lines).unwrap_or_else(|| without.to_owned());
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

/// A text in quotes, cut if it is long.
fn quoted(text: Option<&str>) -> String {
    let Some(text) = text else { return "nothing".to_owned() };
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", Value::from(&text[..end])),
        None => Value::from(text).to_string(),
    }
}

/// The first text in which two lists of texts differ: that of the other one, and the usual one.
fn first_difference(name: &str, usual: Option<&Value>, other: &Value) -> Option<String> {
    let (usual, other) = (texts(usual?)?, texts(other)?);
    let same = usual.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let at = |lines: &[&str]| quoted(lines.get(same).copied());
    Some(format!("{name} {} instead of {}", at(&other), at(&usual)))
}

/// What of a result is not as usual: single values and texts, else the names of lists.
fn difference(usual: &Map<String, Value>, other: &Map<String, Value>) -> String {
    let changed: Vec<_> =
        other.iter().filter(|(name, value)| usual.get(*name) != Some(value)).collect();
    let is_single = |value: &Value| !value.is_array() && !value.is_object();
    let single = changed.iter().filter_map(|(name, value)| match usual.get(*name) {
        Some(old) if is_single(value) => Some(format!("{name} {value} instead of {old}")),
        None if is_single(value) => Some(format!("{name} {value}")),
        old => first_difference(name, old, value),
    });
    let single: Vec<String> = single.collect();
    if single.is_empty() {
        let names: Vec<&str> = changed.iter().map(|(name, _)| name.as_str()).collect();
        return format!("other {}; all measures as usual", names.join(", "));
    }
    single.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{difference, fields, measured, measures};
    use serde_json::json;

    #[test]
    fn texts_are_compared_line_by_line() {
        let result = |lines: &[&str], count: u64| {
            Ok(json!({ "output": lines, "measures": { "count": count } }).to_string())
        };
        let usual = result(&["begin", "left: 50"], 1);
        let check = |lines: &[&str], count, told: &str| {
            let other = result(lines, count);
            assert_eq!(difference(&fields(&usual), &fields(&other)), told);
        };
        check(&["begin", "left: 70"], 1, r#"output "left: 70" instead of "left: 50""#);
        check(&["begin"], 1, r#"output nothing instead of "left: 50""#);
        check(&["begin", "left: 50", "end"], 1, r#"output "end" instead of nothing"#);
        check(&["begin", "left: 50"], 2, "count 2 instead of 1");
        assert_eq!(measures(&usual), ["count", "output"]);
        assert_eq!(measured(&usual, "output"), json!(["begin", "left: 50"]));
        assert_eq!(measured(&usual, "count"), json!(1.0));
        assert_eq!(measured(&Err("it failed".to_owned()), "output"), json!(null));
    }
}
