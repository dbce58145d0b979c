//! Showing a trace, and mistakes in asking for it.

use super::{folder, lines, shown};
use crate::command::{flagfall, run, stderr, without_reader};
use serde_json::Value;

#[test]
fn records_are_chosen_by_actor_kind_and_time() {
    let folder = folder("trace-chosen");
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
    let folder = folder("trace-pipe");
    shown(&folder, "run taxi --rides 20000 --every 1ms --polls 30 --record day -q");
    for form in ["", "--json", "--perfetto"] {
        let output = without_reader(flagfall(&format!("trace day {form}")).current_dir(&folder));
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{form}");
    }
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
