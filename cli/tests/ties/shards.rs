//! A search on several threads and in shards, as commands: nothing differs from one machine.

use crate::command::{folder, json, run, run_in, stderr, stdout};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Searches of all five models. The last ones have a budget that is not enough, and one instant
/// has an actor in the place of a dead one.
const SEARCHES: [&str; 7] = [
    "taxi --latency 0 --durations 2,3,1,4 --of commission",
    "parameter-server --latency 0 --epochs 2",
    "messages --latency 0 --budget 150 --samples 5",
    "queue --latency 0 --customers 5",
    "actor-tree --latency 0 --budget 150 --samples 5",
    "taxi --latency 0 --durations 2,3,1,4,4,2 --budget 50 --samples 10",
    "taxi --latency 0 --durations 2,1,1 --max-events 30",
];

/// The command that ends with that code.
fn ends(place: &Path, words: &str, code: i32) -> Output {
    let output = run_in(place, words);
    assert_eq!(output.status.code(), Some(code), "{words}: {}", stderr(&output));
    output
}

fn whole(search: &str) -> String {
    let output = run(&format!("ties {search} -q"));
    assert_eq!(output.status.code(), Some(0), "{search}: {}", stderr(&output));
    stdout(&output)
}

/// The files of shards of a folder, in order.
fn files(place: &Path, out: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.join(out).join("shards")).expect("shards");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

#[test]
fn shards_of_all_models_come_to_one_machine() {
    let place = folder("ties-shards");
    for (number, search) in SEARCHES.iter().enumerate() {
        let whole = whole(search);
        for shards in [1, 3] {
            let out = format!("{number}-{shards}");
            for shard in (1..=shards).rev() {
                ends(&place, &format!("ties {search} --out {out} --shard {shard}/{shards} -q"), 0);
            }
            let merged = stdout(&ends(&place, &format!("merge {out} --quiet"), 0));
            assert_eq!(merged, whole, "{search}: {shards} shards");
            let again = stdout(&ends(&place, &format!("ties {search} --out {out} -q"), 0));
            assert_eq!(again, whole, "{search}: {shards} shards");
        }
    }
}

#[test]
fn threads_change_nothing() {
    for search in SEARCHES {
        let whole = json(&format!("ties {search} --json -q"));
        for threads in [2, 5] {
            let found = json(&format!("ties {search} --json -q --threads {threads}"));
            assert_eq!(found, whole, "{search}: {threads} threads");
        }
    }
}

const DAY: &str = "taxi --latency 0 --durations 2,3,1,4,4,2,1,1";

#[test]
fn a_search_is_divided_and_shards_are_split() {
    let place = folder("ties-split");
    let whole = whole(DAY);
    for shard in ["1/2", "2/4"] {
        ends(&place, &format!("ties {DAY} --out day --shard {shard} -q"), 0);
    }
    let told = stderr(&ends(&place, "merge day", 6));
    assert!(told.contains("day has not all shards: 4/4 missing; run each"), "{told}");
    let listed = stdout(&ends(&place, "shards day", 0));
    assert!(listed.contains("done     2 shards") && listed.contains("missing  4/4"), "{listed}");
    let again = told.lines().find_map(|line| line.strip_prefix("as in: flagfall ")).expect("it");
    // What is missing is searched here, and not kept.
    let rest = stdout(&ends(&place, &format!("ties {DAY} --out day --threads 2 -q"), 0));
    assert_eq!(rest, whole);
    let done = ends(&place, &format!("{again} --json"), 0);
    let done: serde_json::Value = serde_json::from_slice(&done.stdout).expect("an object");
    let parts = done["parts"].as_u64().expect("a number");
    assert!(parts > 5, "it is divided: {done}");
    assert_eq!(stdout(&ends(&place, "merge day -q", 0)), whole);
    let merged: serde_json::Value =
        serde_json::from_slice(&ends(&place, "merge day -q --json", 0).stdout).expect("an object");
    assert_eq!(merged, json(&format!("ties {DAY} --json -q")));
    let listed = stdout(&ends(&place, "shards day", 0));
    assert!(listed.contains("day can be merged"), "{listed}");
    let told = stderr(&ends(&place, &format!("ties {DAY} --out day --shard 2/4"), 0));
    assert!(told.contains("has all of shard 2/4: nothing was searched"), "{told}");
}

/// A search of few runs.
const MORNING: &str = "taxi --latency 0 --durations 2,3,1,4,4,2";

#[test]
fn copies_count_once_and_torn_files_are_made_again() {
    let place = folder("ties-torn");
    let whole = whole(MORNING);
    for shard in ["1/3", "2/3", "3/3", "1/2"] {
        ends(&place, &format!("ties {MORNING} --out day --shard {shard} -q"), 0);
    }
    let files = files(&place, "day");
    assert_eq!(files.len(), 4);
    let copy = files[0].with_file_name("zz.ties");
    fs::copy(&files[0], &copy).expect("a copy");
    let output = ends(&place, "merge day", 0);
    assert_eq!(stdout(&output), whole);
    assert!(stderr(&output).contains("only copies of what others have: "), "{}", stderr(&output));
    fs::remove_file(copy).expect("a copy");
    let half = &files[0];
    assert!(half.to_string_lossy().ends_with("1-of-2.ties"));
    fs::remove_file(half).expect("a file");
    let torn = &files[1];
    let bytes = fs::read(torn).expect("a shard");
    let mut changed = bytes.clone();
    let digit = changed.len() / 2;
    changed[digit] ^= 1;
    let cut = bytes[..bytes.len() - 1].to_vec();
    let doubled = [&bytes[..], b"\n"].concat();
    for (what, bytes) in
        [("changed", changed), ("cut", cut), ("longer", doubled), ("empty", vec![])]
    {
        fs::write(torn, bytes).expect("a file");
        let told = stderr(&ends(&place, "merge day", 6));
        assert!(told.contains("1 file torn, whose parts count as missing: "), "{what}: {told}");
        assert!(told.contains("1/3 missing"), "{what}: {told}");
        let listed = stdout(&ends(&place, "shards day", 0));
        assert!(listed.contains("torn     ") && listed.contains("1-of-3.ties"), "{listed}");
        let rest = stdout(&ends(&place, &format!("ties {MORNING} --out day -q"), 0));
        assert_eq!(rest, whole, "{what}");
    }
    ends(&place, &format!("ties {MORNING} --out day --shard 1/3 -q"), 0);
    assert_eq!(fs::read(torn).expect("a shard"), bytes, "the same to the last byte");
    assert_eq!(stdout(&ends(&place, "merge day -q", 0)), whole);
}

/// A killed shard leaves its log, perhaps with half a line.
#[test]
fn a_killed_shard_goes_on() {
    let place = folder("ties-killed");
    let shard = format!("ties {MORNING} --out day --shard 1/1");
    ends(&place, &shard, 0);
    let file = files(&place, "day").pop().expect("a shard");
    let bytes = fs::read(&file).expect("a shard");
    let log = file.with_extension("log");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let some = lines[..lines.len() / 2].concat();
    for (left, parts) in [(some.len() + 30, lines.len() / 2 - 1), (some.len(), lines.len() / 2 - 1)]
    {
        fs::remove_file(&file).expect("a shard");
        fs::write(&log, &bytes[..left]).expect("a log");
        let listed = stdout(&ends(&place, "shards day", 0));
        assert!(listed.contains(&format!(": {parts} parts")), "{listed}");
        let told = stderr(&ends(&place, &shard, 0));
        assert!(told.contains(&format!("shard 1/1 has {parts} parts already: going on")), "{told}");
        assert_eq!(fs::read(&file).expect("a shard"), bytes);
        assert!(!log.exists());
    }
    // It was killed before its file was in its place: nothing is searched again.
    fs::rename(&file, &log).expect("a log");
    let told = stderr(&ends(&place, &shard, 0));
    assert!(told.contains("has all of shard 1/1: nothing was searched"), "{told}");
    assert!(fs::read(&file).expect("a shard") == bytes && !log.exists());
    // Something is after its last line: all parts before count.
    fs::remove_file(&file).expect("a shard");
    fs::write(&log, [&bytes[..], b"abc"].concat()).expect("a log");
    let told = stderr(&ends(&place, &shard, 0));
    let parts = lines.len() - 2;
    assert!(told.contains(&format!("shard 1/1 has {parts} parts already: going on")), "{told}");
    assert!(fs::read(&file).expect("a shard") == bytes && !log.exists());
}

/// What is shown is that of the first shard, so another wish is refused, and not dropped.
#[test]
fn all_shards_ask_for_the_same() {
    let place = folder("ties-asked");
    let asked = "--of commission --samples 3";
    ends(&place, &format!("ties {MORNING} {asked} --out day --shard 1/2 -q"), 0);
    for (other, told_of) in [
        ("--of refused --samples 3", "--of commission, and this is refused"),
        ("--of commission", "--samples 3, and this is 1000"),
        ("--of commission --samples 3 --expect-one", "--expect-one false, and this is true"),
    ] {
        for shard in ["--shard 2/2", ""] {
            let told =
                stderr(&ends(&place, &format!("ties {MORNING} {other} --out day {shard}"), 5));
            assert!(
                told.contains("day holds this search with ") && told.contains(told_of),
                "{told}"
            );
        }
    }
    let told = stderr(&ends(&place, "merge day", 6));
    assert!(told.contains("--samples=3 --of=commission --out day --shard 2/2"), "{told}");
}

/// What is in the files that options name decides what is found.
#[test]
fn a_file_that_was_changed_is_another_search() {
    let place = folder("ties-changed");
    let file = place.join("rides.txt");
    let search = "ties taxi --latency 0 --durations-file rides.txt --out day";
    fs::write(&file, "2\n3\n1\n").expect("a file");
    ends(&place, &format!("{search} --shard 1/2 -q"), 0);
    fs::write(&file, "2\n3\n2\n").expect("a file");
    ends(&place, &format!("{search} --shard 2/2 -q"), 5);
    let told = stderr(&ends(&place, "merge day", 5));
    assert!(told.contains("names were changed since: put them back"), "{told}");
}

#[test]
fn shards_of_numbers_with_little_in_common_are_not_all_there() {
    let place = folder("ties-coprime");
    for shard in ["1/999983", "1/999979"] {
        ends(&place, &format!("ties {MORNING} --out day --shard {shard} -q"), 0);
    }
    let listed = stdout(&ends(&place, "shards day", 0));
    assert!(
        listed.contains("too little in common") && !listed.contains("can be merged"),
        "{listed}"
    );
    let told = stderr(&ends(&place, "merge day", 6));
    assert!(told.contains("too little in common to say which; run all of one number"), "{told}");
}

#[test]
fn what_does_not_belong_together_is_refused_by_name() {
    let place = folder("ties-foreign");
    ends(&place, &format!("ties {MORNING} --out day --shard 1/2 -q"), 0);
    // Another seed, another budget, other limits.
    for other in ["--seed 7", "--budget 9", "--max-events 100"] {
        let words = format!("ties {MORNING} {other} --out day --shard 2/2");
        let told = stderr(&ends(&place, &words, 5));
        assert!(told.contains("day holds search ") && told.contains("--out"), "{told}");
        ends(&place, &format!("ties {MORNING} {other} --out other --shard 1/2 -q"), 0);
        let foreign = files(&place, "other").pop().expect("a shard");
        let moved = place.join("day").join("shards").join("moved.ties");
        fs::copy(foreign, &moved).expect("a copy");
        let told = stderr(&ends(&place, "merge day", 5));
        assert!(told.contains("moved.ties (search ") && told.contains("move them"), "{told}");
        let listed = stdout(&ends(&place, "shards day", 0));
        assert!(
            listed.contains("foreign  ") && listed.contains("day cannot be merged"),
            "{listed}"
        );
        fs::remove_file(moved).expect("a copy");
        fs::remove_dir_all(place.join("other")).expect("a folder");
    }
    fs::create_dir(place.join("full")).expect("a folder");
    fs::write(place.join("full").join("note"), "mine").expect("a file");
    let told = stderr(&ends(&place, &format!("ties {MORNING} --out full --shard 1/2"), 3));
    assert!(told.contains("full is not empty and has no search"), "{told}");
    fs::write(place.join("day").join("ties.json"), "{").expect("a file");
    let told = stderr(&ends(&place, "merge day", 3));
    assert!(told.contains("ties.json is damaged"), "{told}");
    let told = stderr(&ends(&place, &format!("ties {MORNING} --shard 1/2"), 2));
    assert!(told.contains("--out"), "{told}");
}
