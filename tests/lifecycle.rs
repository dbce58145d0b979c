//! Birth and death: owners, kills, undeliverable messages, names, streams.

use crate::engine::{Log, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathCause, Latency, Outcome, Record, RecordKind, Simulation,
    Span, VirtualTime,
};
use std::rc::Rc;

flagfall::message! {
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
    VirtualTime::ZERO + Span::from_millis(millis)
}

#[test]
fn children_die_with_their_owner_one_hop_later() {
    let latency = Latency::Fixed(Span::from_millis(10));
    let mut simulation = Simulation::new(Config::new(1).latency(latency));
    let deaths = deaths(&mut simulation);
    let first = simulation.spawn("first", Person::default());
    simulation.send(&first, Command::Breed(2));
    simulation.kill_at(at(1_000), &first);
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
        simulation.send_at(at(1_000), &victim, Command::Awake);
    }
    simulation.kill_at(at(2_000), &victim);
    simulation.send_at(at(3_000), &victim, Command::Awake);
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
    simulation.send(&person, Command::Kill(person));
    simulation.send(&person, Command::Kill(person));
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
    assert!(simulation.inspect::<Person>(&new).unwrap().children.is_empty());
    assert!(simulation.inspect::<Person>(&old).is_none());
}

/// What the child of that number draws; with `replaced`, its successor.
fn draws(seed: u64, children: u32, number: u32, replaced: bool) -> Vec<u64> {
    let mut simulation = Simulation::new(Config::new(seed));
    let owner = simulation.spawn("owner", Person::default());
    simulation.send(&owner, Command::Breed(children));
    simulation.run().unwrap();
    let child = simulation.inspect::<Person>(&owner).unwrap().children[number as usize];
    if replaced {
        let now = simulation.now();
        simulation.kill_at(now, &child);
        simulation.send(&owner, Command::Replace(number));
    } else {
        simulation.send(&child, Command::Draw);
    }
    simulation.run().unwrap();
    let child = simulation.inspect::<Person>(&owner).unwrap().children[number as usize];
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
        simulation.kill_at(simulation.now(), &last);
        simulation.run().unwrap();
        last = simulation.spawn("mortal", Person::default());
        assert_ne!(last, first);
    }
    simulation.send(&first, Command::Stop);
    simulation.run().unwrap();
    assert!(simulation.is_alive(last.id()) && !simulation.is_alive(first.id()));
    assert_eq!(simulation.counts().undeliverable, 1);
}
