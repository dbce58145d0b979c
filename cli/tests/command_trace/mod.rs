//! The command and trace files: recording, showing, comparing, running again.

mod again;
mod damaged;
mod differences;
mod recording;
mod showing;
mod timelines;

use crate::command::{flagfall, stderr, stdout};
use serde_json::Value;
use std::path::{Path, PathBuf};

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
