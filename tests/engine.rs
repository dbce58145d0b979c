//! Delivery: order, one message at a time, holds, references in messages,
//! observers, and the event lists' agreement.

use flagfall::{
    Actor, ActorRef, Config, Context, EventListKind, Latency, Limits, Message, Outcome, Record,
    Simulation, Span, SpawnOptions, VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) type Log<T> = Rc<RefCell<Vec<T>>>;

pub(crate) fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

/// Notes when it got what; holds for as many seconds as the number says.
struct Clerk {
    log: Log<(u64, String)>,
}

#[derive(Debug, Message)]
enum Job {
    Note(&'static str),
    Work { name: &'static str, secs: u64 },
    Done(&'static str),
    Rest(u64),
}

impl Actor for Clerk {
    type Message = Job;
    fn handle(&mut self, job: Job, context: &mut Context<'_, Job>) {
        let now = (context.now() - VirtualTime::ZERO).whole_secs().expect("whole seconds");
        let note = |text: String| self.log.borrow_mut().push((now, text));
        match job {
            Job::Note(name) => note(name.to_owned()),
            Job::Work { name, secs: span } => {
                note(format!("begin {name}"));
                context.hold(secs(span), Job::Done(name));
            }
            Job::Done(name) => note(format!("end {name}")),
            Job::Rest(span) => {
                note("rest".to_owned());
                context.rest(secs(span));
            }
        }
    }
}

pub(crate) fn at(secs: u64) -> VirtualTime {
    VirtualTime::from_secs(secs)
}

#[test]
fn a_held_actor_lets_its_mailbox_wait() {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(1));
    let clerk = simulation.spawn("clerk", Clerk { log: Rc::clone(&log) });
    simulation.send(&clerk, Job::Work { name: "a", secs: 5 });
    simulation.send_at(at(1), &clerk, Job::Work { name: "b", secs: 2 }).unwrap();
    simulation.send_at(at(2), &clerk, Job::Note("c")).unwrap();
    simulation.send_at(at(5), &clerk, Job::Note("d")).unwrap();
    assert_eq!(simulation.run_until(at(3)), Ok(Outcome::Reached));
    assert_eq!(simulation.mailbox_length(&clerk), Some(2));
    assert_eq!(simulation.now(), at(3));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let expected = [(0, "begin a"), (5, "end a"), (5, "begin b"), (7, "end b"), (7, "c"), (7, "d")];
    let log: Vec<(u64, String)> = log.take();
    let log: Vec<(u64, &str)> = log.iter().map(|(time, text)| (*time, text.as_str())).collect();
    assert_eq!(log, expected);
}

#[test]
fn resting_serves_the_mailbox_afterwards() {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(1));
    let clerk = simulation.spawn("clerk", Clerk { log: Rc::clone(&log) });
    simulation.send(&clerk, Job::Rest(3));
    simulation.send(&clerk, Job::Note("a"));
    simulation.run().unwrap();
    assert_eq!(log.take(), [(0, "rest".to_owned()), (3, "a".to_owned())]);
}

#[test]
fn a_startup_delays_the_mailbox() {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(1));
    let spawn = SpawnOptions::named("clerk").startup(secs(4));
    let clerk = simulation.spawn(spawn, Clerk { log: Rc::clone(&log) });
    simulation.send(&clerk, Job::Note("a"));
    simulation.send_at(at(2), &clerk, Job::Note("b")).unwrap();
    simulation.run().unwrap();
    assert_eq!(log.take(), [(4, "a".to_owned()), (4, "b".to_owned())]);
}

#[test]
fn simultaneous_messages_come_first_in_first_out() {
    for kind in [EventListKind::Ladder, EventListKind::PriorityQueue] {
        let log = Log::default();
        let mut simulation = Simulation::new(Config::new(1).event_list(kind));
        let clerk = simulation.spawn("clerk", Clerk { log: Rc::clone(&log) });
        for name in ["a", "b", "c", "d"] {
            simulation.send_at(at(1), &clerk, Job::Note(name)).unwrap();
        }
        simulation.run().unwrap();
        let names: Vec<String> = log.take().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "b", "c", "d"], "{kind:?}");
    }
}

/// An introduction: an actor hands out others, or itself.
#[derive(Debug, Message)]
enum Meeting {
    Introduce(ActorRef<Meeting>),
    Hello { from: ActorRef<Meeting> },
}

struct Guest {
    met: Vec<ActorRef<Meeting>>,
}

impl Actor for Guest {
    type Message = Meeting;
    fn handle(&mut self, message: Meeting, context: &mut Context<'_, Meeting>) {
        match message {
            Meeting::Introduce(other) => {
                let from = context.me();
                context.send(&other, Meeting::Hello { from });
            }
            Meeting::Hello { from } => self.met.push(from),
        }
    }
}

#[test]
fn references_travel_inside_messages() {
    let mut simulation = Simulation::new(Config::new(1));
    let anna = simulation.spawn("anna", Guest { met: Vec::new() });
    let bert = simulation.spawn("bert", Guest { met: Vec::new() });
    simulation.send(&anna, Meeting::Introduce(*bert));
    simulation.run().unwrap();
    assert_eq!(simulation[&bert].met, [*anna]);
}

/// Another actor that takes the same messages.
struct Butler {
    announced: u32,
}

impl Actor for Butler {
    type Message = Meeting;
    fn handle(&mut self, _: Meeting, _: &mut Context<'_, Meeting>) {
        self.announced += 1;
    }
}

#[test]
fn two_kinds_of_actor_can_take_the_same_messages() {
    let mut simulation = Simulation::new(Config::new(1));
    let anna = simulation.spawn("anna", Guest { met: Vec::new() });
    let butler: ActorRef<Meeting> = *simulation.spawn("butler", Butler { announced: 0 });
    simulation.send(&anna, Meeting::Introduce(butler));
    simulation.run().unwrap();
    assert_eq!(simulation.inspect::<Butler>(&butler).unwrap().announced, 1);
    assert!(simulation.inspect::<Guest>(&butler).is_none(), "a butler is no guest");
}

/// Spawns children down to a depth, from inside its handler.
struct Breeder;

impl Actor for Breeder {
    type Message = u32;
    fn handle(&mut self, depth: u32, context: &mut Context<'_, u32>) {
        for number in 0..depth {
            let child = context.spawn(("child", number), Breeder);
            context.send(&child, depth - 1);
        }
    }
}

#[test]
fn handlers_spawn_actors_of_their_own_kind() {
    let mut simulation = Simulation::new(Config::new(1));
    let first = simulation.spawn("first", Breeder);
    simulation.send(&first, 4);
    simulation.run().unwrap();
    // 1 + 4 + 4*3 + 4*3*2 + 4*3*2*1
    assert_eq!(simulation.live_actors(), 65);
}

#[test]
fn paths_name_the_owners() {
    let paths = Log::default();
    let log = Rc::clone(&paths);
    let mut simulation = Simulation::new(Config::new(1));
    simulation.observe(move |record: &Record<'_>| {
        log.borrow_mut().push(record.receiver.to_string());
    });
    let first = simulation.spawn("first", Breeder);
    simulation.send(&first, 2);
    simulation.run().unwrap();
    let expected = [
        "first",
        "first/child[0]",
        "first/child[1]",
        "first/child[0]/child[0]",
        "first/child[1]/child[0]",
    ];
    assert_eq!(paths.take(), expected);
}

/// Passes a number round a ring until it is used up.
struct Link {
    next: Option<ActorRef<u64>>,
    seen: u64,
}

impl Actor for Link {
    type Message = u64;
    fn handle(&mut self, hops: u64, context: &mut Context<'_, u64>) {
        self.seen += 1;
        if let (Some(next), true) = (self.next, hops > 0) {
            context.send(&next, hops - 1);
        }
    }
}

/// Links are spawned back to front, so that each knows the next; the first
/// message closes nothing: the chain ends at the last.
fn chain(config: Config, length: u32) -> (Simulation, ActorRef<u64>) {
    let mut simulation = Simulation::new(config);
    let mut next = None;
    for number in (0..length).rev() {
        next = Some(*simulation.spawn(("link", number), Link { next, seen: 0 }));
    }
    (simulation, next.expect("at least one link"))
}

#[test]
fn observing_never_changes_the_outcome() {
    let config = || Config::new(3).latency("exponential:5ms".parse().unwrap());
    let (mut plain, first) = chain(config(), 50);
    plain.send(&first, 1_000);
    plain.run().unwrap();
    let (mut watched, first) = chain(config(), 50);
    let seen = Log::default();
    let log = Rc::clone(&seen);
    watched.observe(move |record: &Record<'_>| log.borrow_mut().push(format!("{record:?}")));
    watched.send(&first, 1_000);
    watched.run().unwrap();
    assert_eq!(seen.borrow().len(), 50);
    assert_eq!(plain.digest(), watched.digest());
    assert_eq!(plain.now(), watched.now());
}

#[test]
fn steps_and_runs_agree() {
    let (mut stepped, first) = chain(Config::new(3).latency(Latency::Fixed(secs(1))), 10);
    stepped.send(&first, 100);
    let mut steps = 0;
    while stepped.step().unwrap() {
        steps += 1;
    }
    let (mut run, first) = chain(Config::new(3).latency(Latency::Fixed(secs(1))), 10);
    run.send(&first, 100);
    assert!(matches!(run.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(steps, run.events());
    assert_eq!(stepped.digest(), run.digest());
    assert!(!run.step().unwrap(), "nothing is left");
}

#[test]
fn the_digest_can_be_off() {
    let (mut simulation, first) = chain(Config::new(3).digest(false), 10);
    simulation.send(&first, 100);
    simulation.run().unwrap();
    assert_eq!(simulation.digest(), None);
}

#[test]
fn the_digest_sees_contents_times_and_receivers() {
    let digest = |hops: u64, latency: u64, length: u32| {
        let (mut simulation, first) =
            chain(Config::new(3).latency(Latency::Fixed(secs(latency))), length);
        simulation.send(&first, hops);
        simulation.run().unwrap();
        simulation.digest().unwrap().value()
    };
    let base = digest(3, 1, 5);
    assert_eq!(base, digest(3, 1, 5));
    assert_ne!(base, digest(4, 1, 5), "contents");
    assert_ne!(base, digest(3, 2, 5), "times");
    assert_ne!(base, digest(3, 1, 6), "receivers");
}

#[test]
fn running_for_a_span_goes_on_from_now() {
    let clock = || {
        let mut simulation = Simulation::new(Config::new(42));
        simulation.process("clock", async |p| {
            for _ in 0..10 {
                p.sleep(secs(2)).await;
            }
        });
        simulation
    };
    let (mut pieces, mut whole) = (clock(), clock());
    assert_eq!(pieces.run_for(secs(4)).unwrap(), Outcome::Reached);
    assert_eq!(pieces.run_for(Span::ZERO).unwrap(), Outcome::Reached);
    assert_eq!((pieces.now(), pieces.last_event()), (at(4), at(4)), "the end is included");
    assert_eq!(pieces.run_for(secs(3)).unwrap(), Outcome::Reached);
    assert_eq!((pieces.now(), pieces.last_event()), (at(7), at(6)));
    assert_eq!(pieces.run_for(Span::MAX).unwrap(), whole.run().unwrap());
    assert_eq!((pieces.now(), pieces.digest()), (at(20), whole.digest()));
}

#[test]
fn each_limit_has_a_method_of_the_settings() {
    let by_method = Config::new(42)
        .max_events(1)
        .max_events_per_instant(2)
        .max_live_actors(3)
        .max_owners(4)
        .max_remembered_names(5)
        .max_pending_events(6)
        .max_mailbox_length(7)
        .max_time(at(8));
    let by_field = Limits {
        events: 1,
        events_per_instant: 2,
        live_actors: 3,
        owners: 4,
        remembered_names: 5,
        pending_events: 6,
        mailbox_length: 7,
        end_time: at(8),
    };
    assert_eq!(by_method, Config::new(42).limits(by_field));
}

/// Names that a glob brings must stay few, so that none stands in a user's way.
#[test]
fn the_prelude_has_twenty_names_at_most() {
    let text = include_str!("../src/prelude.rs");
    let uses = text.lines().filter_map(|line| line.strip_prefix("pub use "));
    let listed = uses.map(|path| path.split_once('{').map_or(path, |(_, list)| list));
    let names: Vec<_> = listed.flat_map(|list| list.split(',')).collect();
    assert!((1..=20).contains(&names.len()), "{}: {names:?}", names.len());
}
