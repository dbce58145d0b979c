//! Errors and panics about handles and waits name a line of the program, never one of
//! this crate: whatever is misused, however it is misused.

use super::{at, ms, simulation};
use crate::panics::place_of_panic;
use flagfall::process::{Signal, all, any, concurrently, either};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Container, Context, ErrorKind, Group, Process, ProcessRef, ReplyTo, Resource,
    Simulation, Store,
};
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as Task, Waker};

type Boxed = Pin<Box<dyn Future<Output = ()>>>;

/// What can be used and waited for.
#[derive(Clone)]
struct World {
    till: Resource,
    tank: Container,
    shelf: Store<u64>,
    crew: Group<u64>,
    signal: Signal<u64>,
    sink: ActorRef<u64>,
    clerk: ActorRef<ReplyTo<u64>>,
    friend: ProcessRef<()>,
    held: Rc<RefCell<Option<Rc<Held>>>>,
}

struct Sink;
impl Actor for Sink {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

/// Never answers.
struct Clerk(Vec<ReplyTo<u64>>);
impl Actor for Clerk {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, reply: ReplyTo<u64>, _: &mut Context<'_, ReplyTo<u64>>) {
        self.0.push(reply);
    }
}

fn world(simulation: &mut Simulation) -> World {
    World {
        till: Resource::new(simulation, "till", 5),
        tank: Container::new(simulation, "tank", 5, 3),
        shelf: Store::new(simulation, "shelf", 2),
        crew: Group::new(simulation, "crew"),
        signal: Signal::new(),
        sink: *simulation.spawn("sink", Sink),
        clerk: *simulation.spawn("clerk", Clerk(Vec::new())),
        friend: simulation.process("friend", |p: Process| p.sleep(ms(50))),
        held: Rc::default(),
    }
}

impl World {
    fn held(&self) -> Rc<Held> {
        self.held.borrow().clone().expect("the owner holds it")
    }
}

/// Something that is done, and nothing to wait for.
fn done<T>(_: T) -> Boxed {
    Box::pin(async {})
}

fn wait<F: Future + 'static>(future: F) -> Boxed {
    Box::pin(async move { _ = future.await })
}

/// The same, of what borrows the handle.
macro_rules! lent {
    ($p:ident, $w:ident, $future:expr) => {{
        let ($p, $w) = ($p.clone(), $w.clone());
        Box::pin(async move {
            let ($p, _held) = (&$p, &$w);
            _ = $future.await;
        })
    }};
}

/// What a process leaves behind.
type Leftover = (Process<u64>, World);

type Use = fn(&Process<u64>, &World) -> Boxed;

/// What acts at once.
#[allow(clippy::unit_arg, reason = "some of what is used returns nothing")]
const ACTS: &[Use] = &[
    |p, w| done(p.send(&w.sink, 1)),
    |p, w| done(p.send_after(ms(1), &w.sink, 1)),
    |p, w| done(p.broadcast(&[w.sink, w.sink], 1)),
    |p, w| done(p.interrupt(&w.friend, ())),
    |p, w| done(p.kill(&w.sink)),
    |p, _| done(p.background()),
    |p, _| done(p.end_run()),
    |p, _| done(p.spawn("one more", Sink)),
    |p, _| done(p.process("one more", |p: Process| p.sleep(ms(1)))),
    |p, _| done(p.process_apart("one more", |p: Process| p.sleep(ms(1)))),
    |p, _| done(p.stream("draws")),
    |p, _| done(p.try_receive()),
    |p, w| done(w.signal.fire(p, 1)),
    |p, _| done(Resource::new(&mut p.clone(), "a till", 1)),
    |p, _| done(Container::new(&mut p.clone(), "a tank", 1, 0)),
    |p, _| done(Store::<u64>::new(&mut p.clone(), "a shelf", 1)),
    |p, _| done(Store::<i64>::ranked(&mut p.clone(), "a desk", 1, |paper| *paper)),
    |p, _| done(Group::<u64>::new(&mut p.clone(), "a crew")),
    |p, w| done(w.crew.add(&mut p.clone(), &w.sink)),
    |p, w| done(w.crew.remove(&mut p.clone(), &w.sink)),
];

/// What begins to wait, or does so when it is first polled.
const WAITS: &[Use] = &[
    |p, _| wait(p.sleep(ms(9))),
    |p, _| wait(p.pass()),
    |p, _| wait(p.sleep_until(at(9))),
    |p, w| wait(p.ask(&w.clerk, |reply| reply)),
    |p, w| wait(p.join(&w.friend)),
    |p, w| wait(w.signal.wait(p)),
    |p, w| wait(w.till.acquire(p)),
    |p, w| wait(w.till.acquire_as(p, Claim::new().yielding())),
    |p, w| wait(w.till.serve(p, Claim::new(), ms(9))),
    |p, w| wait(w.tank.put(p, 5)),
    |p, w| wait(w.tank.get(p, 5)),
    |p, w| wait(w.shelf.put(p, 1)),
    |p, w| wait(w.shelf.put(p, 1).within(ms(9))),
    |p, w| wait(w.shelf.get(p)),
    |p, w| wait(w.shelf.get_where(p, |item| *item > 7)),
    |p, w| wait(all([w.signal.wait(p), w.signal.wait(p)])),
    |p, w| wait(any([w.signal.wait(p), w.signal.wait(p)])),
    |p, w| wait(either(p.sleep(ms(9)), w.signal.wait(p))),
    |p, w| wait(concurrently([w.signal.wait(p)])),
    |p, w| lent!(p, w, p.receive()),
    |p, w| lent!(p, w, p.timeout(ms(9), std::future::pending::<()>())),
    |p, w| lent!(p, w, p.interruptible(std::future::pending::<()>())),
    |p, w| lent!(p, w, w.held().work(p, ms(9))),
    |p, w| lent!(p, w, w.held().preempted(p)),
];

fn both() -> impl Iterator<Item = (usize, Use)> {
    ACTS.iter().chain(WAITS).copied().enumerate()
}

/// Looks at a future once.
fn look(future: &mut Boxed) {
    _ = future.as_mut().poll(&mut Task::from_waker(Waker::noop()));
}

fn is_here(place: &str, number: usize) {
    assert!(place.contains(file!()), "number {number} names {place}");
}

/// The place that an error names.
fn is_told_here(error: &flagfall::SimulationError, number: usize) {
    match &error.kind {
        ErrorKind::ForeignHandle { place, .. }
        | ErrorKind::ForeignWait { place, .. }
        | ErrorKind::NotAwaited { place, .. } => is_here(place, number),
        _ => panic!("number {number}: {error}"),
    }
}

/// A process that holds a unit, does as it is told, and goes on for a while.
fn owner(simulation: &mut Simulation, then: impl FnOnce(&Process<u64>, &World) + 'static) {
    let world = world(simulation);
    simulation.process_receiving("owner", move |p: Process<u64>| async move {
        let held = world.till.acquire(&p).await;
        *world.held.borrow_mut() = Some(Rc::new(held));
        then(&p, &world);
        p.sleep(ms(20)).await;
    });
}

#[test]
fn handles_used_by_another_process() {
    for (number, used) in both() {
        let mut simulation = simulation();
        owner(&mut simulation, move |p, world| {
            let (lent, world) = (p.clone(), world.clone());
            p.process("child", async move |_| used(&lent, &world).await);
        });
        is_told_here(&simulation.run().expect_err("it is the owner's"), number);
    }
}

#[test]
fn waits_that_another_process_goes_on_with() {
    for (number, begin) in WAITS.iter().enumerate() {
        let mut simulation = simulation();
        owner(&mut simulation, |p, world| {
            let mut begun = begin(p, world);
            look(&mut begun);
            p.process("child", move |_: Process| begun);
        });
        is_told_here(&simulation.run().expect_err("the owner began it"), number);
    }
}

/// Uses the handle of a process in its handler.
struct Thief(Process<u64>, World, Use);
impl Actor for Thief {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {
        look(&mut (self.2)(&self.0, &self.1));
    }
}

#[test]
fn handles_used_by_an_actor() {
    let reads: [Use; 5] = [
        |p, _| done(p.now()),
        |p, _| done(p.path()),
        |p, _| done(p.find::<u64>("sink")),
        |p, w| done(w.till.in_use(p)),
        |p, w| done(w.crew.members(p)),
    ];
    for (number, used) in both().chain(reads.into_iter().enumerate()) {
        let mut simulation = simulation();
        owner(&mut simulation, move |p, world| {
            let thief = p.spawn("thief", Thief(p.clone(), world.clone(), used));
            p.send(&thief, 1);
        });
        is_told_here(&simulation.run().expect_err("an actor has its context"), number);
    }
}

#[test]
fn handles_used_where_the_kernel_works_for_their_process() {
    let reads: [Use; 2] = [|p, _| done(p.now()), |p, w| lent!(p, w, p.receive())];
    for (number, used) in ACTS.iter().copied().chain(reads).enumerate() {
        let mut simulation = simulation();
        owner(&mut simulation, move |p, world| {
            let (lent, all) = (p.clone(), world.clone());
            drop(world.shelf.put(p, 1));
            let chosen = world.shelf.get_where(p, move |_| {
                look(&mut used(&lent, &all));
                true
            });
            chosen.give_up();
        });
        is_told_here(&simulation.run().expect_err("the kernel is in use"), number);
    }
}

#[test]
fn handles_used_between_two_runs() {
    let mut simulation = simulation();
    let left: Rc<RefCell<Option<Leftover>>> = Rc::default();
    let place = Rc::clone(&left);
    owner(&mut simulation, move |p, world| *place.borrow_mut() = Some((p.clone(), world.clone())));
    simulation.run_until(at(5)).expect("no error");
    let (handle, world) = left.take().expect("it has begun");
    for (number, used) in both() {
        let (_, text) = place_of_panic(|| look(&mut used(&handle, &world)));
        is_here(&text, number);
    }
}

#[test]
fn claims_that_nobody_awaits() {
    type Begin = fn(&Process<u64>, &World) -> Box<dyn std::any::Any>;
    let claims: [Begin; 9] = [
        |p, w| Box::new(w.till.acquire(p)),
        |p, w| Box::new(w.till.acquire_as(p, Claim::new())),
        |p, w| Box::new(w.till.serve(p, Claim::new(), ms(9))),
        |p, w| Box::new(w.tank.get(p, 1)),
        |p, w| Box::new(w.tank.put(p, 1)),
        |p, w| Box::new(w.shelf.put(p, 1)),
        |p, w| Box::new(w.shelf.put(p, 1).within(ms(9))),
        |p, w| Box::new(w.shelf.get(p)),
        |p, w| Box::new(w.shelf.get_where(p, |_| true)),
    ];
    for (number, begin) in claims.into_iter().enumerate() {
        let mut simulation = simulation();
        let world = world(&mut simulation);
        simulation.process_receiving("owner", move |p: Process<u64>| async move {
            let claim = begin(&p, &world);
            p.sleep(ms(1)).await;
            drop(claim);
        });
        is_told_here(&simulation.run().expect_err("nobody awaits it"), number);
    }
}

#[test]
fn what_is_read_with_another_simulation() {
    let mut here = simulation();
    let mut there = simulation();
    let far = world(&mut there);
    let held: Rc<RefCell<Option<Held>>> = Rc::default();
    let place = Rc::clone(&held);
    there.process("holder", async move |p| {
        *place.borrow_mut() = Some(far.till.acquire(&p).await);
    });
    there.run_until(at(5)).expect("no error");
    let held = held.take().expect("it has come");
    let far = world(&mut simulation());
    world(&mut here);
    let reads: [(&str, &mut dyn FnMut()); 18] = [
        ("capacity", &mut || _ = far.till.capacity(&here)),
        ("in use", &mut || _ = far.till.in_use(&here)),
        ("waiting", &mut || _ = far.till.waiting(&here)),
        ("statistics", &mut || _ = far.till.statistics(&here)),
        ("capacity", &mut || _ = far.tank.capacity(&here)),
        ("level", &mut || _ = far.tank.level(&here)),
        ("what is aside", &mut || _ = far.tank.aside(&here)),
        ("what is aside", &mut || _ = far.shelf.aside(&here)),
        ("waiting", &mut || _ = far.tank.waiting(&here)),
        ("statistics", &mut || _ = far.tank.statistics(&here)),
        ("length", &mut || _ = far.shelf.len(&here)),
        ("emptiness", &mut || _ = far.shelf.is_empty(&here)),
        ("waiting", &mut || _ = far.shelf.waiting(&here)),
        ("statistics", &mut || _ = far.shelf.statistics(&here)),
        ("items", &mut || far.shelf.for_each(&here, |_| ())),
        ("members", &mut || _ = far.crew.members(&here)),
        ("what is held", &mut || _ = held.is_lost(&here)),
        ("state", &mut || _ = here.inspect::<Sink>(&far.sink)),
    ];
    for (number, (what, read)) in reads.into_iter().enumerate() {
        let (place, text) = place_of_panic(read);
        assert!(text.contains("was read with another simulation"), "{what}: {text}");
        is_here(&place.expect("it has one"), number);
    }
    let (place, _) = place_of_panic(|| _ = here.mailbox_length(&far.sink));
    is_here(&place.expect("it has one"), 18);
    let (place, _) = place_of_panic(|| _ = here.state_mut::<Sink>(&far.sink));
    is_here(&place.expect("it has one"), 19);
}

/// What was held there would be asked for here, where another has the same ticket.
#[test]
fn what_is_held_of_another_simulation_is_not_worked_with() {
    type Work = fn(Process, Held) -> Boxed;
    let uses: [Work; 2] = [
        |p, held| Box::pin(async move { _ = held.work(&p, ms(1)).await }),
        |p, held| Box::pin(async move { _ = held.preempted(&p).await }),
    ];
    for used in uses {
        let mut there = simulation();
        let till = world(&mut there).till;
        let holder = there.process("holder", async move |p| till.acquire(&p).await);
        assert!(there.run().is_ok());
        let held = holder.result().expect("it has ended");
        let mut here = simulation();
        world(&mut here);
        here.process("user", move |p: Process| used(p, held));
        let error = here.run().expect_err("it is of another simulation");
        assert_eq!((&error.kind, error.actor.as_str()), (&ErrorKind::ForeignReference, "user"));
    }
}
