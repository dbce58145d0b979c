//! The tree of actors as JSON.

use super::write;
use crate::models::actor_tree::{ActorTree, Death, Growth, Restart};
use flagfall::Config;
use flagfall::model::{Measured, Run};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Body<'a> {
    supervisors: u32,
    workers: u32,
    epochs: u32,
    #[serde(flatten)]
    lists: Option<Lists<'a>>,
}

#[derive(Serialize)]
struct Lists<'a> {
    states: Vec<Vec<&'static str>>,
    inspections: Vec<InspectionRow>,
    deaths: Vec<WorkerDeath<'a>>,
    supervisor_deaths: Vec<SupervisorDeath<'a>>,
    restarts: Vec<RestartRow>,
    /// Supervisor, worker, epochs done.
    checkpoints: Vec<(u32, u32, u32)>,
}

#[derive(Serialize)]
struct InspectionRow {
    time_s: f64,
    supervisor: u32,
}

#[derive(Serialize)]
struct WorkerDeath<'a> {
    worker: &'a str,
    cause: String,
    time_s: f64,
}

#[derive(Serialize)]
struct SupervisorDeath<'a> {
    supervisor: &'a str,
    cause: String,
    time_s: f64,
}

#[derive(Serialize)]
struct RestartRow {
    time_s: f64,
    supervisor: u32,
    worker: u32,
}

/// The tree's states and deaths. With `summary`, without its lists.
///
/// # Errors
/// What writing to `out` returns.
pub fn actor_tree(
    out: &mut dyn Write,
    (model, run): (&ActorTree, &Run<Growth>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    let growth = &run.result;
    let body = Body {
        supervisors: model.supervisors,
        workers: model.workers,
        epochs: model.epochs,
        lists: (!summary).then(|| lists(growth)),
    };
    write(out, "actor-tree", (config, run), &model.measures(run), body)
}

fn worker_deaths(growth: &Growth) -> impl Iterator<Item = &Death> {
    growth.deaths.iter().filter(|death| death.is_worker())
}

fn lists(growth: &Growth) -> Lists<'_> {
    let inspections = || growth.inspections.iter();
    let restart = |restart: &Restart| RestartRow {
        time_s: restart.time.as_secs_f64(),
        supervisor: restart.supervisor,
        worker: restart.worker,
    };
    Lists {
        states: inspections()
            .map(|inspection| inspection.states.iter().map(|state| state.as_str()).collect())
            .collect(),
        inspections: inspections()
            .map(|inspection| InspectionRow {
                time_s: inspection.time.as_secs_f64(),
                supervisor: inspection.supervisor,
            })
            .collect(),
        deaths: worker_deaths(growth)
            .map(|death| WorkerDeath {
                worker: &death.actor,
                cause: death.cause.to_string(),
                time_s: death.time.as_secs_f64(),
            })
            .collect(),
        supervisor_deaths: growth
            .deaths
            .iter()
            .filter(|death| !death.is_worker())
            .map(|death| SupervisorDeath {
                supervisor: &death.actor,
                cause: death.cause.to_string(),
                time_s: death.time.as_secs_f64(),
            })
            .collect(),
        restarts: growth.restarts.iter().map(restart).collect(),
        checkpoints: growth
            .checkpoints
            .iter()
            .map(|c| (c.supervisor, c.worker, c.epochs))
            .collect(),
    }
}
