//! How processes end, who hears of it, and what stops those that do not.

use super::{at, ms, simulation};
use flagfall::process::{Ended, Signal};
use flagfall::resource::Claim;
use flagfall::{
    Config, Container, ErrorKind, Limit, Outcome, Process, ProcessRef, Resource, Simulation,
    SpawnOptions, Store,
};

#[test]
fn the_end_can_be_waited_for_before_and_after() {
    let mut simulation = simulation();
    let work = simulation.process("work", async |p| {
        p.sleep(ms(5)).await;
        "done"
    });
    let join = |simulation: &mut Simulation, name: &'static str, start| {
        let work = work.clone();
        simulation.process(name, async move |p| {
            p.sleep(ms(start)).await;
            (p.join(&work).await, p.now())
        })
    };
    let early = join(&mut simulation, "early", 0);
    let second = join(&mut simulation, "second", 1);
    let late = join(&mut simulation, "late", 9);
    simulation.run().expect("no error");
    // The result goes to whoever wakes first; the others hear of the end.
    assert_eq!(early.result(), Some((Ok("done"), at(5))));
    assert_eq!(second.result(), Some((Err(Ended), at(5))));
    assert_eq!(late.result(), Some((Err(Ended), at(9))));
    assert!(work.is_over() && work.result().is_none());
}

#[test]
fn joining_a_killed_process_says_so() {
    let mut simulation = simulation();
    let victim = simulation.process("victim", async |p| p.sleep(ms(100)).await);
    let marked = victim.clone();
    let joiner = simulation.process("joiner", async move |p| {
        let hasty = p.timeout(ms(1), p.join(&marked)).await.is_err();
        (hasty, p.join(&marked).await, p.now())
    });
    simulation.kill_at(at(4), &victim).unwrap();
    simulation.run().expect("no error");
    assert_eq!(joiner.result(), Some((true, Err(Ended), at(4))));
    assert_eq!(simulation.now(), at(4));
}

#[test]
fn children_die_with_their_owner_unless_they_are_apart() {
    let mut simulation = simulation();
    let owner = simulation.process("owner", async |p| {
        let child = p.process("child", async |p| p.sleep(ms(50)).await);
        let apart = p.process_apart("apart", async |p| {
            p.sleep(ms(7)).await;
            p.path()
        });
        p.sleep(ms(5)).await;
        (child, apart)
    });
    simulation.run().expect("no error");
    let (child, apart): (ProcessRef<(), ()>, ProcessRef<(), String>) =
        owner.result().expect("it has ended");
    assert!(child.is_over() && child.result().is_none());
    assert_eq!(apart.result().as_deref(), Some("apart"));
    assert_eq!((simulation.now(), simulation.live_actors()), (at(7), 0));
}

#[test]
fn a_process_that_never_began_ends_as_well() {
    let mut simulation = simulation();
    let spawn = SpawnOptions::named("slow").startup(ms(100));
    let slow = simulation.process_receiving(spawn, async |p: Process<u64>| p.receive().await);
    simulation.send(&slow, 7);
    simulation.kill_at(at(2), &slow).unwrap();
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert!(slow.is_over());
    assert_eq!((simulation.now(), simulation.counts().undeliverable), (at(2), 1));
}

#[test]
fn messages_wait_for_a_process_that_starts_up() {
    let mut simulation = simulation();
    let spawn = SpawnOptions::named("slow").startup(ms(100));
    let slow =
        simulation.process_receiving(spawn, async |p: Process<u64>| (p.receive().await, p.now()));
    simulation.send(&slow, 7);
    simulation.run().expect("no error");
    assert_eq!(slow.result(), Some((7, at(100))));
}

#[test]
fn a_panic_in_a_process_is_the_error_of_the_run() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    simulation.process("clumsy", async move |p| {
        let _till = till.acquire(&p).await;
        p.sleep(ms(2)).await;
        panic!("out of change");
    });
    let error = simulation.run().expect_err("it panics");
    assert_eq!(
        error.to_string(),
        "actor clumsy: the handler panicked: out of change (event 3, virtual time 0.002s, \
         seed 42, replication 0)"
    );
    assert_eq!(simulation.run(), Err(error));
}

/// Starts its like at once, for ever.
async fn breed(p: Process, number: u32) {
    p.process_apart(("rabbit", number), move |p| breed(p, number + 1));
}

#[test]
fn endless_births_at_one_instant_reach_a_limit() {
    let mut simulation = Simulation::new(Config::new(42).max_events_per_instant(500));
    simulation.process("rabbit", |p| breed(p, 0));
    let error = simulation.run().expect_err("they multiply");
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::EventsPerInstant, allowed: 500 });
    assert_eq!(simulation.events(), 500);
}

#[test]
fn endless_interrupts_at_one_instant_reach_a_limit() {
    let mut simulation = Simulation::new(Config::new(42).max_events_per_instant(500));
    let peer: Signal<ProcessRef<u64>> = Signal::new();
    let other = peer.clone();
    let first = simulation.process_receiving("first", async move |p: Process<u64>| {
        let other = other.wait(&p).await;
        loop {
            p.interrupt(&other, 1);
            _ = p.interruptible(p.sleep(ms(1))).await;
        }
    });
    let second = simulation.process_receiving("second", async move |p: Process<u64>| {
        loop {
            _ = p.interruptible(p.sleep(ms(1))).await;
            p.interrupt(&first, 1);
        }
    });
    simulation.process("matchmaker", async move |p| _ = peer.fire(&p, second));
    let error = simulation.run().expect_err("they never let each other sleep");
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::EventsPerInstant, allowed: 500 });
}

#[test]
fn a_run_can_be_dropped_at_any_point() {
    for events in 0..40 {
        let mut simulation = simulation();
        let till = Resource::new(&mut simulation, "till", 1);
        let shelf = Store::new(&mut simulation, "shelf", 1);
        let tank = Container::new(&mut simulation, "tank", 3, 1);
        let signal = Signal::new();
        for number in 0..3 {
            let signal = signal.clone();
            simulation.process_receiving(("p", number), async move |p: Process<u64>| {
                let claim = Claim::new().priority(-(number as i32)).preempting().yielding();
                let held = till.acquire_as(&p, claim).await;
                let child = p.process("child", async move |p| {
                    shelf.put(&p, p.path()).await;
                    tank.get(&p, 2).await;
                });
                _ = held.work(&p, ms(3)).await;
                _ = p.timeout(ms(2), shelf.get(&p)).await;
                _ = tank.put(&p, 1);
                signal.fire(&p, ());
                _ = p.timeout(ms(2), p.join(&child)).await;
            });
        }
        for _ in 0..events {
            simulation.step().expect("no error");
        }
        drop(simulation);
    }
}

#[test]
fn run_before_leaves_what_is_due_then() {
    let mut simulation = simulation();
    let twice = simulation.process("twice", async |p| {
        p.sleep(ms(5)).await;
        p.sleep(ms(5)).await;
    });
    assert_eq!(simulation.run_before(at(0)), Ok(Outcome::Reached));
    assert_eq!((simulation.now(), simulation.events()), (at(0), 0));
    assert_eq!(simulation.run_before(at(10)), Ok(Outcome::Reached));
    assert_eq!((simulation.now(), twice.is_over()), (at(10), false));
    // The clock does not go back.
    assert_eq!(simulation.run_before(at(3)), Ok(Outcome::Reached));
    assert_eq!(simulation.now(), at(10));
    assert_eq!(simulation.run_before(at(11)), Ok(Outcome::Idle { since: at(10) }));
    assert_eq!((simulation.now(), twice.is_over()), (at(11), true));
}
