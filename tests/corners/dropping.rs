//! Failing while things are dropped.

use super::{Sink, limited};
use crate::engine::secs;
use flagfall::process::either;
use flagfall::{Config, ErrorKind, Limit, Process, Resource, Simulation, Store};
use std::cell::Cell;
use std::rc::Rc;

/// The process unwinds, and what it holds is given back to one who waits:
/// that may reach the limit again, and must not unwind once more.
#[test]
fn a_limit_that_is_reached_twice_fails_once() {
    let mut simulation = Simulation::new(limited(|limits| limits.pending_events = 20));
    let till = Resource::new(&mut simulation, "till", 1);
    let sink = simulation.spawn("sink", Sink);
    simulation.process("holder", async move |p| {
        let _held = till.acquire(&p).await;
        p.sleep(secs(1)).await;
        for number in 0..100 {
            p.send_after(secs(5), &sink, number);
        }
    });
    simulation.process("waiter", async move |p| drop(till.acquire(&p).await));
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::PendingEvents, allowed: 20 });
    assert_eq!(error.actor, "holder");
}

#[test]
fn a_panic_in_a_filter_is_an_error_like_any_other() {
    let mut simulation = Simulation::new(Config::new(1));
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 10);
    simulation.process("picky", async move |p| {
        shelf.put(&p, 1).await;
        let first = shelf.get_where(&p, |item| *item == 7);
        let second = shelf.get_where(&p, |_| panic!("no taste"));
        either(first, second).await;
    });
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Panic { message: "no taste".into() });
}

#[test]
fn a_run_that_failed_leaves_nothing_behind() {
    struct Counted(Rc<Cell<u32>>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let dropped = Rc::new(Cell::new(0));
    let (one, other) = (Counted(Rc::clone(&dropped)), Counted(Rc::clone(&dropped)));
    let mut simulation = Simulation::new(Config::new(1));
    let shelf: Store<(Process, Counted)> = Store::new(&mut simulation, "shelf", 1);
    simulation.process("parent", async move |p| {
        shelf.put(&p, (p.clone(), other)).await;
        p.process("child", async move |p| {
            let _one = one;
            p.sleep(secs(1)).await;
        });
        p.process("child", |_: Process| async {});
    });
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::DuplicateName { path: "parent/child".into() });
    drop(simulation);
    assert_eq!(dropped.get(), 2);
}
