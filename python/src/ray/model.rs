//! A Ray program as a model of the command, and as a function of Python.

use super::packet::Packet;
use super::process::{Member, Process};
use super::search::TieOrder;
use super::turn::Turn;
use super::world::{World, raised, raises};
use flagfall::{Config, Digest, FaultPlan, Latency, Limits, Measures, Simulation, Span, TiePolicy};
use flagfall_cli::{Ended, Fields, OwnModel, Preparation, PrepareError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// How long a message travels: the same for all, so that what takes more steps arrives later, as
/// on a cluster.
const LATENCY: Latency = Latency::Fixed(Span::from_millis(1));

/// The most CPUs of a cluster.
const MOST_CPUS: f64 = 10_000.0;

/// How long a worker process takes to start on real Ray (`fixtures/ray/overheads.json`).
const STARTUP: Span = Span::from_millis(350);

/// A program written for Ray, in virtual time
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RayProgram {
    /// The Python file or notebook
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// An argument of the program; can be repeated
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    argument: Vec<String>,
    /// CPUs of the cluster, if the program does not say
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    num_cpus: f64,
    /// How long a new worker process takes to start [default: 350ms, and 0s with --latency 0]
    #[arg(long, value_name = "SPAN")]
    startup: Option<Span>,
    /// Write a notebook with its outputs into this file
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Write the program's output when it is printed, not at the end
    #[arg(long)]
    live: bool,
}

/// A run of a program.
pub(crate) struct Handles {
    world: Arc<World>,
    /// A `Run` of `_launch.py`.
    run: Py<PyAny>,
    _turn: Turn,
}

impl Drop for Handles {
    fn drop(&mut self) {
        Python::attach(|py| {
            // A signal may have come at the very end.
            self.run.call_method0(py, "close").map_or_else(raises, drop);
        });
    }
}

/// Whether the handler of a signal has raised it, which came before the run could take note of it.
fn is_of_handler(py: Python<'_>, error: &PyErr) -> PyResult<bool> {
    let interrupts = py.import("flagfall.ray._world.interrupts")?;
    interrupts.call_method1("is_of_handler", (whole(py, error)?,))?.extract()
}

/// Puts the processes of a `Run` of `_launch.py` into a simulation.
fn begin(simulation: &mut Simulation, run: &Bound<'_, PyAny>) -> PyResult<Arc<World>> {
    let world = Arc::new(World::new(&simulation.config().faults));
    let processes: Vec<Bound<'_, Process>> = run.call_method0("processes")?.extract()?;
    let mut addresses = Vec::new();
    for process in &processes {
        let member = Member { process: process.clone().unbind(), world: Arc::clone(&world) };
        let address = *simulation.spawn(process.get().label.clone(), member);
        process.get().born(address);
        addresses.push(address);
    }
    for address in addresses {
        simulation.send(&address, Packet::Start);
    }
    Ok(world)
}

impl RayProgram {
    fn run<'py>(&self, py: Python<'py>, config: &Config) -> PyResult<Bound<'py, PyAny>> {
        let keywords = PyDict::new(py);
        keywords.set_item("seed", config.seed)?;
        let half = config.half();
        keywords.set_item("replication", half.replication)?;
        keywords.set_item("is_mirrored", half.is_mirrored)?;
        keywords.set_item("num_cpus", self.num_cpus)?;
        let ideal = config.latency == Latency::Fixed(Span::ZERO);
        let startup = self.startup.unwrap_or(if ideal { Span::ZERO } else { STARTUP });
        keywords.set_item("startup", startup.as_nanos())?;
        keywords.set_item("live", self.live)?;
        keywords.set_item("save", self.save.as_deref())?;
        let launch = py.import("flagfall.ray._launch")?;
        let arguments = (self.program.as_path(), &self.argument);
        launch.call_method("of_program", arguments, Some(&keywords))
    }
}

impl OwnModel for RayProgram {
    const NAME: &'static str = "ray";
    const LATENCY: Latency = LATENCY;
    const WRITES: &'static [&'static str] = &["save"];
    type Handles = Handles;

    fn check(&self) -> Result<(), String> {
        let is_notebook = self.program.extension().is_some_and(|end| end == "ipynb");
        if self.save.is_some() && !is_notebook {
            return Err(
                "--save keeps the outputs of a notebook: give a file that ends with .ipynb"
                    .to_owned(),
            );
        }
        if (0.0..=MOST_CPUS).contains(&self.num_cpus) {
            return Ok(());
        }
        Err(format!("--num-cpus {}: give a number of CPUs from 0 to {MOST_CPUS}", self.num_cpus))
    }

    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        if preparation.config.cpus.is_some() {
            return Err(PrepareError::Options(
                "--cpus: tasks of Ray programs get the CPUs of ray.init: give --num-cpus for \
                 programs that do not say how many"
                    .to_owned(),
            ));
        }
        if preparation.config.limits.mailbox_length != Limits::default().mailbox_length {
            return Err(PrepareError::Options(
                "--max-mailbox: processes of Ray programs take each message when it comes: give \
                 the actors max_pending_calls in the program"
                    .to_owned(),
            ));
        }
        let path = self.program.display();
        match std::fs::metadata(&self.program) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => Err(PrepareError::File(format!("{path} is not a file"))),
            Err(error) => Err(PrepareError::File(format!("{path} cannot be read: {error}"))),
        }
    }

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let config = simulation.config().clone();
        let started = Python::attach(|py| {
            let turn = Turn::take(py);
            let run = self.run(py, &config)?;
            let world = begin(simulation, &run).inspect_err(|_| {
                run.call_method0("close").map_or_else(raises, drop);
            })?;
            Ok(Handles { world, run: run.unbind(), _turn: turn })
        });
        started.unwrap_or_else(|error: PyErr| {
            Python::attach(|py| {
                if is_of_handler(py, &error).unwrap_or(false) {
                    raises(error.clone_ref(py));
                }
            });
            panic!("{}", told(&error))
        })
    }

    fn measure(&self, simulation: &Simulation, handles: &Handles, measures: &mut Measures) {
        if let Some(error) = handles.world.error() {
            panic!("{}", told(&error));
        }
        Python::attach(|py| {
            if let Some(why) = stuck(simulation, handles.run.bind(py)) {
                simulation.stuck_by(why);
            }
            let counts: PyResult<Vec<(String, u64)>> =
                handles.run.call_method0(py, "counts").and_then(|counts| counts.extract(py));
            for (name, count) in counts.unwrap_or_else(|error| panic!("{}", told(&error))) {
                measures.count(name, count);
            }
        });
    }

    fn text(&self, ended: &Ended<'_, Handles>, out: &mut dyn Write) -> io::Result<()> {
        let printed: PyResult<String> =
            Python::attach(|py| ended.handles.run.call_method0(py, "printed")?.extract(py));
        let printed = printed.unwrap_or_else(|error| panic!("{}", told(&error)));
        out.write_all(printed.as_bytes())
    }

    fn json(&self, ended: &Ended<'_, Handles>, fields: &mut Fields<'_>) {
        fields.parameters();
        let run = &ended.handles.run;
        Python::attach(|py| {
            let lines: PyResult<Vec<String>> =
                run.call_method0(py, "output_lines").and_then(|lines| lines.extract(py));
            let lines = lines.unwrap_or_else(|error| panic!("{}", told(&error)));
            if ended.lists {
                fields.list("output", lines.iter());
            } else {
                // So two outcomes of a search are two without lists, too.
                let mut digest = Digest::new();
                lines.iter().for_each(|line| digest.write_bytes(line.as_bytes()));
                fields.add("output_digest", digest.to_string());
            }
            let uncaught: PyResult<Option<String>> =
                run.getattr(py, "uncaught").and_then(|error| error.extract(py));
            if let Some(error) = uncaught.ok().flatten() {
                fields.add("exception", error);
            }
        });
    }
}

/// Why a program can never end any more, if that is so.
fn stuck(simulation: &Simulation, run: &Bound<'_, PyAny>) -> Option<String> {
    let lives = |process: &Bound<'_, Process>| {
        process.get().address().is_some_and(|address| simulation.is_alive(address.id()))
    };
    let why = || -> PyResult<Option<String>> {
        if simulation.pending_events() > 0 || run.getattr("finished")?.is_truthy()? {
            return Ok(None);
        }
        let processes: Vec<Bound<'_, Process>> = run.getattr("processes_made")?.extract()?;
        let living: Vec<_> = processes.into_iter().filter(lives).collect();
        run.call_method1("why_stuck", (living,))?.extract().map(Some)
    };
    why().unwrap_or_else(|error| panic!("{}", told(&error)))
}

/// The exception with its traceback, which it has not yet if no code of Python has caught it.
fn whole<'py>(py: Python<'py>, error: &PyErr) -> PyResult<Bound<'py, PyAny>> {
    let value = error.value(py).clone().into_any();
    if let Some(traceback) = error.traceback(py) {
        value.setattr("__traceback__", traceback)?;
    }
    Ok(value)
}

/// An error of the package itself, with Python's traceback.
fn told(error: &PyErr) -> String {
    Python::attach(|py| {
        let lines = || -> PyResult<String> {
            let traceback = py.import("traceback")?;
            let lines = traceback.call_method1("format_exception", (whole(py, error)?,))?;
            Ok(lines.extract::<Vec<String>>()?.concat())
        };
        lines().unwrap_or_else(|_| error.to_string())
    })
}

/// The order of simultaneous events: as text, or one of a search.
#[derive(FromPyObject)]
pub(crate) enum Ties<'py> {
    Of(Bound<'py, TieOrder>),
    Said(String),
}

/// Makes a run of a `Run` of `_launch.py`: virtual nanoseconds, events, the digest.
///
/// # Errors
/// What the run raised, or why the engine ended it.
#[pyfunction]
#[pyo3(signature = (run, seed, replication=0, latency="1ms", digest=true, ties=None, faults=None))]
pub(crate) fn simulate(
    run: &Bound<'_, PyAny>,
    seed: u64,
    replication: u64,
    latency: &str,
    digest: bool,
    ties: Option<Ties<'_>>,
    faults: Option<&str>,
) -> PyResult<(u64, u64, Option<String>)> {
    let py = run.py();
    let latency: Latency =
        latency.parse().map_err(|error| crate::refused(py, "latency", &format!("{error}")))?;
    let policy = match &ties {
        None => TiePolicy::InOrder,
        Some(Ties::Of(order)) => order.get().policy(),
        Some(Ties::Said(text)) => {
            text.parse().map_err(|error| crate::refused(py, "ties", &format!("{error}")))?
        }
    };
    let mut config = Config::new(seed).replication(replication).latency(latency).ties(policy);
    if let Some(faults) = faults {
        let plan: FaultPlan =
            faults.parse().map_err(|error| crate::refused(py, "faults", &format!("{error}")))?;
        config = config.faults(plan);
    }
    if !digest {
        config = config.digest(false);
    }
    let _turn = Turn::take(py);
    let mut simulation = Simulation::new(config);
    let begun = begin(&mut simulation, run);
    let mut failed = None;
    if begun.is_ok() {
        let ended = simulation.run();
        if let Some(Ties::Of(order)) = &ties {
            order.get().keep(simulation.tie_log());
        }
        let stuck = stuck(&simulation, run).map(|why| format!("the run got stuck: {why}"));
        failed = ended.err().map(|error| error.to_string()).or(stuck);
    }
    let closed = run.call_method0("close");
    if let Some(error) = raised() {
        return Err(error);
    }
    closed?;
    if let Some(error) = begun?.error() {
        return Err(error);
    }
    if let Some(why) = failed {
        return Err(crate::error(py, "RunError", (why,)));
    }
    let digest = simulation.digest().map(|digest| digest.to_string());
    Ok((simulation.now().as_nanos(), simulation.counts().handled, digest))
}
