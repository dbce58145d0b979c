//! The extension below the Python package `flagfall`: it only calls the library.

// pyo3 would build for it, and not say that nobody tried it: no such interpreter is in the package
// registries.
#[cfg(Py_GIL_DISABLED)]
compile_error!(
    "flagfall is not built for free-threaded Python (3.13t, 3.14t): nobody has tested it there. Use \
     a build of CPython with the GIL; runs and studies use all CPUs there, too"
);

mod bits;
mod function_study;
mod numbers;
mod random;
mod ray;
mod records;
mod statistics;
mod studies;

use flagfall::Config;
use flagfall::measure::Measure;
use flagfall::model::Model;
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::{Host, HostedProgress, HostedRun, HostedScenario, NoResult, Program};
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use std::ffi::OsString;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::OnceLock;

/// What Python sees as `flagfall._flagfall`.
#[pymodule]
mod _flagfall {
    #[pymodule_export]
    use super::bits::Bits;
    #[pymodule_export]
    use super::function_study::function_study;
    #[pymodule_export]
    use super::random::Drawn;
    #[pymodule_export]
    use super::ray::{
        Call, ObjectRef, Process, Stored, Thread, TieOrder, ask, await_all, call_actor,
        current_process, current_thread, end_run, event, fail, forward, interrupt, kill, now,
        search_ties, send, simulate, slowed, spawn, stop_process, succeed, take_back, taken, wake,
        watch,
    };
    #[pymodule_export]
    use super::records::{check_choice, records};
    #[pymodule_export]
    use super::statistics::{
        Summary, autocorrelation_of, batch_means, estimate, estimate_yes_no, needed, paired,
        quantiles, ratio_of, stop, student, truncation,
    };
    #[pymodule_export]
    use super::studies::{check_study, levels, study_command, table};
    #[pymodule_export]
    use super::{Outcome, Prepared, command, library_day, verify, words};

    #[expect(non_upper_case_globals, reason = "a name of Python")]
    #[pymodule_export]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// The models and their options, which are made once: at the first call, and not when the
/// package is imported. Call it while the interpreter is held: whoever forks it finds all of it
/// made, or nothing.
fn host() -> &'static Host<'static> {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    static HOST: OnceLock<Host<'static>> = OnceLock::new();
    HOST.get_or_init(|| {
        let host = Host::new(PROGRAM.get_or_init(program));
        host.ready();
        host
    })
}

/// The command of the package: it has Ray programs, too.
fn program() -> Program {
    Program::flagfall().model::<ray::RayProgram>()
}

/// Runs the command with those arguments, the program's name first, and returns its exit
/// code. Other Python threads go on meanwhile.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let code = py.detach(|| program().status(arguments));
    if let Some(error) = ray::raised() {
        error.write_unraisable(py, None);
    }
    code
}

/// A model with its options, read and checked: what runs again and again.
#[pyclass(frozen, module = "flagfall._flagfall")]
struct Prepared(HostedScenario);

#[pymethods]
impl Prepared {
    /// Of the words of `flagfall run`, the model first.
    ///
    /// The interpreter is held meanwhile: whoever forks it finds no lock of another thread.
    #[new]
    fn new(words: Vec<String>) -> PyResult<Self> {
        host().scenario(&words).map(Self).map_err(failed)
    }

    /// Whether options name files, which may have changed since they were read.
    #[getter]
    fn reads_files(&self) -> bool {
        self.0.reads_files()
    }

    /// The scenario file that says the same.
    fn toml(&self) -> String {
        self.0.toml()
    }

    /// Makes a run, and returns its result. Other Python threads go on meanwhile. What the command
    /// prints as notes are warnings.
    ///
    /// A signal handler of Python runs every few milliseconds, and what it raises ends the run.
    #[pyo3(signature = (seed=None, replication=None))]
    fn run(
        &self,
        py: Python<'_>,
        seed: Option<u64>,
        replication: Option<u64>,
    ) -> PyResult<Outcome> {
        let run = watched(py, |goes_on| self.0.run(seed, replication, goes_on))?;
        for note in &run.notes {
            warn(py, note)?;
        }
        Ok(Outcome(run))
    }
}

/// The result of a run. Nothing of it becomes an object of Python before it is asked for.
#[pyclass(frozen, module = "flagfall._flagfall")]
struct Outcome(HostedRun);

#[pymethods]
impl Outcome {
    #[getter]
    fn model(&self) -> &str {
        self.0.model()
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.0.seed
    }

    #[getter]
    fn replication(&self) -> u64 {
        self.0.replication
    }

    #[getter]
    fn digest(&self) -> Option<String> {
        self.0.run.digest.map(|digest| digest.to_string())
    }

    #[getter]
    fn events(&self) -> u64 {
        self.0.run.events
    }

    /// In seconds.
    #[getter]
    fn virtual_time(&self) -> f64 {
        self.0.run.virtual_time.as_secs_f64()
    }

    /// Names, values and units; `1` of counts and shares.
    #[getter]
    fn measures(&self) -> Vec<(String, Option<f64>, String)> {
        let told =
            |measure: &Measure| (measure.name.to_string(), measure.value, measure.unit.to_string());
        self.0.run.result.as_slice().iter().map(told).collect()
    }

    /// The words of its scenario, the model first.
    fn words(&self) -> PyResult<Vec<String>> {
        self.0.scenario().words().map_err(failed)
    }

    /// What `flagfall run --json` prints.
    fn json(&self, py: Python<'_>) -> PyResult<&str> {
        py.detach(|| self.0.json()).map_err(failed)
    }

    /// What a chart of it shows, as JSON: the run of a report's page. The run is made again.
    fn timeline(&self, py: Python<'_>) -> PyResult<String> {
        watched(py, |goes_on| self.0.timeline(goes_on))
    }
}

/// Makes runs of those words one after another and side by side, and compares them. Returns
/// how many ran side by side, how many records each has, and its digest. `progress` is called as
/// by `study_command`.
#[pyfunction]
#[pyo3(signature = (words, runs, threads=None, progress=None))]
fn verify(
    py: Python<'_>,
    words: Vec<String>,
    runs: u32,
    threads: Option<u32>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u32, u64, Option<String>)> {
    // Read while the interpreter is held, as above.
    let scenario = host().verify(&words).map_err(failed)?;
    let compare = |goes_on: &mut GoesOn<'_>| scenario.compare((runs, threads), goes_on);
    let found = reported(py, progress, compare)?;
    Ok((found.side_by_side, found.records, found.digest))
}

/// The words of a scenario file with that text, and a note. `path` is where it was read.
#[pyfunction]
#[pyo3(signature = (text, path=None))]
fn words(text: &str, path: Option<PathBuf>) -> PyResult<(Vec<String>, Option<String>)> {
    host().words(text, path.as_deref()).map_err(failed)
}

/// Whether a signal came, to Python or to a Ray program.
fn signalled(py: Python<'_>) -> PyResult<()> {
    py.check_signals()?;
    ray::raised().map_or(Ok(()), Err)
}

/// Does something without the interpreter, which is asked now and then whether to go on.
fn watched<T: Send>(
    py: Python<'_>,
    work: impl Send + FnOnce(&mut dyn FnMut() -> bool) -> Result<T, NoResult>,
) -> PyResult<T> {
    let mut raised = None;
    let result = py.detach(|| {
        work(&mut || {
            raised = Python::attach(signalled).err();
            raised.is_none()
        })
    });
    // One that came at the end says more than what the run failed with because of it.
    let raised = raised.or_else(|| signalled(py).err());
    raised.map_or_else(|| result.map_err(failed), Err)
}

/// What tells how far it is, and asks whether to go on.
type GoesOn<'a> = dyn FnMut(HostedProgress) -> bool + 'a;

/// As `watched`, and calls `progress` with how far it is.
fn reported<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl Send + FnOnce(&mut GoesOn<'_>) -> Result<T, NoResult>,
) -> PyResult<T> {
    let mut raised = None;
    let result = py.detach(|| {
        work(&mut |at| {
            let asked = Python::attach(|py| {
                signalled(py)?;
                let told = progress.as_ref().map(|told| told.call1(py, (at.done, at.total)));
                told.transpose()
            });
            raised = asked.err();
            raised.is_none()
        })
    });
    raised.map_or_else(|| result.map_err(failed), Err)
}

/// The exception that the package has for it.
fn failed(why: NoResult) -> PyErr {
    Python::attach(|py| match why {
        NoResult::Failed(code, text) => error(py, "error_of", (code, text)),
        NoResult::Different(text) => error(py, "DifferentError", (text,)),
        // It ends for an exception alone.
        other => error(py, "error_of", (1_u8, other.to_string())),
    })
}

/// Gives a note of the command as a warning, at the line that called the package.
fn warn(py: Python<'_>, note: &str) -> PyResult<()> {
    py.import("flagfall._errors")?.getattr("warn")?.call1((note,))?;
    Ok(())
}

/// The `UsageError` that an argument has a value that it cannot have: `why` stands behind its
/// name.
fn refused(py: Python<'_>, argument: &str, why: &str) -> PyErr {
    error(py, "refused", (argument, why))
}

/// The exception that this function or class of `flagfall._errors` makes of those arguments.
fn error<'py>(py: Python<'py>, name: &str, arguments: impl PyCallArgs<'py>) -> PyErr {
    let made = || py.import("flagfall._errors")?.getattr(name)?.call1(arguments);
    made().map_or_else(|error| error, PyErr::from_value)
}

/// Makes the taxi day `count` times, with the library alone: a test compares a call from Python
/// with it.
#[pyfunction]
fn library_day(py: Python<'_>, count: u32) {
    py.detach(|| {
        for _ in 0..count {
            let config = Config::new(42).latency(DEFAULT_LATENCY);
            black_box(TaxiFleet::default().run(config)).expect("it is the taxi day");
        }
    });
}
