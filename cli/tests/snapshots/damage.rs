//! Files that are not what was written: changed, cut, made up, forged.

use flagfall::random::{Stream, StreamName};
use flagfall::snapshot::FileError;
use flagfall::{Config, Simulation, SnapshotError, Span, TiePolicy};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::models::{Branching, resume_run, save_run};
use serde::{Serialize, de::DeserializeOwned};
use std::time::{Duration, Instant};
use twox_hash::XxHash3_128;

fn stream(purpose: &str) -> Stream {
    Stream::open(&StreamName { seed: 5, replication: 0, actor: 0, incarnation: 0, purpose })
}

/// A model in the middle of its run, as a file.
fn saved<M: Branching + Serialize>(model: &M, config: Config, events: u64) -> Vec<u8> {
    let mut simulation = Simulation::new(config.max_events(1_000));
    simulation.register(&M::types());
    let handles = model.start(&mut simulation);
    while simulation.events() < events && simulation.step().expect("no errors") {}
    let mut file = Vec::new();
    save_run(model, &simulation, &handles, &["run".to_owned()], &mut file).expect("it is saved");
    file
}

fn taxi() -> Vec<u8> {
    saved(&TaxiFleet::default(), Config::new(42).latency(DEFAULT_LATENCY), 40)
}

fn tree() -> Vec<u8> {
    let latency = "exponential:2ms".parse().expect("a latency");
    let plan = "link ** -> ** loss 0.01 latency 2ms".parse().expect("a plan");
    let tree = ActorTree { crashes: vec![(0, Span::from_millis(500))], ..ActorTree::default() };
    saved(&tree, Config::new(42).latency(latency).faults(plan), 30)
}

fn server() -> Vec<u8> {
    let config = Config::new(42).latency(DEFAULT_LATENCY).cpus(1);
    saved(&ParameterTraining::default(), config, 25)
}

/// In the middle of an instant, under a shuffle.
fn shuffled() -> Vec<u8> {
    saved(&TaxiFleet::default(), Config::new(42).ties(TiePolicy::Shuffled(3)), 40)
}

/// In the middle of an instant, with choices that were made and choices to come.
fn chosen() -> Vec<u8> {
    let ties = "31=1,42=1,57=1".parse().expect("choices");
    saved(&TaxiFleet::default(), Config::new(42).ties(ties), 40)
}

fn error_of<M: Branching + DeserializeOwned>(file: &[u8]) -> Option<FileError> {
    match resume_run::<M>(file) {
        Ok(_) => None,
        Err(SnapshotError::File(error)) => Some(error),
        Err(error) => panic!("another kind of error: {error}"),
    }
}

#[test]
fn every_change_of_a_byte_is_refused() {
    for file in [taxi(), shuffled()] {
        assert!(error_of::<TaxiFleet>(&file).is_none());
        let mut changed = file.clone();
        for place in 0..file.len() {
            // In debug, three changes of each byte; in release, all 255.
            let steps =
                if cfg!(debug_assertions) { vec![1, 128, 255] } else { (1..=255).collect() };
            for step in steps {
                changed[place] = file[place].wrapping_add(step);
                assert!(error_of::<TaxiFleet>(&changed).is_some(), "byte {place}, {step} more");
            }
            changed[place] = file[place];
        }
    }
}

#[test]
fn a_file_that_is_shorter_or_longer_is_refused() {
    let mut file = taxi();
    for length in 0..file.len() {
        let error = error_of::<TaxiFleet>(&file[..length]).expect("it is cut");
        let known = matches!(error, FileError::Truncated | FileError::NotASnapshot);
        assert!(known, "{length}: {error}");
    }
    file.push(0);
    assert!(matches!(error_of::<TaxiFleet>(&file), Some(FileError::TooLong)));
}

#[test]
fn errors_say_what_is_wrong() {
    let file = taxi();
    let say = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = file.clone();
        change(&mut file);
        error_of::<TaxiFleet>(&file).expect("it is refused").to_string()
    };
    assert_eq!(say(&|file| file[0] = b'X'), "this is not a snapshot");
    assert!(say(&|file| file[8] = 9).starts_with("the snapshot has format 9"));
    assert_eq!(
        say(&|file| file[8] = 1),
        "the snapshot has format 1, and this version reads format 8: resume it with the version \
         that wrote it"
    );
    let claimed = say(&|file| file[10..14].copy_from_slice(&[255; 4]));
    assert_eq!(claimed, "the snapshot claims a part of 4294967295 bytes, which is too large");
    let damaged = say(&|file| file[100] ^= 1);
    assert_eq!(damaged, "the snapshot is damaged (its checksum differs)");
    let other = error_of::<ParameterTraining>(&file).expect("another model").to_string();
    assert!(other.contains("which is not registered"), "{other}");
    let version = say(&|file| {
        let place = file.windows(5).position(|word| word == b"0.1.0").expect("the version");
        file[place] = b'9';
        forge(file);
    });
    assert!(version.starts_with("the snapshot was written by flagfall 9.1.0"), "{version}");
}

/// Makes the checksum agree.
fn forge(file: &mut [u8]) {
    let end = file.len() - 16;
    let checksum = XxHash3_128::oneshot(&file[..end]);
    file[end..].copy_from_slice(&checksum.to_le_bytes());
}

/// Where the contents begin.
fn contents(file: &[u8]) -> usize {
    let header = u32::from_le_bytes(file[10..14].try_into().expect("four bytes"));
    14 + header as usize + 8
}

/// Changes a few bytes of the contents, and forges the checksum. Whatever is
/// accepted must run without breaking anything.
fn check_forged<M: Branching + DeserializeOwned>(name: &str, file: &[u8], cases: u32) {
    let mut stream = stream(name);
    let begin = contents(file) as u64;
    let end = file.len() as u64 - 17;
    let (mut accepted, mut ran, mut slowest) = (0, 0, Duration::ZERO);
    for case in 0..cases {
        let mut forged = file.to_vec();
        for _ in 0..stream.range(1..=3) {
            let place = stream.range(begin..=end) as usize;
            forged[place] = match stream.below(3) {
                0 => stream.below(256) as u8,
                1 => forged[place] ^ (1 << stream.below(8)),
                _ => forged[place].wrapping_add(1),
            };
        }
        forge(&mut forged);
        let timed = || {
            let start = Instant::now();
            let resumed = resume_run::<M>(forged.as_slice());
            (start.elapsed(), resumed)
        };
        let (mut time, resumed) = timed();
        if time > Duration::from_millis(100) {
            // The machine may have been busy with something else.
            time = (0..5).map(|_| timed().0).fold(time, Duration::min);
        }
        slowest = slowest.max(time);
        if let Ok(mut resumed) = resumed {
            accepted += 1;
            if case % 4 == 0 {
                // An error is fine, so is an end; the limit of events is the longest.
                let mut limits = resumed.simulation.config().limits;
                limits.events = limits.events.min(resumed.simulation.events().saturating_add(500));
                resumed.simulation.set_limits(limits);
                ran += u32::from(resumed.simulation.run().is_ok());
            }
        }
    }
    println!(
        "{name}: {accepted} of {cases} forged files accepted, {ran} ran to an end, slowest {slowest:?}"
    );
    assert!(slowest < Duration::from_secs(1), "{name}: {slowest:?}");
    assert!(accepted < cases, "{name}: nothing is checked");
}

const CASES: u32 = if cfg!(debug_assertions) { 3_000 } else { 400_000 };

#[test]
fn forged_files_break_nothing() {
    // A handler that meets nonsense may panic, which becomes an error of the run.
    std::panic::set_hook(Box::new(|_| {}));
    check_forged::<TaxiFleet>("taxi", &taxi(), CASES);
    check_forged::<TaxiFleet>("shuffled", &shuffled(), CASES);
    check_forged::<TaxiFleet>("chosen", &chosen(), CASES);
    check_forged::<ActorTree>("actor-tree", &tree(), CASES);
    check_forged::<ParameterTraining>("parameter-server", &server(), CASES);
    drop(std::panic::take_hook());
}

#[test]
fn a_forged_tie_policy_is_refused() {
    let change = |mut file: Vec<u8>, from: &[u8], to: &[u8]| {
        let place = file.windows(from.len()).rposition(|word| word == from).expect("the policy");
        file[place..place + from.len()].copy_from_slice(to);
        forge(&mut file);
        error_of::<TaxiFleet>(&file).map(|error| error.to_string())
    };
    let text = "the snapshot contradicts itself: a latency, fault plan or tie policy";
    assert_eq!(change(shuffled(), b"shuffle:3", b"shuffle:x").as_deref(), Some(text));
    assert_eq!(change(chosen(), b"42=1,57=1", b"57=1,42=1").as_deref(), Some(text));
    assert_eq!(change(shuffled(), b"shuffle:3", b"shuffle:4"), None, "another policy is one");
    // Words were drawn, and nothing is shuffled.
    let text = "the snapshot contradicts itself: how much was drawn to shuffle ties";
    assert_eq!(change(shuffled(), b"shuffle:3", b"57=1,59=1").as_deref(), Some(text));
}

#[test]
fn damaged_and_random_files_are_refused() {
    let file = tree();
    let mut stream = stream("damage");
    for case in 0..3 * CASES {
        let mut bytes = if case % 2 == 0 {
            let mut bytes = file.clone();
            for _ in 0..=stream.below(8) {
                let place = stream.below(bytes.len() as u64) as usize;
                bytes[place] = stream.below(256) as u8;
            }
            bytes
        } else {
            let length = stream.below(400) as usize;
            (0..length).map(|_| stream.below(256) as u8).collect()
        };
        if case % 4 == 1 && bytes.len() > 40 {
            // With the beginning of a real one.
            bytes[..14].copy_from_slice(&file[..14]);
        }
        if bytes != file {
            assert!(error_of::<ActorTree>(&bytes).is_some(), "case {case}");
        }
    }
}
