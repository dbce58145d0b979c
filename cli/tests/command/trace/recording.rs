//! What recording leaves, however the run ends.

use super::{folder, shown, within};
use crate::command::{flagfall, run, stderr, stdout};
use serde_json::Value;
use std::process::Stdio;

#[test]
fn recording_changes_nothing_and_shows_what_trace_shows() {
    let folder = folder("trace-records");
    for system in ["taxi --seed 7", "parameter-server --epochs 9", "actor-tree", "messages"] {
        let plain = run(&format!("run {system} --json -q"));
        let (code, recorded, talk) = within(&folder, &format!("run {system} --json -q --record a"));
        assert_eq!((code, talk.as_str()), (0, ""), "{system}");
        assert_eq!(recorded, stdout(&plain), "{system}: recording changed the run");
        assert!(!folder.join("a.partial").exists());

        let traced = stderr(&run(&format!("run {system} --json -q --trace")));
        assert_eq!(shown(&folder, "trace a"), traced, "{system}");

        let run: Value = serde_json::from_slice(&plain.stdout).expect("an object");
        let summary = shown(&folder, "trace a --summary --check");
        let digest = run["digest"].as_str().expect("a digest");
        assert!(summary.contains(&format!("digest      {digest}\n")), "{summary}");
        assert!(summary.contains("file        complete\n"), "{summary}");
        let (code, out, _) = within(&folder, "replay a");
        assert_eq!(code, 0, "{system}: {out}");
        assert!(out.starts_with("equal: "), "{out}");
    }
}

#[test]
fn a_failed_run_leaves_its_trace_in_part() {
    let folder = folder("trace-failed");
    let (code, _, talk) = within(&folder, "run taxi --max-events 50 --record day -q");
    assert_eq!(code, 1);
    assert!(talk.contains("note: the trace up to the error is in day.partial"), "{talk}");
    assert!(!folder.join("day").exists());
    let (code, out, talk) = within(&folder, "trace day");
    assert_eq!((code, out.lines().count()), (0, 50));
    assert!(talk.contains("note: there is no day; this is day.partial"), "{talk}");
    assert!(talk.contains("day.partial is incomplete: 50 records, up to event 50 at"), "{talk}");
    assert!(talk.contains("the run did not finish"), "{talk}");
    let (code, out, _) = within(&folder, "replay day");
    let told = "no difference in 50 records, but the comparison is incomplete\n";
    assert_eq!((code, out.as_str()), (1, told));
    shown(&folder, "run taxi --record whole -q");
    let (code, out, _) = within(&folder, "diff day whole");
    assert_eq!(code, 1);
    assert!(out.contains("note: day.partial is incomplete: 50 records"), "{out}");
    assert!(out.contains("50 records are equal; then A ends, and B goes on with:"), "{out}");
}

#[test]
fn an_old_trace_is_replaced_by_a_complete_one_only() {
    let folder = folder("trace-replaced");
    shown(&folder, "run taxi --record day -q");
    let before = std::fs::read(folder.join("day")).expect("a file");
    within(&folder, "run taxi --seed 1 --max-events 50 --record day -q");
    assert_eq!(std::fs::read(folder.join("day")).expect("a file"), before);
    shown(&folder, "run taxi --seed 1 --record day -q");
    assert_ne!(std::fs::read(folder.join("day")).expect("a file"), before);
    assert!(!folder.join("day.partial").exists());
}

#[test]
#[cfg(unix)]
fn a_run_that_is_killed_leaves_all_whole_blocks() {
    let folder = folder("trace-killed");
    let mut child = flagfall(
        "run taxi --rides 10000000 --every 10ms --polls 1000 --poll-every 1h --record day -q",
    )
    .current_dir(&folder)
    .stdout(Stdio::null())
    .spawn()
    .expect("the command runs");
    let partial = folder.join("day.partial");
    let length = || std::fs::metadata(&partial).map_or(0, |data| data.len());
    for _ in 0..6_000 {
        if length() > 20_000 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(child.try_wait().expect("known").is_none(), "the run is still going on");
    child.kill().expect("SIGKILL");
    child.wait().expect("it is dead");
    assert!(length() > 20_000);
    let (code, out, talk) = within(&folder, "trace day --summary --check");
    assert_eq!(code, 0, "{talk}");
    assert!(talk.contains("the run did not finish"), "{talk}");
    let verdict = shown(&folder, "trace day --check");
    assert!(verdict.starts_with("day.partial is incomplete: "), "{verdict}");
    let field = |name: &str| {
        let line = out.lines().find(|line| line.starts_with(name)).expect("a field");
        line.split_whitespace().next_back().expect("a number").parse::<u64>().expect("a number")
    };
    let records = field("records");
    assert!(records >= 1_024 && records % 1_024 == 0, "{out}");
    assert!(out.contains("file        incomplete: "), "{out}");
    assert_eq!(shown(&folder, "trace day --last 5").lines().count(), 5);
    let (code, out, _) = within(&folder, "replay day");
    let told = format!("no difference in {records} records, but the comparison is incomplete\n");
    assert_eq!((code, out), (1, told));
}

#[test]
#[cfg(unix)]
fn a_full_disk_ends_the_run() {
    let folder = folder("trace-full");
    // A limit on the size of files stands in for the disk.
    let command = format!(
        "trap '' XFSZ; ulimit -f 128; exec {} run taxi --rides 100000 --every 10ms --polls 99 -q --record day",
        env!("CARGO_BIN_EXE_flagfall")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(&folder)
        .output()
        .expect("a shell");
    let talk = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{talk}");
    assert!(talk.contains("error: cannot write day.partial: "), "{talk}");
    assert!(shown(&folder, "trace day").lines().count() >= 1_024);
    let (code, _, talk) = within(&folder, "run taxi -q --record nowhere/day");
    assert_eq!(code, 3);
    assert!(talk.contains("cannot write nowhere/day.partial"), "{talk}");
    let (code, _, talk) = within(&folder, "run taxi -q --record .");
    assert_eq!(code, 3, "{talk}");
}

#[cfg(unix)]
#[test]
fn a_trace_replaces_no_device() {
    let folder = folder("trace-links");
    std::os::unix::fs::symlink("/dev/null", folder.join("link")).expect("a link");
    let (code, _, talk) = within(&folder, "run taxi -q --record link");
    assert_eq!(code, 3, "{talk}");
    assert!(talk.contains("link is a device or a pipe"), "{talk}");
    assert!(folder.join("link").is_symlink() && !folder.join("link.partial").exists());
}
