//! Logs that were torn or damaged: what is behind is run again, nothing is doubled.

use super::{Place, files, text};
use proptest::prelude::*;
use std::fs;
use std::sync::OnceLock;

const STUDY: &str = "taxi --rides 5 --set fleet=1,2 --replications 12";

/// The log of a study that was killed after its last row, and the files that it comes to.
fn log() -> &'static (Vec<u8>, super::Files) {
    static LOG: OnceLock<(Vec<u8>, super::Files)> = OnceLock::new();
    LOG.get_or_init(|| {
        let place = Place::new("log");
        let whole = place.swept("whole", STUDY);
        // What fails leaves the log: an error in the last file that is written.
        let path = place.join("cut");
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("manifest.json"), &whole["manifest.json"]).expect("a file");
        fs::create_dir(path.join("summary.json.partial")).expect("a folder in the way");
        let output = place.sweep("cut", STUDY).output().expect("it runs");
        assert_eq!(output.status.code(), Some(3), "{}", super::stderr(&output));
        (fs::read(path.join("rows.log")).expect("a log"), whole)
    })
}

/// What a study comes to that begins with such a log.
fn gone_on(place: &Place, bytes: &[u8]) -> super::Files {
    let path = place.join("days");
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    fs::write(path.join("manifest.json"), &log().1["manifest.json"]).expect("a file");
    fs::write(path.join("rows.log"), bytes).expect("a file");
    place.swept("days", STUDY)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_torn_log_is_cut(length in any::<prop::sample::Index>(), zeros in 0_usize..50) {
        let (log, whole) = log();
        let place = Place::new("torn");
        let mut torn = log[..length.index(log.len() + 1)].to_vec();
        // After a power failure there may be zeros where something was to be written.
        torn.resize(torn.len() + zeros, 0);
        prop_assert!(gone_on(&place, &torn) == *whole);
    }

    #[test]
    fn a_changed_byte_costs_what_is_behind_it(
        place in any::<prop::sample::Index>(), change in 1_u8..=255,
    ) {
        let (log, whole) = log();
        let mut damaged = log.clone();
        damaged[place.index(log.len())] ^= change;
        prop_assert!(gone_on(&Place::new("byte"), &damaged) == *whole);
    }
}

#[test]
fn rows_in_the_log_are_not_run_again() {
    let (log, whole) = log();
    let place = Place::new("kept");
    let path = place.join("days");
    fs::create_dir_all(&path).expect("a folder");
    fs::write(path.join("manifest.json"), &whole["manifest.json"]).expect("a file");
    fs::write(path.join("rows.log"), log).expect("a file");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("sweep").args(STUDY.split(' ')).arg("--out").arg(&path);
    let output = command.output().expect("it runs");
    let told = super::stderr(&output);
    assert!(told.contains("has 24 rows already: going on"), "{told}");
    assert!(told.contains("; 0 of them now"), "{told}");
    assert!(files(&path) == *whole);
}

#[test]
fn a_log_of_another_study_is_refused() {
    let (_, whole) = log();
    let place = Place::new("strange");
    let path = place.join("days");
    fs::create_dir_all(&path).expect("a folder");
    fs::write(path.join("manifest.json"), &whole["manifest.json"]).expect("a file");
    let line = format!("study \"{}\"", "0".repeat(32));
    let check = twox_hash::XxHash3_64::oneshot(line.as_bytes());
    fs::write(path.join("rows.log"), format!("{check:016x} {line}\n")).expect("a file");
    let output = place.sweep("days", STUDY).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    let told = super::stderr(&output);
    assert!(told.contains("it has the rows of another study"), "{told}");
}

#[test]
fn changed_rows_of_a_complete_study_are_refused() {
    let (_, whole) = log();
    let place = Place::new("complete");
    place.swept("days", STUDY);
    let path = place.join("days");
    for (name, from, to, wanted) in [
        ("rows.csv", "\n0,1,3,", "\n0,1,4,", "rows.csv was changed or removed after"),
        ("summary.json", "{", "", "summary.json was changed or removed after"),
        ("manifest.json", "\"seed\": 42", "\"seed\": \"x\"", "manifest.json is damaged"),
        ("checksums.txt", "  ", " ", "checksums.txt is damaged: line 1 is no checksum"),
    ] {
        let good = text(whole, name);
        let bad = good.replacen(from, to, 1);
        assert_ne!(good, bad, "{name}: {from}");
        fs::write(path.join(name), &bad).expect("a file");
        let output = place.sweep("days", STUDY).output().expect("it runs");
        let told = super::stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(wanted), "{told}");
        assert_eq!(bad, text(&files(&path), name), "it is left as it was");
        fs::write(path.join(name), good).expect("a file");
    }
    // A list that was cut off vouches for nothing.
    for lines in [0, 2] {
        fs::write(path.join("rows.csv"), "mine").expect("a file");
        let list: Vec<&str> =
            std::str::from_utf8(&whole["checksums.txt"]).expect("text").lines().collect();
        fs::write(path.join("checksums.txt"), list[..lines].join("\n")).expect("a file");
        let output = place.sweep("days", STUDY).output().expect("it runs");
        let told = super::stderr(&output);
        assert!(told.contains(" was changed or removed after"), "{told}");
    }
    // As the error says: without the checksums all is run again.
    fs::write(path.join("rows.csv"), "mine").expect("a file");
    fs::remove_file(path.join("checksums.txt")).expect("a file");
    assert!(place.swept("days", STUDY) == *whole);
}

#[test]
fn what_the_rows_say_is_written_again() {
    let (_, whole) = log();
    let place = Place::new("derived");
    place.swept("days", STUDY);
    let path = place.join("days");
    fs::remove_file(path.join("rows.parquet")).expect("a file");
    fs::write(path.join("summary.md"), "it went well").expect("a file");
    fs::write(path.join("manifest.json"), text(whole, "manifest.json") + "\n").expect("a file");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("sweep").args(STUDY.split(' ')).arg("--out").arg(&path);
    let told = super::stderr(&command.output().expect("it runs"));
    let names = "from the rows: manifest.json, rows.parquet, summary.md";
    assert!(told.contains(names) && told.contains("; 0 of them now"), "{told}");
    assert!(files(&path) == *whole);
    // Once whole, nothing is written.
    let told = super::stderr(&command.output().expect("it runs"));
    assert!(told.contains("nothing was run") && !told.contains("note:"), "{told}");
}

/// The study that reports are tested on: made by `sweep`, with one row that failed as no
/// model here does.
#[test]
fn the_reported_study_is_one_of_ours() {
    let place = Place::new("fixture");
    let path = place.join("study");
    fs::create_dir_all(&path).expect("a folder");
    let study = "taxi --rides 60 --set fleet=2,4,8 --set every=0.5s,1s --replications 15";
    let whole = place.swept("whole", study);
    fs::write(path.join("manifest.json"), &whole["manifest.json"]).expect("a file");
    // Columns come before any row that has them; this row has none.
    let error = "a panic in a handler: </script><b>bold</b> <!-- & \u{2028} done";
    let lines = [
        format!(
            "study {}",
            serde_json::from_slice::<serde_json::Value>(&whole["manifest.json"]).expect("JSON")["study"]
        ),
        format!("failed {}", serde_json::json!([1, 5, error])),
    ];
    let checked = lines
        .map(|line| format!("{:016x} {line}\n", twox_hash::XxHash3_64::oneshot(line.as_bytes())));
    fs::write(path.join("rows.log"), checked.concat()).expect("a file");
    let output = place.sweep("study", study).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", super::stderr(&output));
    let made = files(&path);
    for name in ["manifest.json", "rows.csv", "summary.json"] {
        crate::support::check_golden(&format!("study/{name}"), &text(&made, name));
    }
}
