//! Runs made again: replay and verify.

use super::{folder, shown, within};
use crate::command::{flagfall, run, stderr, stdout};
use serde_json::Value;
use std::process::Stdio;

#[test]
fn a_run_whose_files_changed_is_told_so() {
    let folder = folder("trace-changed");
    std::fs::write(folder.join("rides"), "2\n3\n").expect("a file");
    shown(&folder, "run taxi --durations-file rides --record day -q");
    shown(&folder, "replay day");
    std::fs::write(folder.join("rides"), "2\n4\n").expect("a file");
    let (code, out, talk) = within(&folder, "replay day");
    assert_eq!(code, 1);
    assert!(talk.contains("note: changed: the parameters"), "{talk}");
    assert!(out.contains("AssignRide { duration: 3s }"), "{out}");
    assert!(out.contains("AssignRide { duration: 4s }"), "{out}");
    std::fs::remove_file(folder.join("rides")).expect("it goes");
    let (code, _, talk) = within(&folder, "replay day");
    assert_eq!(code, 3);
    assert!(talk.contains("cannot read rides"), "{talk}");
}

#[test]
fn a_scenario_file_is_kept_with_its_contents() {
    let folder = folder("trace-scenario");
    std::fs::write(folder.join("day.toml"), "model = \"taxi\"\nseed = 7\n").expect("a file");
    shown(&folder, "run day.toml --rides 4 -q --record day");
    std::fs::remove_file(folder.join("day.toml")).expect("it goes");
    let summary = shown(&folder, "trace day --summary");
    assert!(
        summary.contains("command     flagfall run taxi --seed=7 --rides=4 --quiet\n"),
        "{summary}"
    );
    assert!(shown(&folder, "replay day").starts_with("equal: "));
}

#[test]
fn input_that_is_gone_cannot_be_replayed() {
    let folder = folder("trace-stdin");
    let mut child = flagfall("run taxi --durations-file - --record day -q")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the command runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), b"2,3").expect("read");
    assert!(child.wait().expect("it ends").success());
    let (code, _, talk) = within(&folder, "replay day");
    assert_eq!(code, 3);
    assert!(talk.contains("reads standard input, which is gone"), "{talk}");
}

#[test]
fn verification_agrees_for_every_system() {
    for system in ["taxi", "parameter-server --epochs 5", "actor-tree", "messages"] {
        let arguments = format!("verify {system} --latency uniform:1ms..3ms --threads 2");
        let output = run(&arguments);
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{arguments}: {talk}");
        assert!(stdout(&output).starts_with("equal: "), "{arguments}");
        assert!(talk.contains("2 runs one after another and 2 side by side"), "{talk}");
        assert!(talk.contains("all equal, digest "), "{talk}");
    }
    let output = run("verify taxi --runs 1 --threads 0 --json -q");
    let told: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!(told["equal"], true);
    assert_eq!(stderr(&output), "");
    // Runs that fail alike are equal, and have failed.
    let output = run("verify taxi --max-events 50");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "equal: 50 records\n");
    assert!(stderr(&output).contains("the limit of 50 events"), "{}", stderr(&output));
}

/// The index of a damaged trace may still be whole.
#[test]
fn a_damaged_trace_is_not_replayed() {
    let folder = folder("trace-damaged");
    shown(&folder, "run taxi --record a -q");
    let mut bytes = std::fs::read(folder.join("a")).expect("the trace");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(folder.join("b"), bytes).expect("a damaged copy");
    for command in ["replay b", "trace b --check", "trace b"] {
        let (code, _, talk) = within(&folder, command);
        assert_eq!(code, 3, "{command}");
        assert!(talk.contains("damaged at byte "), "{command}: {talk}");
    }
}
