//! The extension below the Python package `flagfall`: calls of the library, and no manners.

use flagfall_cli::NoResult;
use pyo3::prelude::*;
use std::ffi::OsString;

/// The functions that Python sees as `flagfall._flagfall`.
#[pymodule]
mod _flagfall {
    #[pymodule_export]
    use super::{command, run};
}

/// Runs the command with those arguments, the program's name first, and returns its exit
/// code. Other Python threads go on meanwhile.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| flagfall_cli::status(arguments))
}

/// Makes the run of those words, the model first. Returns its exit code, and the JSON of
/// its result or the text of its error. Other Python threads go on meanwhile.
///
/// A signal handler of Python runs every few milliseconds, and what it raises ends the run.
#[pyfunction]
fn run(py: Python<'_>, words: Vec<String>) -> PyResult<(u8, String)> {
    let mut raised = None;
    let ran = py.detach(|| {
        flagfall_cli::run_to_json(&words, &mut || {
            raised = Python::attach(|py| py.check_signals()).err();
            raised.is_none()
        })
    });
    match (ran, raised) {
        (_, Some(raised)) => Err(raised),
        (Ok(json), None) => Ok((0, json)),
        (Err(NoResult::Failed(code, text)), None) => Ok((code, text)),
        // It ends for an exception alone.
        (Err(other), None) => Ok((1, other.to_string())),
    }
}
