//! Two runs that begin to differ, as text: both events, what differs in them, what was
//! drawn, how they came about, and the states of their receivers.

use flagfall::trace::{Difference, Draws, Entry, Field};
use std::io::{self, Write};

/// Values up to this length stand side by side.
const COLUMN: usize = 44;

/// Everything that is known about two runs that begin to differ.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What the two runs are called.
    pub names: [String; 2],
    /// What the runs depend on and differ in: name and both values.
    pub ingredients: Vec<(String, String, String)>,
    /// What else is to be known, such as that a file is incomplete.
    pub notes: Vec<String>,
    /// Where they begin to differ.
    pub difference: Difference,
    /// For each of the two entries, the events that led to it, the nearest
    /// first.
    pub causes: [Vec<Entry>; 2],
    /// For each of the two, the state of its receiver before the event; or why
    /// it is not known; empty if it was not computed.
    pub states: [Result<String, String>; 2],
}

/// An entry's fields by name, as they are printed.
fn fields(entry: &Entry) -> [(Field, String); 8] {
    let message = entry.message.as_ref();
    let none = || "(none)".to_owned();
    let sender = &*entry.sender.path;
    [
        (Field::Event, entry.event.to_string()),
        (Field::Time, entry.time.to_string()),
        (Field::Kind, entry.kind.to_string()),
        (Field::Receiver, entry.receiver.path.to_string()),
        (Field::Sender, if sender.is_empty() { "(outside)".to_owned() } else { sender.to_owned() }),
        (Field::Message, message.map_or_else(none, |said| said.text.to_string())),
        (Field::Contents, message.map_or_else(none, |said| format!("{:016x}", said.contents))),
        (Field::Cause, cause(entry)),
    ]
}

fn cause(entry: &Entry) -> String {
    if entry.cause == 0 { "(outside)".to_owned() } else { format!("event {}", entry.cause) }
}

fn draws(draws: &Draws) -> Vec<String> {
    let mut lines: Vec<String> =
        draws.first.iter().map(|drawn| format!("{:016x} {}", drawn.word, drawn.stream)).collect();
    if let Some(more) = draws.count.checked_sub(draws.first.len() as u64).filter(|more| *more > 0) {
        lines.push(format!("and {more} more, with the hash {:016x}", draws.others));
    }
    lines
}

/// Writes where two runs begin to differ, and all that is known about it.
///
/// # Errors
/// What writing to `out` returns.
pub fn difference(out: &mut dyn Write, told: &Comparison) -> io::Result<()> {
    let Comparison { names: [left, right], difference, .. } = told;
    writeln!(out, "A: {left}\nB: {right}")?;
    for note in &told.notes {
        writeln!(out, "note: {note}")?;
    }
    for (name, left, right) in &told.ingredients {
        let verb = if name.ends_with('s') { "differ" } else { "differs" };
        writeln!(out, "the {name} {verb}:\n  A: {left}\n  B: {right}")?;
    }
    let place = difference.place;
    match (&difference.left, &difference.right) {
        (Some(left), Some(right)) => {
            let named: Vec<String> = difference.fields.iter().map(ToString::to_string).collect();
            let (equal, named) = (records(place), named.join(", "));
            writeln!(out, "{equal} equal; the next one differs in: {named}\n")?;
            side_by_side(out, left, right, &difference.fields)?;
        }
        (Some(entry), None) => ended(out, "B", "A", place, entry)?,
        (None, Some(entry)) => ended(out, "A", "B", place, entry)?,
        (None, None) => {}
    }
    let entries = [&difference.left, &difference.right];
    let sides = ["A", "B"].into_iter().zip(entries);
    for (name, entry) in sides.clone() {
        let lines = entry.as_ref().map(|entry| draws(&entry.draws)).unwrap_or_default();
        if !lines.is_empty() {
            writeln!(out, "\ndrawn in {name} since the record before:")?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    for ((name, entry), causes) in sides.clone().zip(&told.causes) {
        if let Some(entry) = entry {
            writeln!(out, "\nhow it came about in {name}, the latest first:")?;
            came_about(out, entry, causes)?;
        }
    }
    for ((name, entry), state) in sides.zip(&told.states) {
        let Some(entry) = entry else { continue };
        let receiver = &entry.receiver.path;
        match state {
            Ok(state) => writeln!(out, "\nstate of {receiver} before, in {name}:\n  {state}")?,
            Err(reason) if reason.is_empty() => {}
            Err(reason) => writeln!(out, "\nstate of {receiver} in {name}: not known: {reason}")?,
        }
    }
    Ok(())
}

fn records(count: u64) -> String {
    match count {
        0 => "not a single record is".to_owned(),
        1 => "1 record is".to_owned(),
        count => format!("{count} records are"),
    }
}

fn ended(out: &mut dyn Write, short: &str, long: &str, place: u64, next: &Entry) -> io::Result<()> {
    writeln!(out, "{} equal; then {short} ends, and {long} goes on with:\n", records(place))?;
    for (field, value) in fields(next) {
        writeln!(out, "  {field:<9} {value}")?;
    }
    Ok(())
}

fn side_by_side(
    out: &mut dyn Write,
    left: &Entry,
    right: &Entry,
    differing: &[Field],
) -> io::Result<()> {
    writeln!(out, "  {:<9} {:<COLUMN$} B", "", "A")?;
    for ((field, left), (_, right)) in fields(left).into_iter().zip(fields(right)) {
        let mark = if differing.contains(&field) { '*' } else { ' ' };
        if left.chars().count() <= COLUMN && right.chars().count() <= COLUMN {
            writeln!(out, "{mark} {field:<9} {left:<COLUMN$} {right}")?;
        } else if left == right {
            writeln!(out, "{mark} {field:<9} {left}")?;
        } else {
            writeln!(out, "{mark} {field:<9}\n    A: {left}\n    B: {right}")?;
        }
    }
    Ok(())
}

/// The entry and what led to it, one line each.
fn came_about(out: &mut dyn Write, entry: &Entry, causes: &[Entry]) -> io::Result<()> {
    for entry in [entry].into_iter().chain(causes) {
        writeln!(out, "  {}", line(entry))?;
    }
    match causes.last().unwrap_or(entry).cause {
        0 => Ok(()),
        cause => writeln!(out, "  event {cause} ..."),
    }
}

fn line(entry: &Entry) -> String {
    let sender = &entry.sender.path;
    let from = if sender.is_empty() { String::new() } else { format!("{sender} -> ") };
    let message = entry.message.as_ref().map_or("", |said| &said.text);
    let kind = entry.kind;
    let space = if message.is_empty() { "" } else { " " };
    format!(
        "event {} at {}: {from}{}{space}{message} ({kind})",
        entry.event, entry.time, entry.receiver.path
    )
}
