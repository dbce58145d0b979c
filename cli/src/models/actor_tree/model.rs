//! The tree as a model: started, read off, measured, copied.

use super::{
    ActorTree, CheckpointStore, Crasher, Death, Driver, DriverMessage, Growth, Supervisor,
    SupervisorMessage, Worker, WorkerMessage,
};
use crate::models::Branching;
use flagfall::model::{Measured, Run};
use flagfall::{
    ActorRef, DeathCause, Measures, Model, Record, RecordKind, Simulation, TypeRegistry,
};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;

/// The actors of a running tree.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handles {
    /// The driver, which owns all others.
    pub driver: ActorRef<DriverMessage>,
    deaths: Rc<RefCell<Vec<Death>>>,
}

impl Model for ActorTree {
    type Handles = Handles;
    type Result = Growth;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let deaths = watch_deaths(Vec::new(), simulation);
        let driver = simulation.spawn("driver", Driver::new(self.clone()));
        simulation.send(&driver, DriverMessage::Start);
        Handles { driver: *driver, deaths }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Growth {
        let deaths = handles.deaths.borrow().clone();
        let Some(driver) = simulation.inspect::<Driver>(&handles.driver) else {
            return Growth { deaths, ..Growth::default() };
        };
        let store = driver.store.and_then(|store| simulation.inspect(&store));
        let checkpoints = store.map(|store: &CheckpointStore| store.history.clone());
        Growth {
            inspections: driver.inspections.clone(),
            deaths,
            restarts: driver.restarts.clone(),
            checkpoints: checkpoints.unwrap_or_default(),
        }
    }
}

impl Measured for ActorTree {
    /// `inspections`: of all supervisors together. `deaths`: of workers and supervisors, those
    /// at the end included, when the driver kills what is left. `workers_killed`,
    /// `workers_orphaned`: of them the workers that a kill ended, and those that ended with their
    /// owner. `restarts`: of workers.
    /// `checkpoints`: all that were saved, one for each epoch of a worker. `virtual_time`: when
    /// the run ended.
    fn measures(&self, run: &Run<Growth>) -> Measures {
        let Growth { inspections, deaths, restarts, checkpoints } = &run.result;
        let workers = |cause| {
            let died = deaths.iter().filter(|death| death.is_worker() && death.cause == cause);
            died.count() as u64
        };
        let mut measures = Measures::new();
        measures
            .count("inspections", inspections.len() as u64)
            .count("deaths", deaths.len() as u64)
            .count("workers_killed", workers(DeathCause::Killed))
            .count("workers_orphaned", workers(DeathCause::OwnerDied))
            .count("restarts", restarts.len() as u64)
            .count("checkpoints", checkpoints.len() as u64)
            .add("virtual_time", "s", run.virtual_time.as_secs_f64());
        measures
    }
}

impl Branching for ActorTree {
    fn types() -> TypeRegistry {
        TypeRegistry::new()
            .forkable_by(Supervisor::fork)
            .answer("states of a supervisor", DriverMessage::States)
            .answer("restored", WorkerMessage::Restored)
            .savable::<Driver>("actor tree: driver")
            .savable_as::<Supervisor>("actor tree: supervisor")
            .savable::<Worker>("actor tree: worker")
            .savable::<CheckpointStore>("actor tree: checkpoints")
            .savable::<Crasher>("actor tree: crasher")
            .saved_answers("states of workers", SupervisorMessage::States)
    }

    fn attach(handles: Handles, copy: &mut Simulation) -> Handles {
        let deaths = watch_deaths(handles.deaths.borrow().clone(), copy);
        Handles { driver: handles.driver, deaths }
    }
}

/// Notes who dies, from now on.
fn watch_deaths(deaths: Vec<Death>, simulation: &mut Simulation) -> Rc<RefCell<Vec<Death>>> {
    let deaths = Rc::new(RefCell::new(deaths));
    let log = Rc::clone(&deaths);
    simulation.observe(move |record: &Record<'_>| {
        if let RecordKind::Died(cause) = record.kind {
            let actor = record.receiver.to_string();
            log.borrow_mut().push(Death { time: record.time, actor, cause });
        }
    });
    deaths
}
