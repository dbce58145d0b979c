//! The workloads for those who write processes: resources and stores of desim.
//!
//! A process cannot create another: whoever steps the simulation does, when the
//! source asks for it. desim keeps a place for each process that has ended.

use super::{Step, start, step, timed};
use crate::workload::{self, Finished};
use desim::resources::{SimpleResource, SimpleStore};
use desim::{Effect, ProcessId, SimContext, Simulation};
use std::cell::Cell;
use std::ops::Coroutine;
use std::rc::Rc;
use std::time::Instant;

/// Lets a source ask for a new process after each span that `gap` draws, and runs
/// until all units are counted; how long that took.
fn timed_creating<P>(
    simulation: &mut Simulation<Step>,
    gap: impl Fn() -> f64 + 'static,
    create: impl Fn() -> P,
) -> f64
where
    P: Coroutine<SimContext<Step>, Yield = Step, Return = ()> + Unpin + 'static,
{
    let asked = Rc::new(Cell::new(false));
    let asking = Rc::clone(&asked);
    let source = simulation.create_process(Box::new(
        #[coroutine]
        move |_: SimContext<Step>| {
            loop {
                asking.set(true);
                yield step(Effect::TimeOut(gap()));
            }
        },
    ));
    start(simulation, source);
    let clock = Instant::now();
    while workload::left() > 0 {
        simulation.step();
        if asked.take() {
            let process = simulation.create_process(Box::new(create()));
            // Its times are absolute here.
            simulation.schedule_event(simulation.time(), process, step(Effect::Wait));
        }
    }
    clock.elapsed().as_secs_f64()
}

/// Lets that many processes run to where they wait first, before the clock of the
/// benchmark starts.
fn settle(simulation: &mut Simulation<Step>, processes: impl Iterator<Item = ProcessId>) {
    let mut started = 0;
    for process in processes {
        start(simulation, process);
        started += 1;
    }
    (0..started).for_each(|_| simulation.step());
}

// --- M/M/1 -----------------------------------------------------------------

pub(super) fn mm1() -> Finished {
    let mut simulation = Simulation::new();
    let server = simulation.create_resource(Box::new(SimpleResource::new(1)));
    let waits = Rc::new(Cell::new((0_u64, 0.0)));
    let shared = Rc::clone(&waits);
    let customer = move || {
        let waits = Rc::clone(&shared);
        #[coroutine]
        move |context: SimContext<Step>| {
            let arrived = context.time();
            let context: SimContext<Step> = yield step(Effect::Request(server));
            let waited = context.time() - arrived;
            yield step(Effect::TimeOut(workload::SERVICE * workload::exponential()));
            yield step(Effect::Release(server));
            let (served, sum) = waits.get();
            waits.set((served + 1, sum + waited));
            workload::counted();
        }
    };
    let gap = || workload::INTERARRIVAL * workload::exponential();
    let seconds = timed_creating(&mut simulation, gap, customer);
    let (served, waited) = waits.get();
    Finished { seconds, value: waited / served as f64 }
}

// --- store -----------------------------------------------------------------

pub(super) fn store() -> Finished {
    let mut simulation = Simulation::new();
    let store = simulation.create_store(Box::new(SimpleStore::new(workload::ROOM)));
    let making = || step(Effect::TimeOut(workload::MAKING * workload::exponential()));
    for _ in 0..workload::PRODUCERS {
        simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                for number in 0.. {
                    yield making();
                    yield Step { effect: Effect::Push(store), number };
                }
            },
        ));
    }
    for _ in 0..workload::CONSUMERS {
        simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                loop {
                    let item: SimContext<Step> = yield step(Effect::Pull(store));
                    std::hint::black_box(item.state().number);
                    yield making();
                    workload::counted();
                }
            },
        ));
    }
    settle(&mut simulation, 0..workload::PRODUCERS + workload::CONSUMERS);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: simulation.time() }
}

// --- sleepers --------------------------------------------------------------

pub(super) fn sleepers() -> Finished {
    let mut simulation = Simulation::new();
    for number in 0..workload::SLEEPERS {
        let nap = workload::nap(number);
        simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                loop {
                    yield step(Effect::TimeOut(nap));
                    workload::counted();
                }
            },
        ));
    }
    settle(&mut simulation, 0..workload::SLEEPERS);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: simulation.time() }
}

// --- spawning --------------------------------------------------------------

pub(super) fn spawn() -> Finished {
    let mut simulation = Simulation::new();
    let child = || {
        #[coroutine]
        |_: SimContext<Step>| {
            yield step(Effect::TimeOut(workload::LIVING));
            workload::counted();
        }
    };
    let seconds = timed_creating(&mut simulation, || workload::SPAWNING, child);
    Finished { seconds, value: simulation.time() }
}
