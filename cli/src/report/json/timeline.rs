//! A trace as a timeline in the Trace Event Format that <https://ui.perfetto.dev>
//! opens ("Trace Event Format", Google, 2016).
//!
//! Each actor has a track. What it handles at an instant is a slice of one nanosecond, the
//! shortest in which an arrow can end. A hold or a start-up is a slice from the nanosecond
//! after it began to its end; holds that overlap are asynchronous slices. A message is an
//! arrow from the event that sent it to the one that handled it. All else is an instant.

use flagfall::record::RecordKind;
use flagfall::time::VirtualTime;
use flagfall::trace::{Entry, Party};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a timeline, entry by entry.
///
/// Memory: a track an actor, and what happened at the current instant.
#[derive(Debug)]
pub struct Timeline<W> {
    out: W,
    first: bool,
    tracks: FxHashMap<u64, Track>,
    now: VirtualTime,
    /// The tracks on which something was handled at this instant, in order.
    handled: Vec<(u64, Vec<String>)>,
    /// Where in that list a track is.
    places: FxHashMap<u64, usize>,
    /// What follows the slices of this instant.
    waiting: Vec<Value>,
    arrows: u64,
}

#[derive(Debug)]
struct Track {
    number: u64,
    /// When the last hold on it ended.
    free: VirtualTime,
}

/// Microseconds, as the format counts; exact to the nanosecond below 2^53 ns.
fn micros(time: VirtualTime) -> f64 {
    time.as_nanos() as f64 / 1e3
}

/// Whether the receiver did something with it.
pub(in crate::report) fn is_handled(kind: RecordKind) -> bool {
    matches!(
        kind,
        RecordKind::Handled
            | RecordKind::Taken
            | RecordKind::Resumed
            | RecordKind::Answered
            | RecordKind::Started
    )
}

impl<W: Write> Timeline<W> {
    /// Begins a timeline of that name.
    ///
    /// # Errors
    /// What writing to `out` returns.
    pub fn new(mut out: W, name: &str) -> io::Result<Self> {
        write!(out, "{{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")?;
        let mut timeline = Self {
            out,
            first: true,
            tracks: FxHashMap::default(),
            now: VirtualTime::ZERO,
            handled: Vec::new(),
            places: FxHashMap::default(),
            waiting: Vec::new(),
            arrows: 0,
        };
        let name = json!({"ph": "M", "pid": 1, "name": "process_name", "args": {"name": name}});
        timeline.put(&name)?;
        Ok(timeline)
    }

    fn put(&mut self, event: &impl Serialize) -> io::Result<()> {
        let comma = if self.first { "\n" } else { ",\n" };
        self.first = false;
        self.out.write_all(comma.as_bytes())?;
        serde_json::to_writer(&mut self.out, event).map_err(io::Error::from)
    }

    fn track(&mut self, actor: &Party) -> io::Result<u64> {
        if let Some(track) = self.tracks.get(&actor.id) {
            return Ok(track.number);
        }
        let number = self.tracks.len() as u64 + 1;
        self.tracks.insert(actor.id, Track { number, free: VirtualTime::ZERO });
        let name = ("thread_name", json!({"name": &*actor.path}));
        let order = ("thread_sort_index", json!({"sort_index": number}));
        for (name, args) in [name, order] {
            self.put(&json!({"ph": "M", "pid": 1, "tid": number, "name": name, "args": args}))?;
        }
        Ok(number)
    }

    /// Adds the next entry. `cause` is the first entry about the event in which it
    /// was sent or scheduled, if that is known. `drawn`: the cause is in this timeline;
    /// only then can an arrow begin there.
    ///
    /// # Errors
    /// What writing returns.
    pub fn entry(&mut self, entry: &Entry, cause: Option<&Entry>, drawn: bool) -> io::Result<()> {
        if entry.time != self.now {
            self.end_instant()?;
            self.now = entry.time;
        }
        let track = self.track(&entry.receiver)?;
        let name =
            entry.message.as_ref().map_or_else(|| entry.kind.to_string(), |m| m.text.to_string());
        if !is_handled(entry.kind) {
            let args = json!({"kind": entry.kind.to_string(), "event": entry.event});
            let (ts, name) = (micros(entry.time), format!("{}: {name}", entry.kind));
            self.waiting.push(json!(
                {"ph": "i", "s": "t", "pid": 1, "tid": track, "ts": ts, "name": name, "args": args}
            ));
            return Ok(());
        }
        let Self { handled, places, .. } = self;
        let place = *places.entry(track).or_insert_with(|| {
            handled.push((track, Vec::new()));
            handled.len() - 1
        });
        handled[place].1.push(format!("event {}: {name}", entry.event));
        let Some(cause) = cause else { return Ok(()) };
        if entry.kind == RecordKind::Resumed {
            self.hold(entry, cause.time, track, &name);
        } else if drawn && is_handled(cause.kind) && cause.receiver == entry.sender {
            self.arrow(entry, cause)?;
        }
        Ok(())
    }

    /// A hold of the receiver that ends now.
    fn hold(&mut self, entry: &Entry, since: VirtualTime, number: u64, name: &str) {
        let start = since.as_nanos() + 1;
        let Some(length) = entry.time.as_nanos().checked_sub(start).filter(|length| *length > 0)
        else {
            return;
        };
        let Some(track) = self.tracks.get_mut(&entry.receiver.id) else { return };
        let (ts, end) = (micros(VirtualTime::from_nanos(start)), micros(entry.time));
        if since >= track.free {
            track.free = entry.time;
            let dur = length as f64 / 1e3;
            self.waiting.push(json!(
                {"ph": "X", "cat": "hold", "pid": 1, "tid": number, "ts": ts, "dur": dur, "name": name}
            ));
        } else {
            let id = entry.event;
            for (phase, ts) in [("b", ts), ("e", end)] {
                self.waiting.push(json!(
                    {"ph": phase, "cat": "hold", "id": id, "pid": 1, "tid": number, "ts": ts, "name": name}
                ));
            }
        }
    }

    /// An arrow from the sender to the receiver.
    fn arrow(&mut self, entry: &Entry, cause: &Entry) -> io::Result<()> {
        self.arrows += 1;
        let (from, to) = (self.track(&entry.sender)?, self.track(&entry.receiver)?);
        let id = self.arrows;
        let (sent, now) = (micros(cause.time), micros(entry.time));
        self.waiting.push(json!(
            {"ph": "s", "cat": "message", "id": id, "pid": 1, "tid": from, "ts": sent, "name": "message"}
        ));
        self.waiting.push(json!(
            {"ph": "f", "bp": "e", "cat": "message", "id": id, "pid": 1, "tid": to, "ts": now, "name": "message"}
        ));
        Ok(())
    }

    /// Slices of an instant first: other events are placed inside them.
    fn end_instant(&mut self) -> io::Result<()> {
        self.places.clear();
        let ts = micros(self.now);
        for (track, texts) in std::mem::take(&mut self.handled) {
            let name = match texts.as_slice() {
                [one] => one.split_once(": ").map_or(one.as_str(), |(_, name)| name).to_owned(),
                many => format!("{} events", many.len()),
            };
            let args = json!({"handled": texts});
            self.put(&json!(
                {"ph": "X", "cat": "handled", "pid": 1, "tid": track, "ts": ts, "dur": 0.001, "name": name, "args": args}
            ))?;
        }
        for event in std::mem::take(&mut self.waiting) {
            self.put(&event)?;
        }
        Ok(())
    }

    /// Ends the timeline.
    ///
    /// # Errors
    /// What writing returns.
    pub fn finish(mut self) -> io::Result<()> {
        self.end_instant()?;
        write!(self.out, "\n]}}\n")?;
        self.out.flush()
    }
}
