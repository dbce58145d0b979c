//! Timelines for Perfetto.

use super::{folder, shown};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What stands on one track of a timeline: slices, in nanoseconds.
type Slices = BTreeMap<u64, Vec<(u64, u64)>>;

fn nanos(value: &Value) -> u64 {
    (value.as_f64().expect("microseconds") * 1e3).round() as u64
}

#[test]
fn timelines_are_well_formed() {
    let folder = folder("trace-timeline");
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
