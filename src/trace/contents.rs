//! Decodes the contents of a block into entries.

use super::builder::Reach;
use super::bytes::Bytes;
use super::entry::{Drawn, Draws, Entry, Party, Said};
use super::{BLOCK, LONGEST_TEXT, MOST_DRAWS, MOST_DRAWS_OF_ENTRY, kind};
use crate::record::RecordKind;
use crate::time::VirtualTime;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A column of numbers, each relative to the one before.
fn differences(bytes: &mut Bytes<'_>, entries: usize) -> Option<Vec<u64>> {
    let mut last = 0;
    (0..entries)
        .map(|_| {
            last = bytes.difference(last)?;
            Some(last)
        })
        .collect()
}

/// A column of places in a table.
fn places(bytes: &mut Bytes<'_>, entries: usize, table: usize) -> Option<Vec<usize>> {
    let last = table.checked_sub(1)?;
    (0..entries).map(|_| bytes.count(last)).collect()
}

fn actors(bytes: &mut Bytes<'_>) -> Option<Vec<Party>> {
    let actor = |bytes: &mut Bytes<'_>| {
        Some(Party { id: bytes.u64()?, path: bytes.text(LONGEST_TEXT)?.into() })
    };
    let actors: Vec<Party> =
        (0..bytes.count(2 * BLOCK)?).map(|_| actor(bytes)).collect::<Option<_>>()?;
    // An actor has one path in a block, so each may occur only once.
    let mut known = BTreeSet::new();
    actors.iter().all(|actor| known.insert(actor.id)).then_some(actors)
}

fn messages(bytes: &mut Bytes<'_>) -> Option<Vec<Said>> {
    let said = |bytes: &mut Bytes<'_>| {
        Some(Said { contents: bytes.u64()?, text: bytes.text(LONGEST_TEXT)?.into() })
    };
    (0..bytes.count(BLOCK)?).map(|_| said(bytes)).collect()
}

/// The events: the first part.
fn happened(mut bytes: Bytes<'_>, reach: Reach) -> Option<Vec<Entry>> {
    let entries = reach.entries as usize;
    let bytes = &mut bytes;
    let actors = actors(bytes)?;
    let messages = messages(bytes)?;
    let kinds: Vec<RecordKind> =
        bytes.take(entries)?.iter().map(|code| kind::of_code(*code)).collect::<Option<_>>()?;
    let events = differences(bytes, entries)?;
    let times = differences(bytes, entries)?;
    let ways: Vec<u64> = (0..entries).map(|_| bytes.difference(0)).collect::<Option<_>>()?;
    let receivers = places(bytes, entries, actors.len())?;
    let senders = places(bytes, entries, actors.len())?;
    let said = places(bytes, entries, messages.len() + 1)?;
    bytes.end()?;
    let agrees = events.first() == Some(&reach.first_event)
        && events.last() == Some(&reach.last_event)
        && times.first() == Some(&reach.first_time)
        && times.last() == Some(&reach.last_time);
    agrees.then(|| {
        let entry = |place: usize| Entry {
            event: events[place],
            time: VirtualTime::from_nanos(times[place]),
            kind: kinds[place],
            receiver: actors[receivers[place]].clone(),
            sender: actors[senders[place]].clone(),
            cause: events[place].wrapping_sub(ways[place]),
            message: said[place].checked_sub(1).map(|place| messages[place].clone()),
            draws: Draws::default(),
        };
        (0..entries).map(entry).collect()
    })
}

/// The draws: the second part.
fn drawn(mut bytes: Bytes<'_>, entries: &mut [Entry]) -> Option<()> {
    let mut streams: Vec<Arc<str>> = Vec::new();
    for _ in 0..bytes.count(MOST_DRAWS)? {
        streams.push(bytes.text(LONGEST_TEXT)?.into());
    }
    let mut room = MOST_DRAWS;
    for entry in entries {
        let count = bytes.number()?;
        if count == 0 {
            continue;
        }
        let kept = bytes.count(room.min(MOST_DRAWS_OF_ENTRY))?;
        room -= kept;
        let mut first = Vec::new();
        for _ in 0..kept {
            let place = bytes.count(streams.len().checked_sub(1)?)?;
            first.push(Drawn { stream: streams[place].clone(), word: bytes.u64()? });
        }
        let others = match count.checked_sub(kept as u64)? {
            0 => 0,
            _ => bytes.u64()?,
        };
        entry.draws = Draws { count, first, others };
    }
    bytes.end()
}

/// The entries of a block with the contents `bytes`. The first `happened_bytes` of them are
/// the first part. `None` if they are invalid.
pub(super) fn decode(bytes: &[u8], happened_bytes: usize, reach: Reach) -> Option<Vec<Entry>> {
    let (first, second) = bytes.split_at_checked(happened_bytes)?;
    let mut entries = happened(Bytes(first), reach)?;
    drawn(Bytes(second), &mut entries)?;
    Some(entries)
}
