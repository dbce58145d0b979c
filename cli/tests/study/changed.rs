//! Studies whose files were changed after they were finished.

use super::{Place, files, stderr, text};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const STUDY: &str = "taxi --rides 5 --set fleet=1,2 --replications 12";

fn report(path: &Path, options: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("report").arg(path).args(options.split_whitespace());
    command.output().expect("it runs")
}

/// Every file of a finished study, changed and removed: an error with a code of its own,
/// which names the file and the remedy; the remedy helps.
#[test]
fn what_was_changed_is_an_error_until_it_is_repaired() {
    let place = Place::new("changed");
    let whole = place.swept("days", STUDY);
    let path = place.join("days");
    for name in ["rows.csv", "rows.parquet", "summary.json", "summary.md", "checksums.txt"] {
        let mut flipped = whole[name].clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let longer = [&whole[name][..], b"\n"].concat();
        let shorter = whole[name][..whole[name].len() - 1].to_vec();
        for bad in [Some(flipped), Some(longer), Some(shorter), Some(Vec::new()), None] {
            match &bad {
                Some(bad) => fs::write(path.join(name), bad).expect("a file"),
                None => fs::remove_file(path.join(name)).expect("a file"),
            }
            let output = place.sweep("days", STUDY).output().expect("it runs");
            let told = stderr(&output);
            assert_eq!(output.status.code(), Some(4), "{name}: {told}");
            assert!(told.contains(name) && told.contains("--repair"), "{told}");
            assert!(output.stdout.is_empty(), "{name}");
            assert_eq!(files(&path).get(name), bad.as_ref(), "it is left as it was");
            for quiet in ["", "-q"] {
                let output = report(&path, quiet);
                assert_eq!(output.status.code(), Some(4), "{name}: {}", stderr(&output));
                assert!(output.stdout.is_empty(), "{name}");
            }
            assert!(place.swept("days", &format!("{STUDY} --repair")) == whole, "{name}");
            assert!(place.swept("days", STUDY) == whole, "{name}");
        }
    }
}

#[test]
fn a_manifest_that_says_the_same_in_other_words_is_repaired_too() {
    let place = Place::new("respelled");
    let whole = place.swept("days", STUDY);
    let path = place.join("days").join("manifest.json");
    fs::write(&path, text(&whole, "manifest.json") + "\n").expect("a file");
    let output = place.sweep("days", STUDY).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("sweep").args(STUDY.split(' ')).arg("--out").arg(place.join("days"));
    let told = stderr(&command.arg("--repair").output().expect("it runs"));
    assert!(told.contains("written again: manifest.json"), "{told}");
    assert!(told.contains("; 0 of them now"), "its rows are kept: {told}");
    assert!(files(&place.join("days")) == whole);
    fs::write(&path, "{").expect("a file");
    let output = place.sweep("days", STUDY).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("manifest.json is damaged"), "{}", stderr(&output));
}

/// Whoever wants to see it even so is told, on the page as well.
#[test]
fn a_report_of_changed_files_says_so() {
    let place = Place::new("even-so");
    let whole = place.swept("days", STUDY);
    let path = place.join("days");
    let rows = text(&whole, "rows.csv").replacen("\n0,1,3,", "\n0,1,4,", 1);
    assert_ne!(rows, text(&whole, "rows.csv"));
    // The same row twice: a copy of the file's own.
    let rows = text(&whole, "rows.csv").replacen(",0.", ",0.9", 1);
    fs::write(path.join("rows.csv"), rows).expect("a file");
    let told = "Files of this study were changed or removed after it was finished (rows.csv)";
    for options in ["-q --even-if-changed", "-q --even-if-changed --html -"] {
        let output = report(&path, options);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(shown.contains(told), "{options}: {shown}");
    }
    fs::write(path.join("rows.csv"), &whole["rows.csv"]).expect("a file");
    let output = report(&path, "--even-if-changed");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("were changed"));
}
