//! The command and trace files: recording, showing, comparing, running again.

use crate::command::{flagfall, run, stderr, stdout, without_reader};
use crate::support::fixture_path;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A folder of that name for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs a command in a folder; its code, stdout and stderr.
fn within(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = flagfall(arguments).current_dir(folder).output().expect("the command runs");
    (output.status.code().expect("a code"), stdout(&output), stderr(&output))
}

/// The same, which must succeed.
fn shown(folder: &Path, arguments: &str) -> String {
    let (code, out, talk) = within(folder, arguments);
    assert_eq!(code, 0, "{arguments}: {talk}");
    out
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

#[test]
fn recording_changes_nothing_and_shows_what_trace_shows() {
    let folder = folder("records");
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
fn records_are_chosen_by_actor_kind_and_time() {
    let folder = folder("chosen");
    shown(&folder, "run taxi --record day -q");
    let all = lines(&shown(&folder, "trace day --json"));
    assert_eq!(all.len(), 122);
    for line in &all {
        for field in ["event", "time_ns", "kind", "receiver", "sender", "cause", "message"] {
            assert!(line.get(field).is_some(), "{field}: {line}");
        }
    }
    let time = |line: &Value| line["time_ns"].as_u64().expect("a time");
    let check = |options: &str, wanted: &dyn Fn(&Value) -> bool| {
        let found = lines(&shown(&folder, &format!("trace day --json {options}")));
        let expected: Vec<&Value> = all.iter().filter(|line| wanted(line)).collect();
        assert!(!expected.is_empty(), "{options} finds something");
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{options}");
        expected.len()
    };
    let taxi = |line: &Value, end: &str| {
        line[end].as_str().is_some_and(|path| path.starts_with("driver/dispatcher/taxi["))
    };
    check("--actor **/taxi[*]", &|line| taxi(line, "receiver") || taxi(line, "sender"));
    check("--kind resumed", &|line| line["kind"] == "resumed");
    check("--kind resumed --kind queued", &|line| {
        line["kind"] == "resumed" || line["kind"] == "queued"
    });
    check("--from 3s --to 5.367s", &|line| (3_000_000_000..=5_367_000_000).contains(&time(line)));
    check("--from 14s", &|line| time(line) >= 14_000_000_000);
    let resumed = check("--actor driver --kind resumed --to 5s", &|line| {
        line["kind"] == "resumed" && line["receiver"] == "driver" && time(line) <= 5_000_000_000
    });
    for (end, part) in [("first", 0..2), ("last", resumed - 2..resumed)] {
        let options = format!("trace day --json --actor driver --kind resumed --to 5s --{end} 2");
        let whole =
            lines(&shown(&folder, "trace day --json --actor driver --kind resumed --to 5s"));
        assert_eq!(lines(&shown(&folder, &options)), whole[part], "{end}");
    }
    assert_eq!(shown(&folder, "trace day --last 0"), "");
    assert_eq!(shown(&folder, "trace day --from 90s"), "");
    assert_eq!(shown(&folder, "trace day --last 1000").lines().count(), 122);
    let drawn: u64 = all.iter().filter_map(|line| line["draws"]["count"].as_u64()).sum();
    assert_eq!(drawn, 10, "one for each ride");
    assert!(
        all.iter()
            .any(|line| line["draws"]["first"][0]["stream"] == "durations of driver/simulation")
    );
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    let folder = folder("pipe");
    shown(&folder, "run taxi --rides 20000 --every 1ms --polls 30 --record day -q");
    for form in ["", "--json", "--perfetto"] {
        let output = without_reader(flagfall(&format!("trace day {form}")).current_dir(&folder));
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{form}");
    }
}

#[test]
fn differences_are_shown_with_their_history_and_states() {
    let folder = folder("diff");
    shown(&folder, "run taxi --record a -q");
    shown(&folder, "run taxi --record b --seed 43 -q");
    assert_eq!(shown(&folder, "diff a a"), "equal: 122 records\n");
    let (code, out, _) = within(&folder, "diff a b");
    assert_eq!(code, 1);
    for part in [
        "the seed differs:\n  A: 42\n  B: 43\n",
        "7 records are equal; the next one differs in: message, contents, draws",
        "AssignRide { duration: 3s }                  AssignRide { duration: 2s }",
        "* message",
        "  receiver  driver/dispatcher",
        "drawn in A since the record before:\n  93cc537d450155f5 durations of driver/simulation",
        "event 7 at 0.365s: driver -> driver/simulation Run { dispatcher: actor 2.0 } (taken)",
        "state of driver/dispatcher before, in B:\n  Dispatcher { cash: 0, rides: []",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }

    let readme = std::fs::read_to_string(fixture_path("../README.md")).expect("README.md");
    let excerpt: Vec<&str> = out.lines().skip(2).take(12).collect();
    assert!(readme.contains(&format!("{}\n...", excerpt.join("\n"))), "README shows another one");

    let (code, out, _) = within(&folder, "diff a b --json --chain 1");
    assert_eq!(code, 1);
    let told: Value = serde_json::from_str(&out).expect("an object");
    assert_eq!(told["schema"], "flagfall/difference/1");
    assert_eq!((&told["equal"], &told["records_equal"]), (&false.into(), &7.into()));
    assert_eq!(told["differs_in"], serde_json::json!(["message", "contents", "draws"]));
    assert_eq!(told["ingredients"][0], serde_json::json!({"name": "seed", "a": "42", "b": "43"}));
    assert_eq!(told["a"]["record"]["event"], 8);
    assert_eq!(told["a"]["causes"].as_array().map(Vec::len), Some(1));
    assert!(told["b"]["state"].as_str().expect("a state").starts_with("Dispatcher {"));
    let equal: Value = serde_json::from_str(&shown(&folder, "diff a a --json")).expect("an object");
    assert_eq!((&equal["equal"], &equal["records_equal"]), (&true.into(), &122.into()));

    let (_, out, _) = within(&folder, "diff a b --states never");
    assert!(out.contains("not known: not asked for"), "{out}");
    let bytes = std::fs::read(folder.join("b")).expect("a file");
    std::fs::write(folder.join("text"), "no trace").expect("a file");
    for (arguments, reason) in [
        ("diff a text", "text: this is not a trace file"),
        ("diff a nowhere", "cannot read nowhere"),
        ("trace nowhere", "cannot read nowhere"),
        ("replay text", "not a trace file"),
    ] {
        let (code, out, talk) = within(&folder, arguments);
        assert_eq!((code, out.as_str()), (3, ""), "{arguments}");
        assert!(talk.contains(reason), "{arguments}: {talk}");
    }
    let mut changed = bytes;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(folder.join("b"), changed).expect("a file");
    let (code, _, talk) = within(&folder, "diff a b");
    assert_eq!(code, 3, "{talk}");
    assert!(talk.contains("the file is damaged at byte"), "{talk}");
}

#[test]
fn a_longer_run_is_a_difference_at_the_end_of_the_shorter() {
    let folder = folder("longer");
    shown(&folder, "run messages --polls 5 --record short -q");
    shown(&folder, "run messages --polls 6 --record long -q");
    let (code, out, _) = within(&folder, "diff short long");
    assert_eq!(code, 1);
    assert!(out.contains("the parameters differs") || out.contains("parameters"), "{out}");
    assert!(out.contains("then A ends, and B goes on with:"), "{out}");
    let (_, out, _) = within(&folder, "diff long short");
    assert!(out.contains("then B ends, and A goes on with:"), "{out}");
}

#[test]
fn a_run_whose_files_changed_is_told_so() {
    let folder = folder("changed");
    std::fs::write(folder.join("rides"), "2\n3\n").expect("a file");
    shown(&folder, "run taxi --durations-file rides --record day -q");
    shown(&folder, "replay day");
    std::fs::write(folder.join("rides"), "2\n4\n").expect("a file");
    let (code, out, talk) = within(&folder, "replay day");
    assert_eq!(code, 1);
    assert!(talk.contains("note: the parameters is not what it was"), "{talk}");
    assert!(out.contains("AssignRide { duration: 3s }"), "{out}");
    assert!(out.contains("AssignRide { duration: 4s }"), "{out}");
    std::fs::remove_file(folder.join("rides")).expect("it goes");
    let (code, _, talk) = within(&folder, "replay day");
    assert_eq!(code, 3);
    assert!(talk.contains("cannot read rides"), "{talk}");
}

#[test]
fn a_scenario_file_is_kept_with_its_contents() {
    let folder = folder("scenario");
    std::fs::write(folder.join("day.toml"), "model = \"taxi\"\nseed = 7\n").expect("a file");
    shown(&folder, "run day.toml --rides 4 -q --record day");
    std::fs::remove_file(folder.join("day.toml")).expect("it goes");
    let summary = shown(&folder, "trace day --summary");
    assert!(summary.contains("command     flagfall run taxi --seed=7 --rides 4 -q\n"), "{summary}");
    assert!(shown(&folder, "replay day").starts_with("equal: "));
}

#[test]
fn input_that_is_gone_cannot_be_replayed() {
    let folder = folder("stdin");
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
fn a_failed_run_leaves_its_trace_in_part() {
    let folder = folder("failed");
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
    assert_eq!((code, out.as_str()), (0, "equal: 50 records\n"));
    shown(&folder, "run taxi --record whole -q");
    let (code, out, _) = within(&folder, "diff day whole");
    assert_eq!(code, 1);
    assert!(out.contains("note: day.partial is incomplete: 50 records"), "{out}");
    assert!(out.contains("50 records are equal; then A ends, and B goes on with:"), "{out}");
}

#[test]
fn an_old_trace_is_replaced_by_a_complete_one_only() {
    let folder = folder("replaced");
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
    let folder = folder("killed");
    let mut child = flagfall(
        "run taxi --rides 100000000 --every 10ms --polls 1000 --poll-every 1h --record day -q",
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
    let field = |name: &str| {
        let line = out.lines().find(|line| line.starts_with(name)).expect("a field");
        line.split_whitespace().next_back().expect("a number").parse::<u64>().expect("a number")
    };
    let records = field("records");
    assert!(records >= 1_024 && records % 1_024 == 0, "{out}");
    assert!(out.contains("file        incomplete: "), "{out}");
    assert_eq!(shown(&folder, "trace day --last 5").lines().count(), 5);
    let (code, out, _) = within(&folder, "replay day");
    assert_eq!((code, out), (0, format!("equal: {records} records\n")));
}

#[test]
#[cfg(unix)]
fn a_full_disk_ends_the_run() {
    let folder = folder("full");
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

#[test]
fn mistakes_with_traces_are_named() {
    for (arguments, message) in [
        ("trace", "<FILE>"),
        ("diff a", "<RIGHT>"),
        ("trace a --kind dead", "`dead` is not a kind of record: write died or one of handled"),
        ("trace a --first 1 --last 1", "cannot be used with"),
        ("trace a --json --perfetto", "cannot be used with"),
        ("trace a --from noon", "`noon`"),
        ("verify", "Usage: flagfall verify"),
        ("verify taxi --runs 0", "0 is not in 1.."),
        ("verify taxi --record a", "--record is for run"),
        ("verify taxi --pace 1", "--pace is for run"),
        ("diff a b --states sometimes", "[possible values: auto, always, never]"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(stderr(&output).contains(message), "{arguments}: {}", stderr(&output));
    }
}

/// What stands on one track of a timeline: slices, in nanoseconds.
type Slices = BTreeMap<u64, Vec<(u64, u64)>>;

fn nanos(value: &Value) -> u64 {
    (value.as_f64().expect("microseconds") * 1e3).round() as u64
}

#[test]
fn timelines_are_well_formed() {
    let folder = folder("timeline");
    for system in [
        "taxi --rides 300 --every 100ms --latency uniform:1ms..3ms",
        "taxi --latency 0",
        "parameter-server --epochs 9",
        "actor-tree --epochs 3 --crash 1@1.5s",
        "messages",
    ] {
        shown(&folder, &format!("run {system} --record run -q"));
        for options in ["", "--actor driver/**", "--from 1s --to 3s", "--kind resumed --kind taken"]
        {
            let text = shown(&folder, &format!("trace run --perfetto {options}"));
            check_timeline(&serde_json::from_str(&text).expect("JSON"), options.is_empty(), system);
        }
    }
}

fn check_timeline(timeline: &Value, whole: bool, what: &str) {
    assert_eq!(timeline["displayTimeUnit"], "ns");
    let events = timeline["traceEvents"].as_array().expect("events");
    let (mut slices, mut named) = (Slices::new(), BTreeSet::new());
    let (mut starts, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let mut open = BTreeMap::new();
    for event in events {
        let track = event["tid"].as_u64().unwrap_or(0);
        let at = || nanos(&event["ts"]);
        match event["ph"].as_str().expect("a phase") {
            "M" => {
                named.insert(track);
            }
            "X" => {
                let end = at() + nanos(&event["dur"]);
                slices.entry(track).or_default().push((at(), end));
            }
            "i" => {}
            "s" => assert!(starts.insert(event["id"].as_u64(), (track, at())).is_none()),
            "f" => assert!(ends.insert(event["id"].as_u64(), (track, at())).is_none()),
            "b" => assert!(open.insert(event["id"].as_u64(), at()).is_none()),
            "e" => assert!(open.remove(&event["id"].as_u64()).is_some_and(|start| start <= at())),
            phase => panic!("phase {phase}"),
        }
        assert!(named.contains(&track), "{what}: track {track} has a name");
    }
    assert!(open.is_empty(), "{what}: every asynchronous slice ends");
    assert!(starts.keys().eq(ends.keys()), "{what}: every arrow has two ends");
    if whole {
        assert!(!slices.is_empty() && !starts.is_empty(), "{what}");
    }
    for (track, at) in starts.values().chain(ends.values()) {
        let inside = |(start, end): &(u64, u64)| (*start..*end).contains(at);
        assert!(slices.get(track).is_some_and(|slices| slices.iter().any(inside)), "{what}: {at}");
    }
    for (id, (_, at)) in &starts {
        assert!(*at <= ends[id].1, "{what}: arrows point forward");
    }
    for slices in slices.values_mut() {
        slices.sort_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)));
        let mut around: Vec<u64> = Vec::new();
        for (start, end) in slices {
            assert!(start < end, "{what}: an empty slice");
            while around.last().is_some_and(|outer| *outer <= *start) {
                around.pop();
            }
            assert!(around.last().is_none_or(|outer| *end <= *outer), "{what}: slices nest");
            around.push(*end);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_trace_replaces_no_link_and_no_device() {
    let folder = folder("links");
    std::os::unix::fs::symlink("elsewhere", folder.join("link")).expect("a link");
    let (code, _, talk) = within(&folder, "run taxi -q --record link");
    assert_eq!(code, 3, "{talk}");
    assert!(talk.contains("link is a link or a device"), "{talk}");
    assert!(folder.join("link").is_symlink() && !folder.join("link.partial").exists());
}

/// The index of a damaged trace may still be whole.
#[test]
fn a_damaged_trace_is_not_replayed() {
    let folder = folder("damaged");
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
