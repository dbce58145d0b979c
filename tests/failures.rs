//! Limits, panics and misuse: each with its named error, each at the same
//! event every time.

use crate::engine::secs;
use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, EventListKind, Limit, Message, Simulation,
    SimulationError, Span, VirtualTime,
};

/// Does one wrong thing, or the same thing for ever.
struct Rogue {
    twin: Option<ActorRef<Mischief>>,
    count: u32,
}

#[derive(Clone, Copy, Debug, Message)]
enum Mischief {
    /// A message to itself that takes no time, again and again.
    Spin,
    /// The same, one second apart.
    Tick,
    Spawn,
    Flood,
    HoldTwice,
    NameTwice,
    Panic,
    Overflow,
    Stranger,
    KillStranger,
    /// Spawns for as long as it is let.
    SpawnForEver,
    BadName,
    NumberedName,
}

impl Actor for Rogue {
    type Message = Mischief;
    fn handle(&mut self, mischief: Mischief, context: &mut Context<'_, Mischief>) {
        let me = context.me();
        self.count += 1;
        match mischief {
            Mischief::Spin => context.send(&me, mischief),
            Mischief::Tick => context.schedule(secs(1), mischief),
            Mischief::Spawn => {
                context.spawn(("rogue", self.count), Rogue { twin: None, count: 0 });
                context.schedule(secs(1), mischief);
            }
            Mischief::Flood => {
                context.hold(secs(100), Mischief::Flood);
                for _ in 0..50 {
                    context.send(&me, Mischief::Tick);
                }
            }
            Mischief::HoldTwice => {
                context.hold(secs(1), Mischief::Tick);
                context.rest(secs(1));
            }
            Mischief::NameTwice => {
                for _ in 0..2 {
                    context.spawn("twin", Rogue { twin: None, count: 0 });
                }
            }
            Mischief::Panic => {
                self.count = u32::MAX;
                panic!("out of petrol");
            }
            Mischief::Overflow => context.schedule(Span::MAX, mischief),
            Mischief::SpawnForEver => {
                for number in 0.. {
                    context.spawn(("rogue", number), Rogue { twin: None, count: 0 });
                }
            }
            Mischief::BadName => {
                context.spawn("a/b", Rogue { twin: None, count: 0 });
            }
            Mischief::NumberedName => {
                context.spawn("taxi[7]", Rogue { twin: None, count: 0 });
            }
            Mischief::Stranger => {
                if let Some(twin) = &self.twin {
                    context.send(twin, Mischief::Tick);
                }
            }
            Mischief::KillStranger => {
                if let Some(twin) = &self.twin {
                    context.kill(twin);
                }
            }
        }
    }
}

fn fail(config: &Config, mischief: Mischief) -> SimulationError {
    let once = || {
        let mut simulation = Simulation::new(config.clone());
        let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
        simulation.send_at(VirtualTime::ZERO + secs(1), &rogue, mischief).unwrap();
        let error = simulation.run().expect_err("the run must fail");
        assert_eq!(simulation.run(), Err(error.clone()), "and stay failed");
        assert_eq!(simulation.step(), Err(error.clone()));
        assert!(simulation.inspect::<Rogue>(&rogue).is_none(), "no half-state is shown");
        error
    };
    let error = once();
    assert_eq!(error, once(), "and fail the same way again");
    error
}

fn check(config: &Config, mischief: Mischief, kind: &ErrorKind, event: u64, text: &str) {
    for list in [EventListKind::Ladder, EventListKind::PriorityQueue] {
        let error = fail(&config.clone().event_list(list), mischief);
        assert_eq!(&error.kind, kind);
        assert_eq!((error.event, error.seed), (event, 9));
        assert_eq!(error.to_string(), text);
    }
}

fn limit(limit: Limit, allowed: u64) -> ErrorKind {
    ErrorKind::Limit { limit, allowed }
}

#[test]
fn limits_end_the_run_at_the_same_event() {
    check(
        &Config::new(9).max_events(1_000),
        Mischief::Tick,
        &limit(Limit::Events, 1_000),
        1_001,
        "actor rogue: the limit of 1000 events is reached \
         (event 1001, virtual time 1001s, seed 9, replication 0)",
    );
    check(
        &Config::new(9).max_events_per_instant(1_000),
        Mischief::Spin,
        &limit(Limit::EventsPerInstant, 1_000),
        1_001,
        "actor rogue: the limit of 1000 events at one instant is reached: do messages without \
         latency go round in a circle? (event 1001, virtual time 1s, seed 9, replication 0)",
    );
    check(
        &Config::new(9).max_live_actors(10),
        Mischief::Spawn,
        &limit(Limit::LiveActors, 10),
        10,
        "actor rogue: the limit of 10 live actors is reached: does something spawn without end? If not, raise Limits::live_actors (--max-actors) \
         (event 10, virtual time 10s, seed 9, replication 0)",
    );
    check(
        &Config::new(9).max_pending_events(20),
        Mischief::Flood,
        &limit(Limit::PendingEvents, 20),
        1,
        "actor rogue: the limit of 20 pending events is reached \
         (event 1, virtual time 1s, seed 9, replication 0)",
    );
    check(
        &Config::new(9).max_mailbox_length(20),
        Mischief::Flood,
        &limit(Limit::MailboxLength, 20),
        22,
        "actor rogue: the limit of 20 messages in one mailbox is reached \
         (event 22, virtual time 1s, seed 9, replication 0)",
    );
    check(
        &Config::new(9).max_time(VirtualTime::ZERO + secs(60)),
        Mischief::Tick,
        &limit(Limit::EndTime, 60_000_000_000),
        61,
        "actor rogue: the end time 60s is passed \
         (event 61, virtual time 61s, seed 9, replication 0)",
    );
}

#[test]
fn a_limit_stops_the_handler_that_reaches_it() {
    check(
        &Config::new(9).max_live_actors(10),
        Mischief::SpawnForEver,
        &limit(Limit::LiveActors, 10),
        1,
        "actor rogue: the limit of 10 live actors is reached: does something spawn without end? If not, raise Limits::live_actors (--max-actors) \
         (event 1, virtual time 1s, seed 9, replication 0)",
    );
}

#[test]
fn names_must_not_read_like_paths() {
    for (mischief, name) in [(Mischief::BadName, "a/b"), (Mischief::NumberedName, "taxi[7]")] {
        let error = fail(&Config::new(9), mischief);
        assert_eq!(error.kind, ErrorKind::InvalidName { name: name.into() });
    }
}

#[test]
fn events_at_one_instant_are_counted_from_its_first() {
    let mut simulation = Simulation::new(Config::new(9).max_events_per_instant(3));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    for _ in 0..3 {
        simulation.send(&rogue, Mischief::Tick);
    }
    let half = VirtualTime::from_nanos(500_000_000);
    simulation.run_until(half).unwrap();
    for _ in 0..3 {
        simulation.send(&rogue, Mischief::Tick);
    }
    simulation.run_until(half).unwrap();
    assert_eq!(simulation.events(), 6);
    simulation.send(&rogue, Mischief::Tick);
    let error = simulation.run_until(half).unwrap_err();
    let limit = ErrorKind::Limit { limit: Limit::EventsPerInstant, allowed: 3 };
    assert_eq!((error.kind, error.event), (limit, 7));
}

/// Also where the clock was moved there without an event.
#[test]
fn nothing_happens_after_the_end_time() {
    let end = VirtualTime::ZERO + secs(10);
    let mut simulation = Simulation::new(Config::new(9).max_time(end));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    let later = VirtualTime::ZERO + secs(20);
    simulation.send_at(later + secs(5), &rogue, Mischief::Tick).unwrap();
    simulation.run_until(later).unwrap();
    simulation.send(&rogue, Mischief::Tick);
    let error = simulation.run_until(later).unwrap_err();
    let limit = ErrorKind::Limit { limit: Limit::EndTime, allowed: end.as_nanos() };
    assert_eq!((error.kind, error.event), (limit, 1));
}

#[test]
fn mistakes_from_outside_blame_no_actor() {
    let mut simulation = Simulation::new(Config::new(9));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    simulation.send_at(VirtualTime::ZERO + secs(2), &rogue, Mischief::HoldTwice).unwrap();
    simulation.run_until(VirtualTime::ZERO + secs(1)).unwrap();
    let error = simulation.send_at(VirtualTime::ZERO, &rogue, Mischief::Tick).unwrap_err();
    assert_eq!(error.actor, "");
    assert!(error.to_string().starts_with("something was to happen at 0s"), "{error}");
    // The run goes on, and fails of what was asked for before.
    assert_eq!(simulation.run().unwrap_err().kind, ErrorKind::AlreadyBusy);
}

#[test]
fn what_could_not_happen_is_not_counted() {
    let mut simulation = Simulation::new(Config::new(9).max_events(5));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    simulation.send(&rogue, Mischief::Tick);
    let error = simulation.run().unwrap_err();
    assert_eq!((error.event, simulation.events()), (6, 5));
}

#[test]
fn a_limit_that_is_kept_changes_nothing() {
    let run = |config: Config| {
        let mut simulation = Simulation::new(config);
        let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
        simulation.send(&rogue, Mischief::Tick);
        simulation.run_until(VirtualTime::ZERO + secs(99)).unwrap();
        simulation.digest()
    };
    assert_eq!(run(Config::new(9).max_events(100)), run(Config::new(9)));
}

#[test]
fn a_panic_names_actor_event_time_and_seed() {
    check(
        &Config::new(9),
        Mischief::Panic,
        &ErrorKind::Panic { message: "out of petrol".into() },
        1,
        "actor rogue: the handler panicked: out of petrol (event 1, virtual time 1s, seed 9, replication 0)",
    );
}

#[test]
fn misuse_is_named() {
    check(
        &Config::new(9),
        Mischief::HoldTwice,
        &ErrorKind::AlreadyBusy,
        1,
        "actor rogue: the handler already holds, rests or waits: one per message \
         (event 1, virtual time 1s, seed 9, replication 0)",
    );
    check(
        &Config::new(9),
        Mischief::NameTwice,
        &ErrorKind::DuplicateName { path: "rogue/twin".into() },
        1,
        "actor rogue: a second living actor would be named rogue/twin: number the name \
         (event 1, virtual time 1s, seed 9, replication 0)",
    );
    check(
        &Config::new(9),
        Mischief::Overflow,
        &ErrorKind::TimeOverflow,
        1,
        "actor rogue: virtual time would pass its end, 18446744073.709551615s \
         (event 1, virtual time 1s, seed 9, replication 0)",
    );
}

#[test]
fn messages_into_the_past_are_refused() {
    let mut simulation = Simulation::new(Config::new(9));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    simulation.send(&rogue, Mischief::Tick);
    simulation.run_until(VirtualTime::ZERO + secs(10)).unwrap();
    let past = VirtualTime::ZERO + secs(9);
    let (before, digest) = (simulation.counts(), simulation.digest());
    let refused = [
        simulation.send_at(past, &rogue, Mischief::Tick),
        simulation.kill_at(past, &rogue),
        simulation.dismiss_at(past, &rogue),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().kind, ErrorKind::InThePast { time: past });
    }
    let never = simulation.send_after(flagfall::Span::MAX, &rogue, Mischief::Tick);
    assert_eq!(never.unwrap_err().kind, ErrorKind::TimeOverflow);
    assert_eq!((simulation.counts(), simulation.digest()), (before, digest));
    simulation.send_at(simulation.now(), &rogue, Mischief::Tick).unwrap();
    simulation.send_after(secs(1), &rogue, Mischief::Tick).unwrap();
    simulation.run_for(secs(1)).unwrap();
    assert_eq!(simulation.counts().sent, before.sent + 6, "two, and four by ticks");
}

#[test]
fn references_from_elsewhere_are_refused() {
    struct Other;
    impl Actor for Other {
        type Message = Mischief;
        fn handle(&mut self, _: Mischief, _: &mut Context<'_, Mischief>) {}
    }
    // In the other simulation there are more classes, and more actors.
    let mut other = Simulation::new(Config::new(9));
    other.spawn("rogue", Rogue { twin: None, count: 0 });
    let index = other.spawn("rogue too", Rogue { twin: None, count: 0 });
    let class = other.spawn("other", Other);
    for twin in [*index, *class] {
        for mischief in [Mischief::Stranger, Mischief::KillStranger] {
            let mut simulation = Simulation::new(Config::new(9));
            let rogue = simulation.spawn("rogue", Rogue { twin: Some(twin), count: 0 });
            simulation.send(&rogue, mischief);
            let error = simulation.run().unwrap_err();
            assert_eq!(error.kind, ErrorKind::ForeignReference, "{twin:?} {mischief:?}");
        }
    }
}

#[test]
fn spawning_a_name_twice_from_outside_is_reported() {
    let mut simulation = Simulation::new(Config::new(9));
    const fn rogue() -> Rogue {
        Rogue { twin: None, count: 0 }
    }
    simulation.spawn("rogue", rogue());
    let error = simulation.try_spawn("rogue", rogue()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::DuplicateName { path: "rogue".into() });
    assert_eq!(error.event, 0);
    let error = simulation.try_spawn("a/b", rogue()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidName { name: "a/b".into() });
    let spawns: [fn(&mut Simulation); 4] = [
        |s| _ = s.spawn("rogue", rogue()),
        |s| _ = s.spawn_task("rogue", rogue(), Mischief::Tick),
        |s| _ = s.spawn_supervised("rogue", flagfall::Restart::always(), rogue),
        |s| _ = s.process("rogue", async |_| ()),
    ];
    for spawn in spawns {
        let (place, text) = crate::panics::place_of_panic(|| spawn(&mut simulation));
        assert!(text.starts_with("a second living actor would be named rogue"), "{text}");
        assert!(place.is_some_and(|place| place.starts_with(file!())));
    }
    assert_eq!(simulation.live_actors(), 1);
    simulation.run().unwrap();
}

#[test]
fn a_limit_that_is_reached_from_outside_ends_the_run() {
    let mut simulation = Simulation::new(Config::new(9).max_live_actors(1).max_pending_events(2));
    let rogue = simulation.spawn("rogue", Rogue { twin: None, count: 0 });
    let live = limit(Limit::LiveActors, 1);
    assert_eq!(simulation.try_spawn("b", Rogue { twin: None, count: 0 }).unwrap_err().kind, live);
    simulation.spawn("c", Rogue { twin: None, count: 0 });
    let pending = limit(Limit::PendingEvents, 2);
    let sent = [1, 2, 3].map(|time| simulation.send_after(secs(time), &rogue, Mischief::Tick));
    assert_eq!(sent[1], Ok(()));
    assert_eq!(sent[2].as_ref().unwrap_err().kind, pending);
    assert_eq!(simulation.run().unwrap_err().kind, live, "the first one counts");
}

#[test]
fn a_process_that_a_limit_leaves_asleep_can_be_dropped() {
    let mut simulation = Simulation::new(Config::new(42).max_time(VirtualTime::ZERO + secs(1)));
    simulation.process("sleeper", async |p| p.sleep(secs(2)).await);
    simulation.run().expect_err("the end time is passed");
    assert_eq!(simulation.pending_events(), 1, "the event did not happen");
    drop(simulation);
}
