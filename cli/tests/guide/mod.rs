//! The pages of the guide: every command on them runs, and prints what they show.

mod page;
mod readme;

use page::{Folder, matches};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn what_is_left_out_is_all_that_may_differ() {
    assert!(matches(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(matches(&["a", "...", "b"], &["a", "b"]));
    assert!(matches(&["...", "x...z"], &["a", "xyz"]));
    assert!(!matches(&["a"], &["a", "b"]));
    assert!(!matches(&["a", "...", "c"], &["a", "b"]));
    assert!(!matches(&["x...z"], &["xy"]));
    assert!(!matches(&["x...y...z"], &["xz"]));
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_flagfall");

fn command(line: &str, folder: &Path) -> Command {
    let words = line.strip_prefix("flagfall ").unwrap_or_else(|| panic!("`{line}` runs another"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(words.split_whitespace()).current_dir(folder);
    command
}

/// Runs all of a page of the guide in one folder.
fn follow(name: &str) -> Folder {
    let folder = Folder::new(&format!("guide-{name}"));
    page::follow(PROGRAM, name, &page(name), &folder.0);
    folder
}

fn page(name: &str) -> String {
    let path = crate::support::fixture_path(&format!("../cli/src/guide/{name}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_tutorial() {
    let folder = follow("tutorial");
    let html = std::fs::read_to_string(folder.0.join("taxis.html")).expect("a page");
    assert!(html.contains("refused_share"));
}

#[test]
fn the_tasks() {
    let folder = follow("studies");
    // What was killed, with some of its rows, and gone on with is what was never killed.
    for file in ["rows.csv", "rows.parquet", "summary.json", "summary.md"] {
        let [nightly, whole] = ["nightly", "whole"].map(|study| folder.0.join(study).join(file));
        let [nightly, whole] = [nightly, whole].map(|path| std::fs::read(path).expect("a file"));
        assert!(nightly == whole, "{file} differs");
    }
}

/// The mean of a measure at the only point of a study.
fn interval(folder: &Path, study: &str, measure: &str) -> [f64; 2] {
    let text = std::fs::read_to_string(folder.join(study).join("summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let measures = summary["points"][0]["measures"].as_array().expect("measures");
    let found = measures.iter().find(|found| found["name"] == measure).expect("the measure");
    ["low", "high"].map(|end| found[end].as_f64().expect("a number"))
}

#[test]
fn the_statistics() {
    let folder = follow("statistics");
    let [low, high] = interval(&folder.0, "many", "mean_wait");
    assert!(low < 1.406 && 1.406 < high, "{low} {high}");
}

#[test]
fn the_pages_are_those_of_the_room() {
    let folder = crate::support::fixture_path("../cli/src/guide");
    let entries = std::fs::read_dir(folder).expect("src/guide");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names: BTreeSet<String> = names.map(|name| name.into_string().expect("UTF-8")).collect();
    let known = ["mod.rs", "statistics.md", "studies.md", "tutorial.md"].map(str::to_owned);
    assert_eq!(names, known.into(), "a page without a test");
}

#[test]
fn the_fewest_replications_are_made_however_precise() {
    let folder = Folder::new("fewest");
    let count = |options: &str| {
        let line =
            format!("flagfall sweep taxi --set fleet=5,6 --of refused_share {options} --json");
        let output = command(&line, &folder.0).output().expect("the command runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        [0, 1].map(|point| summary["points"][point]["replications"].as_u64().expect("a number"))
    };
    // With six taxis no ride is refused, which is known that precisely after 368 days:
    // (0.05 / 2)^(1/368) is 0.990.
    let [ten, never] = count("--precision 0.01 --out ten");
    assert!((10..300).contains(&ten), "{ten}");
    assert_eq!(never, 368);
    let [rare, never] = count("--precision 0.005 --fewest 400 --out more");
    assert_eq!((rare, never), (400, 736));
    let [rare, _] = count("--precision 0.005 --fewest 50 --out fifty");
    assert!(rare > 50, "with refusals among fifty days, fifty are too few: {rare}");
}

#[test]
fn what_cannot_be_begun_leaves_no_folder() {
    let folder = Folder::new("not-begun");
    for (options, told) in [
        ("--precision 1% --of refusals", "there is no measure refusals; there are rides, refused"),
        ("--precision 1% --fewest 20 --most 10", "--fewest 20 is more than --most 10"),
        ("--fewest 20", "--precision"),
        ("--fewest 20 --replications 30", "cannot be used with"),
        ("--precision 1% --fewest 1", "1 is not in 2.."),
    ] {
        let line = format!("flagfall sweep taxi --out study {options}");
        let output = command(&line, &folder.0).output().expect("the command runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{options}: {stderr}");
        assert!(stderr.contains(told), "{options}: {stderr}");
        assert!(!folder.0.join("study").exists(), "{options} left a folder");
    }
}
