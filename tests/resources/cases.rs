//! Single cases, most of them of what meets at one instant.

use super::{at, ms};
use flagfall::process::{Signal, either, later};
use flagfall::resource::{Claim, Preempted};
use flagfall::{Config, Container, Process, Resource, Simulation, Store};
use std::cell::RefCell;
use std::future::ready;
use std::rc::Rc;

fn simulation() -> Simulation {
    Simulation::new(Config::new(42))
}

/// Holds what it claims from `start` for `span`.
fn hold(
    simulation: &mut Simulation,
    name: &'static str,
    of: Resource,
    claim: Claim,
    times: [u64; 2],
) {
    let [start, span] = times;
    simulation.process(name, async move |p| {
        if start > 0 {
            p.sleep(ms(start)).await;
        }
        let _held = of.acquire_as(&p, claim).await;
        p.sleep(ms(span)).await;
    });
}

#[test]
fn a_claim_preempts_once_enough_can_be_taken() {
    let mut simulation = simulation();
    let crane = Resource::new(&mut simulation, "crane", 2);
    let low = Claim::new().priority(5);
    hold(&mut simulation, "stubborn", crane, low, [0, 10]);
    let job = simulation.process("job", async move |p| {
        let held = crane.acquire_as(&p, low.yielding()).await;
        held.work(&p, ms(100)).await
    });
    // At 2 ms only one of the two units could be taken: it takes none.
    let urgent = Claim::new().amount(2).preempting();
    hold(&mut simulation, "urgent", crane, urgent, [2, 5]);
    simulation.run_until(at(9)).expect("no error");
    assert_eq!((crane.in_use(&simulation), crane.waiting(&simulation)), (2, 1));
    simulation.run().expect("no error");
    let unfinished = job.result().expect("it is over").expect_err("it was preempted");
    assert_eq!(unfinished.remaining, ms(90));
    let preempted = Preempted { by: "urgent".into(), since: at(0), at: at(10) };
    assert_eq!(unfinished.preempted, preempted);
    assert_eq!(unfinished.to_string(), "preempted by urgent at 0.01s, 90ms left");
    assert_eq!(simulation.now(), at(15));
}

#[test]
fn whoever_moves_up_preempts_under_its_own_name() {
    let mut simulation = simulation();
    let crane = Resource::new(&mut simulation, "crane", 1);
    let job = simulation.process("job", async move |p| {
        let held = crane.acquire_as(&p, Claim::new().priority(5).yielding()).await;
        held.work(&p, ms(100)).await.expect_err("preempted").preempted
    });
    // The first in line waits; behind it waits one that would preempt.
    simulation.process("hasty", async move |p| {
        p.sleep(ms(1)).await;
        _ = p.timeout(ms(3), crane.acquire(&p)).await;
    });
    hold(&mut simulation, "urgent", crane, Claim::new().priority(1).preempting(), [2, 1]);
    simulation.run().expect("no error");
    let preempted = job.result().expect("it is over");
    assert_eq!((preempted.by.as_str(), preempted.at), ("urgent", at(4)));
}

#[test]
fn what_was_taken_away_before_it_was_heard_of_is_lost() {
    let mut simulation = simulation();
    let crane = Resource::new(&mut simulation, "crane", 1);
    let job = simulation.process("job", async move |p| {
        let held = crane.acquire_as(&p, Claim::new().priority(5).yielding()).await;
        assert!(held.is_lost(&p), "the other claim came in the same step");
        let unfinished = held.work(&p, ms(7)).await.expect_err("it is lost");
        (unfinished.remaining, unfinished.preempted.by)
    });
    hold(&mut simulation, "urgent", crane, Claim::new().preempting(), [0, 3]);
    simulation.run().expect("no error");
    assert_eq!(job.result(), Some((ms(7), "urgent".to_owned())));
    assert_eq!(simulation.now(), at(3));
}

#[test]
fn whoever_ends_or_is_killed_gives_back() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    let victim = simulation.process("victim", async move |p| {
        let _till = till.acquire(&p).await;
        p.sleep(ms(100)).await;
    });
    let patient = simulation.process("patient", async move |p| {
        // Ends with the unit still in its future.
        let claim = later(till.acquire(&p));
        p.sleep(ms(5)).await;
        assert_eq!(till.in_use(&p), 1);
        claim.give_up();
    });
    hold(&mut simulation, "last", till, Claim::new(), [0, 1]);
    simulation.kill_at(at(3), &victim).unwrap();
    simulation.run().expect("no error");
    assert!(victim.is_over() && victim.result().is_none());
    assert_eq!(patient.result(), Some(()));
    assert_eq!((simulation.now(), till.in_use(&simulation)), (at(6), 0));
    assert_eq!(till.statistics(&simulation).granted, 3);
}

#[test]
fn a_claim_that_is_not_awaited_waits_all_the_same() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    hold(&mut simulation, "first", till, Claim::new(), [0, 4]);
    let second = simulation.process("second", async move |p| {
        let mut claim = till.acquire(&p);
        let early = either(&mut claim, ready(())).await;
        drop(either(&mut claim, p.sleep(ms(9))).await);
        (early, p.now())
    });
    simulation.run().expect("no error");
    let (early, granted) = second.result().expect("it is over");
    assert!(matches!(early, flagfall::process::Either::Second(())));
    assert_eq!(granted, at(4));
}

#[test]
fn what_a_killed_getter_was_given_goes_to_the_next() {
    let mut simulation = simulation();
    let shelf = Store::new(&mut simulation, "shelf", 9);
    let tank = Container::new(&mut simulation, "tank", 9, 0);
    let getter = move |p: Process| async move { (shelf.get(&p).await, tank.get(&p, 4).await).0 };
    let victim = simulation.process("victim", getter);
    let next = simulation.process("next", getter);
    let marked = victim.clone();
    simulation.process("putter", async move |p| {
        p.sleep(ms(2)).await;
        // It is given the loaf, and killed before it hears of it.
        shelf.put(&p, "loaf").await;
        tank.put(&p, 4).await;
        p.kill(&marked);
    });
    simulation.run().expect("no error");
    assert!(victim.is_over());
    let served = (victim.result(), next.result());
    assert!(matches!(served, (None, Some("loaf")) | (Some("loaf"), None)), "{served:?}");
    assert_eq!((shelf.len(&simulation), tank.level(&simulation)), (0, 0));
}

#[test]
fn a_put_that_nobody_awaits_stays() {
    let mut simulation = simulation();
    let tank = Container::new(&mut simulation, "tank", 10, 0);
    let shelf = Store::new(&mut simulation, "shelf", 1);
    simulation.process("truck", async move |p| {
        _ = tank.put(&p, 7);
        // This one would have to wait, and does not.
        _ = tank.put(&p, 7);
        _ = shelf.put(&p, "first");
        _ = shelf.put(&p, "second");
        assert_eq!((tank.waiting(&p), shelf.waiting(&p)), (0, 0));
    });
    simulation.run().expect("no error");
    assert_eq!((tank.level(&simulation), shelf.len(&simulation)), (7, 1));
}

#[test]
fn a_get_given_up_at_its_instant_makes_nothing_and_loses_nothing() {
    let mut simulation = simulation();
    let tank = Container::new(&mut simulation, "tank", 10, 10);
    simulation.process("driver", async move |p| {
        let get = later(tank.get(&p, 4));
        // The room is filled before the get is given up.
        tank.put(&p, 4).await;
        drop(get);
        assert_eq!((tank.level(&p), tank.aside(&p)), (10, 4));
        // Who puts waits until there is room again.
        let put = p.timeout(ms(1), tank.put(&p, 1)).await;
        assert!(put.is_err());
        tank.get(&p, 9).await;
        tank.put(&p, 5).await;
    });
    simulation.run().expect("no error");
    assert_eq!(tank.level(&simulation), 10);
}

#[test]
fn filtered_getters_pass_each_other_but_not_their_equals() {
    let mut simulation = simulation();
    let shelf = Store::new(&mut simulation, "shelf", 9);
    let order = Rc::new(RefCell::new(Vec::new()));
    for (number, parity) in [(0, 1), (1, 0), (2, 0), (3, 1)] {
        let order = Rc::clone(&order);
        simulation.process(("getter", number), async move |p| {
            let got = shelf.get_where(&p, move |item: &u32| item % 2 == parity).await;
            order.borrow_mut().push((number, got));
        });
    }
    simulation.process("putter", async move |p| {
        for item in [2, 4, 5, 7] {
            p.sleep(ms(1)).await;
            shelf.put(&p, item).await;
        }
    });
    simulation.run().expect("no error");
    assert_eq!(*order.borrow(), [(1, 2), (2, 4), (0, 5), (3, 7)]);
}

#[test]
fn a_signal_and_a_turn_at_one_instant() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    let closing = Signal::new();
    hold(&mut simulation, "first", till, Claim::new(), [0, 4]);
    let signal = closing.clone();
    let second = simulation.process("second", async move |p| {
        matches!(
            either(till.acquire(&p), signal.wait(&p)).await,
            flagfall::process::Either::First(_)
        )
    });
    // Its timer was set before that of `first`, and a grant takes two steps more.
    simulation.process("closer", async move |p| {
        p.sleep(ms(4)).await;
        assert!(closing.fire(&p, ()) && !closing.fire(&p, ()));
    });
    simulation.run().expect("no error");
    assert_eq!(second.result(), Some(false));
    assert_eq!((till.in_use(&simulation), till.waiting(&simulation)), (0, 0));
}
