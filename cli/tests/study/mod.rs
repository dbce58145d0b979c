//! Studies in folders: the same bytes however they are run and interrupted, and nothing
//! lost.

mod antithetic;
mod asked;
mod changed;
mod compared;
mod controlled;
mod damage;
mod divided;
mod exchanged;
mod grids;
mod interrupted;
mod names;
mod numbers;
mod parquet;
mod sharded;
mod shares;
mod spelling;
mod table;
mod threads;
mod unanswered;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder for the folders of studies.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("flagfall-study-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// `flagfall sweep` with those arguments into a folder of that name.
    pub(crate) fn sweep(&self, name: &str, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        command.arg("sweep").args(arguments.split_whitespace()).arg("--quiet");
        command.arg("--out").arg(self.join(name)).current_dir(&self.0);
        command
    }

    /// The same, which is to end well.
    pub(crate) fn swept(&self, name: &str, arguments: &str) -> Files {
        let output = self.sweep(name, arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        files(&self.join(name))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The files of a folder, by name.
type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn files(path: &Path) -> Files {
    let entries = std::fs::read_dir(path).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a file"))
        })
        .collect()
}

pub(crate) fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

const SMALL: &str = "taxi --set fleet=2,4 --set every=0.5s,1s --replications 40";
const COMPLETE: [&str; 7] = [
    ".lock",
    "checksums.txt",
    "manifest.json",
    "rows.csv",
    "rows.parquet",
    "summary.json",
    "summary.md",
];

#[test]
fn the_number_of_threads_changes_no_byte() {
    let place = Place::new("threads");
    for (name, study) in
        [("fixed", SMALL), ("precise", "taxi --set fleet=2,4,6 --precision 2% --of commission")]
    {
        let one = place.swept(&format!("{name}-1"), &format!("{study} --threads 1"));
        assert_eq!(one.keys().collect::<Vec<_>>(), COMPLETE);
        for threads in [2, 4] {
            let other = format!("{name}-{threads}");
            let other = place.swept(&other, &format!("{study} --threads {threads}"));
            assert!(one == other, "{study} on {threads} threads");
        }
    }
}

#[test]
fn a_row_is_the_run_that_it_says() {
    let place = Place::new("rows");
    let swept = place.swept("days", SMALL);
    let manifest: serde_json::Value =
        serde_json::from_slice(&swept["manifest.json"]).expect("JSON");
    let mut rows = csv::Reader::from_reader(&swept["rows.csv"][..]);
    let names = rows.headers().expect("names").clone();
    let at = |name: &str| names.iter().position(|known| known == name).expect(name);
    for row in rows.records().map(|row| row.expect("a row")).step_by(23) {
        let point = &manifest["points"][row[0].parse::<usize>().expect("a point")];
        let words = point["run"].as_array().expect("words").iter();
        let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        command.args(words.map(|word| word.as_str().expect("a word")));
        command.arg(format!("--replication={}", &row[at("replication")]));
        let output = command.args(["--json", "--summary"]).output().expect("it runs");
        let run: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(run["digest"], row[at("digest")]);
        assert_eq!(
            run["measures"]["commission"].to_string().parse::<f64>(),
            row[at("commission")].parse()
        );
        assert_eq!(run["measures"]["refused"].to_string(), row[at("refused")]);
    }
}

#[test]
fn given_again_it_says_what_is_there() {
    let place = Place::new("again");
    let first = place.swept("days", SMALL);
    let output = place.sweep("days", SMALL).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    // A table for a terminal; Markdown is in the folder.
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(shown.contains("─────") && !shown.contains('|'), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
    assert!(first == files(&place.join("days")));
    // Without --out, the folder's name comes from what decides the rows.
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args("sweep taxi --replications 3".split(' ')).current_dir(place.join("."));
    let output = command.output().expect("it runs");
    assert!(stderr(&output).contains(" in taxi-"), "{}", stderr(&output));
    let output = command.args(["--threads", "1"]).output().expect("it runs");
    assert!(stderr(&output).contains("has all 3 rows already"), "{}", stderr(&output));
}

#[test]
fn failures_are_rows_and_can_be_tried_again() {
    let place = Place::new("failures");
    // Some days take more events than others.
    let study = "taxi --rides 20 --set fleet=3,4 --replications 60";
    let limited = format!("{study} --max-events 217");
    let output = place.sweep("days", &limited).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let rows = text(&files(&place.join("days")), "rows.csv");
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let names = reader.headers().expect("names").clone();
    let at = |name: &str| names.iter().position(|known| known == name).expect(name);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let failed: Vec<_> = rows.iter().filter(|row| !row[at("error")].is_empty()).collect();
    assert!(!failed.is_empty() && failed.len() < rows.len(), "{} of 120", failed.len());
    assert!(stderr(&output).contains(&format!("{} of 120 replications failed", failed.len())));
    // The row's command repeats its error.
    let replay = failed[0][at("replay")].strip_prefix("flagfall ").expect("a command");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    let again = command.args(replay.split(' ')).output().expect("it runs");
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains(&failed[0][at("error")]), "{}", stderr(&again));
    // Another limit would make other failures under one name.
    for other in [study.to_owned(), format!("{study} --max-events 300")] {
        let output = place.sweep("days", &other).output().expect("it runs");
        assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
        let told = stderr(&output);
        assert!(
            told.contains("max-events `217` there") && told.contains("--retry-failed"),
            "{told}"
        );
    }
    // Without the limit, only those are run, and it is as if it had never been there.
    let mut retry = place.sweep("days", &format!("{study} --retry-failed"));
    let output = retry.output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(files(&place.join("days")) == place.swept("unlimited", study));
}

#[test]
fn other_studies_and_other_folders_are_refused() {
    let place = Place::new("other");
    let study = place.swept("days", SMALL);
    let refused = |name: &str, arguments: &str, wanted: &str| {
        let output = place.sweep(name, arguments).output().expect("it runs");
        let code = if name == "days" { 5 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{arguments}");
        assert!(stderr(&output).contains(wanted), "{}", stderr(&output));
    };
    refused("days", "taxi --set fleet=2,4 --replications 40", "holds another study: grid");
    refused("days", &format!("{SMALL} --seed 1"), "seed 42 there, 1 here");
    refused("days", &format!("{SMALL} --rides 11"), "rides not given there, `11` here");
    assert!(study == files(&place.join("days")));
    std::fs::create_dir(place.join("home")).expect("a folder");
    std::fs::write(place.join("home").join("diary.txt"), "dear").expect("a file");
    refused("home", SMALL, "is not empty and is not a study");
    refused("home/diary.txt", SMALL, "cannot make the folder");
    assert_eq!(files(&place.join("home")).len(), 1);
    let manifest = text(&study, "manifest.json").replace("\"format\": 3", "\"format\": 9");
    std::fs::write(place.join("days").join("manifest.json"), manifest).expect("a file");
    refused("days", SMALL, "(format 9)");
}

#[test]
fn mistakes_are_told_before_anything_is_run() {
    let place = Place::new("mistakes");
    for (arguments, wanted) in [
        ("taxi --set flet=2", "did you mean fleet?"),
        ("taxi --set fleet=2,x", "invalid value 'x' for '--fleet"),
        ("taxi --set fleet=2 --set fleet=3", "fleet varies twice"),
        ("taxi --set quiet=1", "no option quiet that can vary"),
        ("taxi --set replication=1,2", "--replications"),
        ("taxi --set price=1,0.1", "above the price"),
        ("taxi --replications 0", "0 is not in"),
        ("taxi --precision -1%", "is not a precision"),
        ("taxi --precision 1% --replications 5", "cannot be used with"),
        ("taxi --of commission", "--precision"),
        ("taxi --precision 1% --of profit", "there is no measure profit; there are rides"),
        ("taxi --level 95", "is not a confidence level"),
        ("taxi --record x", "--record is for one run"),
        ("taxi --faults - --set fleet=1,2", "standard input can be read once"),
        ("taxi --replications 9223372036854775807", "is not in"),
        ("taxi --replication 3", "--replication is for one run"),
    ] {
        let output = place.sweep("none", arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments}: {}", stderr(&output));
        assert!(stderr(&output).contains(wanted), "{arguments}: {}", stderr(&output));
    }
}

#[test]
fn a_precision_that_is_not_reached_is_told() {
    let place = Place::new("short");
    let study = "taxi --set fleet=2,4 --precision 0.1% --most 20 --of refused_share";
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("sweep").args(study.split(' ')).arg("--out").arg(place.join("days"));
    let told = stderr(&command.output().expect("it runs"));
    assert!(told.contains("the precision may not be reached at point 0, 1"), "{told}");
}

#[test]
fn what_has_not_varied_is_looked_at_for_longer() {
    let place = Place::new("rare");
    // Most days with five taxis have no refusal, and some have: the truth is 0.0154.
    let study = "taxi --precision 0.002 --of refused_share --fleet 5 --set seed=4,5,8";
    let summary = place.swept("days", study);
    let summary: serde_json::Value =
        serde_json::from_slice(&summary["summary.json"]).expect("JSON");
    for point in summary["points"].as_array().expect("points") {
        let refused = &point["measures"][2];
        assert_eq!(refused["name"], "refused_share");
        let (low, high) = (refused["low"].as_f64(), refused["high"].as_f64());
        assert!(low < Some(0.0154) && Some(0.0154) < high, "{refused}");
    }
}
