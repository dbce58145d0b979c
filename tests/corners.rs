//! Corners that random programs seldom reach, each of them once a fault.

use crate::engine::{at, secs};
use flagfall::process::{Signal, either};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Config, Container, Context, ErrorKind, FaultPlan, FindError, Latency, Limit,
    Limits, Process, ProcessRef, ReplyTo, RequestError, Resource, Restart, Simulation, Span, Store,
    VirtualTime,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

struct Sink;
impl Actor for Sink {
    type Message = u64;
    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

fn limited(set: impl FnOnce(&mut Limits)) -> Config {
    let mut limits = Limits::default();
    set(&mut limits);
    Config::new(1).limits(limits)
}

// --- failing while things are dropped ----------------------------------------

/// The process unwinds, and what it holds is given back to one who waits:
/// that may reach the limit again, and must not unwind once more.
#[test]
fn a_limit_that_is_reached_twice_fails_once() {
    let mut simulation = Simulation::new(limited(|limits| limits.pending_events = 20));
    let till = Resource::new(&mut simulation, "till", 1);
    let sink = simulation.spawn("sink", Sink);
    simulation.process("holder", move |p: Process| async move {
        let _held = till.acquire(&p).await;
        p.sleep(secs(1)).await;
        for number in 0..100 {
            p.send_after(secs(5), &sink, number);
        }
    });
    simulation.process("waiter", move |p: Process| async move { drop(till.acquire(&p).await) });
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::PendingEvents, allowed: 20 });
    assert_eq!(error.actor, "holder");
}

#[test]
fn a_panic_in_a_filter_is_an_error_like_any_other() {
    let mut simulation = Simulation::new(Config::new(1));
    let shelf: Store<u64> = Store::new(&mut simulation, "shelf", 10);
    simulation.process("picky", move |p: Process| async move {
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
    simulation.process("parent", move |p: Process| async move {
        shelf.put(&p, (p.clone(), other)).await;
        p.process("child", move |p: Process| async move {
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

// --- handles that are kept too long --------------------------------------------

/// A sleep that nobody awaited, and that outlived its process.
#[test]
#[allow(clippy::async_yields_async, reason = "the mistake is the point")]
fn a_sleep_that_outlives_its_process_touches_nobody() {
    let mut simulation = Simulation::new(Config::new(1));
    let bell = simulation.process("bell", |p: Process| async move { p.sleep(secs(1)) });
    simulation.run().expect("no errors");
    let other = simulation.process("other", |p: Process| async move {
        p.sleep(secs(5)).await;
        p.now()
    });
    simulation.run_until(at(2)).expect("no errors");
    drop(bell.result());
    simulation.run().expect("no errors");
    assert_eq!(other.result(), Some(at(6)));
}

#[test]
fn the_dead_own_nobody_new() {
    let mut simulation = Simulation::new(Config::new(1));
    simulation.process("parent", |p: Process| async move {
        let dead = p.clone();
        p.process_apart("heir", move |p: Process| async move {
            p.sleep(secs(1)).await;
            dead.spawn("orphan", Sink);
        });
    });
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::DeadOwner { name: "orphan".into() });
    assert!(error.to_string().contains("Process::process_apart"), "{error}");
}

#[test]
fn resources_are_not_found_as_actors() {
    let mut simulation = Simulation::new(Config::new(1));
    Resource::new(&mut simulation, "tills", 2);
    let found = simulation.find::<()>("tills");
    assert!(matches!(found, Err(FindError::OtherType { .. })), "{found:?}");
}

/// Neither do they crash, nor count among the living.
#[test]
fn resources_are_no_actors_for_plans_and_limits() {
    let plan: FaultPlan = "crash ** at 30s".parse().expect("a plan");
    let config = limited(|limits| limits.live_actors = 1).faults(plan);
    let mut simulation = Simulation::new(config);
    simulation.spawn("sink", Sink);
    Resource::new(&mut simulation, "tills", 2);
    Store::<u64>::new(&mut simulation, "shelf", 2);
    simulation.run().expect("no errors");
    assert_eq!(simulation.events(), 1, "the crash of the sink");
}

// --- interrupts and what is urgent -----------------------------------------------

/// The interrupter is woken first, and its interrupt comes before the end of
/// the victim's sleep, whatever is said of other links.
#[test]
fn rules_for_other_links_do_not_move_interrupts() {
    type Victim = ProcessRef<&'static str, Result<(), &'static str>>;
    let run = |config: Config| {
        let victim: Rc<RefCell<Option<Victim>>> = Rc::default();
        let found = Rc::clone(&victim);
        let mut simulation = Simulation::new(config);
        simulation.process("fate", move |p: Process| async move {
            p.sleep(secs(4)).await;
            let victim = found.borrow().clone().expect("it was started");
            p.interrupt(&victim, "broken");
        });
        let started = simulation.process("victim", |p: Process<&'static str>| async move {
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
    simulation.send_at(at(10), &sink, 1);
    simulation.process("sleeper", |p: Process| async move { p.sleep(secs(1)).await });
    assert_eq!(simulation.pending_events(), 2);
    let waits = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&waits);
    simulation.pace(move |time: VirtualTime| log.borrow_mut().push(time));
    while simulation.step().expect("no errors") {}
    assert!(waits.borrow().is_sorted(), "{:?}", waits.borrow());
    assert_eq!(simulation.now(), at(10));

    let mut simulation = Simulation::new(Config::new(1));
    let receiver =
        simulation.process("receiver", |p: Process<u64>| async move { p.receive().await });
    simulation.run().expect("no errors");
    simulation.process("sender", move |p: Process| async move { p.send(&receiver, 1) });
    assert!(simulation.stuck().is_none(), "somebody is about to start");
}

// --- restarts ---------------------------------------------------------------------

flagfall::message! {
    enum Selfish { Begin, Ask(ReplyTo<u64>), Got(Result<u64, RequestError>) }
}

struct Life {
    number: u32,
    log: Rc<RefCell<Vec<String>>>,
}
impl Actor for Life {
    type Message = Selfish;
    fn handle(&mut self, message: Selfish, context: &mut Context<'_, Selfish>) {
        self.log.borrow_mut().push(format!("{}: {message:?}", self.number));
        if let Selfish::Begin = message {
            let me = context.me();
            context.request(&me, Selfish::Ask, Selfish::Got);
            context.fail("x");
        }
    }
}

#[test]
fn what_a_life_asked_of_itself_does_not_reach_the_next() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let (shared, mut number) = (Rc::clone(&log), 0);
    let mut simulation = Simulation::new(Config::new(1));
    let life = simulation.spawn_supervised("life", Restart::on_failure(), move || {
        number += 1;
        Life { number, log: Rc::clone(&shared) }
    });
    simulation.send(&life, Selfish::Begin);
    simulation.run().expect("no errors");
    assert_eq!(*log.borrow(), ["1: Begin"]);
    assert_eq!(simulation.counts().pending(), 0);
}

struct Child(Rc<RefCell<Vec<u64>>>);
impl Actor for Child {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let drawn = context.stream("x").span(Span::ZERO..=Span::MAX).as_nanos();
        self.0.borrow_mut().push(drawn);
    }
}

struct Parent(Rc<RefCell<Vec<u64>>>);
impl Actor for Parent {
    type Message = bool;
    fn handle(&mut self, fails: bool, context: &mut Context<'_, bool>) {
        if fails {
            return context.fail("x");
        }
        let child = context.spawn("child", Child(Rc::clone(&self.0)));
        for millis in [100, 300, 700] {
            context.send_after(Span::from_millis(millis), &child, ());
        }
    }
}

/// News of a parent's end takes a second: its child lives on beside the child
/// of the next life, and of the one after that.
#[test]
fn two_children_of_one_path_never_share_a_stream() {
    let drawn = Rc::new(RefCell::new(Vec::new()));
    let shared = Rc::clone(&drawn);
    let mut simulation = Simulation::new(Config::new(1).latency(Latency::Fixed(secs(1))));
    let parent = simulation
        .spawn_supervised("parent", Restart::on_failure(), move || Parent(Rc::clone(&shared)));
    for (millis, fails) in [(0, false), (200, true), (250, false), (600, true)] {
        simulation.send_at(VirtualTime::from_nanos(millis * 1_000_000), &parent, fails);
    }
    simulation.run().expect("no errors");
    // Drawn at 100, 300, 350, 550, 700 and 950 ms by the children of the first
    // (f) and the second (s) life: f f s s f s.
    let [f1, f2, s1, s2, f3, s3] = drawn.borrow()[..] else { panic!("{drawn:?}") };
    assert_eq!(([f1, f2], [s1, s2]), ([f3; 2], [s3; 2]));
    assert_ne!(f1, s1);
}

struct Frail;
impl Actor for Frail {
    type Message = bool;
    fn handle(&mut self, _: bool, context: &mut Context<'_, bool>) {
        context.fail("x");
    }
}

#[test]
fn the_dismissed_take_no_part_in_common_restarts() {
    let run = |has_dismissed: bool| {
        let policy = Restart::on_failure().together();
        let mut simulation = Simulation::new(Config::new(1));
        if has_dismissed {
            let first = simulation.spawn_supervised("first", policy, || Frail);
            simulation.dismiss_at(at(0), &first);
            simulation.run().expect("no errors");
        }
        let before = simulation.events();
        let second = simulation.spawn_supervised("second", policy, || Frail);
        simulation.send(&second, true);
        simulation.run().expect("no errors");
        simulation.events() - before
    };
    assert_eq!(run(false), run(true));
}

// --- waiting that was given up -------------------------------------------------------

struct Mute;
impl Actor for Mute {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, _: ReplyTo<u64>, _: &mut Context<'_, ReplyTo<u64>>) {}
}

flagfall::message! {
    enum Race { Run, First(Result<u64, RequestError>) }
}

struct Client(Vec<ActorRef<ReplyTo<u64>>>);
impl Actor for Client {
    type Message = Race;
    fn handle(&mut self, message: Race, context: &mut Context<'_, Race>) {
        if let Race::Run = message {
            context.ask_first(&self.0, |reply| reply, Race::First);
        }
    }
}

struct Echo;
impl Actor for Echo {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
        context.reply(reply, 1);
    }
}

#[test]
fn who_gave_up_or_had_another_answer_is_not_stuck() {
    let mut simulation = Simulation::new(Config::new(1));
    let mute = simulation.spawn("mute", Mute);
    simulation.process("client", move |p: Process<u64>| async move {
        for _ in 0..2 {
            _ = p.timeout(secs(1), p.ask(&mute, |reply| reply)).await;
        }
        p.receive().await;
    });
    simulation.run().expect("no errors");
    let stuck = simulation.stuck().expect("it waits for a message");
    assert_eq!(stuck.to_string(), "client has waited since 2s for a message");
    assert!(simulation.unanswered().is_empty(), "given up is given up");

    let mut simulation = Simulation::new(Config::new(1));
    let asked = vec![simulation.spawn("echo", Echo), simulation.spawn("mute", Mute)];
    let client = simulation.spawn("client", Client(asked));
    (0..3).for_each(|_| simulation.send(&client, Race::Run));
    simulation.run().expect("no errors");
    assert!(simulation.stuck().is_none(), "{:?}", simulation.stuck());
}

#[test]
fn joins_that_are_given_up_leave_no_events() {
    let mut simulation = Simulation::new(Config::new(1));
    let end = Signal::<()>::new();
    let signal = end.clone();
    let late = simulation.process("late", move |p: Process| async move { end.wait(&p).await });
    simulation.process("impatient", move |p: Process| async move {
        for _ in 0..1_000 {
            _ = p.timeout(secs(1), p.join(&late)).await;
        }
        signal.fire(&p, ());
        p.sleep(secs(1)).await;
    });
    simulation.run_until(at(1_000)).expect("no errors");
    let before = simulation.events();
    simulation.run().expect("no errors");
    assert!(simulation.events() - before <= 3, "{}", simulation.events() - before);
}

#[test]
fn what_is_taken_back_from_a_store_gives_back_what_it_holds() {
    let mut simulation = Simulation::new(Config::new(1));
    let tills = Resource::new(&mut simulation, "tills", 2);
    let shelf: Store<Held> = Store::new(&mut simulation, "shelf", 1);
    simulation.process("keeper", move |p: Process| async move {
        shelf.put(&p, tills.acquire(&p).await).await;
        let second = tills.acquire(&p).await;
        _ = p.timeout(secs(1), shelf.put(&p, second)).await;
        p.pass().await;
        assert_eq!(tills.in_use(&p), 1, "one is in the store");
    });
    simulation.run().expect("no errors");
    assert_eq!(tills.in_use(&simulation), 1);
}

// --- arithmetic -----------------------------------------------------------------------

/// Looked at after a hundred seconds, work of five has been over for long.
#[test]
fn work_that_is_awaited_late_was_finished_before_the_loss() {
    let mut simulation = Simulation::new(Config::new(1));
    let lathe = Resource::new(&mut simulation, "lathe", 1);
    let job = simulation.process("job", move |p: Process| async move {
        let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
        let mut work = Box::pin(held.work(&p, secs(5)));
        _ = either(&mut work, p.sleep(secs(1))).await;
        p.sleep(secs(100)).await;
        work.await
    });
    simulation.process("urgent", move |p: Process| async move {
        p.sleep(secs(50)).await;
        drop(lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await);
    });
    simulation.run().expect("no errors");
    assert_eq!(job.result(), Some(Ok(())));
}

#[test]
fn a_container_as_large_as_numbers_are_does_not_overflow() {
    let mut simulation = Simulation::new(Config::new(1));
    let tank = Container::new(&mut simulation, "tank", u64::MAX, u64::MAX);
    simulation.process("getter", move |p: Process| async move {
        let got = tank.get(&p, 5);
        p.pass().await;
        drop(got);
    });
    simulation.process("putter", move |p: Process| async move { tank.put(&p, 5).await });
    simulation.run().expect("no errors");
    assert_eq!(tank.level(&simulation), u64::MAX);
}
