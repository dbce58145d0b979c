//! One run of one workload on one engine, in a process of its own: no run
//! meets the heap or the branch predictor of another.

use crate::engines::Engine;
use crate::workload::{self, Workload};
use serde::{Deserialize, Serialize};
use std::path::Path;
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
}

impl Measurement {
    pub(crate) fn nanos_per_unit(&self) -> f64 {
        self.seconds * 1e9 / self.count as f64
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
    let mut command = if engine == Engine::Simpy {
        let mut command = Command::new(python);
        command.arg(SIMPY);
        command
    } else {
        let executable = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(executable);
        command.args(["--worker", engine.name()]);
        command
    };
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
    Ok(measurement)
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
