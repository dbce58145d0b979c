//! Panics that are failures of one actor, where its policy says so.

use crate::engine::Log;
use flagfall::prelude::*;
use flagfall::{
    DeathCause, DeathNotice, ErrorKind, Limit, Record, RecordKind, Restart, SpawnOptions,
};

#[derive(Debug, Message)]
enum Order {
    Work,
    /// Sends the owner's log something, holds, spawns a child, then panics.
    Panic(ActorRef<u32>),
    HeldOver,
}

#[derive(Default)]
struct Worker {
    done: u32,
}

impl Actor for Worker {
    type Message = Order;
    fn handle(&mut self, order: Order, context: &mut Context<'_, Order>) {
        match order {
            Order::Work => self.done += 1,
            Order::Panic(log) => {
                context.send(&log, self.done);
                context.hold(Span::from_secs(1), Order::HeldOver);
                context.spawn("child", Counter::default());
                panic!("after {} jobs", self.done);
            }
            Order::HeldOver => unreachable!("the hold died with its life"),
        }
    }
}

#[derive(Default)]
struct Counter {
    seen: Vec<u32>,
}

impl Actor for Counter {
    type Message = u32;
    fn handle(&mut self, message: u32, _: &mut Context<'_, u32>) {
        self.seen.push(message);
    }
}

fn policy() -> Restart {
    Restart::on_failure().also_on_panic()
}

/// What happened to the worker, and the run.
fn run(policy: Restart) -> (Simulation, Spawned<Worker>, Spawned<Counter>, Log<String>) {
    let mut simulation = Simulation::new(Config::new(42));
    let log = Log::default();
    let noted = log.clone();
    simulation.observe(move |record: &Record<'_>| {
        if matches!(record.kind, RecordKind::Died(_) | RecordKind::Restarted) {
            noted.borrow_mut().push(format!("{} {:?}", record.receiver, record.kind));
        }
    });
    let counter = simulation.spawn("counter", Counter::default());
    let worker = simulation.spawn_supervised("worker", policy, Worker::default);
    for order in [Order::Work, Order::Work, Order::Panic(*counter), Order::Work] {
        simulation.send(&worker, order);
    }
    (simulation, worker, counter, log)
}

#[test]
fn the_run_goes_on_with_the_next_life() {
    let (mut simulation, worker, counter, log) = run(policy());
    assert_eq!(simulation.run(), Ok(Outcome::Idle { since: VirtualTime::ZERO }));
    // What it had sent stays sent. What it had begun died with it.
    assert_eq!(simulation[&counter].seen, [2]);
    assert_eq!(simulation[&worker].done, 1);
    assert_eq!(simulation.restarts(worker.id()), Some(1));
    assert_eq!(simulation.now(), VirtualTime::ZERO);
    let expected = ["worker Died(Failed)", "worker Restarted", "worker/child Died(OwnerDied)"];
    assert_eq!(*log.borrow(), expected);
}

#[test]
fn steps_and_runs_come_to_the_same() {
    let (mut by_run, ..) = run(policy());
    by_run.run().expect("it goes on");
    let (mut by_steps, ..) = run(policy());
    let mut steps = 0;
    while by_steps.step().expect("it goes on") {
        steps += 1;
        assert_eq!(by_steps.events(), steps);
    }
    assert_eq!(by_steps.digest(), by_run.digest());
    assert_eq!(by_steps.counts(), by_run.counts());
}

#[test]
fn without_it_a_panic_ends_the_run() {
    for policy in [Restart::on_failure(), Restart::always()] {
        let (mut simulation, ..) = run(policy);
        let error = simulation.run().expect_err("it panicked");
        assert_eq!(error.kind, ErrorKind::Panic { message: "after 2 jobs".into() });
        assert_eq!(error.actor, "worker");
    }
}

#[test]
fn bounds_and_owners_are_as_for_other_failures() {
    #[derive(Debug, Message)]
    enum ToOwner {
        Begin,
        Gone(DeathNotice),
    }
    #[derive(Default)]
    struct Owner {
        notices: Vec<(DeathCause, String, bool)>,
    }
    impl Actor for Owner {
        type Message = ToOwner;
        fn handle(&mut self, message: ToOwner, context: &mut Context<'_, ToOwner>) {
            match message {
                ToOwner::Begin => {
                    let policy = policy().at_most(1, Span::from_secs(60)).or_stay_dead();
                    let worker = context.spawn_supervised("worker", policy, Worker::default);
                    context.watch(&worker, ToOwner::Gone);
                    let counter = context.spawn("counter", Counter::default());
                    (0..3).for_each(|_| context.send(&worker, Order::Panic(counter)));
                }
                ToOwner::Gone(DeathNotice { cause, reason, restarted, .. }) => {
                    self.notices.push((cause, reason, restarted));
                }
            }
        }
    }
    let mut simulation = Simulation::new(Config::new(42));
    let owner = simulation.spawn("owner", Owner::default());
    simulation.send(&owner, ToOwner::Begin);
    simulation.run().expect("it goes on");
    let notice = |restarted| (DeathCause::Failed, "after 0 jobs".to_owned(), restarted);
    assert_eq!(simulation[&owner].notices, [notice(true), notice(false)]);
}

/// A life that fails at its start would be followed by others for ever.
#[test]
fn lives_that_fail_at_once_meet_a_limit() {
    struct Stillborn;
    impl Actor for Stillborn {
        type Message = ();
        fn started(&mut self) -> Option<()> {
            Some(())
        }
        fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {
            panic!("again");
        }
    }
    let mut simulation = Simulation::new(Config::new(42).max_events_per_instant(100));
    simulation.spawn_supervised("stillborn", policy(), || Stillborn);
    let error = simulation.run().expect_err("it never ends");
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::EventsPerInstant, allowed: 100 });
}

#[test]
fn observers_and_factories_end_the_run() {
    let (mut simulation, ..) = run(policy());
    simulation.observe(|_: &Record<'_>| panic!("seen enough"));
    let error = simulation.run().expect_err("it panicked");
    assert_eq!(error.kind, ErrorKind::Panic { message: "seen enough".into() });

    let mut simulation = Simulation::new(Config::new(42));
    let mut lives = 0;
    let worker = simulation.spawn_supervised("worker", policy(), move || {
        lives += 1;
        assert!(lives < 2, "no more lives");
        Worker::default()
    });
    let counter = simulation.spawn("counter", Counter::default());
    simulation.send(&worker, Order::Panic(*counter));
    let error = simulation.run().expect_err("it panicked");
    assert_eq!(error.kind, ErrorKind::Panic { message: "no more lives".into() });
}

/// A mistake in the use of the engine is no panic of the program, and ends the run.
#[test]
fn errors_of_the_engine_still_end_the_run() {
    struct Twice;
    impl Actor for Twice {
        type Message = ();
        fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
            context.rest(Span::from_secs(1));
            context.rest(Span::from_secs(1));
        }
    }
    let mut simulation = Simulation::new(Config::new(42));
    let name = SpawnOptions::counted("twice");
    let twice = simulation.spawn_supervised(name, policy(), || Twice);
    simulation.send(&twice, ());
    assert_eq!(simulation.run().expect_err("a mistake").kind, ErrorKind::AlreadyBusy);
}
