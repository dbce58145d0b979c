//! What a model may say beside its numbers: lines, fields, files, copies.

use crate::{Folder, printed, told};
use serde_json::Value;

pub(crate) fn models_have_lines_and_fields_of_their_own() {
    let shown = printed("dice", &["run", "dice", "-q"]);
    assert!(shown.starts_with("dés: [") && shown.lines().count() == 1, "{shown}");
    assert_eq!(
        printed("dice", &["run", "dice", "-q", "--lang", "en"]),
        shown.replace("dés", "dice")
    );
    let object = |words: &[&str]| -> Value {
        let line = [&["run", "dice", "-q", "--json"], words].concat();
        serde_json::from_str(&printed("dice", &line)).expect("one JSON object")
    };
    let whole = object(&[]);
    assert_eq!(whole["parameters"], serde_json::json!({"throws": 3, "panic": "none"}));
    assert_eq!(whole["latency"], "5ms");
    let thrown = whole["thrown"].as_array().expect("a list");
    let sum: u64 = thrown.iter().filter_map(Value::as_u64).sum();
    assert_eq!((thrown.len(), whole["measures"]["sum"].as_u64()), (3, Some(sum)));
    assert_eq!(object(&["--summary"])["thrown"], Value::Null);
    let note = told("dice", &["run", "dice", "--throws", "1"], 0);
    assert!(note.contains("note: one throw says little\n"), "{note}");
}

pub(crate) fn files_are_read_once_before_the_runs() {
    let folder = Folder::new("dice-files");
    let file = folder.file("throws.txt", "5\n");
    let shown = printed("dice", &["run", "dice", "-q", "--throws-in", &file]);
    assert_eq!(shown.matches(',').count(), 4, "{shown}");
    // Traces name what the file had in it.
    let trace = folder.0.join("dice.trace").to_str().expect("a plain name").to_owned();
    printed("dice", &["run", "dice", "-q", "--throws-in", &file, "--record", &trace]);
    assert!(printed("dice", &["trace", &trace, "--summary"]).contains("dice { throws: 5 }"));
    folder.file("throws.txt", "6\n");
    let note = told("dice", &["replay", &trace], 1);
    assert!(note.contains("then: dice { throws: 5 }\n  now: dice { throws: 6 }"), "{note}");
    folder.file("throws.txt", "many\n");
    let error = told("dice", &["run", "dice", "--throws-in", &file], 3);
    assert!(error.starts_with("error: no number"), "{error}");
    let error = told("dice", &["run", "dice", "--horizon", "1s"], 2);
    assert!(error.starts_with("error: dice know no --horizon"), "{error}");
}

pub(crate) fn own_models_are_copied_saved_and_resumed() {
    let folder = Folder::new("dice-copies");
    let file = folder.file("throws.txt", "9\n");
    let snapshot = folder.0.join("dice.snap").to_str().expect("a plain name").to_owned();
    let words = ["run", "dice", "-q", "--json", "--throws-in", &file];
    let save = ["--snapshot", &snapshot, "--snapshot-at", "4s"];
    let whole = printed("dice", &[&words[..], &save].concat());
    // The file may be gone: what is in the snapshot goes on.
    std::fs::remove_file(&file).expect("it was there");
    assert_eq!(printed("dice", &["resume", "-q", "--json", &snapshot]), whole);
    let line = ["fork", "-q", "--json", "--from", &snapshot, "--seeds", "1,2"];
    let forked: Value = serde_json::from_str(&printed("dice", &line)).expect("one JSON object");
    assert_eq!(forked["origin"], "copy");
    let of = |branch: usize| forked["branches"][branch]["thrown"].as_array().expect("a list");
    assert_eq!(of(0)[..5], of(1)[..5]);
    assert!(of(0) != of(1) && of(0).len() == 9, "{forked}");
    // A model that does not say how it is copied cannot be saved.
    let error = told("odd", &["run", "odd", "--snapshot", "x", "--snapshot-at", "1s"], 2);
    assert!(error.contains("odd cannot be saved, for it does not say how"), "{error}");
}

pub(crate) fn panics_in_any_function_are_errors() {
    let folder = Folder::new("dice-panics");
    let trace = folder.0.join("dice.trace").to_str().expect("a plain name").to_owned();
    for (place, more) in [
        ("prepare", &[][..]),
        ("text", &[]),
        ("json", &["--json"]),
        ("note", &[]),
        ("settings", &["--record", &trace]),
    ] {
        let error = told("dice", &[&["run", "dice", "--panic", place], more].concat(), 1);
        let wanted = format!("error: dice panicked in {place}: no {place} today\nagain: ");
        assert!(error.contains(&wanted), "{error}");
    }
}
