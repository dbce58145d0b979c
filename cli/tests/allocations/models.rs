//! The models. Their actors keep what they are told: polls, readings,
//! rides, checkpoints, messages. So that what is counted is the engine's, each
//! runs with parameters, and is measured between two virtual times, such that
//! - nobody polls, reads, is born or dies in between: those may allocate;
//! - each vector that grows does so within the room it has. From 4 on, vectors
//!   double; between 2^n + 1 and 2^(n + 1) elements they do not allocate.
//!
//! Proven then: of thousands of events, none allocates.

use crate::{allocations, assert_none};
use flagfall::model::Model;
use flagfall::{Config, Simulation, Span, VirtualTime};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::queue::Queue;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};

/// Longer than any of the runs.
const NEVER: Span = Span::from_secs(1_000_000);

fn at(seconds: u64) -> VirtualTime {
    VirtualTime::from_secs(seconds)
}

fn run_until(simulation: &mut Simulation, seconds: u64) {
    simulation.run_until(at(seconds)).expect("no errors");
}

/// Runs the model to the first time, then measures to the second. `lengths`
/// tells how long the vectors that grow are: each between 2^n + 1 and
/// 2^(n + 1) all the while.
#[track_caller]
fn check<M: Model>(
    model: &M,
    from: u64,
    to: u64,
    events: u64,
    lengths: impl Fn(M::Result) -> Vec<usize>,
) {
    let mut simulation = Simulation::new(Config::new(42).latency(DEFAULT_LATENCY));
    let handles = model.start(&mut simulation);
    run_until(&mut simulation, from);
    let before = lengths(model.collect(&simulation, &handles));
    let events_before = simulation.events();
    assert_none(std::any::type_name::<M>(), || run_until(&mut simulation, to));
    assert!(simulation.events() - events_before >= events, "{} events", simulation.events());
    let after = lengths(model.collect(&simulation, &handles));
    for (before, after) in before.into_iter().zip(after) {
        assert!(before < after, "{before} to {after}: a window in which nothing happens");
        let room = before.next_power_of_two();
        assert!(before < room && after <= room, "{before} to {after}: choose another window");
    }
}

/// Eight taxis: the set of the free ones fits one node and is never split.
#[test]
fn taxi_fleet() {
    let durations = Durations::Drawn { rides: 10_000, seconds: 1..=5 };
    let poll_every = NEVER;
    let fleet =
        TaxiFleet { fleet: 8, durations, poll_every, keep_polls: false, ..TaxiFleet::default() };
    check(&fleet, 600, 1_000, 2_400, |day| {
        assert_eq!(day.refused(), [0; 0], "each ride makes two notices");
        vec![day.rides.len(), day.unpolled.len()]
    });
}

#[test]
fn parameter_server() {
    let training = ParameterTraining {
        workers: 10,
        epochs: 10_000,
        read_every: NEVER,
        ..ParameterTraining::default()
    };
    check(&training, 100, 1_000, 12_000, |_| Vec::new());
}

/// Reading allocates: once for the copy of the parameters that the server
/// hands out, which is the model's. The request itself does not.
#[test]
fn parameter_server_read() {
    let training = ParameterTraining { reads: 1_000, ..ParameterTraining::default() };
    let mut simulation = Simulation::new(Config::new(42).latency(DEFAULT_LATENCY));
    let handles = training.start(&mut simulation);
    run_until(&mut simulation, 70);
    let reads = |simulation: &Simulation| training.collect(simulation, &handles).reads.len();
    let before = reads(&simulation);
    let counted = allocations(|| run_until(&mut simulation, 120));
    let after = reads(&simulation);
    assert!(64 < before && after <= 128, "{before} to {after}: choose another window");
    assert_eq!(counted.count_total, (after - before) as u64);
    assert_eq!(counted.bytes_total, (after - before) as u64 * 10 * 8);
}

/// All are in training: the driver waits for the answer of a supervisor that
/// waits for its workers. What happens is epochs ending and checkpoints saved.
#[test]
fn actor_tree() {
    let tree = ActorTree { supervisors: 2, epochs: 10_000, ..ActorTree::default() };
    check(&tree, 175, 340, 1_900, |growth| vec![growth.checkpoints.len()]);
}

#[test]
fn message_log() {
    let log = MessageLog {
        workers: 8,
        messages: 10_000,
        polls: 2,
        poll_every: NEVER,
        ..MessageLog::default()
    };
    check(&log, 130, 255, 1_900, |log| vec![log.unpolled.len()]);
}

/// Two servers that are seldom idle both: customers wait, and the line is used.
#[test]
fn queue() {
    let queue = Queue { servers: 2, customers: 100_000, ..Queue::default() };
    check(&queue, 700, 1_200, 3_900, |result| vec![result.len()]);
}
