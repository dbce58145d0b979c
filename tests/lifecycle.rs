//! Birth and death: owners, kills, undeliverable messages, names, streams.

use crate::engine::{Log, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathCause, ErrorKind, FindError, Latency, Limit, Limits,
    Message, Outcome, Process, Record, RecordKind, Simulation, Span, SpawnOptions, VirtualTime,
};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Instant;

#[derive(Debug, Message)]
enum Command {
    /// Have that many children, each with as many less one.
    Breed(u32),
    Kill(ActorRef<Command>),
    Sleep(u64),
    Awake,
    Stop,
    /// Replace the child of that number.
    Replace(u32),
    Draw,
}

#[derive(Default)]
struct Person {
    children: Vec<ActorRef<Command>>,
    drawn: Vec<u64>,
}

impl Actor for Person {
    type Message = Command;
    fn handle(&mut self, command: Command, context: &mut Context<'_, Command>) {
        match command {
            Command::Breed(count) => {
                for number in 0..count {
                    let child = context.spawn(("child", number), Person::default());
                    context.send(&child, Command::Breed(count - 1));
                    self.children.push(child);
                }
            }
            Command::Kill(victim) => context.kill(&victim),
            Command::Sleep(span) => context.hold(secs(span), Command::Awake),
            Command::Awake => {}
            Command::Stop => context.stop(),
            Command::Replace(number) => {
                self.children[number as usize] =
                    context.spawn(("child", number), Person::default());
                context.send(&self.children[number as usize], Command::Draw);
            }
            Command::Draw => {
                let mut stream = context.stream("draws");
                self.drawn = (0..4).map(|_| stream.below(1_000_000)).collect();
            }
        }
    }
}

fn deaths(simulation: &mut Simulation) -> Log<(VirtualTime, String, DeathCause)> {
    let log = Log::default();
    let deaths = Rc::clone(&log);
    simulation.observe(move |record: &Record<'_>| {
        if let RecordKind::Died(cause) = record.kind {
            deaths.borrow_mut().push((record.time, record.receiver.to_string(), cause));
        }
    });
    log
}

fn at(millis: u64) -> VirtualTime {
    VirtualTime::from_millis(millis)
}

#[test]
fn children_die_with_their_owner_one_hop_later() {
    let latency = Latency::Fixed(Span::from_millis(10));
    let mut simulation = Simulation::new(Config::new(1).latency(latency));
    let deaths = deaths(&mut simulation);
    let first = simulation.spawn("first", Person::default());
    simulation.send(&first, Command::Breed(2));
    simulation.kill_at(at(1_000), &first).unwrap();
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let expected = [
        (at(1_000), "first", DeathCause::Killed),
        (at(1_010), "first/child[0]", DeathCause::OwnerDied),
        (at(1_010), "first/child[1]", DeathCause::OwnerDied),
        (at(1_020), "first/child[0]/child[0]", DeathCause::OwnerDied),
        (at(1_020), "first/child[1]/child[0]", DeathCause::OwnerDied),
    ];
    let deaths = deaths.take();
    let deaths: Vec<_> =
        deaths.iter().map(|(t, path, cause)| (*t, path.as_str(), *cause)).collect();
    assert_eq!(deaths, expected);
    assert_eq!(simulation.live_actors(), 0);
}

#[test]
fn a_kill_interrupts_a_hold_and_accounts_for_the_mailbox() {
    let mut simulation = Simulation::new(Config::new(1));
    let victim = simulation.spawn("victim", Person::default());
    simulation.send(&victim, Command::Sleep(60));
    for _ in 0..3 {
        simulation.send_at(at(1_000), &victim, Command::Awake).unwrap();
    }
    simulation.kill_at(at(2_000), &victim).unwrap();
    simulation.send_at(at(3_000), &victim, Command::Awake).unwrap();
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation.now(), at(3_000), "the end of the hold is not waited for");
    let counts = simulation.counts();
    assert_eq!((counts.sent, counts.handled), (6, 1));
    assert_eq!((counts.undeliverable, counts.cancelled), (4, 1));
    assert_eq!(simulation.pending_messages(), 0);
    assert!(simulation.inspect::<Person>(&victim).is_none());
    assert_eq!(simulation.mailbox_length(&victim), None);
    assert!(!simulation.is_alive(victim.id()));
}

#[test]
fn stopping_ends_an_actor_after_its_handler() {
    let mut simulation = Simulation::new(Config::new(1));
    let deaths = deaths(&mut simulation);
    let person = simulation.spawn("person", Person::default());
    simulation.send(&person, Command::Breed(1));
    simulation.send(&person, Command::Stop);
    simulation.run().unwrap();
    let causes: Vec<DeathCause> = deaths.take().iter().map(|(_, _, cause)| *cause).collect();
    assert_eq!(causes, [DeathCause::Finished, DeathCause::OwnerDied]);
}

#[test]
fn killing_twice_or_oneself_is_harmless() {
    let mut simulation = Simulation::new(Config::new(1));
    let person = simulation.spawn("person", Person::default());
    simulation.send(&person, Command::Kill(*person));
    simulation.send(&person, Command::Kill(*person));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation.live_actors(), 0);
}

#[test]
fn a_place_is_used_again_but_old_references_stay_dead() {
    let mut simulation = Simulation::new(Config::new(1));
    let old = simulation.spawn("person", Person::default());
    simulation.send(&old, Command::Stop);
    simulation.run().unwrap();
    let new = simulation.spawn("person", Person::default());
    assert_ne!(old, new);
    simulation.send(&old, Command::Breed(3));
    simulation.run().unwrap();
    assert_eq!(simulation.counts().undeliverable, 1);
    assert!(simulation[&new].children.is_empty());
    assert!(simulation.inspect::<Person>(&old).is_none());
}

/// What the child of that number draws; with `replaced`, its successor.
fn draws(seed: u64, children: u32, number: u32, replaced: bool) -> Vec<u64> {
    let mut simulation = Simulation::new(Config::new(seed));
    let owner = simulation.spawn("owner", Person::default());
    simulation.send(&owner, Command::Breed(children));
    simulation.run().unwrap();
    let child = simulation[&owner].children[number as usize];
    if replaced {
        let now = simulation.now();
        simulation.kill_at(now, &child).unwrap();
        simulation.send(&owner, Command::Replace(number));
    } else {
        simulation.send(&child, Command::Draw);
    }
    simulation.run().unwrap();
    let child = simulation[&owner].children[number as usize];
    simulation.inspect::<Person>(&child).unwrap().drawn.clone()
}

#[test]
fn streams_follow_the_path_and_nothing_else() {
    assert_eq!(draws(1, 3, 1, false), draws(1, 8, 1, false), "siblings do not matter");
    assert_ne!(draws(1, 3, 1, false), draws(1, 3, 2, false), "the path does");
    assert_ne!(draws(1, 3, 1, false), draws(2, 3, 1, false), "the seed does");
    assert_ne!(draws(1, 3, 1, false), draws(1, 3, 1, true), "a successor draws anew");
}

/// Identifiers have room for 65,536 lives in one place. What comes then must
/// not be mistaken for what was.
#[test]
fn a_reference_never_names_another_actor() {
    let mut simulation = Simulation::new(Config::new(42).digest(false));
    let first = simulation.spawn("mortal", Person::default());
    let mut last = first;
    for _ in 0..70_000 {
        simulation.kill_at(simulation.now(), &last).unwrap();
        simulation.run().unwrap();
        last = simulation.spawn("mortal", Person::default());
        assert_ne!(last, first);
    }
    simulation.send(&first, Command::Stop);
    simulation.run().unwrap();
    assert!(simulation.is_alive(last.id()) && !simulation.is_alive(first.id()));
    assert_eq!(simulation.counts().undeliverable, 1);
}

/// Each spawns the next, and waits for it.
fn chain(p: Process, depth: u32, deepest: u32) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        if depth < deepest {
            let child = p.process("next", move |p| chain(p, depth + 1, deepest));
            let _ = p.join(&child).await;
        } else {
            p.sleep(secs(1)).await;
        }
    })
}

/// A spawn, an end and a stream cost the same however many owners there are:
/// going up the line each time would take minutes here.
#[test]
fn a_long_line_of_owners_costs_no_more_each() {
    let begun = Instant::now();
    let mut simulation = Simulation::new(Config::new(1).digest(false));
    let first = simulation.process("next", |p| chain(p, 1, 100_000));
    simulation.run_until(at(500)).unwrap();
    assert_eq!(simulation.live_actors(), 100_000);
    simulation.kill_at(at(600), &first).unwrap();
    simulation.run().unwrap();
    assert_eq!((simulation.live_actors(), simulation.now()), (0, at(600)));
    let first = simulation.process("next", |p| chain(p, 1, 10_000));
    simulation.run().unwrap();
    assert!(first.is_over() && simulation.live_actors() == 0);
    assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn a_line_of_owners_without_end_reaches_a_limit() {
    let mut limits = Limits { owners: 1_000, ..Limits::default() };
    let mut simulation = Simulation::new(Config::new(1).limits(limits));
    simulation.process("next", |p| chain(p, 1, u32::MAX));
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::Owners, allowed: 1_000 });
    assert_eq!(
        error.to_string(),
        "actor next/next/next/next/(993 more)/next/next/next/next: the limit of 1000 owners above \
         one actor is reached: does each one spawn the next, without end? If not, raise \
         Limits::owners (--max-owners) (event 1001, virtual time 0s, seed 1, replication 0)"
    );
    limits.owners = 1_001;
    let mut simulation = Simulation::new(Config::new(1).limits(limits));
    simulation.process("next", |p| chain(p, 1, 1_002));
    simulation.run().unwrap();
}

/// In one event, at one instant, or on and on.
#[test]
fn spawning_without_end_reaches_a_limit() {
    let run = |pause: Option<Span>| {
        let mut simulation = Simulation::new(Config::new(1).max_live_actors(10_000));
        simulation.process("rogue", async move |p| {
            for number in 0.. {
                p.process(("child", number), |p: Process| p.sleep(Span::from_secs(1 << 30)));
                if let Some(pause) = pause {
                    p.sleep(pause).await;
                }
            }
        });
        simulation.run().unwrap_err()
    };
    for pause in [None, Some(Span::ZERO), Some(secs(1))] {
        let error = run(pause);
        assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::LiveActors, allowed: 10_000 });
        assert!(error.to_string().starts_with(
            "actor rogue: the limit of 10000 live actors is reached: does something spawn without \
             end? If not, raise Limits::live_actors (--max-actors) (event "
        ));
    }
    assert!((1_000_000..=10_000_000).contains(&Limits::default().live_actors), "by default, too");
}

/// A name without a number that nobody uses again is remembered by itself.
#[test]
fn names_that_must_be_remembered_reach_a_limit() {
    let run = |name: fn(u32) -> SpawnOptions| {
        let mut simulation = Simulation::new(Config::new(1).max_remembered_names(100));
        simulation.process("door", async move |p| {
            for number in 0..1_000 {
                p.process(name(number), |p: Process| p.sleep(secs(1)));
                p.sleep(secs(2)).await;
            }
        });
        simulation.run()
    };
    let error = run(|number| {
        SpawnOptions::named(
            format!("{number}").bytes().map(|b| (b + 49) as char).collect::<String>(),
        )
    })
    .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit { limit: Limit::RememberedNames, allowed: 100 });
    assert!(error.to_string().contains(
        ": the limit of 100 remembered names is reached: use names again, or number them in \
         order, as in (\"customer\", 7), or raise Limits::remembered_names (--max-names)"
    ));
    run(|number| ("customer", number).into()).unwrap();
    run(|number| format!("customer {number}").into()).unwrap();
    run(|_| "customer".into()).unwrap();
    // Below an owner that is over nothing is remembered.
    let mut simulation = Simulation::new(Config::new(1).max_remembered_names(20));
    simulation.process("door", async move |p| {
        for number in 0..100 {
            p.process(("customer", number), async move |p| {
                for letter in 'a'..'k' {
                    p.process(letter.to_string(), |p: Process| p.sleep(secs(1)));
                }
                p.sleep(secs(2)).await;
            });
            p.sleep(secs(3)).await;
        }
    });
    simulation.run().unwrap();
}

/// What is known of a path: it lives, it is dead, or its owner is.
#[test]
fn a_path_below_the_dead_is_told_by_the_owner() {
    let mut simulation = Simulation::new(Config::new(1));
    let owner = simulation.spawn("owner", Person::default());
    simulation.send(&owner, Command::Breed(2));
    simulation.run().unwrap();
    let child = simulation.find::<Command>("owner/child[0]").unwrap();
    simulation.send(&child, Command::Stop);
    simulation.run().unwrap();
    let dead = |simulation: &Simulation, path| match simulation.find::<Command>(path) {
        Err(FindError::Dead { path }) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(dead(&simulation, "owner/child[0]"), "owner/child[0]");
    assert_eq!(dead(&simulation, "owner/child[0]/child[0]"), "owner/child[0]");
    assert!(simulation.has_path("owner/child[0]") && simulation.has_path("owner/child[1]"));
    assert!(!simulation.has_path("owner/child[00]") && !simulation.has_path("owner/child[2]"));
    simulation.send(&owner, Command::Stop);
    simulation.run().unwrap();
    assert_eq!(dead(&simulation, "owner/child[1]"), "owner");
    assert!(simulation.has_path("owner") && !simulation.has_path("owner/child[1]"));
    let unknown = simulation.find::<Command>("owne/child[1]").unwrap_err();
    assert_eq!(unknown, FindError::Unknown { path: "owne/child[1]".into() });
}
