//! Replications of small models: each takes the memory of the one before.

use crate::allocations;
use crate::replications::{OneMessage, customers, settings, taxis};
use flagfall::experiment::Finished;
use flagfall::model::{Measured, Model};
use flagfall::{Actor, Config, Context, Digest, Message, Simulation, VirtualTime};
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::models::{Branching, save_run};
use serde::Serialize;
use std::hint::black_box;

/// The allocations of one replication, once the thread has made some.
#[track_caller]
fn check<M: Measured>(model: &M, most: u64) {
    let replicate = |replication| {
        let run = model.run(settings(replication)).expect("no errors");
        black_box(Finished::of(model, &run));
    };
    (0..20).for_each(replicate);
    let count = allocations(|| replicate(20)).count_total;
    println!("{count} allocations, {most} allowed");
    assert!(count <= most, "{count} allocations, {most} allowed");
}

#[test]
fn one_message() {
    check(&OneMessage, 12);
}

#[test]
fn taxi_10() {
    check(&taxis(), 80);
}

#[test]
fn queue_100() {
    check(&customers(), 32);
}

/// The beginning of a run of a model, in a file.
fn saved<M: Branching + Serialize>(model: &M, replication: u64) -> Vec<u8> {
    let mut simulation = Simulation::new(settings(replication));
    simulation.register(&M::types());
    let handles = model.start(&mut simulation);
    simulation.run_until(VirtualTime::from_secs(10)).expect("no errors");
    let mut file = Vec::new();
    save_run(model, &simulation, &handles, &[], &mut file).expect("all types are known");
    file
}

/// Not even the bytes of a snapshot tell what ran on the thread before.
#[test]
fn a_run_leaves_nothing_but_memory() {
    let fresh = |replication| {
        let run = move || (saved(&taxis(), replication), saved(&customers(), replication));
        std::thread::spawn(run).join().expect("no panic")
    };
    for replication in 0..5 {
        assert_eq!(
            (saved(&taxis(), replication), saved(&customers(), replication)),
            fresh(replication)
        );
        let many = TaxiFleet { fleet: 300, ..taxis() };
        many.run(settings(replication)).expect("no errors");
        saved(&ActorTree::default(), replication);
    }
}

/// Its end makes another simulation, as what is given back might.
#[derive(Debug)]
struct Nested(u64);

impl Message for Nested {
    fn digest(&self, digest: &mut Digest) {
        self.0.digest(digest);
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        if let Some(depth) = self.0.checked_sub(1) {
            end_with_a_message(depth);
        }
    }
}

struct Idle;

impl Actor for Idle {
    type Message = Nested;
    fn handle(&mut self, _: Nested, _: &mut Context<'_, Nested>) {}
}

/// A simulation that ends with a message under way.
fn end_with_a_message(depth: u64) {
    let mut simulation = Simulation::new(Config::new(42));
    let idle = simulation.spawn("idle", Idle);
    simulation.send(&idle, Nested(depth));
    assert_eq!((simulation.pending_messages(), simulation.live_actors()), (1, 1));
}

#[test]
fn messages_that_are_dropped_may_make_simulations() {
    end_with_a_message(10);
    end_with_a_message(10);
}
