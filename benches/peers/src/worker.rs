//! One run of one workload on one engine, in a process of its own: no run
//! meets the heap or the branch predictor of another.

use crate::engines::Engine;
use crate::workload::{self, Workload};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a worker prints, as one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(crate) engine: String,
    pub(crate) workload: String,
    /// Units that were run.
    pub(crate) count: u64,
    /// Of the run alone, without start-up and spawning.
    pub(crate) seconds: f64,
    /// What [`Workload::expectation`] speaks of.
    pub(crate) value: f64,
    /// The most memory the process ever held, in KiB.
    pub(crate) peak_kib: u64,
    /// Where it was [counted](count): how many instructions each unit took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instructions: Option<f64>,
}

impl Measurement {
    /// Nanoseconds, or instructions where they were counted.
    pub(crate) fn cost_of_unit(&self) -> f64 {
        self.instructions.unwrap_or(self.seconds * 1e9 / self.count as f64)
    }
}

/// Runs the workload in this process.
pub(crate) fn run(engine: Engine, workload: &Workload) -> Measurement {
    let finished = engine.run(workload);
    Measurement {
        engine: engine.name().to_owned(),
        workload: workload.to_string(),
        count: workload.count - workload::left(),
        seconds: finished.seconds,
        value: finished.value,
        peak_kib: peak_kib().unwrap_or(0),
        instructions: None,
    }
}

/// `VmHWM`, which Linux alone has.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Runs the workload in a fresh process and checks what came of it.
pub(crate) fn measure(
    engine: Engine,
    workload: &Workload,
    python: &Path,
) -> Result<Measurement, String> {
    let command = if engine == Engine::Simpy {
        let mut command = Command::new(python);
        command.arg(SIMPY);
        command
    } else {
        Command::new(this_program()?)
    };
    run_process(command, engine, workload).map(|(measurement, _)| measurement)
}

/// Counts the instructions of a unit under Callgrind: runs the workload and three
/// times the workload, so that start-up and spawning drop out of the difference.
pub(crate) fn count(engine: Engine, workload: &Workload) -> Result<Measurement, String> {
    let collected = |workload: &Workload| {
        let profile = format!("flagfall-peers-{}.callgrind", std::process::id());
        let profile = std::env::temp_dir().join(profile);
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--cache-sim=no"]);
        command.arg(format!("--callgrind-out-file={}", profile.display())).arg(this_program()?);
        let result = run_process(command, engine, workload);
        // Only the total is of interest, and there may be no file.
        let _ = std::fs::remove_file(profile);
        let (measurement, said) = result?;
        let total = said.lines().find_map(|line| line.split_once("Collected : ")?.1.parse().ok());
        let total: u64 = total.ok_or_else(|| format!("valgrind counted nothing:\n{said}"))?;
        Ok::<_, String>((measurement, total))
    };
    let longer = Workload { count: 3 * workload.count, ..*workload };
    let ((_, less), (measurement, more)) = (collected(workload)?, collected(&longer)?);
    let units = longer.count - workload.count;
    Ok(Measurement { instructions: Some((more - less) as f64 / units as f64), ..measurement })
}

fn this_program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| error.to_string())
}

/// Lets a worker run a workload; its measurement, checked, and what else it said.
fn run_process(
    mut command: Command,
    engine: Engine,
    workload: &Workload,
) -> Result<(Measurement, String), String> {
    if engine != Engine::Simpy {
        command.args(["--worker", engine.name()]);
    }
    command.args([workload.to_string(), workload.count.to_string()]);
    let output = command.output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    let failed = |what: &str| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!("{engine} on {workload}: {what}\n{}", stderr.trim_end())
    };
    if !output.status.success() {
        return Err(failed(&output.status.to_string()));
    }
    let measurement: Measurement = serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(&format!("printed no measurement: {error}")))?;
    check(&measurement, workload).map_err(|error| failed(&error))?;
    Ok((measurement, String::from_utf8_lossy(&output.stderr).into_owned()))
}

const SIMPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/simpy_peer.py");

fn check(measurement: &Measurement, workload: &Workload) -> Result<(), String> {
    if measurement.count != workload.count {
        let unit = workload.unit();
        return Err(format!("ran {} {unit}s of {}", measurement.count, workload.count));
    }
    let (name, expected, tolerance) = workload.expectation();
    let value = measurement.value;
    if !(expected - tolerance..=expected + tolerance).contains(&value) {
        return Err(format!("{name} is {value}, not {expected} +- {tolerance}"));
    }
    Ok(())
}

/// Whether SimPy can be imported; if not, what to do about it.
pub(crate) fn find_simpy(python: &Path) -> Result<(), String> {
    let output = Command::new(python).args(["-c", "import simpy"]).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(_) => Err(format!(
            "{} has no SimPy: python3 -m venv simpy-venv && simpy-venv/bin/pip install \
             'simpy==4.1.*', then --python simpy-venv/bin/python; or leave it out: --no-simpy",
            python.display()
        )),
        Err(error) => Err(format!(
            "cannot start {}: {error}; name a Python that has SimPy with --python, or leave it \
             out: --no-simpy",
            python.display()
        )),
    }
}
