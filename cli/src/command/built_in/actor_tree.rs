//! The options of the tree of actors.

use super::memory::{self, Kept};
use super::started::of_the_library;
use crate::command::own::{Ended, OwnModel};
use crate::models::actor_tree::{ActorTree, Death, Growth, WorkerState};
use crate::report::json::Fields;
use crate::report::python;
use clap::Args;
use flagfall::time::Span;
use serde::Serialize;
use std::io::{self, Write};

/// The most inspections that a tree may need on average.
const MOST_INSPECTIONS: f64 = 1e6;

/// Tree of actors: supervisors, workers, states, checkpoints, kills
#[derive(Debug, Args)]
#[command(next_help_heading = "Tree of actors")]
pub(super) struct ActorTreeOptions {
    /// How many supervisors
    #[arg(long, value_name = "N", default_value_t = 1)]
    supervisors: u32,
    /// How many workers each supervisor has
    #[arg(long, value_name = "N", default_value_t = 3)]
    workers: u32,
    /// How many epochs each worker trains; it saves a checkpoint after each
    #[arg(long, value_name = "N", default_value_t = 1)]
    epochs: u32,
    /// How long an epoch takes
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    epoch: Span,
    /// Kill a worker of the first supervisor at a time, like 1@2.5s; may be repeated
    #[arg(long = "crash", value_name = "WORKER@TIME", value_parser = crash)]
    crashes: Vec<(u32, Span)>,
    /// Chance that a worker says it is done when asked for its state
    #[arg(long, value_name = "P", default_value_t = 0.5, conflicts_with = "states")]
    done: f64,
    /// What the workers answer instead of random states, inspection by inspection
    #[arg(long, value_name = "DONE,RUNNING,...;...", value_parser = script)]
    states: Option<Script>,
}

/// A worker that crashes, and when: `1@2.5s`.
fn crash(text: &str) -> Result<(u32, Span), String> {
    let wanted = || format!("`{text}` is not a crash: write WORKER@TIME, like 1@2.5s");
    let (worker, time) = text.split_once('@').ok_or_else(wanted)?;
    let worker = worker.parse().map_err(|_| wanted())?;
    Ok((worker, time.parse().map_err(|error| format!("{error}"))?))
}

/// What workers answer, inspection by inspection:
/// `DONE,RUNNING,DONE;DONE,DONE,DONE`.
type Script = Box<[Vec<WorkerState>]>;

fn script(text: &str) -> Result<Script, String> {
    let state = |word: &str| match word.trim() {
        "RUNNING" => Ok(WorkerState::Running),
        "DONE" => Ok(WorkerState::Done),
        word => Err(format!("`{word}` is not a state: write RUNNING or DONE")),
    };
    let line = |line: &str| line.split(',').map(state).collect();
    text.split(';').map(line).collect()
}

impl ActorTreeOptions {
    fn model(&self) -> ActorTree {
        ActorTree {
            supervisors: self.supervisors,
            workers: self.workers,
            epochs: self.epochs,
            epoch: self.epoch,
            crashes: self.crashes.clone(),
            done: self.done,
            script: self.states.as_deref().unwrap_or_default().to_vec(),
        }
    }

    /// Checks that crashes and states are of workers that exist.
    fn check_workers(&self) -> Result<(), String> {
        let workers = self.workers;
        if let Some((worker, time)) = self.crashes.iter().find(|(worker, _)| *worker >= workers) {
            return Err(format!(
                "--crash {worker}@{time}: there is no worker {worker} to crash: they are numbered \
                 from 0 to {}",
                i64::from(workers) - 1
            ));
        }
        let mut lines = self.states.iter().flat_map(|script| script.iter());
        match lines.find(|line| line.len() != workers as usize) {
            Some(line) => Err(format!(
                "--states gives {} states for {workers} workers: write one for each",
                line.len()
            )),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct InspectionRow {
    time_s: f64,
    supervisor: u32,
}

/// A death, with the key that says whose it is.
#[derive(Serialize)]
struct DeathRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supervisor: Option<&'a str>,
    cause: String,
    time_s: f64,
}

impl<'a> DeathRow<'a> {
    fn of(death: &'a Death) -> Self {
        let (name, is_worker) = (Some(&*death.actor), death.is_worker());
        Self {
            worker: name.filter(|_| is_worker),
            supervisor: name.filter(|_| !is_worker),
            cause: death.cause.to_string(),
            time_s: death.time.as_secs_f64(),
        }
    }
}

#[derive(Serialize)]
struct RestartRow {
    time_s: f64,
    supervisor: u32,
    worker: u32,
}

fn lists(growth: &Growth, fields: &mut Fields<'_>) {
    let inspections = || growth.inspections.iter();
    let states =
        |states: &Vec<WorkerState>| states.iter().map(|state| state.as_str()).collect::<Vec<_>>();
    let deaths = || growth.deaths.iter();
    fields
        .list("states", inspections().map(|inspection| states(&inspection.states)))
        .list(
            "inspections",
            inspections().map(|inspection| InspectionRow {
                time_s: inspection.time.as_secs_f64(),
                supervisor: inspection.supervisor,
            }),
        )
        .list("deaths", deaths().filter(|death| death.is_worker()).map(DeathRow::of))
        .list("supervisor_deaths", deaths().filter(|death| !death.is_worker()).map(DeathRow::of))
        .list(
            "restarts",
            growth.restarts.iter().map(|restart| RestartRow {
                time_s: restart.time.as_secs_f64(),
                supervisor: restart.supervisor,
                worker: restart.worker,
            }),
        )
        // Supervisor, worker, epochs done.
        .list("checkpoints", growth.checkpoints.iter().map(|c| (c.supervisor, c.worker, c.epochs)));
}

impl OwnModel for ActorTreeOptions {
    const NAME: &'static str = "actor-tree";

    of_the_library!(ActorTree);

    fn check(&self) -> Result<(), String> {
        self.check_workers()?;
        let (workers, done) = (self.workers, self.done);
        if !(done > 0.0 && done <= 1.0) {
            return Err(format!("--done is {done}: write a chance above 0, at most 1"));
        }
        // States are random, as in the notebook: many workers are almost never done at once, and
        // the run would not end.
        let expected = self.model().inspections_expected();
        if expected > MOST_INSPECTIONS {
            return Err(format!(
                "{workers} workers, each done with a chance of {done}, are all done once in \
                 {expected:.0} inspections: raise --done, or give --states"
            ));
        }
        let (supervisors, workers) = (u64::from(self.supervisors), u64::from(workers));
        memory::check(&[
            Kept::by("--supervisors", supervisors, 400),
            Kept::by_both(("--supervisors", supervisors), ("--workers", workers), 1_250),
            Kept::by_both(("--workers", workers), ("--epochs", self.epochs.into()), 25),
        ])
    }

    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        for inspection in &ended.handles.result(ended.simulation).inspections {
            let states = inspection.states.iter().map(|state| state.as_str());
            writeln!(out, "{}", python::list(states))?;
        }
        Ok(())
    }

    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let tree = &ended.handles.model;
        fields
            .add("supervisors", tree.supervisors)
            .add("workers", tree.workers)
            .add("epochs", tree.epochs);
        if ended.lists {
            lists(ended.handles.result(ended.simulation), fields);
        }
    }
}
