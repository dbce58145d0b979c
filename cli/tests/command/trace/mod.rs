//! The command and trace files: recording, showing, comparing, running again.

mod again;
mod damaged;
mod differences;
mod recording;
mod showing;
mod timelines;

use crate::command::{folder, within};
use serde_json::Value;
use std::path::Path;

/// The same, which must succeed.
fn shown(folder: &Path, arguments: &str) -> String {
    let (code, out, talk) = within(folder, arguments);
    assert_eq!(code, 0, "{arguments}: {talk}");
    out
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}
