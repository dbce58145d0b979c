//! Commands of studies, and their rows as a table.

use crate::{failed, host, watched};
use flagfall_cli::study::level_numbers;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::path::PathBuf;

/// Results, lines beside them, and exit code and text of a failure that has results.
type Answer = (String, Vec<String>, Option<(u8, String)>);

/// Runs a command of that name with the words of a model, and then its own. Other Python threads
/// go on meanwhile.
#[pyfunction]
pub(crate) fn study_command(
    py: Python<'_>,
    name: &str,
    model: Vec<String>,
    own: Vec<String>,
) -> PyResult<Answer> {
    let answer = watched(py, |goes_on| host().command(name, &model, &own, goes_on))?;
    Ok((answer.out, answer.told, answer.failed))
}

/// The numbers that the levels of a factor are, spans in seconds; none if they are words.
#[pyfunction]
pub(crate) fn levels(texts: Vec<String>) -> Option<Vec<f64>> {
    level_numbers(&texts)
}

/// The rows of a finished study, as the capsule of an Arrow stream. Whoever takes the stream out
/// of it gets the columns where they are.
#[pyfunction]
pub(crate) fn table(py: Python<'_>, folder: PathBuf) -> PyResult<Bound<'_, PyCapsule>> {
    let stream = py.detach(|| host().table(&folder)).map_err(failed)?;
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}
