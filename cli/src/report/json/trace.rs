//! Records and differences of traces as JSON.

use crate::report::difference::Comparison;
use flagfall::trace::{Draws, Entry};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Line<'a> {
    event: u64,
    time_ns: u64,
    kind: String,
    receiver: &'a str,
    sender: &'a str,
    cause: u64,
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draws: Option<DrawsLine<'a>>,
}

#[derive(Serialize)]
struct DrawsLine<'a> {
    count: u64,
    first: Vec<DrawnLine<'a>>,
}

/// Words are text: many readers keep no 64-bit numbers.
#[derive(Serialize)]
struct DrawnLine<'a> {
    stream: &'a str,
    word: String,
}

fn draws(draws: &Draws) -> Option<DrawsLine<'_>> {
    let word = |word| format!("{word:016x}");
    let drawn = draws.first.iter();
    let first = drawn.map(|drawn| DrawnLine { stream: &drawn.stream, word: word(drawn.word) });
    (draws.count > 0).then(|| DrawsLine { count: draws.count, first: first.collect() })
}

fn line(entry: &Entry) -> Line<'_> {
    let message = entry.message.as_ref();
    Line {
        event: entry.event,
        time_ns: entry.time.as_nanos(),
        kind: entry.kind.to_string(),
        receiver: &entry.receiver.path,
        sender: &entry.sender.path,
        cause: entry.cause,
        message: message.map(|said| &*said.text),
        contents: message.map(|said| format!("{:016x}", said.contents)),
        draws: draws(&entry.draws),
    }
}

/// Writes one record as one object on one line: `event`, `time_ns`, `kind`,
/// `receiver`, `sender` (empty from outside), `cause`, `message`, `contents` (hexadecimal),
/// and `draws` where there are some.
///
/// # Errors
/// What writing to `out` returns.
pub fn trace_line(out: &mut dyn Write, entry: &Entry) -> io::Result<()> {
    write(out, &line(entry))
}

#[derive(Serialize)]
struct Ingredient<'a> {
    name: &'a str,
    a: &'a str,
    b: &'a str,
}

#[derive(Serialize)]
struct Side<'a> {
    name: &'a str,
    /// Null if this side has ended.
    record: Option<Line<'a>>,
    causes: Vec<Line<'a>>,
    state: Option<&'a str>,
    state_unknown_because: Option<&'a str>,
}

/// Two runs compared.
#[derive(Default, Serialize)]
struct Object<'a> {
    schema: &'a str,
    equal: bool,
    records_equal: u64,
    ingredients: Vec<Ingredient<'a>>,
    notes: &'a [String],
    differs_in: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<Side<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<Side<'a>>,
}

const SCHEMA: &str = "flagfall/difference/1";

/// Writes that two runs begin to differ, and all that is known about it, as one object on
/// one line.
///
/// # Errors
/// What writing to `out` returns.
pub fn difference(out: &mut dyn Write, told: &Comparison) -> io::Result<()> {
    let entries = [told.difference.left.as_ref(), told.difference.right.as_ref()];
    let side = |side: usize| {
        let entry = entries[side];
        let state = told.states[side].as_ref();
        Side {
            name: &told.names[side],
            record: entry.map(line),
            causes: told.causes[side].iter().map(line).collect(),
            state: state.ok().map(String::as_str).filter(|_| entry.is_some()),
            state_unknown_because: state.err().map(String::as_str).filter(|why| !why.is_empty()),
        }
    };
    let ingredients = told.ingredients.iter();
    let object = Object {
        schema: SCHEMA,
        equal: false,
        records_equal: told.difference.place,
        ingredients: ingredients.map(|(name, a, b)| Ingredient { name, a, b }).collect(),
        notes: &told.notes,
        differs_in: told.difference.fields.iter().map(ToString::to_string).collect(),
        a: Some(side(0)),
        b: Some(side(1)),
    };
    write(out, &object)
}

/// Writes that two runs are equal in this number of records, as one object on one line,
/// and whether these are all there is.
///
/// # Errors
/// What writing to `out` returns.
pub fn equal(out: &mut dyn Write, records: u64, whole: bool, notes: &[String]) -> io::Result<()> {
    let object =
        Object { schema: SCHEMA, equal: whole, records_equal: records, notes, ..Object::default() };
    write(out, &object)
}

fn write(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    writeln!(out)
}
