//! The command: snapshots, resuming, forks.

use super::{folder, run, run_in, stderr, stdout};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn digest(output: &Output) -> String {
    let line = stderr(output);
    let (_, digest) = line.rsplit_once("digest ").unwrap_or_else(|| panic!("{line}"));
    digest.trim().to_owned()
}

fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

#[test]
fn a_resumed_run_prints_what_the_whole_run_prints() {
    for (system, time) in [
        ("taxi", "5s"),
        ("parameter-server --cpus 2", "10s"),
        ("actor-tree --epochs 3 --crash 0@1.5s", "1.7s"),
        ("messages --latency exponential:3ms", "4s"),
    ] {
        let name: String = system.chars().filter(char::is_ascii_alphabetic).collect();
        let folder = folder(&name);
        let whole = run(&format!("run {system}"));
        let saving =
            run_in(&folder, &format!("run {system} --snapshot a.snap --snapshot-at {time}"));
        let resumed = run_in(&folder, "resume a.snap");
        for other in [&saving, &resumed] {
            assert_eq!(other.status.code(), Some(0), "{system}: {}", stderr(other));
            assert_eq!(stdout(other), stdout(&whole), "{system}");
            assert_eq!(digest(other), digest(&whole), "{system}");
        }
        for output in ["--json", "--json --summary"] {
            let resumed = run_in(&folder, &format!("resume a.snap -q {output}"));
            assert_eq!(
                json(&resumed),
                json(&run(&format!("run {system} -q {output}"))),
                "{system}"
            );
        }
    }
}

#[test]
fn snapshots_come_as_often_as_asked_for_and_names_have_the_time() {
    let folder = folder("snapshot-often");
    let output = run_in(
        &folder,
        "run taxi --snapshot day-{time}.snap --snapshot-every 4s --snapshot-at 5s --snapshot-at 5s",
    );
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let names = ["day-12s.snap", "day-4s.snap", "day-5s.snap", "day-8s.snap"];
    assert_eq!(files(&folder), names);
    for name in names {
        assert_eq!(digest(&run_in(&folder, &format!("resume {name}"))), digest(&output), "{name}");
    }
    // A snapshot of a resumed run; without the time in it, the newest stays.
    let again = run_in(&folder, "resume day-4s.snap --snapshot b.snap --snapshot-every 1s");
    assert_eq!(digest(&again), digest(&output));
    let last = run_in(&folder, "resume b.snap --trace");
    assert_eq!(digest(&last), digest(&output));
    assert!(stdout(&last).starts_with("15."), "{}", stdout(&last));
}

#[test]
fn a_run_with_a_file_of_durations_needs_it_no_more() {
    let folder = folder("snapshot-durations");
    std::fs::write(folder.join("rides.txt"), "2,5,1,3,1,4").expect("a file");
    let whole =
        run_in(&folder, "run taxi --durations-file rides.txt --snapshot a.snap --snapshot-at 3s");
    std::fs::remove_file(folder.join("rides.txt")).expect("it is there");
    assert_eq!(stdout(&run_in(&folder, "resume a.snap")), stdout(&whole));
}

#[test]
fn what_cannot_be_resumed_is_said() {
    let folder = folder("snapshot-errors");
    let check = |arguments: &str, code: i32, part: &str| {
        let output = run_in(&folder, arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {text}");
        assert!(text.contains(part), "{arguments}: {text}");
    };
    check("resume missing.snap", 3, "cannot read missing.snap");
    std::fs::write(folder.join("text.snap"), "not a snapshot at all").expect("a file");
    check("resume text.snap", 3, "text.snap: this is not a snapshot");
    run_in(&folder, "run taxi --snapshot a.snap --snapshot-at 5s");
    let mut bytes = std::fs::read(folder.join("a.snap")).expect("it was saved");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(folder.join("b.snap"), &bytes).expect("a file");
    check("resume b.snap", 3, "b.snap: the snapshot is damaged");
    check("fork --from b.snap", 3, "b.snap: the snapshot is damaged");
    check("run taxi --snapshot c.snap", 2, "add --snapshot-at TIME or --snapshot-every SPAN");
    check("run taxi --snapshot c.snap --snapshot-every 0", 2, "--snapshot-every is 0");
    check("run taxi --snapshot-at 5s", 2, "--snapshot <FILE>");
    check(
        "run taxi --snapshot c.snap --snapshot-at 1h",
        2,
        "the run was over at 15.032s: nothing was saved at 3600s",
    );
    check("run taxi --snapshot no/c.snap --snapshot-at 5s", 3, "cannot write no/c.snap");
    // A limit fails the run before the snapshot.
    check("run taxi --max-events 10 --snapshot c.snap --snapshot-at 5s", 1, "limit of 10 events");
    check("fork", 2, "Usage");
    check("fork --at 5s", 2, "a fork is of a system or of a snapshot");
    check("fork taxi", 2, "--at says when");
    check("fork --at 1h taxi", 2, "the run is over at 15.032s");
    check("fork --from a.snap --at 4s", 2, "before the snapshot, which is at 5s");
    check("fork --at 5s --set rides=20 taxi", 2, "`rides` cannot be changed");
    check("fork --at 5s --seeds 1,2,3 --branches 2 taxi", 2, "3 seeds are more than the 2");
    check("fork --at 5s taxi --json", 2, "before the model's name");
    assert_eq!(files(&folder), ["a.snap", "b.snap", "text.snap"]);
}

#[test]
fn branches_differ_by_what_is_changed_only() {
    let folder = folder("snapshot-forks");
    let whole = json(&run_in(&folder, "run taxi --json -q --snapshot a.snap --snapshot-at 5s"));
    let forked = json(&run_in(&folder, "fork --from a.snap --branches 4 --seeds 7,8 --json -q"));
    assert_eq!(forked["schema"], "flagfall/fork/1");
    assert_eq!((&forked["origin"], &forked["event"]), (&Value::from("copy"), &Value::from(44)));
    let branches = forked["branches"].as_array().expect("a list");
    assert_eq!(branches.len(), 4);
    assert_eq!(branches[2], whole, "a branch without changes is the run");
    assert_eq!(branches[3], whole);
    assert_ne!(branches[0]["digest"], branches[1]["digest"]);
    assert_eq!(branches[0]["seed"], 7);
    for branch in branches {
        // The first rides were over before the fork.
        assert_eq!(branch["polls"][0], whole["polls"][0]);
        assert_eq!(branch["rides"][3], whole["rides"][3]);
    }
    let new = json(&run_in(&folder, "fork --at 5s --branches 4 --seeds 7,8 --json -q taxi"));
    assert_eq!(new, forked, "of a run or of its snapshot");
    let slow =
        json(&run_in(&folder, "fork --from a.snap --branches 1 --set latency=7ms --json -q"));
    let slow = &slow["branches"][0];
    assert_eq!((&slow["latency"], &slow["durations"]), (&Value::from("7ms"), &whole["durations"]));
    assert_ne!(slow["virtual_time_s"], whole["virtual_time_s"]);
    let text = stdout(&run_in(&folder, "fork --from a.snap --seeds 7 -q"));
    assert!(text.starts_with("branch 1: seed 7, latency 1ms, by copy at 5s, digest "), "{text}");
    let limited = run_in(&folder, "fork --from a.snap --set max-events=50");
    assert_eq!(limited.status.code(), Some(1));
    assert!(stderr(&limited).contains("limit of 50 events"), "{}", stderr(&limited));
}

#[test]
fn a_run_under_a_tie_policy_is_saved_and_branched() {
    let folder = folder("snapshot-ties");
    for ties in ["shuffle:3", "23=1,43=1,70=1"] {
        let run = format!("run taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4 --ties {ties}");
        let whole = json(&run_in(&folder, &format!("{run} --json -q")));
        let saving =
            run_in(&folder, &format!("{run} --json -q --snapshot a.snap --snapshot-at 4365ms"));
        assert_eq!(json(&saving), whole);
        assert_eq!(whole["ties"], ties);
        assert_eq!(json(&run_in(&folder, "resume a.snap --json -q")), whole, "{ties}");
        let fork = run.replace("run", "fork --at 4365ms --branches 1 --json -q");
        for fork in [&*fork, "fork --from a.snap --branches 1 --json -q"] {
            let forked = json(&run_in(&folder, fork));
            assert_eq!(forked["origin"], "copy", "{fork}");
            assert_eq!(forked["branches"][0], whole, "{fork}");
        }
    }
}

#[test]
fn branches_go_on_under_other_ties() {
    let folder = folder("snapshot-other-ties");
    let system = "taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4";
    let what = |value: &Value| (value["digest"].clone(), value["polls"].clone());
    let run = |ties: &str| json(&run_in(&folder, &format!("run {system} --json -q {ties}")));
    let fork = |set: &str, system: &str| {
        let fork = format!("fork --at 5s --branches 1 --json -q --set ties={set} {system}");
        json(&run_in(&folder, &fork))["branches"][0].clone()
    };
    // Events 23 and 43 are before, event 70 is after.
    let whole = run("--ties 23=1,43=1,70=1");
    assert_eq!(what(&fork("70=1", &format!("{system} --ties 23=1,43=1"))), what(&whole));
    assert_eq!(what(&fork("70=1", system)), what(&run("--ties 70=1")));
    assert_ne!(what(&run("--ties 70=1")), what(&run("")));
    assert_eq!(what(&fork("fifo", system)), what(&run("")));
    // Of a snapshot in the usual order: senders are noted from where it begins.
    run_in(&folder, &format!("run {system} --snapshot a.snap --snapshot-at 2s"));
    let of_file = "fork --from a.snap --at 5s --branches 1 --json -q --set ties=70=1";
    let of_file = json(&run_in(&folder, of_file))["branches"][0].clone();
    assert_eq!(what(&of_file), what(&run("--ties 70=1")));
    // One of the same seed each.
    let forked = run_in(&folder, &format!("fork --at 5s --seeds 1,2 --set ties=shuffle {system}"));
    let text = stdout(&forked);
    for line in ["branch 1: seed 1, latency 0s, ties shuffle:1, by copy at 5s, ", "ties shuffle:2,"]
    {
        assert!(text.contains(line), "{text}");
    }
    for (set, part) in [
        ("ties=23=1", "the choice 23=1 is of an event before the branches begin"),
        ("ties=70", "is not EVENT=CANDIDATE"),
    ] {
        let refused = run_in(&folder, &format!("fork --at 5s --set {set} {system}"));
        assert_eq!(refused.status.code(), Some(2), "{set}");
        assert!(stderr(&refused).contains(part), "{}", stderr(&refused));
        assert_eq!(stdout(&refused), "");
    }
    // No event of that number can be chosen.
    let refused = run_in(&folder, &format!("fork --at 5s --set ties=9999=1 {system}"));
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
}
