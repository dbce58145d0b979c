//! What was claimed and never awaited ends the run, with the line.

use super::ms;
use flagfall::{Config, Container, ErrorKind, Process, Resource, Simulation, Store};

/// What and where, if the run ends so; and the whole text.
fn forgotten(
    work: impl AsyncFnOnce(Process, Resource, Container, Store<u32>) + 'static,
) -> Option<(String, String, String)> {
    let mut simulation = Simulation::new(Config::new(1));
    let till = Resource::new(&mut simulation, "till", 1);
    let tank = Container::new(&mut simulation, "tank", 9, 5);
    let shelf = Store::new(&mut simulation, "shelf", 1);
    simulation.process("customer", move |p: Process| work(p, till, tank, shelf));
    let error = simulation.run().err()?;
    let text = error.to_string();
    let ErrorKind::NotAwaited { resource, place } = error.kind else {
        panic!("another error: {text}")
    };
    assert_eq!(error.actor, "customer");
    Some((resource, place, text))
}

#[test]
fn a_claim_that_is_held_without_await_ends_the_run() {
    let line = line!() + 2;
    let told = forgotten(async |p, till, _, _| {
        let _unit = till.acquire(&p);
        p.sleep(ms(5)).await;
    });
    let (resource, place, text) = told.expect("it is told");
    assert_eq!(resource, "till");
    assert_eq!(place.replace('\\', "/"), format!("tests/resources/forgotten.rs:{line}:26"));
    assert_eq!(
        text.replace('\\', "/"),
        format!(
            "actor customer: something was asked of till at \
             tests/resources/forgotten.rs:{line}:26 and never awaited: write `.await` there, \
             or `.give_up()` where it is not wanted any more (event 3, virtual time 0.005s, \
             seed 1, replication 0)"
        )
    );
}

#[test]
fn so_do_transfers_and_items_and_services() {
    let told = [
        forgotten(async |p, _, tank, _| {
            let _got = tank.get(&p, 3);
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, _, tank, _| {
            let _put = tank.put(&p, 3);
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, _, _, shelf| {
            let _item = shelf.get(&p);
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, _, _, shelf| {
            let _put = shelf.put(&p, 3);
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, till, _, _| {
            let _served = till.serve(&p, flagfall::resource::Claim::new(), ms(3));
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, till, _, _| {
            let _patient = p.timeout(ms(3), till.acquire(&p));
            p.sleep(ms(5)).await;
        }),
    ];
    let resources = told.map(|told| told.expect("it is told").0);
    assert_eq!(resources, ["tank", "tank", "shelf", "shelf", "till", "till"]);
}

#[test]
fn what_is_awaited_later_dropped_at_once_or_given_up_is_no_mistake() {
    let fine = [
        forgotten(async |p, till, _, _| {
            let unit = till.acquire(&p);
            p.sleep(ms(5)).await;
            drop(unit.await);
        }),
        forgotten(async |p, _, tank, _| {
            _ = tank.put(&p, 3);
            p.sleep(ms(5)).await;
        }),
        forgotten(async |p, till, _, _| {
            let unit = till.acquire(&p);
            p.sleep(ms(5)).await;
            unit.give_up();
        }),
        forgotten(async |p, _, tank, _| {
            let amount = tank.get(&p, 2);
            p.sleep(ms(5)).await;
            amount.give_up();
        }),
        forgotten(async |p, _, _, shelf| {
            let (put, item) = (shelf.put(&p, 1), shelf.get(&p));
            p.sleep(ms(5)).await;
            assert_eq!(put.give_up(), None);
            item.give_up();
        }),
        forgotten(async |p, till, _, _| {
            // Looked at once, then left.
            _ = p.timeout(ms(1), till.acquire(&p)).await;
            let _first = till.acquire(&p).await;
            _ = p.timeout(ms(1), till.acquire(&p)).await;
        }),
    ];
    assert!(fine.iter().all(Option::is_none), "{fine:?}");
}

#[test]
fn who_is_killed_may_have_meant_to_await_it_later() {
    let mut simulation = Simulation::new(Config::new(1));
    let till = Resource::new(&mut simulation, "till", 1);
    let early = simulation.process("early", move |p: Process| async move {
        let unit = till.acquire(&p);
        p.sleep(ms(5)).await;
        drop(unit.await);
    });
    simulation.kill_at(super::at(3), &early);
    simulation.run().expect("no errors");
    assert_eq!(till.in_use(&simulation), 0);
}
