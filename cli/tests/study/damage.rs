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
    fs::write(path.join("rows.log"), written(&"0".repeat(32), &[])).expect("a file");
    let output = place.sweep("days", STUDY).output().expect("it runs");
    assert_eq!(output.status.code(), Some(5));
    let told = super::stderr(&output);
    assert!(told.contains("rows.log does not belong to the manifest.json"), "{told}");
}

/// A log of that study with those lines.
fn written(study: &str, lines: &[String]) -> String {
    let first = format!(
        "study {{\"format\":3,\"flagfall\":\"0.1.0\",\"study\":\"{study}\",\"limits\":{{}}}}"
    );
    let seed = twox_hash::XxHash3_64::oneshot(first.as_bytes());
    let mut log = format!("{seed:016x} {first}\n");
    for line in lines {
        let check = twox_hash::XxHash3_64::oneshot_with_seed(seed, line.as_bytes());
        log += &format!("{check:016x} {line}\n");
    }
    log
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
    let manifest: serde_json::Value =
        serde_json::from_slice(&whole["manifest.json"]).expect("JSON");
    let failed = format!("failed {}", serde_json::json!([1, 5, error]));
    let log = written(manifest["study"].as_str().expect("a hash"), &[failed]);
    fs::write(path.join("rows.log"), log).expect("a file");
    let output = place.sweep("study", study).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", super::stderr(&output));
    let made = files(&path);
    for name in ["manifest.json", "rows.csv", "summary.json", "summary.md"] {
        crate::support::check_golden(&format!("study/{name}"), &text(&made, name));
    }
    // A build without Parquet leaves it out.
    if cfg!(feature = "parquet") {
        crate::support::check_golden("study/checksums.txt", &text(&made, "checksums.txt"));
        let recorded = crate::support::fixture_path("study").join("rows.parquet");
        if std::env::var_os("FLAGFALL_BLESS").is_some() {
            fs::write(&recorded, &made["rows.parquet"]).expect("a file");
        }
        assert!(fs::read(recorded).expect("a file") == made["rows.parquet"]);
    }
}
