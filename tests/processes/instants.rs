//! What happens at one instant is decided once: it happened, and whoever
//! waited hears so, or it did not, and everything is handed back.

use super::{at, ms, simulation};
use flagfall::process::{Either, Signal, all, any, either};
use flagfall::resource::{Held, NotPut};
use flagfall::{Container, Process, Resource, Simulation, Span, Store};
use std::cell::RefCell;
use std::rc::Rc;

/// A taker makes room at 2 ms; somebody else wants to put something down then;
/// the giver has waited for room since 1 ms, and its patience ends at 2 ms.
fn rivals(taker_is_first: bool) -> (bool, Vec<&'static str>) {
    let mut simulation = simulation();
    let buffer: Store<&'static str> = Store::new(&mut simulation, "buffer", 1);
    let taker = move |p: Process| async move {
        p.sleep(ms(2)).await;
        buffer.get(&p).await
    };
    let giver = move |p: Process| async move {
        buffer.put(&p, "first").await;
        p.sleep(ms(1)).await;
        p.timeout(ms(1), buffer.put(&p, "second")).await.is_ok()
    };
    let (got, given);
    if taker_is_first {
        got = simulation.process("taker", taker);
        given = simulation.process("giver", giver);
    } else {
        given = simulation.process("giver", giver);
        got = simulation.process("taker", taker);
    }
    simulation.process("other", async move |p| {
        p.sleep(ms(2)).await;
        buffer.put(&p, "third").await;
    });
    simulation.run_until(at(5)).expect("no error");
    assert_eq!(got.result(), Some("first"));
    let mut left = Vec::new();
    buffer.for_each(&simulation, |item| left.push(*item));
    (given.result().expect("it has ended"), left)
}

#[test]
fn a_put_that_timed_out_is_not_in_the_store() {
    for taker_is_first in [true, false] {
        let (is_in, left) = rivals(taker_is_first);
        let expected = if is_in { "second" } else { "third" };
        assert_eq!(left, [expected], "the taker is first: {taker_is_first}");
    }
}

/// Somebody waits for `span` for what comes at exactly that instant, and hears
/// the same of it whatever began first.
fn at_the_instant<T: 'static, F: Future<Output = T> + 'static>(
    begin: impl Fn(&mut Simulation) -> World,
    work: fn(Process, World) -> F,
    check: fn(&Simulation, &World, T),
) {
    for waiter_is_first in [true, false] {
        for apart in 0..3 {
            let mut simulation = simulation();
            let world = begin(&mut simulation);
            let (own, other) = (world.clone(), world.clone());
            let start = |simulation: &mut Simulation| {
                let own = own.clone();
                simulation.process("waiter", move |p| work(p, own))
            };
            let first = waiter_is_first.then(|| start(&mut simulation));
            // Between the event that serves and the wake there may be others.
            for number in 0..apart {
                simulation.process(("bystander", number), |p: Process| p.sleep(ms(3)));
            }
            simulation.process("server", async move |p| {
                p.sleep(ms(3)).await;
                other.serve(&p);
            });
            let waiter = first.unwrap_or_else(|| start(&mut simulation));
            simulation.run_until(at(20)).expect("no error");
            check(&simulation, &world, waiter.result().expect("it has ended"));
        }
    }
}

/// What is empty, full or held until 3 ms.
#[derive(Clone)]
struct World {
    full: Store<u64>,
    empty: Store<u64>,
    tank: Container,
    till: Resource,
    signal: Signal<u64>,
    held: Rc<RefCell<Option<Held>>>,
}

impl World {
    fn new(simulation: &mut Simulation) -> Self {
        let world = Self {
            full: Store::new(simulation, "full", 1),
            empty: Store::new(simulation, "empty", 5),
            tank: Container::new(simulation, "tank", 5, 5),
            till: Resource::new(simulation, "till", 1),
            signal: Signal::new(),
            held: Rc::default(),
        };
        let (own, till) = (world.clone(), world.till);
        simulation.process("before", async move |p| {
            own.full.put(&p, 1).await;
            let held = till.acquire(&p).await;
            own.held.replace(Some(held));
        });
        world
    }

    /// Lets all go on that wait for any of these.
    fn serve(&self, p: &Process) {
        let (full, empty, tank) = (self.full, self.empty, self.tank);
        p.process_apart("taker", async move |p| _ = full.get(&p).await);
        p.process_apart("giver", async move |p| empty.put(&p, 7).await);
        p.process_apart("drain", async move |p| tank.get(&p, 2).await);
        self.signal.fire(p, 9);
        drop(self.held.take());
    }
}

#[test]
fn a_put_at_the_instant_of_a_timeout_is_told_as_it_is() {
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            p.timeout(ms(3), w.full.put(&p, 2)).await.is_ok()
        },
        |simulation, w, is_in| assert_eq!(w.full.len(simulation), usize::from(is_in)),
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            w.full.put(&p, 2).within(ms(3)).await
        },
        |simulation, w, is_in| {
            assert_eq!(w.full.len(simulation), usize::from(is_in.is_ok()));
            assert_eq!(is_in.err(), w.full.is_empty(simulation).then_some(NotPut { item: 2 }));
        },
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            p.timeout(ms(3), w.tank.put(&p, 2)).await.is_ok()
        },
        |simulation, w, is_in| {
            assert_eq!(w.tank.level(simulation), 3 + 2 * u64::from(is_in));
        },
    );
}

#[test]
fn what_is_got_at_the_instant_of_a_timeout_is_got_or_there() {
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            p.timeout(ms(3), w.empty.get(&p)).await.ok()
        },
        |simulation, w, item| {
            assert_eq!(w.empty.is_empty(simulation), item == Some(7), "{item:?}");
        },
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            p.timeout(ms(3), all([w.empty.get(&p), w.empty.get(&p)])).await.is_err()
        },
        |simulation, w, is_late| {
            assert!(is_late, "there is only one item");
            assert_eq!(w.empty.len(simulation), 1, "it has gone back");
        },
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            let mut both = all([w.empty.get(&p), w.empty.get(&p)]);
            assert!(p.timeout(ms(3), &mut both).await.is_err());
            both.give_up()
        },
        |simulation, w, items| {
            assert_eq!(items.into_iter().flatten().count() + w.empty.len(simulation), 1);
        },
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            let held = p.timeout(ms(3), w.till.acquire(&p)).await.ok();
            (held.is_some(), w.till.in_use(&p))
        },
        |simulation, w, (is_held, in_use)| {
            assert_eq!(in_use, u64::from(is_held));
            assert_eq!((w.till.in_use(simulation), w.till.waiting(simulation)), (0, 0));
        },
    );
    at_the_instant(
        World::new,
        |p, w| async move {
            p.pass().await;
            p.timeout(ms(3), w.signal.wait(&p)).await
        },
        |_, _, fired| assert!(fired == Ok(9) || fired.is_err()),
    );
}

/// The interrupt comes when the work is served, and not yet heard of.
#[test]
fn work_that_is_done_at_the_instant_of_an_interrupt_is_done() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    let giver = simulation.process_receiving("giver", async move |p: Process<u64>| {
        shelf.put(&p, 1).await;
        let second = p.interruptible(shelf.put(&p, 2)).await;
        // It has stayed for the next time.
        let next = p.interruptible(p.sleep(ms(5))).await;
        (second, next, p.now())
    });
    let victim = giver.clone();
    simulation.process("taker", async move |p| {
        p.sleep(ms(2)).await;
        _ = shelf.get(&p).await;
    });
    simulation.process("fate", async move |p| {
        p.sleep(ms(2)).await;
        // Three steps later the giver's item lies there, and its wake is due.
        p.pass().await;
        p.interrupt(&victim, 9);
    });
    simulation.run().expect("no error");
    assert_eq!(giver.result(), Some((Ok(()), Err(9), at(2))));
    let counts = simulation.counts();
    assert_eq!((counts.sent, counts.handled), (1, 1));
}

#[test]
fn an_interrupt_that_waits_does_not_undo_what_is_served_at_once() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    let giver = simulation.process_receiving("giver", async move |p: Process<u64>| {
        p.sleep(ms(1)).await;
        let put = p.interruptible(shelf.put(&p, 1)).await;
        let got = p.interruptible(shelf.get(&p)).await;
        (put, got, p.interruptible(p.sleep(ms(1))).await)
    });
    let victim = giver.clone();
    simulation.process("fate", async move |p| p.interrupt(&victim, 9));
    simulation.run().expect("no error");
    assert_eq!(giver.result(), Some((Ok(()), Ok(1), Err(9))));
}

/// The first that is there wins; what the others had in their hands goes back.
#[test]
fn losers_hand_back() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 5);
    let till = Resource::new(&mut simulation, "till", 2);
    let tank = Container::new(&mut simulation, "tank", 5, 5);
    let racer = simulation.process("racer", async move |p| {
        shelf.put(&p, 1).await;
        shelf.put(&p, 2).await;
        let item = any([shelf.get(&p), shelf.get(&p)]).await;
        let held = any([till.acquire(&p), till.acquire(&p)]).await.1;
        any([tank.get(&p, 2), tank.get(&p, 2)]).await;
        let either = either(p.pass(), shelf.get(&p)).await;
        p.pass().await;
        let in_use = till.in_use(&p);
        drop(held);
        (item, in_use, tank.level(&p), either, shelf.len(&p))
    });
    simulation.run().expect("no error");
    let (item, in_use, level, either, left) = racer.result().expect("it has ended");
    assert_eq!((item, in_use, level), ((0, 1), 1, 3));
    assert_eq!(left, usize::from(matches!(either, Either::First(()))));
}

#[test]
fn who_is_killed_as_it_is_served_hands_back() {
    for killer_is_first in [true, false] {
        let mut simulation = simulation();
        let world = World::new(&mut simulation);
        let (own, other) = (world.clone(), world.clone());
        let victim = simulation.process("victim", async move |p| {
            p.pass().await;
            all([own.empty.get(&p), own.empty.get(&p)]).await
        });
        let kill = |simulation: &mut Simulation| simulation.kill_at(at(3), &victim).unwrap();
        if killer_is_first {
            kill(&mut simulation);
        }
        simulation.process("server", async move |p| {
            p.sleep(ms(3)).await;
            other.serve(&p);
        });
        if !killer_is_first {
            kill(&mut simulation);
        }
        simulation.run().expect("no error");
        assert!(victim.is_over());
        assert_eq!((world.empty.len(&simulation), world.empty.waiting(&simulation)), (1, 0));
    }
}

#[test]
fn a_timeout_that_goes_past_the_end_of_time_never_ends() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    let patient = simulation.process("patient", async move |p| {
        p.sleep(ms(1)).await;
        let slept = p.timeout(Span::MAX, p.sleep(ms(1))).await;
        shelf.put(&p, 1).await;
        let get = p.timeout(Span::MAX, shelf.get(&p)).await;
        (slept, get, shelf.put(&p, 2).within(Span::MAX).await)
    });
    simulation.run().expect("no error");
    assert_eq!(patient.result(), Some((Ok(()), Ok(1), Ok(()))));
}

/// One part is in one place: of two puts that are decided at one instant one is told,
/// and the other is undone.
#[test]
fn a_put_that_is_not_told_is_not_in() {
    let mut simulation = simulation();
    let [one, two] = ["one", "two"].map(|name| Store::<u64>::new(&mut simulation, name, 1));
    let giver = simulation.process("giver", async move |p: Process<()>| {
        let first = any([one.put(&p, 1), two.put(&p, 1)]).await;
        (first, one.len(&p) + two.len(&p))
    });
    simulation.run().expect("no error");
    assert_eq!(giver.result(), Some(((0, ()), 1)));
}

/// A message and room come at one instant, and the message is told.
#[test]
fn what_is_put_while_a_message_counts_is_taken_off_again() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    let tank = Container::new(&mut simulation, "tank", 10, 10);
    let giver = simulation.process("giver", async move |p: Process<()>| {
        shelf.put(&p, 1).await;
        let item = either(p.receive(), shelf.put(&p, 2)).await;
        let amount = either(p.receive(), tank.put(&p, 10)).await;
        p.sleep(ms(1)).await;
        let told = [item == Either::First(()), amount == Either::First(())];
        (told, shelf.len(&p), tank.level(&p))
    });
    let to = giver.clone();
    simulation.process("taker", async move |p| {
        p.sleep(ms(2)).await;
        p.send(&to, ());
        shelf.get(&p).await;
        p.sleep(ms(2)).await;
        p.send(&to, ());
        tank.get(&p, 10).await;
    });
    simulation.run().expect("no error");
    let ([item, amount], shelved, level) = giver.result().expect("it has ended");
    assert_eq!((shelved, level), (usize::from(!item), if amount { 0 } else { 10 }));
    assert!(item || amount, "a message is told at least once");
}
