//! Interrupts and what is urgent.

use super::Sink;
use crate::engine::{at, secs};
use flagfall::{Config, Latency, Process, ProcessRef, Simulation, VirtualTime};
use std::cell::RefCell;
use std::rc::Rc;

/// The interrupter is woken first, and its interrupt comes before the end of
/// the victim's sleep, whatever is said of other links.
#[test]
fn rules_for_other_links_do_not_move_interrupts() {
    type Victim = ProcessRef<&'static str, Result<(), &'static str>>;
    let run = |config: Config| {
        let victim: Rc<RefCell<Option<Victim>>> = Rc::default();
        let found = Rc::clone(&victim);
        let mut simulation = Simulation::new(config);
        simulation.process("fate", async move |p| {
            p.sleep(secs(4)).await;
            let victim = found.borrow().clone().expect("it was started");
            p.interrupt(&victim, "broken");
        });
        let started = simulation
            .process_receiving("victim", |p: Process<&'static str>| async move {
                p.interruptible(p.sleep(secs(4))).await
            });
        *victim.borrow_mut() = Some(started.clone());
        simulation.run().expect("no errors");
        (started.result(), simulation.digest())
    };
    let plan = |text: &str| Config::new(1).faults(text.parse().expect("a plan"));
    let plain = run(Config::new(1));
    assert_eq!(plain.0, Some(Err("broken")));
    assert_eq!(plain, run(plan("link nobody -> noone loss 0.5")));
    assert_eq!(plain, run(plan("link fate -> victim loss 0")));
    assert_eq!(plain, run(Config::new(1).link("x", "y", Latency::ZERO)));
}

#[test]
fn what_is_urgent_is_pending_and_a_step_of_its_own() {
    let mut simulation = Simulation::new(Config::new(1));
    let sink = simulation.spawn("sink", Sink);
    simulation.send_at(at(10), &sink, 1).unwrap();
    simulation.process("sleeper", async move |p| p.sleep(secs(1)).await);
    assert_eq!(simulation.pending_events(), 2);
    let waits = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&waits);
    simulation.pace(move |time: VirtualTime| log.borrow_mut().push(time));
    while simulation.step().expect("no errors") {}
    assert!(waits.borrow().is_sorted(), "{:?}", waits.borrow());
    assert_eq!(simulation.now(), at(10));

    let mut simulation = Simulation::new(Config::new(1));
    let receiver = simulation
        .process_receiving("receiver", |p: Process<u64>| async move { p.receive().await });
    simulation.run().expect("no errors");
    simulation.process("sender", async move |p| p.send(&receiver, 1));
    assert!(simulation.stuck().is_none(), "somebody is about to start");
}
