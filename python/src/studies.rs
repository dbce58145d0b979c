//! Commands of studies, and their rows as a table.

use crate::{GoesOn, failed, host, reported};
use flagfall_cli::study::level_numbers;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::path::PathBuf;

/// Results, lines beside them, and exit code and text of a failure that has results.
type Answer = (String, Vec<String>, Option<(u8, String)>);

/// Runs a command of that name with the words of a model, and then its own. Other Python threads
/// go on meanwhile. `progress` is called every few milliseconds with how many runs are made, and
/// how many there are in all if that is known.
#[pyfunction]
#[pyo3(signature = (name, model, own, progress=None))]
pub(crate) fn study_command(
    py: Python<'_>,
    name: &str,
    model: Vec<String>,
    own: Vec<String>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Answer> {
    let host = host();
    let command = |goes_on: &mut GoesOn<'_>| host.command(name, &model, &own, goes_on);
    let answer = reported(py, progress, command)?;
    Ok((answer.out, answer.told, answer.failed))
}

/// Checks that a folder has a finished study whose files are as they were written. Other Python
/// threads go on meanwhile.
#[pyfunction]
pub(crate) fn check_study(py: Python<'_>, folder: PathBuf) -> PyResult<()> {
    // Made while the interpreter is held.
    let host = host();
    py.detach(|| host.check_study(&folder)).map_err(failed)
}

/// The numbers that the levels of a factor are, spans in seconds; none if they are words.
#[pyfunction]
pub(crate) fn levels(texts: Vec<String>) -> Option<Vec<f64>> {
    level_numbers(&texts)
}

/// The rows of a finished study, as the capsule of an Arrow stream. Whoever takes the stream out
/// of it gets the columns where they are; rows are read from the disk as they are asked for.
#[pyfunction]
pub(crate) fn table(py: Python<'_>, folder: PathBuf) -> PyResult<Bound<'_, PyCapsule>> {
    let stream = py.detach(|| host().table(&folder)).map_err(failed)?;
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}
