//! What was served at the very instant at which it is given up, before whoever claimed has
//! heard of it: it goes back, into no more than the room, and was not granted.

use super::{at, ms};
use flagfall::process::{all, later};
use flagfall::resource::Transfer;
use flagfall::{
    Actor, Config, Container, Context, Outcome, Process, Resource, Restart, Simulation, Span, Store,
};

fn simulation() -> Simulation {
    Simulation::new(Config::new(42))
}

/// Somebody fills the tank at 2 ms, which serves a get of 8; another uses the room at once,
/// and then the get is given up.
fn tank_with_too_much(simulation: &mut Simulation) -> Container {
    let tank = Container::new(simulation, "tank", 10, 0);
    simulation.process("filler", async move |p| {
        p.sleep(ms(2)).await;
        tank.put(&p, 10).await;
    });
    simulation.process("second", async move |p| {
        p.sleep(ms(2)).await;
        p.pass().await;
        tank.put(&p, 8).await;
    });
    simulation.process("getter", async move |p| {
        let get = later(tank.get(&p, 8));
        p.sleep(ms(2)).await;
        p.pass().await;
        get.give_up();
        assert_eq!((tank.level(&p), tank.aside(&p)), (10, 8));
    });
    tank
}

#[test]
fn an_amount_that_comes_back_never_overfills_a_container() {
    let mut simulation = simulation();
    let tank = tank_with_too_much(&mut simulation);
    // Has waited for room before any of it comes out again.
    let third = simulation.process("third", async move |p| {
        p.sleep(ms(3)).await;
        tank.put(&p, 1).await;
        (p.now(), tank.level(&p))
    });
    simulation.process("others", async move |p| {
        let mut seen = Vec::new();
        for (amount, level, aside) in [(3, 10, 5), (5, 10, 0), (4, 7, 0)] {
            p.sleep(ms(4)).await;
            tank.get(&p, amount).await;
            seen.push((tank.level(&p), tank.aside(&p)));
            assert_eq!(seen.last(), Some(&(level, aside)));
        }
    });
    simulation.run_until(at(20)).expect("no error");
    assert_eq!(third.result(), Some((at(12), 7)));
    let statistics = tank.statistics(&simulation);
    // 10 from 2 ms to 12 ms, and 7 up to 20 ms.
    assert_eq!(statistics.mean_in_use, (10.0 * 10.0 + 8.0 * 7.0) / 20.0);
    assert_eq!((statistics.granted, statistics.withdrawn), (6, 1));
    assert_eq!(statistics.longest_wait, ms(9), "of the third, not of the get");
}

/// A run in which something stands aside has ended: nobody waits for it.
#[test]
fn nobody_waits_for_what_stands_aside() {
    let mut simulation = simulation();
    let tank = tank_with_too_much(&mut simulation);
    assert_eq!(simulation.run().expect("no error"), Outcome::Idle { since: at(2) });
    assert_eq!((tank.waiting(&simulation), tank.aside(&simulation)), (0, 8));
    simulation.process("late", move |p: Process| tank.put(&p, 1));
    simulation.run().expect("no error");
    let text = simulation.stuck_in_brief().expect("there is no room");
    assert_eq!(text, "late has waited since 0.002s for tank, which nobody holds");
}

#[test]
fn amounts_aside_are_summed_up_exactly() {
    let mut simulation = simulation();
    let tank = Container::new(&mut simulation, "tank", u64::MAX, u64::MAX);
    simulation.process("all", async move |p| {
        let mut gets = Vec::new();
        for _ in 0..3 {
            gets.push(later(tank.get(&p, u64::MAX)));
            tank.put(&p, u64::MAX).await;
        }
        gets.into_iter().for_each(Transfer::give_up);
    });
    simulation.run().expect("no error");
    assert_eq!(tank.level(&simulation), u64::MAX);
    assert_eq!(tank.aside(&simulation), 3 * u128::from(u64::MAX));
}

/// An item goes back to its place, the last of all stands aside, and each is taken once,
/// in the order in which they were put down.
#[test]
fn an_item_that_comes_back_never_overfills_a_store() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    simulation.process("givers", async move |p| {
        p.sleep(ms(2)).await;
        shelf.put(&p, 1).await;
        shelf.put(&p, 2).await;
        shelf.put(&p, 3).await;
    });
    simulation.process("getter", async move |p| {
        let get = later(shelf.get(&p));
        p.sleep(ms(2)).await;
        while shelf.waiting(&p) > 0 {
            p.pass().await;
        }
        get.give_up();
        assert_eq!((shelf.len(&p), shelf.aside(&p)), (1, 1));
        p.pass().await;
    });
    let taker = simulation.process("taker", async move |p| {
        p.sleep(ms(4)).await;
        let second = shelf.get_where(&p, |item| *item == 2).await;
        let mut lie = Vec::new();
        shelf.for_each(&p, |item| lie.push(*item));
        (second, lie, shelf.get(&p).await, shelf.get(&p).await)
    });
    simulation.run_until(at(10)).expect("no error");
    assert_eq!(taker.result(), Some((2, vec![1], 1, 3)));
    let statistics = shelf.statistics(&simulation);
    assert_eq!(statistics.mean_in_use, 0.2, "one from 2 ms to 4 ms");
    assert_eq!((statistics.granted, statistics.withdrawn), (6, 1));
}

/// The unit is released at 2 ms, and whoever is granted it gives the claim up.
#[test]
fn a_claim_that_is_given_up_at_its_grant_was_not_granted() {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    simulation.process("first", async move |p| {
        let _till = till.acquire(&p).await;
        p.sleep(ms(2)).await;
    });
    simulation.process("hasty", async move |p| {
        let claim = later(till.acquire(&p));
        p.sleep(ms(2)).await;
        p.pass().await;
        claim.give_up();
    });
    let next = simulation.process("next", async move |p| {
        p.sleep(ms(1)).await;
        let _till = till.acquire(&p).await;
        p.now()
    });
    simulation.run().expect("no error");
    assert_eq!(next.result(), Some(at(2)));
    let statistics = till.statistics(&simulation);
    assert_eq!((statistics.granted, statistics.withdrawn), (2, 1));
    assert_eq!((statistics.mean_wait, statistics.longest_wait), (Span::from_micros(500), ms(1)));
}

/// Of three served at one instant the one that has waited longest gives up; a later one
/// breaks the record.
#[test]
fn the_longest_wait_is_of_those_who_were_granted() {
    let mut simulation = simulation();
    let tank = Container::new(&mut simulation, "tank", 10, 0);
    for (name, wait) in [("first", 3), ("second", 2), ("third", 1)] {
        simulation.process(name, async move |p| {
            p.sleep(ms(3 - wait)).await;
            let get = later(tank.get(&p, 1));
            if wait < 3 {
                return get.await;
            }
            p.sleep(ms(3)).await;
            p.pass().await;
            get.give_up();
        });
    }
    simulation.process("filler", async move |p| {
        p.sleep_until(at(3)).await;
        tank.put(&p, 3).await;
    });
    simulation.run().expect("no error");
    let statistics = tank.statistics(&simulation);
    assert_eq!((statistics.granted, statistics.withdrawn), (3, 1));
    assert_eq!((statistics.mean_wait, statistics.longest_wait), (ms(1), ms(2)));
}

/// A put that is undone was not granted either: the room had been waited for.
#[test]
fn a_put_that_is_undone_was_not_granted() {
    let mut simulation = simulation();
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
    simulation.process("giver", async move |p| {
        shelf.put(&p, 1).await;
        // Looked at in vain before.
        let mut put = shelf.put(&p, 2);
        assert!(p.timeout(ms(1), &mut put).await.is_err());
        p.sleep(ms(1)).await;
        p.pass().await;
        drop(put);
        assert!(shelf.is_empty(&p));
    });
    simulation.process("taker", async move |p| {
        p.sleep(ms(2)).await;
        shelf.get(&p).await;
    });
    simulation.run().expect("no error");
    let statistics = shelf.statistics(&simulation);
    assert_eq!((statistics.granted, statistics.withdrawn), (2, 1));
    assert_eq!(statistics.longest_wait, Span::ZERO);
}

/// What `all` has kept beyond the instant was out of the tank, and granted.
#[test]
fn what_was_kept_for_a_while_was_granted() {
    let mut simulation = simulation();
    let tank = Container::new(&mut simulation, "tank", 10, 4);
    simulation.process("both", async move |p| {
        let both = all([tank.get(&p, 4), tank.get(&p, 8)]);
        assert!(p.timeout(ms(5), both).await.is_err());
    });
    simulation.run_until(at(10)).expect("no error");
    let statistics = tank.statistics(&simulation);
    assert_eq!((statistics.granted, statistics.withdrawn), (1, 1));
    assert_eq!(statistics.mean_in_use, 2.0);
}

/// Puts two items into a store with room for one, and dies in one of the ways.
struct Giver {
    shelf: Store<u64>,
    dies: &'static str,
}

impl Actor for Giver {
    type Message = u64;
    fn handle(&mut self, first: u64, context: &mut Context<'_, u64>) {
        self.shelf.put_soon(context, first);
        self.shelf.put_soon(context, first + 1);
        match self.dies {
            "stops" => context.stop(),
            _ => context.fail("meant"),
        }
    }
}

/// Whoever has put an item down soon has let go of it: it is put when there is room.
#[test]
fn an_item_that_waits_for_room_outlives_its_actor() {
    for dies in ["stops", "fails", "is restarted"] {
        let mut simulation = simulation();
        let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 1);
        let make = move || Giver { shelf, dies };
        let giver = match dies {
            "is restarted" => simulation.spawn_supervised("giver", Restart::on_failure(), make),
            _ => simulation.spawn("giver", make()),
        };
        simulation.send(&giver, 1);
        let outcome = simulation.run().expect("no error");
        let since = at(0);
        let lives = dies == "is restarted";
        let expected = if lives { Outcome::Stuck { since } } else { Outcome::Idle { since } };
        assert_eq!(outcome, expected, "the dead wait for nothing: it {dies}");
        assert_eq!((shelf.len(&simulation), shelf.waiting(&simulation)), (1, 1), "{dies}");
        let taker =
            simulation.process("taker", async move |p| [shelf.get(&p).await, shelf.get(&p).await]);
        simulation.run().expect("no error");
        assert_eq!(taker.result(), Some([1, 2]), "{dies}");
        assert_eq!(shelf.statistics(&simulation).withdrawn, 0, "{dies}");
    }
}
