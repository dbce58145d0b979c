//! What the code may touch of the outside, and other rules on its text.

use crate::{room_of, sources, text_of};

/// What of the outside a room may touch besides the command: the room that
/// waits for the wall clock has to read it.
const ALLOWED: [(&str, &str); 13] = [
    // Streams in a file are read by serde, which cannot hand them their simulation.
    ("random", "thread_local!"),
    // Empty memory that the next simulation of the thread takes.
    ("event_list", "thread_local!"),
    ("store", "thread_local!"),
    // Reading with a bound, and making files.
    ("disk", "std::fs"),
    // Counterexamples of property tests are kept in files.
    ("shrink", "std::fs"),
    // Folders of studies.
    ("study", "std::fs"),
    // Replications run side by side, and are taken up in order.
    ("experiment", "std::thread"),
    // Whether it unwinds already: a destructor must not panic then.
    ("process", "std::thread"),
    // The misuse of a handle, on its way as a panic to the run that it ends.
    ("process", "thread_local!"),
    // Files are written side by side.
    ("study", "std::thread"),
    ("pacing", "std::time"),
    ("pacing", "Instant::"),
    ("pacing", "std::thread"),
];

/// The one file that may iterate over a hash map: the mistake that a feature for
/// tests plants.
const CANARY: &str = "models/canary.rs";

/// Code without comments.
fn code_of(file: &str) -> String {
    let code_of = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text_of(file).lines().map(code_of).collect::<Vec<_>>().join("\n")
}

#[test]
fn only_the_command_touches_the_outside() {
    let outside = [
        "std::time",
        "Instant::",
        "SystemTime",
        "std::env",
        "std::fs",
        "std::process",
        "std::thread",
        "std::net",
        "println!",
        "eprintln!",
        "HashMap<",
        "HashSet<",
        "thread_local!",
        "unsafe",
    ];
    for file in sources("") {
        let room = room_of(&file);
        if room == "command" || room == "main" {
            continue;
        }
        let code = code_of(&file).replace("FxHashMap<", "").replace("unsafe_code", "");
        for name in outside {
            let planted = file.ends_with(CANARY) && name == "HashMap<";
            let allowed = planted || ALLOWED.contains(&(room, name));
            assert!(allowed || !code.contains(name), "{file} uses {name}");
        }
    }
}

/// What a panic carries may panic when it is dropped: there is one place that knows.
#[test]
fn panics_are_caught_in_one_place() {
    for file in sources("") {
        let code = code_of(&file);
        let catches = code.contains("catch_unwind") || code.contains("dyn Any + Send");
        assert!(!catches || room_of(&file) == "panics", "{file} catches panics");
    }
}

#[test]
fn the_planted_mistake_is_in_no_other_build() {
    let mut uses = 0;
    for file in sources("").iter().filter(|file| !file.ends_with(CANARY)) {
        let code = code_of(file);
        let lines: Vec<&str> = code.lines().collect();
        for (above, line) in lines.iter().zip(&lines[1..]) {
            if line.contains("canary::") || line.contains("mod canary") {
                assert_eq!(above.trim(), r#"#[cfg(feature = "canary")]"#, "{file}");
                uses += 1;
            }
        }
    }
    assert_eq!(uses, 2, "the module and the one place that uses it");
}
