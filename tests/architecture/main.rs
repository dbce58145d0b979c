//! The house: rooms, files, and who may name whom. Dependencies point one way.

use std::path::Path;
use std::sync::OnceLock;

use graph::Graph;
use modules::Files;

mod circles;
mod feature_room;
mod graph;
mod kernel;
mod modules;
mod outside;
mod planted;
mod read;
mod rooms;
mod variants;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The sources of both packages whose path begins so, seen from the root of the repository.
fn sources(prefix: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec!["src".to_owned(), "cli/src".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{folder}/{}", entry.file_name().to_str().expect("a name"));
            if entry.path().is_dir() {
                folders.push(name);
            } else if name.ends_with(".rs") && name.starts_with(prefix) {
                files.push(name);
            }
        }
    }
    files.sort();
    files
}

/// What all sources say. They are read once for all tests.
fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let names = sources("");
        let read = |name: &String| (name.clone(), read::read(name, &text_of(name)));
        let (one, other) = names.split_at(names.len() / 2);
        std::thread::scope(|scope| {
            let one = scope.spawn(|| one.iter().map(read).collect::<Files>());
            let mut all: Files = other.iter().map(read).collect();
            all.extend(one.join().expect("sources that can be read"));
            all
        })
    })
}

fn graph() -> &'static Graph {
    static GRAPH: OnceLock<Graph> = OnceLock::new();
    GRAPH.get_or_init(|| Graph::new(files()))
}

/// The room of a file: its first folder in its package, or its name.
fn room_of(file: &str) -> &str {
    let inside = file.trim_start_matches("cli/").trim_start_matches("src/");
    inside.split('/').next().expect("a name").trim_end_matches(".rs")
}

#[test]
fn files_stay_small() {
    for file in sources("") {
        let lines = text_of(&file).lines().count();
        assert!(lines <= 450, "{file}: {lines} lines; is it still one room?");
    }
}

/// A parameter that its model's settings leave out would be lost in every scenario file,
/// while all runs still work: patterns without `..` make that an error of the compiler.
#[test]
fn settings_name_every_parameter() {
    let text = text_of("cli/src/scenario.rs");
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
