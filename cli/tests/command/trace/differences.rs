//! Where two traces part.

use super::{folder, shown, within};
use serde_json::Value;

#[test]
fn differences_are_shown_with_their_history_and_states() {
    let folder = folder("trace-diff");
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
    let folder = folder("trace-longer");
    shown(&folder, "run messages --polls 5 --record short -q");
    shown(&folder, "run messages --polls 6 --record long -q");
    let (code, out, _) = within(&folder, "diff short long");
    assert_eq!(code, 1);
    assert!(out.contains("the parameters differs") || out.contains("parameters"), "{out}");
    assert!(out.contains("then A ends, and B goes on with:"), "{out}");
    let (_, out, _) = within(&folder, "diff long short");
    assert!(out.contains("then B ends, and A goes on with:"), "{out}");
}
