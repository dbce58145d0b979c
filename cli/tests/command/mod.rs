//! The command `flagfall`, and what its tests share.

mod files;
mod mistakes;
mod pace;
mod places;
mod snapshot;
mod studies;
mod surroundings;
mod systems;
mod trace;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) fn flagfall(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(arguments.split_whitespace());
    command
}

pub(crate) fn run(arguments: &str) -> Output {
    flagfall(arguments).output().expect("the command runs")
}

/// Runs a command whose stdout nobody reads.
pub(crate) fn without_reader(command: &mut Command) -> Output {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    drop(child.stdout.take());
    child.wait_with_output().expect("an output")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

pub(crate) fn json(arguments: &str) -> Value {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// A folder of that name for the files of one test, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

pub(crate) fn run_in(folder: &Path, arguments: &str) -> Output {
    flagfall(arguments).current_dir(folder).output().expect("the command runs")
}

/// Runs a command in a folder; its code, stdout and stderr.
pub(crate) fn within(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = run_in(folder, arguments);
    (output.status.code().expect("a code"), stdout(&output), stderr(&output))
}

/// The same without stdout.
pub(crate) fn told_in(folder: &Path, arguments: &str) -> (i32, String) {
    let (code, _, told) = within(folder, arguments);
    (code, told)
}
