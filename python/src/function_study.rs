//! Studies of a function of Python. The library keeps the rows; a replication is a call of Python,
//! which gets its result from the function here or from a worker process.

use crate::{GoesOn, failed, host, reported};
use flagfall::Measures;
use flagfall::experiment::{Factor, Finished};
use flagfall_cli::{HostedFunction, NotFinished};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Results, lines beside them, and exit code and text of a failure that has results.
type Answer = (String, Vec<String>, Option<(u8, String)>);

/// A factor: its name, its levels as they are shown, and as they are written in a call.
type Given = (String, Vec<String>, Vec<String>);

/// What is asked for: the function's name, the seed, the factors, what else decides the results,
/// and the arguments of the call that makes the study.
type Asked = (String, u64, Vec<Given>, BTreeMap<String, String>, Vec<String>);

/// Makes a study of a function with the options `own`. The first of `calls` gets the numbers of a
/// point and of a replication and returns the answer of a worker as bytes. The second ends the
/// workers, so that no call of the first goes on. `units` has the units of measures. `progress` is
/// called every few milliseconds if there are several processes.
#[pyfunction]
#[pyo3(signature = (asked, own, calls, units, processes, progress=None))]
pub(crate) fn function_study(
    py: Python<'_>,
    asked: Asked,
    own: Vec<String>,
    calls: (Py<PyAny>, Py<PyAny>),
    units: BTreeMap<String, String>,
    processes: u32,
    progress: Option<Py<PyAny>>,
) -> PyResult<Answer> {
    let (make, stop) = calls;
    let (name, seed, given, parameters, arguments) = asked;
    let (mut factors, mut written) = (Vec::new(), Vec::new());
    for (name, levels, as_written) in given {
        factors.push(Factor { name, levels });
        written.push(as_written);
    }
    let function =
        HostedFunction { name, seed, factors, written, parameters, arguments, processes };
    let raised = Mutex::new(None);
    let ends = |error: PyErr| {
        raised.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        NotFinished::Ends
    };
    let call = |point: usize, replication: u64| {
        Python::attach(|py| {
            let answer = make.call1(py, (point, replication)).map_err(ends)?;
            let answer = answer.bind(py).cast::<PyBytes>().map_err(|error| ends(error.into()))?;
            match read(answer.as_bytes(), &units) {
                Some(outcome) => outcome.map_err(NotFinished::Failed),
                None => Err(ends(PyRuntimeError::new_err("a worker answered in another way"))),
            }
        })
    };
    let study = |goes_on: &mut GoesOn<'_>| host().study(&function, &own, &call, goes_on);
    let mut stopped = false;
    let answer = match processes {
        // Signals reach the function itself.
        1 => py.detach(|| study(&mut |_| true)).map_err(failed),
        _ => reported(py, progress, |goes_on| {
            study(&mut |at| {
                let on = goes_on(at);
                if !on && !stopped {
                    stopped = true;
                    // It fails only if a worker cannot be killed, which ends by itself then.
                    let _ = Python::attach(|py| stop.call0(py));
                }
                on
            })
        }),
    };
    match raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        // If a signal stopped the workers, its exception is the answer.
        Some(raised) if !stopped => Err(raised),
        _ => {
            let answer = answer?;
            Ok((answer.out, answer.told, answer.failed))
        }
    }
}

/// The answer of a worker: `E` and the text of an error; or `V`, how long the names are, the names
/// as a list in JSON, and one number for each. `None` if it is nothing of that.
fn read(answer: &[u8], units: &BTreeMap<String, String>) -> Option<Result<Finished, String>> {
    let (kind, rest) = answer.split_first()?;
    if *kind == b'E' {
        return Some(Err(String::from_utf8_lossy(rest).into_owned()));
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (names, numbers) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let names: Vec<String> = serde_json::from_slice(names).ok()?;
    if *kind != b'V' || numbers.len() != 8 * names.len() {
        return None;
    }
    let mut measures = Measures::new();
    for (name, number) in names.into_iter().zip(numbers.chunks_exact(8)) {
        let number = f64::from_le_bytes(number.try_into().ok()?);
        let number = (!number.is_nan()).then_some(number);
        match units.get(&name).map_or("1", String::as_str) {
            "share" => measures.share_of(name, number),
            "yes/no" => measures.yes_no(name, number.map(|number| number != 0.0)),
            unit => measures.add(name, unit.to_owned(), number),
        };
    }
    Some(Ok(Finished { measures, events: 0, digest: None }))
}
