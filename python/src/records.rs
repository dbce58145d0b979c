//! The records of a run as a table.

use crate::{failed, host};
use flagfall_cli::HostedEnd;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// The records of the run of those words, as the capsule of an Arrow stream: those that the choice
/// wants. `end` is the digest and the number of events that the run is to come to.
#[pyfunction]
#[pyo3(signature = (words, choice, seed=None, replication=None, end=None))]
pub(crate) fn records(
    py: Python<'_>,
    words: Vec<String>,
    choice: Vec<String>,
    seed: Option<u64>,
    replication: Option<u64>,
    end: Option<(Option<String>, u64)>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let scenario = host().scenario(&words).map_err(failed)?;
    let choice = host().choice(&choice).map_err(failed)?;
    let end = end.map(|(digest, events)| HostedEnd { digest, events });
    let goes_on = Box::new(watch(py)?);
    let stream = scenario.records((seed, replication), choice, end, goes_on).map_err(failed)?;
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

/// Checks the options that choose records.
#[pyfunction]
pub(crate) fn check_choice(choice: Vec<String>) -> PyResult<()> {
    host().choice(&choice).map(drop).map_err(failed)
}

/// Whether whoever reads the stream is to go on. Only the main thread of Python gets signals. In
/// another thread nothing is asked: the main thread may hold the interpreter and wait for that
/// thread.
fn watch(py: Python<'_>) -> PyResult<impl FnMut() -> bool + Send + use<>> {
    let threading = py.import("threading")?;
    let here = threading.call_method0("current_thread")?;
    let main = here.is(threading.call_method0("main_thread")?);
    let main = main.then(|| std::thread::current().id());
    Ok(move || {
        if main != Some(std::thread::current().id()) {
            return true;
        }
        Python::attach(|py| {
            let Err(raised) = py.check_signals() else { return true };
            if raised.is_instance_of::<PyKeyboardInterrupt>(py) {
                // The reader raises an error of its own. Python raises this one after it.
                let again = py.import("_thread").and_then(|it| it.call_method0("interrupt_main"));
                again.is_ok_and(|_| false)
            } else {
                raised.write_unraisable(py, None);
                false
            }
        })
    })
}
