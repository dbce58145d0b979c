//! The command among others: pipes, disks, terminals, environment, many taxis.

use super::{flagfall, json, run, stderr, stdout, without_reader};
use crate::support::fixture_path;

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
