//! What is written is what is read.

use super::entries::{any_entry, entry, header, open, read, write, writer};
use flagfall::model::Model;
use flagfall::trace::{
    BLOCK, Checked, Entry, LONGEST_TEXT, Said, TraceChecker, TraceError, TraceFile, TraceWriter,
};
use flagfall::{Actor, Config, Context, Record, Simulation};
use flagfall_cli::models::{DEFAULT_LATENCY, taxi_fleet::TaxiFleet};
use proptest::prelude::*;
use std::cell::RefCell;
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::rc::Rc;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn entries_come_back(
        few in prop::collection::vec(any_entry(), 0..40),
        more in 0..3_usize,
    ) {
        // Whole blocks and parts of them.
        let entries: Vec<Entry> =
            few.iter().cycle().take(few.len() * (1 + more * BLOCK / 30)).cloned().collect();
        let mut trace = open(write(&entries));
        prop_assert!(trace.is_complete());
        prop_assert_eq!(trace.totals().entries, entries.len() as u64);
        prop_assert_eq!(trace.header(), &header());
        trace.check().expect("intact");
        prop_assert_eq!(read(&mut trace), entries);
        prop_assert!(trace.entry(trace.totals().entries).expect("no error").is_none());
    }
}

#[test]
fn events_are_found_by_number_and_time() {
    let entries: Vec<Entry> = (1..5_000).map(entry).collect();
    let mut trace = open(write(&entries));
    for event in [1, 2, 1_023, 1_024, 1_025, 1_026, 2_048, 2_049, 4_999] {
        let (place, found) = trace.find_event(event).expect("intact").expect("it happened");
        assert_eq!((place, found.event), (event - 1, event));
        assert_eq!(trace.first_at(event * 1_000_000).expect("intact"), place);
        assert_eq!(trace.first_at(event * 1_000_000 + 1).expect("intact"), place + 1);
    }
    assert!(trace.find_event(5_000).expect("intact").is_none());
    assert!(trace.find_event(0).expect("intact").is_none());
}

#[test]
fn the_first_of_several_records_of_an_event_is_found_across_blocks() {
    // Event 7 leaves more than a block of records.
    let numbers = (1..7).chain(std::iter::repeat_n(7, 2_000)).chain(8..100);
    let entries: Vec<Entry> = numbers.map(entry).collect();
    let mut trace = open(write(&entries));
    assert_eq!(trace.find_event(7).expect("intact").map(|(place, _)| place), Some(6));
    assert_eq!(trace.find_event(8).expect("intact").map(|(place, _)| place), Some(2_006));
}

/// A run of the taxi fleet under that seed, recorded into memory.
fn taxi(seed: u64) -> (Vec<u8>, Option<flagfall::Digest>) {
    let config = Config::new(seed).latency(DEFAULT_LATENCY);
    let mut simulation = Simulation::new(config);
    let writer = writer(&header().draws(false));
    let writer = Rc::new(RefCell::new(Some(writer)));
    let observer = Rc::clone(&writer);
    simulation.observe(move |record: &Record<'_>| {
        observer.borrow_mut().as_mut().expect("recording").record(record).expect("memory");
    });
    TaxiFleet::default().run_in(&mut simulation).expect("a day");
    let digest = simulation.digest();
    let writer = writer.take().expect("recorded");
    (writer.finish(digest).expect("memory").into_inner(), digest)
}

#[test]
fn a_recorded_run_prints_as_its_records_did() {
    let config = Config::new(42).latency(DEFAULT_LATENCY);
    let mut simulation = Simulation::new(config);
    let lines = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&lines);
    simulation.observe(move |record: &Record<'_>| log.borrow_mut().push(record.to_string()));
    TaxiFleet::default().run_in(&mut simulation).expect("a day");

    let (bytes, digest) = taxi(42);
    assert_eq!(digest, simulation.digest(), "recording changed the run");
    let mut trace = open(bytes);
    assert_eq!(trace.digest(), digest.map(|digest| digest.to_string()));
    let read: Vec<String> = read(&mut trace).iter().map(ToString::to_string).collect();
    assert_eq!(read, *lines.borrow());
}

/// Runs the taxi fleet against a trace.
fn check(bytes: Vec<u8>, seed: u64) -> Checked {
    let checker = TraceChecker::new(open(bytes));
    let checker = Rc::new(RefCell::new(Some(checker)));
    let observer = Rc::clone(&checker);
    let mut simulation = Simulation::new(Config::new(seed).latency(DEFAULT_LATENCY));
    simulation.observe(move |record: &Record<'_>| {
        observer.borrow_mut().as_mut().expect("checking").record(record).expect("intact");
    });
    TaxiFleet::default().run_in(&mut simulation).expect("a day");
    let checker = checker.take().expect("checked");
    checker.finish().expect("intact").0
}

#[test]
fn a_run_is_held_to_a_trace() {
    let (bytes, _) = taxi(42);
    let entries = open(bytes.clone()).totals().entries;
    assert_eq!(check(bytes.clone(), 42), Checked::Equal(entries));
    let Checked::Different(difference) = check(bytes, 43) else { panic!("other rides") };
    assert!(difference.place > 0 && !difference.fields.is_empty(), "{difference:?}");
}

#[test]
fn a_run_that_goes_on_or_ends_early_differs_from_a_complete_trace_only() {
    let (bytes, _) = taxi(42);
    let entries = read(&mut open(bytes));
    let shorter = write(&entries[..100]);
    let Checked::Different(difference) = check(shorter, 42) else { panic!("the run goes on") };
    assert_eq!((difference.place, &difference.left), (100, &None));
    assert_eq!(difference.right.as_ref(), Some(&entries[100]));

    let mut longer = entries.clone();
    longer.push(entry(1_000));
    let Checked::Different(difference) = check(write(&longer), 42) else { panic!("it ended") };
    assert_eq!((difference.place, &difference.right), (entries.len() as u64, &None));

    let mut writer = writer(&header());
    entries[..100].iter().for_each(|entry| writer.entry(entry).expect("memory"));
    let incomplete = writer.abandon().expect("memory").into_inner();
    assert!(!open(incomplete.clone()).is_complete());
    assert_eq!(check(incomplete, 42), Checked::EqualSoFar(100));
}

#[test]
fn long_texts_are_cut_and_their_contents_still_tell_them_apart() {
    struct Long;
    impl Actor for Long {
        type Message = Vec<u64>;
        fn handle(&mut self, _: Vec<u64>, _: &mut Context<'_, Vec<u64>>) {}
    }
    let trace = |last: u64| {
        let writer = writer(&header().draws(false));
        let writer = Rc::new(RefCell::new(Some(writer)));
        let observer = Rc::clone(&writer);
        let mut simulation = Simulation::new(Config::new(42));
        simulation.observe(move |record: &Record<'_>| {
            observer.borrow_mut().as_mut().expect("recording").record(record).expect("memory");
        });
        let long = simulation.spawn("é".repeat(900), Long);
        simulation.send(&long, (0..1_000).chain([last]).collect());
        simulation.run().expect("a run");
        let writer = writer.take().expect("recorded");
        read(&mut open(writer.finish(None).expect("memory").into_inner())).remove(0)
    };
    let (one, two) = (trace(1), trace(2));
    let text = |entry: &Entry| entry.message.as_ref().map(|said| said.text.clone());
    assert_eq!(text(&one), text(&two));
    let kept = text(&one).expect("a message");
    assert!(kept.len() <= LONGEST_TEXT && kept.ends_with('…'), "{kept}");
    assert!(one.receiver.path.len() <= LONGEST_TEXT && one.receiver.path.ends_with('…'));
    assert_eq!(one.differences(&two), [flagfall::trace::Field::Contents]);
}

/// Takes so many bytes, and no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Full {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn an_output_that_fails_is_an_error_at_every_length() {
    let entries: Vec<Entry> = (1..3_000).map(entry).collect();
    let whole = write(&entries).len();
    let mut room = 0;
    while room < whole {
        let written = TraceWriter::new(Full(room), &header()).and_then(|mut writer| {
            entries.iter().try_for_each(|entry| writer.entry(entry))?;
            writer.finish(None)
        });
        let Err(TraceError::Io(error)) = written else { panic!("{room} bytes were enough") };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        room += 97;
    }
}

#[test]
fn a_message_is_kept_once_a_block() {
    let mut same = entry(1);
    same.message = Some(Said { text: "x".repeat(500).into(), contents: 1 });
    let entries = vec![same; BLOCK];
    assert!(write(&entries).len() < 2_000);
}

#[test]
fn other_files_are_refused_with_their_reason() {
    for (bytes, reason) in [
        (b"".to_vec(), "not a trace file"),
        (b"Course de 2 secondes".to_vec(), "not a trace file"),
        (write(&[])[..20].to_vec(), "damaged at byte 0, in its header"),
    ] {
        let error = TraceFile::open(Cursor::new(bytes)).expect_err("no trace");
        assert!(error.to_string().contains(reason), "{error}");
    }
    let mut newer = write(&[]);
    newer[8] = 9;
    let error = TraceFile::open(Cursor::new(newer)).expect_err("another format");
    assert!(matches!(error, TraceError::Version(9)), "{error}");
}
