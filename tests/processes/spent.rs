//! Waits that are awaited again after their end.

use super::{ms, simulation};
use flagfall::process::{Signal, all, any, concurrently, either};
use flagfall::resource::Claim;
use flagfall::{Actor, Container, Context, ErrorKind, Process, ReplyTo, Resource, Store};
use std::pin::Pin;

type Boxed = Pin<Box<dyn Future<Output = ()>>>;
type Case = fn(Process, World) -> Boxed;

#[derive(Clone, Copy)]
struct World {
    till: Resource,
    tank: Container,
    shelf: Store<u64>,
    clerk: flagfall::ActorRef<ReplyTo<u64>>,
}

struct Clerk;
impl Actor for Clerk {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
        context.reply(reply, 7);
    }
}

fn run(case: Case) -> Result<(), flagfall::SimulationError> {
    let mut simulation = simulation();
    let world = World {
        till: Resource::new(&mut simulation, "till", 2),
        tank: Container::new(&mut simulation, "tank", 9, 5),
        shelf: Store::new(&mut simulation, "shelf", 2),
        clerk: *simulation.spawn("clerk", Clerk),
    };
    simulation.process("customer", move |p: Process| case(p, world));
    simulation.run().map(drop)
}

macro_rules! twice {
    (|$p:ident, $w:ident| $wait:expr) => {
        |$p, $w| {
            Box::pin(async move {
                let ($p, _w) = (&$p, $w);
                let mut wait = Box::pin($wait);
                _ = wait.as_mut().await;
                $p.sleep(ms(1)).await;
                _ = wait.as_mut().await;
            })
        }
    };
}

/// There is nothing more to hand out, and no other thing is handed out in its place.
#[test]
fn what_was_handed_out_is_not_handed_out_again() {
    let cases: [Case; 11] = [
        twice!(|p, w| w.till.acquire(p)),
        twice!(|p, w| p.ask(&w.clerk, |reply| reply)),
        twice!(|p, w| p.join(&p.process("child", |p: Process| p.sleep(ms(1))))),
        twice!(|p, w| {
            let child = p.process("child", async |_| 7);
            p.sleep(ms(1)).await;
            p.join(&child)
        }),
        twice!(|p, w| {
            w.shelf.put(p, 3).await;
            w.shelf.get(p)
        }),
        twice!(|p, w| w.shelf.put(p, 3).within(ms(1))),
        twice!(|p, w| {
            all([w.shelf.put(p, 1), w.shelf.put(p, 2)]).await;
            w.shelf.put(p, 3).within(ms(1))
        }),
        twice!(|p, w| all([p.sleep(ms(1)), p.sleep(ms(2))])),
        twice!(|p, w| all(Vec::<flagfall::process::Sleep>::new())),
        twice!(|p, w| all([all([w.till.acquire(p)])])),
        twice!(|p, w| all([p.ask(&w.clerk, |reply| reply)])),
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let error = run(case).expect_err("it was awaited twice");
        let ErrorKind::Panic { message } = &error.kind else { panic!("{number}: {error}") };
        let expected = message.contains(file!()) && message.contains("was awaited again");
        assert!(expected, "{number}: {message}");
        assert_eq!(error.actor, "customer");
    }
}

/// Futures that the compiler makes say so themselves.
#[test]
fn combinations_are_awaited_once_as_well() {
    let cases: [Case; 8] = [
        twice!(|p, w| any([p.sleep(ms(1)), p.sleep(ms(2))])),
        twice!(|p, w| either(p.sleep(ms(1)), p.sleep(ms(2)))),
        twice!(|p, w| concurrently([p.sleep(ms(1))])),
        twice!(|p, w| p.timeout(ms(2), p.sleep(ms(1)))),
        twice!(|p, w| p.timeout(ms(1), p.sleep(ms(2)))),
        twice!(|p, w| p.interruptible(p.sleep(ms(1)))),
        twice!(|p, w| w.till.serve(p, Claim::new(), ms(1))),
        |p, w| {
            Box::pin(async move {
                let held = w.till.acquire(&p).await;
                let mut work = Box::pin(held.work(&p, ms(1)));
                assert_eq!(work.as_mut().await, Ok(()));
                _ = work.as_mut().await;
            })
        },
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let error = run(case).expect_err("it was awaited twice");
        let ErrorKind::Panic { message } = &error.kind else { panic!("{number}: {error}") };
        assert!(message.contains("resumed after completion"), "{number}: {message}");
    }
}

/// What says only that something has happened says so again.
#[test]
fn what_has_happened_has_happened() {
    let cases: [Case; 5] = [
        twice!(|p, w| p.sleep(ms(1))),
        twice!(|p, w| w.tank.put(p, 1)),
        twice!(|p, w| w.tank.get(p, 1)),
        twice!(|p, w| w.shelf.put(p, 1)),
        twice!(|p, w| {
            let signal = Signal::new();
            signal.fire(p, 7);
            signal.wait(p)
        }),
    ];
    for case in cases {
        assert_eq!(run(case), Ok(()));
    }
}
