//! Handles that are kept too long.

use super::{Sink, limited};
use crate::engine::{at, secs};
use flagfall::process::later;
use flagfall::{Config, ErrorKind, FaultPlan, FindError, Process, Resource, Simulation, Store};

/// A sleep that nobody awaits, and that outlived its process.
#[test]
#[allow(clippy::async_yields_async, reason = "the mistake is the point")]
fn a_sleep_that_outlives_its_process_touches_nobody() {
    let mut simulation = Simulation::new(Config::new(1));
    let bell = simulation.process("bell", async move |p| later(p.sleep(secs(1))));
    simulation.run().expect("no errors");
    let other = simulation.process("other", async move |p| {
        p.sleep(secs(5)).await;
        p.now()
    });
    simulation.run_until(at(2)).expect("no errors");
    drop(bell.result());
    simulation.run().expect("no errors");
    assert_eq!(other.result(), Some(at(6)));
}

/// Spawns when it is dropped.
struct Testament(Process);

impl Drop for Testament {
    fn drop(&mut self) {
        self.0.spawn("orphan", Sink);
    }
}

#[test]
fn the_dead_own_nobody_new() {
    let mut simulation = Simulation::new(Config::new(1));
    let parent = simulation.process("parent", async move |p| {
        let _testament = Testament(p.clone());
        p.sleep(secs(5)).await;
    });
    simulation.kill_at(at(1), &parent).unwrap();
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::DeadOwner { name: "orphan".into() });
    assert!(error.to_string().contains("Process::process_apart"), "{error}");
}

#[test]
fn resources_are_not_found_as_actors() {
    let mut simulation = Simulation::new(Config::new(1));
    Resource::new(&mut simulation, "tills", 2);
    let found = simulation.find::<()>("tills");
    assert!(matches!(found, Err(FindError::OtherType { .. })), "{found:?}");
}

/// Neither do they crash, nor count among the living.
#[test]
fn resources_are_no_actors_for_plans_and_limits() {
    let plan: FaultPlan = "crash ** at 30s".parse().expect("a plan");
    let config = limited(|limits| limits.live_actors = 1).faults(plan);
    let mut simulation = Simulation::new(config);
    simulation.spawn("sink", Sink);
    Resource::new(&mut simulation, "tills", 2);
    Store::<u64>::new(&mut simulation, "shelf", 2);
    simulation.run().expect("no errors");
    assert_eq!(simulation.events(), 1, "the crash of the sink");
}
