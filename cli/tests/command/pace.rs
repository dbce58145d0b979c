//! `--pace`: the same output at another speed, and what is told about it.

use crate::command::{flagfall, run, stderr, stdout};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

#[test]
fn a_paced_run_takes_its_time_and_prints_the_same() {
    for options in ["taxi", "taxi --json", "taxi --trace", "messages --json", "actor-tree"] {
        let start = Instant::now();
        let paced = run(&format!("run {options} --pace 1000"));
        let secs = if options.starts_with("taxi") { 0.015 } else { 0.0 };
        assert!(start.elapsed().as_secs_f64() > secs, "{options}");
        assert_eq!(paced.status.code(), Some(0), "{options}: {}", stderr(&paced));
        assert_eq!(stdout(&paced), stdout(&run(&format!("run {options}"))), "{options}");
    }
}

#[test]
fn falling_behind_is_told_and_keeping_up_where_all_is_told() {
    // Twenty thousand rides would have to be over in some nanoseconds.
    let output = run("run taxi --fleet 100 --rides 20000 --every 1us --pace 1e12 --json");
    let told = stderr(&output);
    assert!(told.contains("note: fell behind real time at "), "{told}");
    assert!(told.contains(" ms at worst; a lower --pace"), "{told}");
    let failed = run("run taxi --pace 1000 -v --max-events 50");
    assert_eq!(failed.status.code(), Some(1));
    let told = stderr(&failed);
    assert!(told.contains("moves of the clock") && told.contains("again: "), "{told}");
    assert!(!stderr(&run("run taxi -v")).contains("pace: "));
}

#[test]
fn a_paced_trace_is_shown_as_it_happens() {
    let mut child = flagfall("run taxi --trace --pace 0.001")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut first = String::new();
    let out = child.stdout.take().expect("a pipe");
    BufReader::new(out).read_line(&mut first).expect("a line");
    assert_eq!(first, "0.000000000 driver Start\n");
    // The day would take four hours: ending the command is up to its user.
    child.kill().expect("it runs");
    assert!(!child.wait().expect("it ends").success());
}
