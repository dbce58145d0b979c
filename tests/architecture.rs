//! The rooms and who may import whom: dependencies point one way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms of the engine, top to bottom; each room may import only those above it.
/// `model` may not be imported by the kernel, and so on, because of the order.
const ENGINE: [&str; 20] = [
    "time",
    "measure",
    "panics",
    "statistics",
    "digest",
    "random",
    "event_list",
    "actor",
    "network",
    "record",
    "trace",
    "line",
    "tie",
    "snapshot",
    "simulation",
    "search",
    "pacing",
    "model",
    "experiment",
    "book",
];

/// The rooms of the command, which stands above the engine.
const COMMAND: [&str; 9] =
    ["disk", "words", "models", "scenario", "study", "shrink", "report", "command", "main"];

/// What a room may not name although it stands above.
const FORBIDDEN: [(&str, &str); 8] = [
    ("event_list", "statistics"),
    ("simulation", "statistics"),
    ("model", "event_list"),
    ("models", "event_list"),
    ("models", "pacing"),
    ("report", "event_list"),
    ("report", "pacing"),
    ("report", "random"),
];

/// What of the outside a room may touch besides the command: the room that
/// waits for the wall clock has to read it.
const ALLOWED: [(&str, &str); 11] = [
    // Streams in a file are read by serde, which cannot hand them their simulation.
    ("random", "thread_local!"),
    // Reading with a bound, and making files.
    ("disk", "std::fs"),
    // Counterexamples of property tests are kept in files.
    ("shrink", "std::fs"),
    // Folders of studies.
    ("study", "std::fs"),
    // Replications run side by side, and are taken up in order.
    ("experiment", "std::thread"),
    // Whether it unwinds already: a destructor must not panic then.
    ("simulation", "std::thread"),
    // The misuse of a handle, on its way as a panic to the run that it ends.
    ("simulation", "thread_local!"),
    // Files are written side by side.
    ("study", "std::thread"),
    ("pacing", "std::time"),
    ("pacing", "Instant::"),
    ("pacing", "std::thread"),
];

/// The one file that may iterate over a hash map: the mistake that a feature for
/// tests plants.
const CANARY: &str = "models/canary.rs";

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("src can be read");
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources of both packages.
fn all() -> Vec<PathBuf> {
    [sources(&root().join("src")), sources(&root().join("cli/src"))].concat()
}

/// The room of a file: its first folder in its package, or its name.
fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("a file of ours");
    let inside = inside.strip_prefix("cli").unwrap_or(inside);
    let relative = inside.strip_prefix("src").expect("a file in src");
    let first = relative.components().next().expect("a component").as_os_str();
    first.to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Code without comments and strings' documentation.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source");
    let code_of = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(code_of).collect::<Vec<_>>().join("\n")
}

/// The rooms that a text imports by `crate::room`, also from a group.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate` is for the users of a macro, not an import.
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name = name.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
            found.extend(name.filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    found
}

/// The rooms that a text of the command imports from the engine.
fn imports_of_engine(code: &str) -> BTreeSet<String> {
    imports(&code.replace("crate::", "").replace("flagfall::", "crate::"))
}

fn check_rooms(package: &str, rooms: &[&str]) {
    let position = |room: &str| rooms.iter().position(|known| *known == room);
    for path in sources(&root().join(package)) {
        let room = room_of(&path);
        if room == "lib" {
            continue;
        }
        let at = position(&room).unwrap_or_else(|| panic!("{room} has no place among the rooms"));
        for import in imports(&code(&path)) {
            // Macros are exported at the root and belong to their users.
            if import == "message" {
                continue;
            }
            let Some(imported) = position(&import) else {
                panic!("{} names crate::{import}: name its room", path.display())
            };
            assert!(imported <= at, "{} imports {import}, a room below it", path.display());
            check_not_forbidden(&path, &room, &import);
        }
    }
}

fn check_not_forbidden(path: &Path, room: &str, import: &str) {
    assert!(!FORBIDDEN.contains(&(room, import)), "{} may not know {import}", path.display());
}

#[test]
fn rooms_import_only_those_above() {
    check_rooms("src", &ENGINE);
    check_rooms("cli/src", &COMMAND);
}

#[test]
fn the_command_knows_rooms_of_the_engine_and_the_engine_no_command() {
    for path in sources(&root().join("cli/src")) {
        for import in imports_of_engine(&code(&path)) {
            check_not_forbidden(&path, &room_of(&path), &import);
        }
    }
    for path in sources(&root().join("src")) {
        assert!(!code(&path).contains("flagfall_cli"), "{} knows the command", path.display());
    }
}

#[test]
fn models_do_not_know_each_other() {
    let models = ["actor_tree", "message_log", "parameter_server", "queue", "taxi_fleet"];
    for path in sources(&root().join("cli/src/models")) {
        let relative = path.strip_prefix(root().join("cli/src/models")).expect("a model");
        let own = relative.components().next().expect("a name").as_os_str().to_string_lossy();
        let own = own.trim_end_matches(".rs");
        if !models.contains(&own) {
            continue;
        }
        for other in models.iter().filter(|other| **other != own) {
            let code = code(&path);
            assert!(!code.contains(&format!("models::{other}")), "{own} knows {other}");
            assert!(!code.contains(&format!("super::{other}")), "{own} knows {other}");
        }
    }
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
    for path in all() {
        let room = room_of(&path);
        if room == "command" || room == "main" {
            continue;
        }
        let code = code(&path).replace("FxHashMap<", "").replace("unsafe_code", "");
        for name in outside {
            let planted = path.ends_with(CANARY) && name == "HashMap<";
            let allowed = planted || ALLOWED.contains(&(room.as_str(), name));
            assert!(allowed || !code.contains(name), "{} uses {name}", path.display());
        }
    }
}

/// What a panic carries may panic when it is dropped: there is one place that knows.
#[test]
fn panics_are_caught_in_one_place() {
    for path in all() {
        let code = code(&path);
        let catches = code.contains("catch_unwind") || code.contains("dyn Any + Send");
        assert!(!catches || room_of(&path) == "panics", "{} catches panics", path.display());
    }
}

#[test]
fn the_planted_mistake_is_in_no_other_build() {
    let mut uses = 0;
    for path in all().iter().filter(|path| !path.ends_with(CANARY)) {
        let code = code(path);
        let lines: Vec<&str> = code.lines().collect();
        for (above, line) in lines.iter().zip(&lines[1..]) {
            if line.contains("canary::") || line.contains("mod canary") {
                assert_eq!(above.trim(), r#"#[cfg(feature = "canary")]"#, "{}", path.display());
                uses += 1;
            }
        }
    }
    assert_eq!(uses, 2, "the module and the one place that uses it");
}

#[test]
fn architecture_md_lists_the_rooms_in_order() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(|name| name.trim_end_matches('/').trim_end_matches(".rs"))
        .filter(|name| ENGINE.contains(name) || COMMAND.contains(name))
        .collect();
    assert_eq!(listed, [&ENGINE[..], &COMMAND[..]].concat());
}

#[test]
fn files_stay_small() {
    for path in all() {
        let lines = std::fs::read_to_string(&path).expect("a source").lines().count();
        assert!(lines <= 450, "{}: {lines} lines; is it still one room?", path.display());
    }
}

/// A parameter that its model's settings leave out would be lost in every scenario file,
/// while all runs still work: patterns without `..` make that an error of the compiler.
#[test]
fn settings_name_every_parameter() {
    let text = std::fs::read_to_string(root().join("cli/src/scenario.rs")).expect("a source");
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let pattern = |line: &&str| line.trim_start() == ".." || line.contains(", ..");
    assert_eq!(
        text.lines().filter(is_code).find(pattern),
        None,
        "a pattern that may forget a parameter"
    );
    let taken_apart = text.matches("} = self;").count() + text.matches("} = config;").count();
    let models = text.matches("impl Scenario for ").count();
    assert_eq!(taken_apart, models + 1, "settings without a pattern");
}
