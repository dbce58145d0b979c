//! Entries made by hand or at random, and files of them.

use flagfall::VirtualTime;
use flagfall::trace::{Drawn, Draws, Entry, Header, KINDS, Party, Said, TraceFile, TraceWriter};
use proptest::prelude::*;
use std::io::Cursor;

pub(crate) type Trace = TraceFile<Cursor<Vec<u8>>>;

pub(crate) fn actor(number: u64) -> Party {
    let path = if number == 0 { String::new() } else { format!("driver/taxi[{number}]") };
    Party { id: number, path: path.into() }
}

/// The entry of an event, one each millisecond, in which the actors hand on a
/// number.
pub(crate) fn entry(event: u64) -> Entry {
    let mut entry = Entry::new(event, VirtualTime::from_nanos(event * 1_000_000), KINDS[0]);
    entry.receiver = actor(1 + event % 7);
    entry.sender = actor(event.saturating_sub(1) % 7);
    entry.cause = event - 1;
    entry.message =
        Some(Said { text: format!("Ride({})", event % 50).into(), contents: event % 50 });
    entry
}

pub(crate) fn header() -> Header {
    Header::new(["run", "taxi", "--seed", "42"]).ingredient("seed", "42").draws(true)
}

pub(crate) fn write<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut writer = writer(&header());
    for entry in entries {
        writer.entry(entry).expect("memory");
    }
    writer.finish(None).expect("memory").into_inner()
}

pub(crate) fn writer(header: &Header) -> TraceWriter<Cursor<Vec<u8>>> {
    TraceWriter::new(Cursor::default(), header).expect("memory")
}

/// What is there of a whole file with our header if its writer was killed after so
/// many bytes.
pub(crate) fn killed(whole: &[u8], length: usize) -> Vec<u8> {
    let begun = writer(&header()).abandon().expect("memory").into_inner();
    let mut killed = whole[..length].to_vec();
    let known = length.min(begun.len());
    killed[..known].copy_from_slice(&begun[..known]);
    killed
}

pub(crate) fn open(bytes: Vec<u8>) -> Trace {
    TraceFile::open(Cursor::new(bytes)).expect("a trace")
}

pub(crate) fn read(trace: &mut Trace) -> Vec<Entry> {
    let places = 0..trace.totals().entries;
    places.map(|place| trace.entry(place).expect("intact").expect("an entry")).collect()
}

fn draws() -> impl Strategy<Value = Draws> {
    let stream = prop_oneof!["[a-z]{0,9} of [a-z]{0,9}", Just(String::from("latency"))];
    let drawn = (stream, any::<u64>());
    let drawn = drawn.prop_map(|(stream, word)| Drawn { stream: stream.into(), word });
    let first = prop::collection::vec(drawn, 0..3);
    // None above what is kept of one entry, as the writer would have it.
    (first, 0..3_u64, 1..u64::MAX).prop_map(|(first, more, others)| {
        // What comes after a full row of draws is counted.
        let more = if first.is_empty() { 0 } else { more };
        let count = first.len() as u64 + more;
        Draws { count, first, others: if more > 0 { others } else { 0 } }
    })
}

prop_compose! {
    /// Entries with nothing in common, in an order that no run has.
    pub(crate) fn any_entry()(
        (event, time, cause) in (any::<u64>(), any::<u64>(), any::<u64>()),
        kind in 0..KINDS.len(),
        (receiver, sender) in (0..40_u64, 0..40_u64),
        message in prop::option::of(("\\PC{0,40}", any::<u64>())),
        draws in draws(),
    ) -> Entry {
        let mut entry = Entry::new(event, VirtualTime::from_nanos(time), KINDS[kind]);
        entry.receiver = actor(receiver);
        entry.sender = actor(sender);
        entry.cause = cause;
        entry.message = message.map(|(text, contents)| Said { text: text.into(), contents });
        entry.draws = draws;
        entry
    }
}
