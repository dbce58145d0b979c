//! Encodes records as contents of blocks.
//!
//! A block has tables of the actors and messages that occur in it. After that, it has
//! columns with one short number per entry. Most numbers are below 128, and columns put
//! equal ones next to each other for the compression. Draws come last and separately, so
//! that traces with and without draws can be compared. The contents depend only on the
//! entries.

use super::bytes::{put_difference, put_number, put_text};
use super::entry::{Draws, Entry};
use super::{BLOCK, LONGEST_TEXT, MOST_DRAWS, MOST_DRAWS_OF_ENTRY, checksum, kind};
use crate::actor::ActorId;
use crate::record::{Draw, Record};
use rustc_hash::FxHashMap;
use std::borrow::Borrow;
use std::fmt::{self, Write};
use std::hash::Hash;

/// A text that is cut if it gets too long.
#[derive(Default)]
struct Short {
    text: String,
    cut: bool,
}

/// The end of a text that was cut.
const CUT: &str = "…";

impl Write for Short {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = LONGEST_TEXT - CUT.len();
        if self.text.len() + piece.len() <= room {
            self.text.push_str(piece);
            return Ok(());
        }
        let mut end = room - self.text.len();
        while !piece.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(&piece[..end]);
        self.cut = true;
        // The error stops the printing of a text that may be very long.
        Err(fmt::Error)
    }
}

impl Short {
    /// Replaces the text.
    fn print(&mut self, text: fmt::Arguments<'_>) {
        self.text.clear();
        self.cut = false;
        // If printing fails, the text printed before is kept.
        let _ = self.write_fmt(text);
        if self.cut {
            self.text.push_str(CUT);
        }
    }
}

/// A text as trace files keep it: what is beyond [`LONGEST_TEXT`] bytes is cut, and is not printed
/// at all.
#[must_use]
pub fn short(text: fmt::Arguments<'_>) -> String {
    let mut short = Short::default();
    short.print(text);
    short.text
}

/// The values of a block, each once, in the order of their first appearance.
#[derive(Default)]
struct Table<K> {
    places: FxHashMap<K, u32>,
    bytes: Vec<u8>,
}

impl<K: Hash + Eq> Table<K> {
    fn place<Q>(&mut self, key: &Q, write: impl FnOnce(&mut Vec<u8>)) -> u64
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(place) = self.places.get(key) {
            return u64::from(*place);
        }
        let next = self.places.len() as u32;
        self.places.insert(key.to_owned(), next);
        write(&mut self.bytes);
        u64::from(next)
    }

    fn put(&mut self, out: &mut Vec<u8>) {
        put_number(out, self.places.len() as u64);
        out.extend_from_slice(&self.bytes);
        self.places.clear();
        self.bytes.clear();
    }
}

/// The range of events that a block covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) entries: u32,
    pub(super) first_event: u64,
    pub(super) first_time: u64,
    pub(super) last_event: u64,
    pub(super) last_time: u64,
}

/// The contents of a block.
pub(super) struct Contents {
    pub(super) reach: Reach,
    pub(super) bytes: Vec<u8>,
    /// How many of the bytes are about events; the others are about draws.
    pub(super) happened: usize,
}

#[derive(Default)]
pub(super) struct Builder {
    reach: Reach,
    /// By identifier. Within a block, the first path of an actor is kept.
    actors: Table<u64>,
    /// By text and contents.
    messages: Table<String>,
    streams: Table<String>,
    kinds: Vec<u8>,
    events: Vec<u8>,
    times: Vec<u8>,
    causes: Vec<u8>,
    receivers: Vec<u8>,
    senders: Vec<u8>,
    said: Vec<u8>,
    drawn: Vec<u8>,
    /// How many draws are kept one by one.
    draws: usize,
    /// Whether draws are added, so that the names of streams are needed.
    names_streams: bool,
    last_receiver: Option<(ActorId, String)>,
    text: Short,
}

impl Builder {
    pub(super) fn new(draws: bool) -> Self {
        Self { names_streams: draws, ..Self::default() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.reach.entries as usize == BLOCK
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reach.entries == 0
    }

    pub(super) fn entries(&self) -> u32 {
        self.reach.entries
    }

    /// Adds a record of a run, with the draws before it.
    pub(super) fn add_record(&mut self, record: &Record<'_>) {
        self.add(record, record.contents());
        let before = self.last_receiver.take();
        // The draws are those of the receiver of the record before, or of a process that
        // it woke.
        let name = |draw: &Draw| match &before {
            Some((id, path)) if *id == draw.actor => format!("{} of {path}", draw.purpose),
            _ => format!("{} of {:?}", draw.purpose, draw.actor),
        };
        let draws = record.drawn.iter().map(|draw| (name(draw), draw.word));
        self.draws(draws.len() as u64, draws, None);
        if self.names_streams {
            self.last_receiver = Some((record.receiver_id, record.receiver.to_string()));
        }
    }

    /// Adds an entry of another trace.
    pub(super) fn add_entry(&mut self, entry: &Entry) {
        let contents = entry.message.as_ref().map_or(0, |said| said.contents);
        entry.with_record(|record| self.add(record, contents));
        let Draws { count, first, others } = &entry.draws;
        let draws = first.iter().map(|drawn| (&drawn.stream, drawn.word));
        self.draws(*count, draws, Some(*others));
    }

    /// Adds a record whose message has these contents; its draws must follow.
    fn add(&mut self, record: &Record<'_>, contents: u64) {
        let (event, time) = (record.event, record.time.as_nanos());
        let Reach { last_event, last_time, .. } = self.reach;
        if self.is_empty() {
            (self.reach.first_event, self.reach.first_time) = (event, time);
        }
        put_difference(&mut self.events, last_event, event);
        put_difference(&mut self.times, last_time, time);
        put_difference(&mut self.causes, record.cause, event);
        self.kinds.push(kind::code(record.kind));
        (self.reach.last_event, self.reach.last_time) = (event, time);
        self.reach.entries += 1;
        let receiver = self.actor(record.receiver_id, record.receiver);
        put_number(&mut self.receivers, receiver);
        let sender = self.actor(record.sender_id, record.sender);
        put_number(&mut self.senders, sender);
        let said = record.message.map_or(0, |message| {
            self.text.print(format_args!("{message:?}"));
            let key = &mut self.text.text;
            let length = key.len();
            // No number contains the separator, so the key is unique.
            let _ = write!(key, "\0{contents}");
            1 + self.messages.place(key.as_str(), |bytes| {
                bytes.extend(contents.to_le_bytes());
                put_text(bytes, &key[..length]);
            })
        });
        put_number(&mut self.said, said);
    }

    fn actor(&mut self, id: ActorId, path: &dyn fmt::Display) -> u64 {
        let text = &mut self.text;
        self.actors.place(&id.word(), |bytes| {
            text.print(format_args!("{path}"));
            bytes.extend(id.word().to_le_bytes());
            put_text(bytes, &text.text);
        })
    }

    /// Adds the `count` words drawn before the last entry: the first few, and a hash of the
    /// others, which is computed unless it is known.
    fn draws<S: fmt::Display>(
        &mut self,
        count: u64,
        mut draws: impl ExactSizeIterator<Item = (S, u64)>,
        others: Option<u64>,
    ) {
        put_number(&mut self.drawn, count);
        if count == 0 {
            return;
        }
        // At most as many as a reader accepts.
        let kept = draws.len().min(MOST_DRAWS_OF_ENTRY).min(MOST_DRAWS - self.draws);
        put_number(&mut self.drawn, kept as u64);
        self.draws += kept;
        for (stream, word) in draws.by_ref().take(kept) {
            self.text.print(format_args!("{stream}"));
            let text = &self.text.text;
            let place = self.streams.place(text.as_str(), |out| put_text(out, text));
            put_number(&mut self.drawn, place);
            self.drawn.extend(word.to_le_bytes());
        }
        if (kept as u64) < count {
            let mut add = |others: u64, (stream, word): (S, u64)| {
                self.text.print(format_args!("{stream}"));
                let text = self.text.text.as_bytes();
                checksum(&[&others.to_le_bytes(), text, &word.to_le_bytes()])
            };
            let others = others.unwrap_or_else(|| draws.fold(0, &mut add));
            self.drawn.extend(others.to_le_bytes());
        }
    }

    /// Takes the block so far, and begins the next one.
    pub(super) fn take(&mut self) -> Contents {
        let mut bytes = Vec::new();
        self.actors.put(&mut bytes);
        self.messages.put(&mut bytes);
        let columns = [
            &mut self.kinds,
            &mut self.events,
            &mut self.times,
            &mut self.causes,
            &mut self.receivers,
            &mut self.senders,
            &mut self.said,
        ];
        columns.into_iter().for_each(|column| bytes.append(column));
        let happened = bytes.len();
        self.streams.put(&mut bytes);
        bytes.append(&mut self.drawn);
        self.draws = 0;
        Contents { reach: std::mem::take(&mut self.reach), bytes, happened }
    }
}
