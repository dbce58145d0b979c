//! The engine's hot paths in instructions, which are the same on a busy
//! machine and on an idle one, and replications of small models.
//! `.ci/instructions` runs this under Callgrind and holds the figures to
//! `benches/instructions.txt`.
//!
//! Every workload goes on for ever and is cut after `WARM_UP + EVENTS` events
//! by a limit, so that all are measured over the same number of events in the
//! same loop, [`Simulation::run`]. Spawning, the first sends and the warm-up
//! happen in the arguments, taking everything down in the teardown: neither
//! is counted. A replication is counted whole, from its settings to the row of
//! its results.

#![allow(missing_docs, reason = "the items that gungraun's macros write are public")]

mod replications;
mod workloads;

use flagfall::experiment::{Experiment, Finished, Replications};
use flagfall::model::Measured;
use flagfall::{Config, Latency, Simulation, Span};
use gungraun::prelude::*;
use gungraun::{Callgrind, main};
use replications::{OneMessage, customers, settings, taxis};
use std::hint::black_box;
use workloads::{
    ask, claims, free_claims, hold, lives, mailbox, parameter_server, phold, priorities,
    process_lives, queue, ring, sleepers, store, timers,
};

/// Events counted in each workload; `.ci/instructions` reads this line.
const EVENTS: u64 = 20_000;

/// Events before that: pools and lists have their working size afterwards.
const WARM_UP: u64 = 20_000;

/// The settings of a run whose messages take that long, digest off.
fn config(latency: Span) -> Config {
    Config::new(42).latency(Latency::Fixed(latency)).digest(false).max_events(WARM_UP + EVENTS)
}

/// A link on which messages take a while.
fn millisecond() -> Config {
    config(Span::from_millis(1))
}

fn warmed_up(mut simulation: Simulation) -> Simulation {
    // The start of a process may share the step of the event before it.
    while simulation.events() < WARM_UP {
        assert!(simulation.step().expect("no errors"), "workloads go on for ever");
    }
    simulation
}

/// Not counted: what the counted part should have done, and dropping it all.
#[allow(clippy::needless_pass_by_value, reason = "the simulation is dropped here")]
fn check(simulation: Simulation) {
    assert_eq!(simulation.events(), WARM_UP + EVENTS);
}

#[library_benchmark(setup = warmed_up, teardown = check)]
#[bench::ring_1s(ring(config(Span::from_secs(1))))]
#[bench::ring_1s_digest(ring(config(Span::from_secs(1)).digest(true)))]
#[bench::ring_0s(ring(config(Span::ZERO)))]
#[bench::phold_1024_x_1(phold(config(Span::ZERO), 1_024, 1))]
#[bench::phold_1024_x_16(phold(config(Span::ZERO), 1_024, 16))]
#[bench::hold(hold(config(Span::ZERO)))]
#[bench::mailbox(mailbox(millisecond()))]
#[bench::ask(ask(millisecond()))]
#[bench::spawn_stop(lives(millisecond()))]
#[bench::parameter_server(parameter_server(millisecond()))]
#[bench::timers(timers(millisecond()))]
#[bench::sleepers(sleepers(millisecond()))]
#[bench::process_lives(process_lives(millisecond()))]
#[bench::queue(queue(millisecond()))]
#[bench::free_claims(free_claims(millisecond()))]
#[bench::claims(claims(millisecond()))]
#[bench::priorities(priorities(millisecond()))]
#[bench::store(store(millisecond()))]
fn run(mut simulation: Simulation) -> Simulation {
    simulation.run().expect_err("the limit ends it");
    simulation
}

/// Replications counted of each model; `.ci/instructions` reads this line.
const REPLICATIONS: u64 = 200;

fn experiment<M: Measured + Sync>(model: M, replications: u64) -> M {
    let run = |_, replication| {
        let run = model.run(settings(replication)).map_err(|error| error.to_string())?;
        Ok::<_, String>(Finished::of(&model, &run))
    };
    let experiment = Experiment::new(Replications::Fixed(replications)).on_this_thread();
    black_box(experiment.run(1, run).expect("all rows"));
    model
}

/// The first runs of a thread allocate what the later ones use.
fn begun<M: Measured + Sync>(model: M) -> M {
    experiment(model, 20)
}

#[library_benchmark(setup = begun)]
#[bench::replicate_one_message(OneMessage)]
#[bench::replicate_taxi_10(taxis())]
#[bench::replicate_queue_100(customers())]
fn replicate<M: Measured + Sync>(model: M) -> M {
    experiment(model, REPLICATIONS)
}

library_benchmark_group!(name = engine, benchmarks = [run, replicate]);

// Caches depend on the machine and would only slow it down.
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = engine
);
