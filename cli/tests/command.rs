//! The command: output, options, errors, exit codes, pipes.

use crate::support::fixture_path;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

pub(crate) fn flagfall(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(arguments.split_whitespace());
    command
}

pub(crate) fn run(arguments: &str) -> Output {
    flagfall(arguments).output().expect("the command runs")
}

/// Runs a command whose stdout nobody reads.
pub(crate) fn without_reader(command: &mut Command) -> Output {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    drop(child.stdout.take());
    child.wait_with_output().expect("an output")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn json(arguments: &str) -> Value {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn the_taxi_day_is_printed_as_recorded() {
    crate::support::check_golden("taxi-seed-42.txt", &stdout(&run("run taxi --seed 42")));
}

#[test]
fn readme_shows_what_is_printed_and_its_commands_run() {
    let readme = std::fs::read_to_string(fixture_path("../README.md")).expect("README.md");
    let day = crate::support::fixture("taxi-seed-42.txt");
    assert!(readme.contains(&format!("```text\n{day}```")), "README shows another day");
    let commands = readme.lines().filter_map(|line| line.strip_prefix("cargo run --release -- "));
    let mut ran = 0;
    for command in commands.map(|line| line.split(" #").next().unwrap_or_default()) {
        // The million rides are for a release build.
        if command.contains("1000000") {
            continue;
        }
        let output = run(command);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", stderr(&output));
        ran += 1;
    }
    assert!(ran >= 12, "{ran}");
}

#[test]
fn the_summary_line_is_on_stderr_and_can_be_silenced() {
    let output = run("run taxi --seed 42");
    let line = stderr(&output);
    assert_eq!(line.lines().count(), 1, "{line}");
    for part in ["taxi: seed 42", "virtual time 15.032s", "122 events", "wall", "digest"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert_eq!(stderr(&run("run taxi -q")), "");
    let verbose = stderr(&run("run taxi -v --every 2s"));
    assert!(verbose.starts_with("again: flagfall run taxi -v --every 2s\n"), "{verbose}");
    assert!(verbose.contains("undeliverable") && verbose.contains("events/s"), "{verbose}");
}

#[test]
fn the_same_seed_prints_the_same_and_the_default_is_42() {
    assert_eq!(stdout(&run("run taxi --seed 7")), stdout(&run("run taxi --seed 7")));
    assert_ne!(stdout(&run("run taxi --seed 7")), stdout(&run("run taxi --seed 8")));
    assert_eq!(stdout(&run("run taxi")), stdout(&run("run taxi --seed 42")));
    let help = stdout(&run("run taxi --help"));
    assert!(help.contains("[default: 42]"), "{help}");
}

#[test]
fn taxi_json_has_the_promised_fields() {
    let day = json("run taxi --durations 2,5,1,3,1,4,4,4,4,2 --json -q");
    assert_eq!(day["schema"], "flagfall/run/2");
    assert_eq!(day["system"], "taxi");
    assert_eq!(day["seed"], 42);
    assert_eq!(day["durations"], serde_json::json!([2, 5, 1, 3, 1, 4, 4, 4, 4, 2]));
    assert_eq!(day["messages"].as_array().map(Vec::len), Some(19));
    assert_eq!(day["messages"][0], "Course de 2 secondes envoyée à Daniel");
    assert_eq!(day["polls"].as_array().map(Vec::len), Some(15));
    let ride = serde_json::json!(
        {"index": 9, "duration": 2, "driver": null, "refused": true, "completed": false}
    );
    assert_eq!(day["rides"][9], ride);
    assert_eq!(day["rides"][1]["driver"], "Petra");
    assert_eq!(day["refused"], serde_json::json!([9]));
    assert_eq!(day["measures"]["completed"], 9);
    assert_eq!(day["measures"]["ride_time"], 28);
    assert_eq!(day["measures"]["commission"], 7.0);
    assert_eq!(day["virtual_time_s"], 15.032);
    assert_eq!(day["events"], 118);
    assert_eq!(day["digest"].as_str().map(str::len), Some(32));

    let summary = json("run taxi --durations 2,5,1,3,1,4,4,4,4,2 --json --summary -q");
    assert!(summary.as_object().expect("an object").values().all(|value| !value.is_array()));
    assert_eq!(summary["digest"], day["digest"]);
    assert_eq!(summary["measures"]["commission"], 7.0);
}

#[test]
fn the_other_systems_have_theirs() {
    let reads = json("run parameter-server --json -q");
    assert_eq!(
        reads["reads"][2],
        serde_json::json!([2, [-3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0]])
    );
    let tree = json("run actor-tree --json -q --states RUNNING,DONE,DONE;DONE,DONE,DONE");
    assert_eq!(
        tree["states"],
        serde_json::json!([["RUNNING", "DONE", "DONE"], ["DONE", "DONE", "DONE"]])
    );
    assert_eq!(tree["deaths"].as_array().map(Vec::len), Some(3));
    assert_eq!(tree["deaths"][0]["worker"], "driver/supervisor[0]/worker[0]");
    assert_eq!(tree["deaths"][0]["cause"], "killed");
    let log = json("run messages --json -q");
    assert_eq!(log["polls"][2][0], "Message 0 from worker 0.");
    for system in ["parameter-server", "actor-tree", "messages", "queue"] {
        let summary = json(&format!("run {system} --json --summary -q"));
        assert_eq!(summary["system"], system);
    }
}

#[test]
fn digests_are_those_of_the_library() {
    let recorded = crate::support::fixture("digests.txt");
    for (options, name) in [
        ("taxi", "taxi"),
        ("parameter-server", "parameter-server"),
        ("actor-tree", "actor-tree"),
        ("actor-tree --supervisors 2 --epochs 3 --crash 0@1.5s", "actor-tree with a crash"),
        ("messages", "messages"),
        ("queue", "queue"),
        ("queue --servers 3 --service-law erlang:4 --customers 500", "queue with three servers"),
    ] {
        for list in ["ladder", "priority-queue"] {
            for trace in ["", "--trace"] {
                let run = json(&format!("run {options} --json -q --event-list {list} {trace}"));
                let line = format!(
                    "{name} seed 42 latency 1ms: {} events, {}",
                    run["events"],
                    run["digest"].as_str().expect("a digest"),
                );
                assert!(recorded.lines().any(|recorded| recorded == line), "{line}");
            }
        }
    }
}

#[test]
fn english_is_a_translation() {
    let output = stdout(&run("run taxi --durations 2,1 --fleet 1 --lang en"));
    assert!(output.contains("'Ride of 2 seconds sent to Daniel'"), "{output}");
    assert!(output.contains("'All taxis are busy'"), "{output}");
    assert!(output.contains("'Commission of 0.5 received from Daniel'"), "{output}");
    assert!(output.ends_with("Total commission collected 0.5\n"), "{output}");
}

#[test]
fn traces_have_a_line_for_each_event() {
    let output = stdout(&run("run taxi --trace -q"));
    let first = "0.000000000 driver Start\n";
    assert!(output.starts_with(first), "{output}");
    assert!(output.contains("dispatcher AssignRide { duration: 3s }\n"), "{output}");
    assert!(output.contains("driver/dispatcher/taxi[0] RideOver"), "{output}");
    let traced = run("run taxi --trace --json -q");
    assert_eq!(stderr(&traced).lines().count(), 122);
    assert_eq!(json("run taxi --json -q")["events"], 122);
}

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
        ("run parameter-server --gradient 1e308", "no finite number"),
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
        ("run queue --service-law normal", "`normal` is no law of services: write exponential"),
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
        ("run parameter-server --gradient inf", "no finite number"),
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

#[test]
fn a_closed_pipe_is_not_an_error() {
    for arguments in [
        "run taxi --rides 20000 --every 1ms",
        "run taxi --rides 20000 --trace",
        "run taxi --rides 20000 --json",
    ] {
        let output = without_reader(&mut flagfall(arguments));
        assert_eq!(output.status.code(), Some(0), "{arguments}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{arguments}");
    }
}

#[test]
fn a_full_disk_is_reported() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return; // Linux only.
    };
    let output = flagfall("run taxi -q").stdout(full).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("cannot write the output"), "{}", stderr(&output));
}

#[test]
fn help_version_list_and_completions_are_data() {
    let help = stdout(&run("--help"));
    assert!(help.contains("Exit codes: 0 done; 1 the run"), "{help}");
    assert_eq!(stdout(&run("--version")), format!("flagfall {}\n", env!("CARGO_PKG_VERSION")));
    let systems = stdout(&run("list"));
    let names: Vec<&str> =
        systems.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["taxi", "parameter-server", "actor-tree", "messages", "queue"]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&run(&format!("completions {shell}")));
        assert!(script.contains("parameter-server"), "{shell}");
    }
}

#[test]
fn no_colour_without_a_terminal_or_with_no_color() {
    let output = flagfall("run taxi --nonsense").env("NO_COLOR", "1").output().expect("runs");
    assert!(!stderr(&output).contains('\u{1b}'));
    assert!(!stderr(&run("run taxi --nonsense")).contains('\u{1b}'));
}

#[test]
fn neither_environment_nor_folder_reaches_the_result() {
    let plain = stdout(&run("run taxi --seed 3 --latency exponential:2ms"));
    let elsewhere = flagfall("run taxi --seed 3 --latency exponential:2ms")
        .env_clear()
        .env("LANG", "tr_TR.UTF-8")
        .env("TZ", "Asia/Kathmandu")
        .env("RUST_BACKTRACE", "1")
        .current_dir(fixture_path(""))
        .output()
        .expect("the command runs");
    assert_eq!(plain, stdout(&elsewhere));
}

#[test]
fn a_hundred_thousand_taxis_complete_every_ride() {
    // A tenth of the size that README measures, so that it is quick in debug.
    let day = json("run taxi --fleet 100000 --rides 100000 --every 40us --json --summary -q");
    assert_eq!(day["measures"]["completed"], 100_000);
    assert_eq!(day["measures"]["refused"], 0);
    let seconds = day["measures"]["ride_time"].as_f64().expect("seconds");
    assert_eq!(day["measures"]["commission"].as_f64(), Some(seconds * 0.25));
    assert_eq!(day["measures"]["taxi_cash"].as_f64(), Some(seconds));
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
