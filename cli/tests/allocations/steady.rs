//! The engine alone: programs that allocate nothing themselves, so that what
//! is counted is the engine's.
//!
//! Proven for each: after a warm-up in which pools, queues and lists reach
//! their working size, no event allocates, nor the loop around it. Where the
//! number of pending events varies by chance, the warm-up has to be long
//! enough to have seen its peak; the seed is fixed, so it is once and for all.

use crate::assert_none;
use crate::workloads::{
    ask, claims, free_claims, hold, lives, mailbox, parameter_server, phold, priorities,
    process_lives, queue, ring, sleepers, store, timers,
};
use flagfall::{Config, Latency, Record, Simulation, Span};
use std::cell::Cell;
use std::rc::Rc;

const EVENTS: u64 = 20_000;

fn config(latency: Latency) -> Config {
    Config::new(42).latency(latency)
}

fn fixed(millis: u64) -> Config {
    config(Latency::Fixed(Span::from_millis(millis)))
}

fn run(simulation: &mut Simulation, events: u64) {
    for _ in 0..events {
        assert!(simulation.step().expect("no errors"), "workloads go on for ever");
    }
}

/// Half of the events are warm-up; the other half may allocate nothing.
#[track_caller]
fn check(name: &str, simulation: Simulation) {
    check_after(EVENTS, name, simulation);
}

#[track_caller]
fn check_after(warm_up: u64, name: &str, mut simulation: Simulation) {
    run(&mut simulation, warm_up);
    assert_none(name, || run(&mut simulation, EVENTS));
    // Inside `run_until`, too: what came before went through `step`.
    let later = simulation.now() + Span::from_secs(2);
    assert_none(name, || _ = simulation.run_until(later).expect("no errors"));
}

#[test]
fn messages_allocate_nothing() {
    check("ring, 1 s", ring(fixed(1_000)));
    check("ring, 1 s, digest off", ring(fixed(1_000).digest(false)));
    check("phold 1,024 x 1", phold(fixed(1), 1_024, 1));
    // The lists reach their working size after some turns of all events.
    check_after(20 * EVENTS, "phold 1,024 x 16", phold(fixed(1), 1_024, 16));
}

/// Messages that take no time never let the clock move, so that only `step`
/// can run them.
#[test]
fn messages_without_delay_allocate_nothing() {
    let mut simulation = ring(config(Latency::ZERO));
    run(&mut simulation, EVENTS);
    assert_none("ring, no delay", || run(&mut simulation, EVENTS));
}

/// A sender's stream of latencies is opened when it first sends: the ring has
/// been around by then.
#[test]
fn drawn_latencies_allocate_nothing() {
    check("ring, drawn latency", ring(config(Latency::Exponential { mean: Span::from_millis(1) })));
}

#[test]
fn timers_allocate_nothing() {
    check("timers", timers(fixed(1)));
}

#[test]
fn holds_and_mailboxes_allocate_nothing() {
    check("hold", hold(fixed(1)));
    check("mailbox", mailbox(fixed(1)));
    check("parameter server", parameter_server(fixed(1)));
}

#[test]
fn processes_and_resources_allocate_nothing() {
    check("sleepers", sleepers(fixed(1)));
    check("queue", queue(fixed(1)));
    check("free claims", free_claims(fixed(1)));
    // A process takes over the memory of one that has ended.
    check("lives of processes", process_lives(fixed(1)));
    check("claims", claims(fixed(1)));
    check("priorities", priorities(fixed(1)));
    check("store", store(fixed(1)));
}

/// With functions that need no memory of their own to wrap the answer in, as
/// the constructors of enum variants are.
#[test]
fn requests_allocate_nothing() {
    check("ask", ask(fixed(1)));
}

/// Born in the place and under the name of one that died. The new state is
/// boxed until the handler that spawns it returns; this one has no size.
#[test]
fn lives_in_a_used_place_allocate_nothing() {
    check("spawn and stop", lives(fixed(1)));
}

/// Being watched allocates nothing as long as the observer does not.
#[test]
fn records_allocate_nothing() {
    for (name, mut simulation) in [("ring", ring(fixed(1))), ("mailbox", mailbox(fixed(1)))] {
        let records = Rc::new(Cell::new(0));
        let count = Rc::clone(&records);
        simulation.observe(move |_: &Record<'_>| count.set(count.get() + 1));
        check(name, simulation);
        assert!(records.get() >= 2 * EVENTS, "{name}: {} records", records.get());
    }
}
