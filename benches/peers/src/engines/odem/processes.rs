//! The workloads for those who write processes: a job per customer, from a pool
//! that takes ended jobs back; `Facility`, channels, and `fork` with `or`.

use super::{Sleeper, finish, timed};
use crate::workload::{self, Finished};
use odem_rs::prelude::*;
use odem_rs::sync::channel::ArrayBuf;
use std::cell::Cell;
use std::pin::pin;

/// Counts one unit; the last one ends the run.
async fn count(end: &Sleeper) {
    if !workload::counted() {
        finish(end).await;
    }
}

// --- M/M/1 -----------------------------------------------------------------

pub(super) async fn mm1(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let server = Facility::new();
    let waits = Cell::new((0_u64, 0.0));
    let customer = || async {
        let arrived = sim.now();
        let seized = server.seize().await;
        let waited = sim.now() - arrived;
        sim.advance(workload::SERVICE * workload::exponential()).await;
        seized.release();
        waits.update(|(served, sum)| (served + 1, sum + waited));
        count(&end).await;
    };
    let customers = pin!(Pool::dynamic().with(Job::new));
    let source = pin!(Job::new(async {
        loop {
            sim.activate(customers.alloc(customer()));
            sim.advance(workload::INTERARRIVAL * workload::exponential()).await;
        }
    }));
    sim.activate(source);
    let seconds = timed(&end).await;
    let (served, waited) = waits.get();
    Finished { seconds, value: waited / served as f64 }
}

// --- bank ------------------------------------------------------------------

pub(super) async fn reneging(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let counter = Facility::new();
    let left = Cell::new(0_u64);
    let customer = || async {
        let patience = workload::PATIENCE * workload::exponential();
        let seized = sim
            .fork(async { Some(counter.seize().await) })
            .or(async {
                sim.advance(patience).await;
                None
            })
            .await;
        match seized {
            Some(seized) => {
                sim.advance(workload::BANK_SERVICE * workload::exponential()).await;
                seized.release();
            }
            None => left.update(|left| left + 1),
        }
        count(&end).await;
    };
    let customers = pin!(Pool::dynamic().with(Job::new));
    let door = pin!(Job::new(async {
        loop {
            sim.activate(customers.alloc(customer()));
            sim.advance(workload::BANK_INTERARRIVAL * workload::exponential()).await;
        }
    }));
    sim.activate(door);
    let seconds = timed(&end).await;
    Finished { seconds, value: left.get() as f64 }
}

// --- repair shop -----------------------------------------------------------

/// Nothing can be taken from who has seized it: the other jobs watch how many
/// machines are broken.
pub(super) async fn repair(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let repairer = Facility::new();
    let broken = Control::new(0_u64);
    let done = Cell::new(0_u64);
    let machine = || async {
        loop {
            sim.advance(workload::LIFE * workload::exponential()).await;
            broken.update(|broken| broken + 1);
            let seized = repairer.seize().await;
            sim.advance(workload::REPAIR * workload::exponential()).await;
            seized.release();
            broken.update(|broken| broken - 1);
            count(&end).await;
        }
    };
    let machines = pin!(Pool::with_capacity(workload::MACHINES).with(Job::new));
    for _ in 0..workload::MACHINES {
        sim.activate(machines.alloc(machine()));
    }
    let jobs = pin!(Job::new(async {
        let mut left = workload::OTHER_JOB;
        loop {
            until!(broken == 0).await;
            let since = sim.now();
            let finished = sim
                .fork(async {
                    sim.advance(left).await;
                    true
                })
                .or(async {
                    until!(broken > 0).await;
                    false
                })
                .await;
            if finished {
                done.update(|done| done + 1);
                left = workload::OTHER_JOB;
            } else {
                left -= sim.now() - since;
            }
        }
    }));
    sim.activate(jobs);
    let seconds = timed(&end).await;
    Finished { seconds, value: done.get() as f64 }
}

// --- store -----------------------------------------------------------------

pub(super) async fn store(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let (sender, receiver) = channel(ArrayBuf::<{ workload::ROOM }, u64>::new());
    let producer = || async {
        for item in 0.. {
            sim.advance(workload::MAKING * workload::exponential()).await;
            sender.send(item).await.expect("the consumers stay");
        }
    };
    let consumer = || async {
        loop {
            std::hint::black_box(receiver.recv().await.expect("the producers stay"));
            sim.advance(workload::MAKING * workload::exponential()).await;
            count(&end).await;
        }
    };
    let producers = pin!(Pool::with_capacity(workload::PRODUCERS).with(Job::new));
    let consumers = pin!(Pool::with_capacity(workload::CONSUMERS).with(Job::new));
    for _ in 0..workload::PRODUCERS {
        sim.activate(producers.alloc(producer()));
    }
    for _ in 0..workload::CONSUMERS {
        sim.activate(consumers.alloc(consumer()));
    }
    sim.defer().await;
    let seconds = timed(&end).await;
    Finished { seconds, value: sim.now() }
}

// --- sleepers --------------------------------------------------------------

pub(super) async fn sleepers(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let sleeper = async |nap: f64| loop {
        sim.advance(nap).await;
        count(&end).await;
    };
    let jobs = pin!(Pool::with_capacity(workload::SLEEPERS).with(Job::new));
    for number in 0..workload::SLEEPERS {
        sim.activate(jobs.alloc(sleeper(workload::nap(number))));
    }
    sim.defer().await;
    let seconds = timed(&end).await;
    Finished { seconds, value: sim.now() }
}

// --- spawning --------------------------------------------------------------

pub(super) async fn spawn(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let child = || async {
        sim.advance(workload::LIVING).await;
        count(&end).await;
    };
    let children = pin!(Pool::dynamic().with(Job::new));
    let parent = pin!(Job::new(async {
        loop {
            sim.activate(children.alloc(child()));
            sim.advance(workload::SPAWNING).await;
        }
    }));
    sim.activate(parent);
    let seconds = timed(&end).await;
    Finished { seconds, value: sim.now() }
}
