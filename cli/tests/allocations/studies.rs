//! Replications of small models: each takes the memory of the one before.

use crate::allocations;
use crate::replications::{OneMessage, customers, settings, taxis};
use flagfall::experiment::Finished;
use flagfall::model::Measured;
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
    check(&OneMessage, 0);
}

#[test]
fn taxi_10() {
    check(&taxis(), 0);
}

#[test]
fn queue_100() {
    check(&customers(), 0);
}
