//! What a process begins to wait for and does not look at ends the run where the
//! process waits for something else, with the line.

use super::{at, ms, simulation};
use flagfall::process::{Either, Signal, all, any, concurrently, either, later};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Container, Context, ErrorKind, Process, ProcessRef, ReplyTo, Resource,
    Simulation, Store,
};
use std::cell::RefCell;
use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

type Boxed<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Answers nobody.
struct Clerk;

impl Actor for Clerk {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, _: ReplyTo<u64>, _: &mut Context<'_, ReplyTo<u64>>) {}
}

/// What can be waited for.
struct World {
    till: Resource,
    tank: Container,
    shelf: Store<u64>,
    fired: Signal<u64>,
    signal: Signal<u64>,
    over: ProcessRef<()>,
    living: ProcessRef<()>,
    clerk: ActorRef<ReplyTo<u64>>,
    unit: Held,
}

/// Begins something, and keeps it without looking at it.
type Begin = for<'a> fn(&'a Process<u64>, &'a World) -> Boxed<'a>;

/// A line of the table: its number, its text, and what it begins.
macro_rules! row {
    (|$p:ident, $w:ident| $begun:expr) => {{
        fn begin<'a>($p: &'a Process<u64>, $w: &'a World) -> Boxed<'a> {
            _ = $w;
            let begun = $begun;
            Box::pin(async move { _ = begun.await })
        }
        (line!(), stringify!($begun), begin as Begin)
    }};
}

/// Every future of the public interface that waits.
fn table() -> Vec<(u32, &'static str, Begin)> {
    vec![
        row!(|p, w| p.sleep(ms(4))),
        row!(|p, w| p.sleep_until(at(4))),
        row!(|p, w| p.pass()),
        row!(|p, w| p.receive()),
        row!(|p, w| p.ask(&w.clerk, |reply| reply)),
        row!(|p, w| p.join(&w.living)),
        row!(|p, w| p.join(&w.over)),
        row!(|p, w| p.timeout(ms(4), w.till.acquire(p))),
        row!(|p, w| p.timeout(ms(4), async {})),
        row!(|p, w| p.interruptible(p.sleep(ms(4)))),
        row!(|p, w| p.interruptible(async {})),
        row!(|p, w| w.signal.wait(p)),
        row!(|p, w| w.fired.wait(p)),
        row!(|p, w| w.till.acquire(p)),
        row!(|p, w| w.till.acquire_as(p, Claim::new().priority(1))),
        row!(|p, w| w.till.serve(p, Claim::new(), ms(4))),
        row!(|p, w| w.unit.work(p, ms(4))),
        row!(|p, w| w.unit.preempted(p)),
        row!(|p, w| w.tank.put(p, 1)),
        row!(|p, w| w.tank.get(p, 1)),
        row!(|p, w| w.tank.get(p, 9)),
        row!(|p, w| w.shelf.put(p, 1)),
        row!(|p, w| w.shelf.put(p, 1).within(ms(4))),
        row!(|p, w| w.shelf.get(p)),
        row!(|p, w| w.shelf.get_where(p, |item| *item == 7)),
        row!(|p, w| all([w.till.acquire(p), w.till.acquire(p)])),
        row!(|p, w| any([w.till.acquire(p), w.till.acquire(p)])),
        row!(|p, w| either(p.receive(), w.till.acquire(p))),
        row!(|p, w| concurrently([w.till.acquire(p), w.till.acquire(p)])),
    ]
}

/// What becomes of a process and of what it has begun.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    LoopsAndIsCut,
    IsKilled,
    Ends,
    IsDroppedAtOnce,
    IsLeftByAny,
    IsAwaitedInTime,
}

async fn live(p: &Process<u64>, world: &World, begin: Begin, fate: Fate) {
    let begun = begin(p, world);
    match fate {
        Fate::LoopsAndIsCut => loop {
            p.sleep(ms(1)).await;
        },
        Fate::IsKilled => p.sleep(ms(1_000)).await,
        Fate::Ends => p.sleep(ms(5)).await,
        Fate::IsDroppedAtOnce => {
            drop(begun);
            p.sleep(ms(5)).await;
        }
        Fate::IsLeftByAny => {
            assert_eq!(any([Box::pin(ready(())) as Boxed<'_>, begun]).await.0, 0);
            p.sleep(ms(5)).await;
        }
        Fate::IsAwaitedInTime => {
            _ = p.timeout(ms(2), begun).await;
            p.sleep(ms(5)).await;
        }
    }
}

/// Where it was begun, when it was told, and the whole text, if it was.
fn told(simulation: &mut Simulation) -> Option<(u32, u64, String)> {
    let error = simulation.run_until(at(20)).err()?;
    let text = error.to_string().replace('\\', "/");
    let ErrorKind::NotAwaited { place } = error.kind else { panic!("another error: {text}") };
    assert_eq!(error.actor, "model");
    let place = place.replace('\\', "/");
    let place = place.strip_prefix("tests/processes/forgotten.rs:").expect("it is in this file");
    let line = place.split(':').next().and_then(|line| line.parse().ok()).expect("a line");
    Some((line, error.time.as_nanos(), text))
}

fn outcome(begin: Begin, fate: Fate) -> Option<(u32, u64, String)> {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 3);
    let tank = Container::new(&mut simulation, "tank", 9, 5);
    let shelf = Store::new(&mut simulation, "shelf", 3);
    let clerk = simulation.spawn("clerk", Clerk);
    let over = simulation.process("over", |_: Process| async {});
    let living = simulation.process("living", |p: Process| p.sleep(ms(1_000)));
    let model = simulation.process_receiving("model", move |p: Process<u64>| async move {
        let (fired, signal) = (Signal::new(), Signal::new());
        fired.fire(&p, 7);
        let unit = till.acquire_as(&p, Claim::new().yielding()).await;
        let world = World { till, tank, shelf, fired, signal, over, living, clerk: *clerk, unit };
        live(&p, &world, begin, fate).await;
    });
    if fate == Fate::IsKilled {
        simulation.kill_at(at(3), &model).unwrap();
    }
    told(&mut simulation)
}

#[test]
fn whatever_is_begun_and_not_looked_at_is_told_when_the_process_waits() {
    for (line, what, begin) in table() {
        for fate in [Fate::LoopsAndIsCut, Fate::IsKilled, Fate::Ends] {
            let told = outcome(begin, fate).map(|(line, time, _)| (line, time));
            assert_eq!(told, Some((line, 0)), "{what}, {fate:?}");
        }
        for fate in [Fate::IsDroppedAtOnce, Fate::IsLeftByAny, Fate::IsAwaitedInTime] {
            assert_eq!(outcome(begin, fate), None, "{what}, {fate:?}");
        }
    }
}

/// What a process with a till comes to.
fn model(work: impl AsyncFnOnce(Process<u64>, Resource) + 'static) -> Option<(u32, u64, String)> {
    let mut simulation = simulation();
    let till = Resource::new(&mut simulation, "till", 1);
    let model = simulation.process_receiving("model", move |p: Process<u64>| work(p, till));
    simulation.send(&model, 1);
    told(&mut simulation)
}

#[test]
fn the_text_says_where_and_what_to_write() {
    let line = line!() + 2;
    let told = model(async |p, till| {
        let _unit = till.acquire(&p);
        p.sleep(ms(5)).await;
    });
    let text = format!(
        "actor model: what was begun at tests/processes/forgotten.rs:{line}:26 was not awaited \
         before the process waited for something else, or ended: write `.await` there; several \
         that are begun together go into `all`, and what is awaited later into `later`, both of \
         `flagfall::process` (event 1, virtual time 0s, seed 42, replication 0)"
    );
    assert_eq!(told, Some((line, 0, text)));
}

#[test]
fn one_after_the_other_is_told_and_all_together_is_not() {
    let line = line!() + 2;
    let told = model(async |p, till| {
        let both = [till.acquire(&p), till.acquire(&p)];
        for unit in both {
            drop(unit.await);
        }
    });
    assert_eq!(told.map(|(line, ..)| line), Some(line));
    let fine = model(async |p, till| {
        for _ in 0..3 {
            let mut all = vec![Box::pin(p.sleep(ms(1))), Box::pin(p.sleep(ms(2)))];
            poll_fn(|context| {
                all.retain_mut(|one| one.as_mut().poll(context).is_pending());
                if all.is_empty() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
        drop(till.acquire(&p).await);
    });
    assert_eq!(fine, None);
}

#[test]
fn what_is_told_names_the_one_that_was_forgotten() {
    let line = line!() + 3;
    let told = model(async |p, till| {
        let first = p.timeout(ms(9), async {});
        let second = p.timeout(ms(9), async {});
        drop(till.acquire(&p).await);
        assert!(first.await.is_ok() && second.await.is_ok());
    });
    assert_eq!(told.map(|(told, ..)| told), Some(line - 1));
    let told = model(async |p, _| {
        let first = p.timeout(ms(9), async {});
        let second = p.timeout(ms(9), async {});
        assert!(first.await.is_ok());
        p.sleep(ms(1)).await;
        assert!(second.await.is_ok());
    });
    assert_eq!(told.map(|(told, ..)| told), Some(line + 7));
}

#[test]
fn a_combinator_that_is_over_early_has_not_forgotten_what_it_was_lent() {
    let fine = model(async |p, till| {
        p.pass().await;
        let (mut patience, mut claim) = (p.sleep(ms(9)), till.acquire(&p));
        // The message is there before the patience was looked at.
        assert_eq!(either(p.receive(), &mut patience).await, Either::First(1));
        p.sleep(ms(1)).await;
        p.sleep(ms(1)).await;
        _ = p.timeout(ms(1), &mut claim).await;
        patience.await;
    });
    assert_eq!(fine, None);
    // Only in that step.
    let line = line!() + 6;
    let told = model(async |p, till| {
        p.pass().await;
        let mut patience = p.sleep(ms(9));
        assert_eq!(either(p.receive(), &mut patience).await, Either::First(1));
        p.sleep(ms(1)).await;
        let _unit = till.acquire(&p);
        patience.await;
    });
    assert_eq!(told.map(|(line, time, _)| (line, time)), Some((line, 1_000_000)));
}

#[test]
fn what_is_awaited_later_is_said_to_be() {
    let fine = model(async |p, till| {
        let (unit, mut nap) = (later(till.acquire(&p)), later(p.sleep(ms(4))));
        p.sleep(ms(2)).await;
        later(&mut nap).await;
        assert_eq!((p.now(), till.in_use(&p)), (at(4), 1));
        drop(unit.await);
        assert_eq!((p.now(), till.in_use(&p)), (at(4), 0));
        // Said, and not done.
        drop(later(till.acquire(&p)));
        assert_eq!(till.in_use(&p), 0);
    });
    assert_eq!(fine, None);
}

#[test]
fn what_leaves_the_process_without_a_look_is_told() {
    let shared = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&shared);
    let line = line!() + 2;
    let told = model(async move |p, till| {
        shared.replace(Some(till.acquire(&p)));
    });
    assert_eq!(told.map(|(line, ..)| line), Some(line));
    assert!(kept.borrow().is_some());
}
