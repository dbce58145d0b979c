//! What is wrong in words, in files and in runs is told with its remedy.

use super::{flagfall, json, run, stderr, stdout};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

#[test]
fn durations_come_from_files_and_standard_input() {
    let folder = std::env::temp_dir().join(format!("flagfall-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("rides.txt");
    std::fs::write(&file, "# seconds\n2, 5\n1.5 # the third\n\n250ms\n").expect("a file");
    let path = file.display();
    let day = json(&format!("run taxi --durations-file {path} --json -q"));
    assert_eq!(day["durations"], serde_json::json!([2, 5, 1.5, 0.25]));

    let mut child = flagfall("run taxi --durations-file - --json -q")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command runs");
    child.stdin.take().expect("a pipe").write_all(b"3 4").expect("the text is read");
    let output = child.wait_with_output().expect("an output");
    let day: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(day["durations"], serde_json::json!([3, 4]));

    std::fs::write(&file, "2\n3, x5\n").expect("a file");
    check_failure(
        &format!("run taxi --durations-file {path}"),
        3,
        "line 2, column 4: `x5` is not a time",
    );
    std::fs::write(&file, "# nothing\n").expect("a file");
    check_failure(&format!("run taxi --durations-file {path}"), 3, "no durations");
    std::fs::write(&file, [0xff, 0xfe, 0x00]).expect("a file");
    check_failure(&format!("run taxi --durations-file {path}"), 3, "cannot read");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    check_failure(&format!("run taxi --durations-file {path}"), 3, "cannot read");
}

fn check_failure(arguments: &str, code: i32, message: &str) {
    let output = run(arguments);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {told}");
    assert!(told.contains(message), "{arguments}: {told}");
    assert_eq!(stdout(&output), "", "{arguments}");
}

#[test]
fn mistakes_are_named_with_their_remedy() {
    for (arguments, message) in [
        ("run", "Usage: flagfall run"),
        ("", "Usage: flagfall"),
        ("run taxis", "a similar subcommand exists: 'taxi'"),
        ("run taxi --sed 1", "a similar argument exists: '--seed'"),
        ("run taxi --seed -1", "'-1'"),
        ("run taxi --latency 5", "5s, 5ms"),
        ("run taxi --latency uniform:2ms..1ms", "write the shorter latency first"),
        ("run taxi --every -1s", "'-1'"),
        ("run taxi --durations 1,2,x", "`x` is not a time"),
        ("run taxi --durations 1,-2", "negative"),
        ("run taxi --durations ,", "missing before a comma"),
        ("run taxi --durations 1,,2", "missing before a comma"),
        ("run taxi --drivers A,A", "two drivers named A"),
        ("run taxi --drivers A,,B", "without a name"),
        ("run taxi --latency fast", "uniform:1ms..3ms"),
        ("run parameter-server --gradient 1e308", "--gradient 1e308 is too large"),
        ("run taxi --durations 1 --rides 5", "cannot be used with"),
        ("run taxi --ride-seconds 5..=1", "write the smaller number first"),
        ("run taxi --ride-seconds 1-5", "write 1..=5"),
        ("run taxi --price 1,25", "at most six decimals"),
        ("run taxi --price 1 --commission 2", "the taxi would pay to drive"),
        ("run taxi --poll-every 0s", "--poll-every is 0"),
        ("run taxi --durations 10000000000", "give --polls"),
        ("run taxi --startup 18446744073s", "give --polls"),
        ("run taxi --durations 1#2", "unknown unit"),
        ("run taxi --price 18000000000000", "at most a thousand million"),
        ("run messages --stagger 200000d --workers 5", "584 years"),
        ("run parameter-server --dimension 18446744073709551615", "--dimension"),
        ("run taxi --cpus 0", "0 is not in 1.."),
        ("run queue --servers 0", "0 is not in 1.."),
        ("run queue --load 0", "--load is 0: write a number above 0"),
        ("run queue --load NaN", "--load is NaN"),
        ("run queue --load inf", "--load is inf"),
        ("run queue --load=-1", "--load is -1"),
        ("run queue --load 1e10", "more often than every nanosecond"),
        ("run queue --load 1e-12", "after the end of time"),
        ("run queue --service 0s", "--service is 0"),
        ("run queue --service-law normal", "`normal` is not a law of services: write exponential"),
        ("run queue --service-law erlang:0", "1 to 1000 phases"),
        ("run taxi --link a=1ms", "FROM->TO=LATENCY"),
        ("run taxi --summary", "--json"),
        ("run taxi --lang de", "[possible values: fr, en]"),
        ("run actor-tree --crash 7@1s", "numbered from 0 to 2"),
        ("run actor-tree --crash 1", "WORKER@TIME"),
        ("run actor-tree --workers 40", "raise --done, or give --states"),
        ("run actor-tree --done 0", "a chance above 0"),
        ("run actor-tree --done NaN", "a chance above 0"),
        ("run actor-tree --states DONE", "1 states for 3 workers"),
        ("run actor-tree --states DONE,done,DONE", "write RUNNING or DONE"),
        ("run parameter-server --gradient inf", "no finite sum"),
        ("run taxi --pace 0", "0.0 is not a pace: give a finite factor above 0"),
        ("run taxi --pace -1", "such as 1 (real time) or 10 (ten times as fast)"),
        ("run taxi --pace inf", "is not a pace"),
        ("run taxi --pace NaN", "is not a pace"),
        ("run taxi --pace fast", "write 1 for real time"),
        ("completions", "<SHELL>"),
    ] {
        check_failure(arguments, 2, message);
    }
}

#[test]
fn runs_that_end_with_an_error_say_how_to_repeat_it() {
    check_failure(
        "run taxi --max-events 50",
        1,
        "the limit of 50 events is reached (event 51, virtual time",
    );
    check_failure("run taxi --max-events 50", 1, "again: flagfall run taxi --max-events 50");
    check_failure("run taxi --max-actors 3", 1, "3 live actors");
    check_failure("run taxi --max-pending 1", 1, "1 pending events");
    check_failure("run taxi --max-mailbox 0 --startup 1s", 1, "0 messages in one mailbox");
    check_failure("run taxi --max-events-per-instant 2 --latency 0", 1, "2 events at one instant");
    check_failure("run messages --end-time 5s", 1, "the end time 5s is passed");
}

#[test]
fn a_link_that_no_actor_has_is_noted() {
    let output = run("run taxi -q --link driver->driver/dispatch=5ms");
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(told.contains("no actor was ever named driver/dispatch;"), "{told}");
    let slow = json("run taxi --json -q --link driver/simulation->driver/dispatcher=1h");
    assert_eq!(slow["measures"]["completed"], 10, "the driver polls until the last ride is over");
}

#[test]
fn a_fleet_beyond_the_limit_is_refused_before_it_fills_the_memory() {
    check_failure("run taxi --fleet 4000000000 --max-actors 1000", 1, "1000 live actors");
}

/// A file of that name with that text, where tests may write.
fn file(name: &str, text: &str) -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn a_fault_plan_is_read_from_a_file_and_reported() {
    let plan = "# nobody hears of it\nlink driver -> nobody loss 1\n\nslow **/taxi[*] by 2";
    let path = file("plan.txt", plan);
    let with = format!("run taxi --durations 2,2 --polls 9 --faults {}", path.display());
    let day = json(&format!("{with} --json -q"));
    assert_eq!(day["faults"], "link driver -> nobody loss 1\nslow **/taxi[*] by 2");
    assert_eq!((&day["lost"], &day["duplicated"]), (&Value::from(0), &Value::from(0)));
    let plain = json("run taxi --durations 2,2 --polls 9 --json -q");
    assert_eq!(plain["faults"], Value::Null);
    assert_ne!(plain["digest"], day["digest"]);
    let talk = stderr(&run(&format!("{with} -v")));
    assert!(talk.contains("link driver -> nobody loss 1"), "{talk}");
    assert!(talk.contains(" 0 lost, 0 duplicated"), "{talk}");
    assert!(talk.contains("note: no actor was ever named nobody"), "{talk}");
}

/// Whoever asks then waits for ever, and the run is no success.
#[test]
fn every_system_survives_a_network_that_loses_everything() {
    let path = file("nothing.txt", "link ** -> ** loss 1");
    for system in ["taxi", "parameter-server", "actor-tree", "messages"] {
        let output = run(&format!("run {system} --faults {} -v", path.display()));
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{system}: {talk}");
        assert!(!talk.contains(" 0 lost"), "{system}: {talk}");
        assert!(talk.contains("note: the fault plan lost "), "{system}: {talk}");
        assert!(
            talk.contains("error: the run got stuck: driver has waited since "),
            "{system}: {talk}"
        );
    }
}

#[test]
fn a_wrong_fault_plan_is_told_with_its_place() {
    let path = file("wrong.txt", "link a -> b loss 0.1\n\ncrash a at noon");
    check_failure(
        &format!("run taxi --faults {}", path.display()),
        3,
        "wrong.txt: line 3, column 12: `noon` is not a latency",
    );
    check_failure("run messages --faults /nowhere/plan.txt", 3, "cannot read /nowhere/plan.txt");
}
