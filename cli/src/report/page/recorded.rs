//! The records of one run, as a page's timeline has them.

use crate::report::json::is_handled;
use crate::words::beginning;
use flagfall::actor::ActorId;
use flagfall::record::{Record, RecordKind};
use flagfall::time::VirtualTime;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::fmt::{self, Write};

/// A timeline has at most this many records.
pub const MOST_RECORDS: usize = 20_000;

/// Messages and paths are kept up to this length in bytes.
const LONGEST: usize = 200;

/// The first records of a run.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    pub(super) events: Vec<Event>,
    pub(super) actors: Texts,
    /// What actors are called, where that is not their path.
    pub(super) titles: Vec<Option<String>>,
    pub(super) messages: Texts,
    pub(super) kinds: Texts,
    /// What each of the kinds looks like.
    pub(super) marks: Vec<Mark>,
    /// The virtual time of the last record, or of the end of the run, in nanoseconds.
    pub(super) end: u64,
    /// The time of each event that left a record.
    times: FxHashMap<u64, u64>,
    /// Actors by identifier: paths may be used again.
    known: FxHashMap<ActorId, usize>,
}

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) event: u64,
    pub(super) time: u64,
    /// Its place among the kinds.
    pub(super) kind: usize,
    pub(super) is: RecordKind,
    pub(super) receiver: usize,
    /// `None` from outside.
    pub(super) sender: Option<usize>,
    pub(super) cause: u64,
    /// When it was sent or scheduled, if that is known. Of a claim, since when it waited or held its
    /// units.
    pub(super) from: Option<u64>,
    pub(super) message: Option<usize>,
    /// What the receiver has done until now, among the messages; or who holds units, or held them.
    pub(super) activity: Option<usize>,
}

/// What a record looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// A dot: an actor did something.
    Handled,
    /// A cross: an actor or a message ended.
    Ended,
    /// A ring: all else.
    Other,
}

impl Mark {
    pub(super) fn of(kind: RecordKind) -> Self {
        match kind {
            kind if is_handled(kind) => Self::Handled,
            RecordKind::Died(_)
            | RecordKind::Undeliverable
            | RecordKind::Lost
            | RecordKind::Cancelled => Self::Ended,
            _ => Self::Other,
        }
    }
}

/// Texts, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub(super) texts: Vec<String>,
    places: FxHashMap<String, usize>,
}

impl Texts {
    fn place(&mut self, text: &dyn fmt::Display) -> usize {
        let mut short = Short(String::new());
        // `write!` fails when the text is too long.
        let text = match write!(short, "{text}") {
            Ok(()) => short.0,
            Err(_) => short.0 + "…",
        };
        if let Some(place) = self.places.get(&text) {
            return *place;
        }
        self.texts.push(text.clone());
        self.places.insert(text, self.texts.len() - 1);
        self.texts.len() - 1
    }
}

/// The beginning of a text: the rest is not even printed.
struct Short(String);

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let kept = beginning(text, LONGEST - self.0.len());
        self.0.push_str(kept);
        if kept.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Whether a record may have a bar on the row of a resource. Such a bar says who holds the units.
fn is_of_holder(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Granted | RecordKind::Released | RecordKind::Preempted)
}

impl Recorded {
    /// Adds a record; false if there are [`MOST_RECORDS`] already.
    pub fn add(&mut self, record: &Record<'_>) -> bool {
        if self.events.len() >= MOST_RECORDS {
            return false;
        }
        let time = record.time.as_nanos();
        self.times.entry(record.event).or_insert(time);
        self.end = time;
        let receiver = self.actor(record.receiver_id, record.receiver);
        let outside = record.sender_id == ActorId::OUTSIDE;
        let sender = (!outside).then(|| self.actor(record.sender_id, record.sender));
        let message =
            record.message.map(|message| self.messages.place(&format_args!("{message:?}")));
        let words: Option<&dyn fmt::Display> = match record.kind {
            kind if is_of_holder(kind) => Some(record.receiver),
            _ => record.activity.as_ref().map(|words| words as _),
        };
        let activity = words.map(|words| self.messages.place(words));
        let kind = self.kinds.place(&record.kind);
        if kind == self.marks.len() {
            self.marks.push(Mark::of(record.kind));
        }
        self.events.push(Event {
            event: record.event,
            time,
            kind,
            is: record.kind,
            receiver,
            sender,
            cause: record.cause,
            from: match record.since {
                Some(since) => Some(since.as_nanos()),
                None => self.times.get(&record.cause).copied(),
            },
            message,
            activity,
        });
        true
    }

    /// The note about a run that has more records than these.
    #[must_use]
    pub fn note_of_more() -> String {
        format!("Its first {MOST_RECORDS} records.")
    }

    /// Notes where the run ended of which all records are here: that may be at its horizon,
    /// long after the last of them.
    pub fn end_at(&mut self, time: VirtualTime) {
        self.end = self.end.max(time.as_nanos());
    }

    /// Gives actors the names that a model has for their paths.
    pub fn call_actors(&mut self, title: impl Fn(&str) -> Option<String>) {
        let short = |text: String| beginning(&text, LONGEST).to_owned();
        self.titles = self.actors.texts.iter().map(|path| title(path).map(short)).collect();
        for event in self.events.iter_mut().filter(|event| is_of_holder(event.is)) {
            if let Some(title) = &self.titles[event.receiver] {
                event.activity = Some(self.messages.place(title));
            }
        }
    }

    fn actor(&mut self, id: ActorId, path: &dyn fmt::Display) -> usize {
        if let Some(place) = self.known.get(&id) {
            return *place;
        }
        let place = self.actors.place(path);
        self.known.insert(id, place);
        place
    }
}
