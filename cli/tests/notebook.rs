//! The other three systems against what the notebook printed on real Ray.

use crate::support::{fixture, json};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// The lines that one system printed in a record, without their times.
fn recorded_lines(record: &Value, system: &str) -> Vec<String> {
    let lines: Vec<&str> = record["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| line[1].as_str())
        .collect();
    let is_of = |at: usize| match system {
        "parameter-server" => lines[at].contains(" params: "),
        "actor-tree" => lines[at].starts_with("['DONE'") || lines[at].starts_with("['RUNNING'"),
        "messages" => lines[at] == "New messages" || lines[at].starts_with(": "),
        other => panic!("no system {other}"),
    };
    (0..lines.len()).filter(|&at| is_of(at)).map(|at| lines[at].to_owned()).collect()
}

fn printed(options: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .arg("run")
        .args(options)
        .arg("-q")
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[test]
fn every_record_is_printed_line_by_line_under_its_options() {
    let records = json("ray/notebook_stdout.json");
    let reproductions = json("ray/reproductions.json");
    let mut covered = BTreeSet::new();
    for run in reproductions["runs"].as_array().expect("runs") {
        let name = run["record"].as_str().expect("a record");
        let mut options: Vec<&str> = run["options"].as_str().expect("options").split(' ').collect();
        let system = options[0];
        let expected = recorded_lines(&records["runs"][name], system);
        assert!(!expected.is_empty(), "{name} {system}");
        // A tree's states are random: it is given those of the record.
        let states = expected.join(";").replace(['[', ']', '\'', ' '], "");
        if system == "actor-tree" {
            options.extend(["--states", &states]);
        }
        assert_eq!(printed(&options), expected, "{name}: {options:?}");
        covered.insert((name.to_owned(), system.to_owned()));
    }
    for run in reproductions["not_reproduced"].as_array().expect("runs") {
        let text = |key: &str| run[key].as_str().expect("a text").to_owned();
        covered.insert((text("record"), text("system")));
    }
    // No record may be left out.
    for (name, record) in records["runs"].as_object().expect("runs") {
        for system in ["parameter-server", "actor-tree", "messages"] {
            let of_system = !recorded_lines(record, system).is_empty();
            assert_eq!(
                of_system,
                covered.contains(&(name.clone(), system.to_owned())),
                "{name} {system}"
            );
        }
    }
}

/// How many recorded runs of a system one start-up of its processes prints
/// line by line, all other options being the defaults.
fn explained(records: &Value, system: &str, startup: &str) -> usize {
    let of_system = |(name, record): (&String, &Value)| {
        let expected = recorded_lines(record, system);
        let cpus = if name.contains("8cpu") { "8" } else { "2" };
        let options = [system, "--cpus", cpus, "--startup", startup];
        !expected.is_empty() && printed(&options) == expected
    };
    let runs = records["runs"].as_object().expect("runs");
    runs.iter().filter(|(name, record)| of_system((name, record))).count()
}

#[test]
fn no_other_start_up_explains_more_records_than_the_default() {
    let records = json("ray/notebook_stdout.json");
    for (system, of_default) in [("parameter-server", 3), ("messages", 3)] {
        assert_eq!(explained(&records, system, "365ms"), of_default, "{system}");
        for millis in [0, 5, 15, 100, 200, 300, 450, 550, 700, 850, 1_000, 1_050, 1_200] {
            let others = explained(&records, system, &format!("{millis}ms"));
            assert!(others <= of_default, "{system} at {millis} ms: {others}");
        }
    }
}

#[test]
fn empty_polls_are_what_starved_workers_leave() {
    let records = json("ray/notebook_stdout.json");
    let expected = recorded_lines(&records["runs"]["s0_whole_2cpu"], "messages");
    assert_eq!(printed(&["messages", "--workers", "0"]), expected);
}

#[test]
fn with_two_cpus_the_third_worker_starts_after_150_seconds() {
    let output = Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .args(["run", "parameter-server", "--cpus", "2", "--polls", "310", "--json", "-q"])
        .output()
        .expect("the command runs");
    let run: Value = serde_json::from_slice(&output.stdout).expect("one object");
    let starts: Vec<f64> = run["worker_starts_s"]
        .as_array()
        .expect("starts")
        .iter()
        .map(|start| start.as_f64().expect("started"))
        .collect();
    assert!(starts[0] < 1.0 && starts[1] < 1.0, "{starts:?}");
    assert!((starts[2] - starts[0] - 150.0).abs() < 0.01, "{starts:?}");
    assert_eq!(run["parameters"][0], -300.0, "all three have sent 100 gradients");
    // From second 150 on one worker is alone: one update a read and a half.
    let at = |second: usize| run["reads"][second][1][0].as_f64().expect("a number");
    assert_eq!((at(149), at(152), at(155)), (-198.0, -201.0, -203.0));
}

#[test]
fn the_fixtures_are_the_recordings() {
    // A recording that was touched up would prove nothing.
    for (name, digest) in [
        ("ray/taxi_runs.json", TAXI_RUNS),
        ("ray/notebook_stdout.json", NOTEBOOK),
        ("ray/kill_race.json", KILL_RACE),
    ] {
        let found = twox_hash::XxHash3_128::oneshot(fixture(name).as_bytes());
        assert_eq!(format!("{found:032x}"), digest, "{name}");
    }
}

const TAXI_RUNS: &str = "228ee8aaa73b2405933d06da8975b10e";
const NOTEBOOK: &str = "5e2a6df9b1cc9c81f93c5b251ae9c4c7";
const KILL_RACE: &str = "25923010bea165f1528a7e53aecc245f";
