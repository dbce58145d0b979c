//! The workloads for those who write processes: a process per customer, machine,
//! producer or sleeper, resources and stores.

use super::draws::Draws;
use super::{settled, timed, virtual_seconds};
use crate::workload::{self, Finished};
use flagfall::resource::Claim;
use flagfall::{Process, Resource, Simulation, Span, Store};
use std::cell::Cell;
use std::rc::Rc;

fn span(seconds: f64) -> Span {
    Span::from_nanos(workload::nanos(seconds))
}

/// Counts one unit; the last one ends the run.
fn count(p: &Process) {
    if !workload::counted() {
        p.end_run();
    }
}

// --- M/M/1 -----------------------------------------------------------------

/// How many were served and how many seconds they had waited.
type Waits = Rc<Cell<(u64, f64)>>;

async fn customer<D: Draws>(p: Process, server: Resource, waits: Waits) {
    let arrived = p.now();
    let _server = server.acquire(&p).await;
    let waited = (p.now() - arrived).as_nanos() as f64 / 1e9;
    p.sleep(D::default().exponential(span(workload::SERVICE), &p)).await;
    let (served, sum) = waits.get();
    waits.set((served + 1, sum + waited));
    count(&p);
}

pub(super) fn mm1<D: Draws>(mut simulation: Simulation) -> Finished {
    let server = Resource::new(&mut simulation, "server", 1);
    let waits = Waits::default();
    let shared = Rc::clone(&waits);
    simulation.process("source", async move |p| {
        let mut draws = D::default();
        for number in 0.. {
            let waits = Rc::clone(&shared);
            p.process(("customer", number), move |p| customer::<D>(p, server, waits));
            p.sleep(draws.exponential(span(workload::INTERARRIVAL), &p)).await;
        }
    });
    let seconds = timed(&mut simulation);
    let (served, waited) = waits.get();
    Finished { seconds, value: waited / served as f64 }
}

// --- bank ------------------------------------------------------------------

async fn impatient<D: Draws>(p: Process, counter: Resource, left: Rc<Cell<u64>>) {
    let mut draws = D::default();
    let patience = draws.exponential(span(workload::PATIENCE), &p);
    match p.timeout(patience, counter.acquire(&p)).await {
        Ok(_held) => p.sleep(draws.exponential(span(workload::BANK_SERVICE), &p)).await,
        Err(_) => left.set(left.get() + 1),
    }
    count(&p);
}

pub(super) fn reneging<D: Draws>(mut simulation: Simulation) -> Finished {
    let counter = Resource::new(&mut simulation, "counter", 1);
    let left = Rc::new(Cell::new(0));
    let shared = Rc::clone(&left);
    simulation.process("door", async move |p| {
        let mut draws = D::default();
        for number in 0.. {
            let left = Rc::clone(&shared);
            p.process(("customer", number), move |p| impatient::<D>(p, counter, left));
            p.sleep(draws.exponential(span(workload::BANK_INTERARRIVAL), &p)).await;
        }
    });
    let seconds = timed(&mut simulation);
    Finished { seconds, value: left.get() as f64 }
}

// --- repair shop -----------------------------------------------------------

pub(super) fn repair<D: Draws>(mut simulation: Simulation) -> Finished {
    let repairer = Resource::new(&mut simulation, "repairer", 1);
    for number in 0..workload::MACHINES {
        simulation.process(("machine", number as u32), async move |p| {
            let mut draws = D::default();
            loop {
                p.sleep(draws.exponential(span(workload::LIFE), &p)).await;
                let _repairer = repairer.acquire_as(&p, Claim::new().preempting()).await;
                p.sleep(draws.exponential(span(workload::REPAIR), &p)).await;
                count(&p);
            }
        });
    }
    let done = Rc::new(Cell::new(0));
    let jobs = Rc::clone(&done);
    simulation.process("jobs", async move |p| {
        loop {
            let patient = Claim::new().priority(1).resume();
            repairer.serve(&p, patient, span(workload::OTHER_JOB)).await.expect("it is resumed");
            jobs.set(jobs.get() + 1);
        }
    });
    let seconds = timed(&mut simulation);
    Finished { seconds, value: f64::from(done.get()) }
}

// --- store -----------------------------------------------------------------

pub(super) fn store<D: Draws>(mut simulation: Simulation) -> Finished {
    let store = Store::new(&mut simulation, "store", workload::ROOM);
    for number in 0..workload::PRODUCERS as u32 {
        simulation.process(("producer", number), async move |p| {
            let mut draws = D::default();
            for item in 0_u64.. {
                p.sleep(draws.exponential(span(workload::MAKING), &p)).await;
                store.put(&p, item).await;
            }
        });
    }
    for number in 0..workload::CONSUMERS as u32 {
        simulation.process(("consumer", number), async move |p| {
            let mut draws = D::default();
            loop {
                std::hint::black_box(store.get(&p).await);
                p.sleep(draws.exponential(span(workload::MAKING), &p)).await;
                count(&p);
            }
        });
    }
    let mut simulation = settled(simulation);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- sleepers --------------------------------------------------------------

pub(super) fn sleepers(mut simulation: Simulation) -> Finished {
    for number in 0..workload::SLEEPERS {
        let nap = span(workload::nap(number));
        simulation.process(("sleeper", number as u32), async move |p| {
            loop {
                p.sleep(nap).await;
                count(&p);
            }
        });
    }
    let mut simulation = settled(simulation);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- spawning --------------------------------------------------------------

pub(super) fn spawn(mut simulation: Simulation) -> Finished {
    simulation.process("parent", async |p| {
        // It must not end before they do: they are its own.
        for number in 0.. {
            p.process(("child", number), async |p| {
                p.sleep(span(workload::LIVING)).await;
                count(&p);
            });
            p.sleep(span(workload::SPAWNING)).await;
        }
    });
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}
