//! The search of ties for functions of Python: tests of the pytest plugin.

use flagfall::panics::{Enough, caught};
use flagfall::search::TieSearch;
use flagfall::tie::{TieLog, TiePolicy};
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

/// One order of simultaneous events that a search wants a run under.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct TieOrder {
    policy: TiePolicy,
    log: Mutex<TieLog>,
}

impl TieOrder {
    pub(crate) fn policy(&self) -> TiePolicy {
        self.policy.clone()
    }

    pub(crate) fn keep(&self, log: TieLog) {
        *self.log.lock().unwrap_or_else(PoisonError::into_inner) = log;
    }

    fn log(&self) -> TieLog {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[pymethods]
impl TieOrder {
    /// Whether the result of its run counts. It does not if the run led to nothing new and was
    /// given up, or did not repeat what it was to repeat.
    #[getter]
    fn counts(&self) -> bool {
        let log = self.log();
        !log.is_redundant() && !log.has_strayed()
    }

    /// The choices that repeat its run, as `--ties` reads them.
    #[getter]
    fn choices(&self) -> String {
        let choices = self.log().choices();
        if choices.is_empty() { "fifo".to_owned() } else { choices.to_string() }
    }
}

/// Calls `program(order)` with one order for each class of equivalent ones, which makes a run by
/// `simulate(..., ties=order)`. There are at most `budget` runs for the classes, and as many to
/// turn round single ties; if those are not all classes, `samples` shuffles follow. Returns how
/// many runs it made, and whether these were all classes. What `program` raises ends the search.
///
/// # Errors
/// What `program` raised, or why it cannot be searched.
#[pyfunction]
pub(crate) fn search_ties(
    program: &Bound<'_, PyAny>,
    budget: u64,
    samples: u64,
) -> PyResult<(u64, bool)> {
    let py = program.py();
    let mut raised = None;
    let search = TieSearch::new().budget(budget).samples(samples);
    let found = caught(|| {
        search.run(|policy| {
            let order = TieOrder { policy: policy.clone(), log: Mutex::default() };
            let called = Bound::new(py, order).and_then(|order| {
                program.call1((&order,))?;
                Ok(order.get().log())
            });
            match called {
                Ok(log) => ((), log),
                Err(error) => {
                    raised = Some(error);
                    Enough::unwind()
                }
            }
        })
    });
    if let Some(error) = raised {
        return Err(error);
    }
    let found = found.unwrap_or_else(|panic| panic.resume());
    let found = found.map_err(|error| crate::error(py, "DifferentError", (error.to_string(),)))?;
    Ok((found.runs, found.complete))
}
