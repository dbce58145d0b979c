//! Files that were cut, changed, or made up: told, never believed, and never the
//! end of the reader.

use super::entries::{any_entry, entry, killed, open, read, write};
use flagfall::trace::{BLOCK, Entry, TraceError, TraceFile, TraceState, first_difference};
use proptest::prelude::*;
use std::io::Cursor;

/// All that a reader can do with a file; what it read.
fn read_all(bytes: &[u8]) -> Result<Vec<Entry>, TraceError> {
    let mut trace = TraceFile::open(Cursor::new(bytes))?;
    let mut entries = Vec::new();
    for place in 0..trace.totals().entries {
        entries.extend(trace.entry(place)?);
    }
    trace.check()?;
    for entry in entries.iter().step_by(500) {
        flagfall::trace::causes(&mut trace, entry, 10)?;
        trace.first_at(entry.time.as_nanos())?;
    }
    if trace.is_complete() { Ok(entries) } else { Err(TraceError::NotATrace) }
}

#[test]
fn every_changed_byte_is_noticed() {
    let entries: Vec<Entry> = (1..40).map(entry).collect();
    let whole = write(&entries);
    assert_eq!(read_all(&whole).expect("intact"), entries);
    for place in 0..whole.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            assert!(read_all(&changed).is_err(), "byte {place} ^ {change:#x} went unnoticed");
        }
    }
}

/// Whether `trace --check` would find fault with a file.
fn is_damaged(bytes: &[u8]) -> bool {
    TraceFile::open(Cursor::new(bytes)).and_then(|mut trace| trace.check()).is_err()
}

#[test]
fn every_changed_cut_or_added_byte_of_a_finished_file_is_damage() {
    for many in [0, 1, 39, BLOCK as u64, 2_999] {
        let whole = write(&(1..=many).map(entry).collect::<Vec<_>>());
        assert!(!is_damaged(&whole));
        // All of a short file and of the end and the beginning, some of the rest.
        let near = |place: usize| place < 2_000 || place + 2_000 > whole.len() || place % 7 == 0;
        for place in (0..whole.len()).filter(|place| near(*place)) {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 8);
            assert!(is_damaged(&changed), "{many}: byte {place} went unnoticed");
            assert!(is_damaged(&whole[..place]), "{many}: cut at {place}");
        }
        for added in [&[0_u8][..], b"BLK\n", &[0; 300], &whole[..], &whole[48..]] {
            assert!(is_damaged(&[&whole[..], added].concat()), "{many}: {} more", added.len());
        }
    }
}

#[test]
fn every_changed_byte_of_several_blocks_is_noticed_or_leaves_a_true_beginning() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries);
    for place in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        assert!(read_all(&changed).is_err(), "byte {place} went unnoticed");
        // What is read as a beginning is one.
        if let Ok(mut trace) = TraceFile::open(Cursor::new(changed)) {
            let readable = (0..trace.totals().entries).map_while(|at| trace.entry(at).ok());
            for (place, entry) in readable.enumerate().step_by(100) {
                assert_eq!(entry.as_ref(), entries.get(place));
            }
        }
    }
}

#[test]
fn a_file_whose_writer_was_killed_reads_up_to_its_last_whole_block() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries);
    let mut seen = std::collections::BTreeSet::new();
    for length in 0..=whole.len() {
        let Ok(mut trace) = TraceFile::open(Cursor::new(killed(&whole, length))) else {
            assert!(length < 200, "{length} bytes hold the header");
            continue;
        };
        let state = trace.state();
        assert!(matches!(state, TraceState::Unfinished { .. }), "{length} bytes: {state:?}");
        let totals = trace.totals();
        assert!(
            totals.entries == entries.len() as u64 || totals.entries % BLOCK as u64 == 0,
            "{totals:?}",
        );
        if seen.insert(totals.entries) {
            trace.check().expect("it is unfinished, and not damaged");
            let mut read = Vec::new();
            for place in 0..totals.entries {
                read.extend(trace.entry(place).expect("a whole block"));
            }
            assert_eq!(read, entries[..totals.entries as usize]);
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1_024, 2_048, 2_999]);
}

#[test]
fn a_changed_byte_of_an_unfinished_file_is_damage_up_to_the_last_whole_block() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries);
    let unfinished = killed(&whole, whole.len() * 2 / 3);
    let trace = open(unfinished.clone());
    let TraceState::Unfinished { left_over } = trace.state() else { panic!("{trace:?}") };
    assert!(trace.totals().blocks > 0 && left_over > 0, "{trace:?}");
    let end = unfinished.len() - left_over as usize;
    for place in 0..end {
        let mut changed = unfinished.clone();
        changed[place] ^= 1 << (place % 8);
        assert!(is_damaged(&changed), "byte {place} went unnoticed");
    }
}

#[test]
fn a_block_that_stands_where_another_was_is_damage() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries);
    let magics = whole.windows(4).enumerate().filter(|(_, bytes)| *bytes == b"BLK\n");
    let places: Vec<usize> = magics.map(|(place, _)| place).collect();
    // The first block twice, in a file whose writer was killed.
    let twice = [&whole[..places[1]], &whole[places[0]..places[1]]].concat();
    assert!(is_damaged(&killed(&twice, twice.len())));
}

#[test]
fn blocks_of_another_trace_do_not_fit() {
    let ours: Vec<Entry> = (1..3_000).map(entry).collect();
    let mut theirs = ours.clone();
    theirs[5].message.as_mut().expect("one").contents = 3_000;
    let blocks = |bytes: &[u8]| -> Vec<usize> {
        let magics = bytes.windows(4).enumerate().filter(|(_, bytes)| *bytes == b"BLK\n");
        magics.map(|(place, _)| place).collect()
    };
    // Their first block before our others, without an index: all checksums are
    // right, and the chain is broken.
    let (whole, other) = (write(&ours), write(&theirs));
    let mut mixed = other[..blocks(&other)[1]].to_vec();
    mixed.extend(&whole[blocks(&whole)[1]..whole.len() - 200]);
    let mut trace = open(killed(&mixed, mixed.len()));
    assert_eq!(trace.totals().blocks, 3);
    assert_eq!(trace.entry(5).expect("a whole block").as_ref(), Some(&theirs[5]));
    let error = trace.entry(1_024).expect_err("another trace");
    assert!(matches!(error, TraceError::Damaged { .. }), "{error}");
}

/// Reads a file in every way; only that it comes back matters.
fn survive(bytes: &[u8]) {
    let _ = read_all(bytes);
    if let (Ok(mut one), Ok(mut two)) =
        (TraceFile::open(Cursor::new(bytes)), TraceFile::open(Cursor::new(write(&[entry(1)]))))
    {
        let _ = first_difference(&mut one, &mut two);
        let _ = first_difference(&mut two, &mut one);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn mutated_files_harm_nobody(
        entries in prop::collection::vec(any_entry(), 1..30),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
        tail in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut bytes = write(&entries);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(tail);
        survive(&bytes);
        survive(&killed(&bytes, bytes.len()));
    }

    #[test]
    fn random_bytes_harm_nobody(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
        let mut with_header = write(&[]);
        with_header.truncate(with_header.len().saturating_sub(129));
        with_header.extend(&bytes);
        survive(&killed(&with_header, with_header.len()));
    }
}

#[test]
fn an_untouched_file_is_read_as_before() {
    // The other tests would pass if nothing could be read at all.
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    assert_eq!(read(&mut open(write(&entries))), entries);
}
