//! Where traces part, and how little is read to find it.

use super::entries::{entry, header, killed, open, write, writer};
use flagfall::trace::{
    BLOCK, Difference, Drawn, Draws, Entry, Field, TraceFile, causes, first_difference,
};
use proptest::prelude::*;
use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

fn differ(left: &[Entry], right: &[Entry]) -> Option<Difference> {
    first_difference(&mut open(write(left)), &mut open(write(right))).expect("intact")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_first_difference_is_the_first(
        length in 0..4_000_u64,
        changes in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        cut in 0..3_000_usize,
    ) {
        let left: Vec<Entry> = (1..=length).map(entry).collect();
        let mut right = left.clone();
        for change in &changes {
            if !right.is_empty() {
                let place = change.index(right.len());
                right[place].cause ^= 1 << 20;
            }
        }
        right.truncate(right.len().saturating_sub(cut.saturating_sub(2_000)));
        let first = left.iter().zip(&right).position(|(left, right)| left != right);
        let first = first.or((left.len() != right.len()).then_some(right.len()));
        for (left, right) in [(&left, &right), (&right, &left)] {
            let found = differ(left, right);
            prop_assert_eq!(found.as_ref().map(|found| found.place as usize), first);
            if let (Some(found), Some(first)) = (found, first) {
                prop_assert_eq!(found.left.as_ref(), left.get(first));
                prop_assert_eq!(found.right.as_ref(), right.get(first));
            }
        }
    }
}

#[test]
fn the_fields_that_differ_are_named_the_most_telling_first() {
    let left: Vec<Entry> = (1..10).map(entry).collect();
    let check = |change: &dyn Fn(&mut Entry), fields: &[Field]| {
        let mut right = left.clone();
        change(&mut right[6]);
        let found = differ(&left, &right).expect("a difference");
        assert_eq!((found.place, found.fields.as_slice()), (6, fields));
    };
    check(&|entry| entry.event += 1, &[Field::Event]);
    check(&|entry| entry.time = "9s".parse().expect("a time"), &[Field::Time]);
    check(&|entry| entry.kind = flagfall::RecordKind::Queued, &[Field::Kind]);
    check(&|entry| entry.receiver = entry.sender.clone(), &[Field::Receiver]);
    check(&|entry| entry.sender = entry.receiver.clone(), &[Field::Sender]);
    check(&|entry| entry.message = None, &[Field::Message, Field::Contents]);
    check(&|entry| entry.message.as_mut().expect("one").contents = 77, &[Field::Contents]);
    check(&|entry| entry.cause = 2, &[Field::Cause]);
    let drawn = Drawn { stream: "durations".into(), word: 7 };
    let draws = Draws { count: 1, first: vec![drawn], others: 0 };
    check(&|entry| entry.draws = draws.clone(), &[Field::Draws]);
}

#[test]
fn draws_are_compared_where_both_have_them() {
    let with: Vec<Entry> = (1..10)
        .map(|event| {
            let mut entry = entry(event);
            entry.draws.count = 1;
            entry.draws.others = 9;
            entry
        })
        .collect();
    let without: Vec<Entry> = (1..10).map(entry).collect();
    assert!(differ(&with, &without).is_some());
    let mut writer = writer(&header().draws(false));
    without.iter().for_each(|entry| writer.entry(entry).expect("memory"));
    let mut bare = open(writer.finish(None).expect("memory").into_inner());
    assert!(first_difference(&mut open(write(&with)), &mut bare).expect("intact").is_none());
}

#[test]
fn causes_lead_back_to_the_outside() {
    let entries: Vec<Entry> = (1..5_000).map(entry).collect();
    let mut trace = open(write(&entries));
    let chain = causes(&mut trace, &entries[4_000], 5).expect("intact");
    let events: Vec<u64> = chain.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [4_000, 3_999, 3_998, 3_997, 3_996]);
    assert_eq!(causes(&mut trace, &entries[2], 10).expect("intact").len(), 2);
    // A chain that would never end, as only a made-up file has it.
    let mut round = entries[..10].to_vec();
    round[3].cause = 9;
    let mut trace = open(write(&round));
    assert!(causes(&mut trace, &round[3], 10).expect("intact").is_empty());
}

/// Counts the bytes that are read, whatever there is to read.
struct Counted {
    bytes: Cursor<Vec<u8>>,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[test]
fn a_difference_in_many_entries_is_found_by_reading_little() {
    let many = 200 * BLOCK as u64;
    let change_at = 77_777;
    let trace = |changed: bool| {
        let mut writer = writer(&header());
        for event in 1..=many {
            let mut entry = entry(event);
            if changed && event >= change_at {
                entry.cause -= 1;
            }
            writer.entry(&entry).expect("memory");
        }
        writer.finish(None).expect("memory").into_inner()
    };
    let (left, right) = (trace(false), trace(true));
    let whole = left.len() + right.len();
    let read = Rc::new(Cell::new(0));
    let open = |bytes| {
        let bytes = Cursor::new(bytes);
        TraceFile::open(Counted { bytes, read: Rc::clone(&read) }).expect("a trace")
    };
    let (mut left, mut right) = (open(left), open(right));
    let found = first_difference(&mut left, &mut right).expect("intact").expect("a difference");
    assert_eq!(found.place, change_at - 1);
    // Eight rows on the way, and a block of each.
    let blocks = 2 * whole as u64 / (2 * many / BLOCK as u64);
    assert!(read.get() < 4_000 + 2 * blocks, "{} bytes of {whole} read", read.get());
    let chain = causes(&mut left, &found.left.expect("an entry"), 10).expect("intact");
    assert_eq!(chain.len(), 10);
    assert!(read.get() < 8_000 + 6 * blocks, "{} bytes of {whole} read", read.get());
}

#[test]
fn incomplete_traces_are_compared_as_far_as_they_go() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries);
    let mut short = open(killed(&whole, whole.len() / 2));
    let length = short.totals().entries;
    assert!(length > 0 && length < 2_999);
    let found = first_difference(&mut open(whole), &mut short).expect("intact").expect("it ends");
    assert_eq!((found.place, found.right), (length, None));
}

#[test]
fn damaged_traces_are_not_compared() {
    let whole = write(&(1..3_000).map(entry).collect::<Vec<_>>());
    let mut cut = open(whole[..whole.len() - 1].to_vec());
    let mut whole = open(whole);
    first_difference(&mut whole, &mut cut).expect_err("the right one");
    first_difference(&mut cut, &mut whole).expect_err("the left one");
}
