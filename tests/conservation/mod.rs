//! Random actor programs: whatever they do, every message has one end, runs
//! repeat, and both event lists agree.

mod puppet;
mod strategies;

use flagfall::{
    Config, DeathCause, EventListKind, FaultPlan, Record, RecordKind, Simulation, Span, VirtualTime,
};
use proptest::prelude::*;
use puppet::{Action, Friends, Poke, Puppet, WARDS};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use strategies::{action, latency, plan};

struct Played {
    simulation: Simulation,
    kinds: Rc<RefCell<BTreeMap<&'static str, u64>>>,
    restarts: Rc<RefCell<BTreeMap<String, Vec<VirtualTime>>>>,
}

/// Runs a program, checking after every event that all messages are
/// accounted for.
fn play(program: &Rc<Vec<Action>>, config: Config) -> Result<Played, TestCaseError> {
    let mut simulation = Simulation::new(config.max_events(3_000));
    let kinds: Rc<RefCell<BTreeMap<&'static str, u64>>> = Rc::default();
    let restarts: Rc<RefCell<BTreeMap<String, Vec<VirtualTime>>>> = Rc::default();
    let (seen, restarted) = (Rc::clone(&kinds), Rc::clone(&restarts));
    WARDS.set(0);
    simulation.observe(move |record: &Record<'_>| {
        let kind = match record.kind {
            RecordKind::Undeliverable => "undeliverable",
            RecordKind::Cancelled => "cancelled",
            RecordKind::Died(DeathCause::Forgotten) => "forgotten",
            RecordKind::Died(_) => "died",
            RecordKind::Queued => "queued",
            RecordKind::Delayed => "delayed",
            RecordKind::Lost => "lost",
            RecordKind::Duplicated => "duplicated",
            RecordKind::Restarted => {
                let path = record.receiver.to_string();
                restarted.borrow_mut().entry(path).or_default().push(record.time);
                "restarted"
            }
            RecordKind::Resumed if record.message.is_none() => "rested",
            _ => "handled",
        };
        *seen.borrow_mut().entry(kind).or_default() += 1;
    });
    let friends = Friends::default();
    for number in 0..4_u32 {
        let puppet = Puppet::new(program, number as usize, &friends);
        let puppet = simulation.spawn(("puppet", number), puppet);
        friends.borrow_mut().push(*puppet);
        simulation.send(&puppet, Poke::Act { left: 12 });
    }
    loop {
        match simulation.step() {
            Ok(false) => break,
            Ok(true) => {}
            // Random programs run into limits and hold twice; both are ends.
            Err(error) => {
                let text = error.to_string();
                prop_assert!(!text.contains("panicked"), "{text}");
                break;
            }
        }
        let counts = simulation.counts();
        prop_assert_eq!(counts.pending(), simulation.pending_messages());
    }
    Ok(Played { simulation, kinds, restarts })
}

/// No more restarts in any span than the actor's name allows.
fn check_bounds(played: &Played) -> Result<(), TestCaseError> {
    for (path, times) in &*played.restarts.borrow() {
        let name = path.rsplit('/').next().and_then(|name| name.split('[').next());
        let numbers = name.and_then(|name| name.strip_prefix("ward-")?.split_once('-'));
        let (most, millis) = numbers.expect("only wards are restarted");
        let (most, span): (usize, _) =
            (most.parse().unwrap(), Span::from_millis(millis.parse().unwrap()));
        for window in times.windows(most + 1) {
            prop_assert!(window[most] - window[0] >= span, "{path}: {window:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_message_has_exactly_one_end(
        program in prop::collection::vec(action(), 1..12),
        latency in latency(),
        plan in prop_oneof![Just(FaultPlan::new()), plan()],
        cpus in prop::option::of(1_u32..3),
        seed: u64,
    ) {
        let program = Rc::new(program);
        let mut config = Config::new(seed).latency(latency).faults(plan);
        config.cpus = cpus;
        let played = play(&program, config.clone())?;
        let counts = played.simulation.counts();
        let seen = |kind| played.kinds.borrow().get(kind).copied().unwrap_or(0);
        prop_assert_eq!(counts.handled, seen("handled"));
        prop_assert_eq!(counts.undeliverable, seen("undeliverable"));
        prop_assert_eq!(counts.cancelled, seen("cancelled"));
        prop_assert_eq!(counts.lost, seen("lost"));
        prop_assert_eq!(counts.duplicated, seen("duplicated"));
        prop_assert_eq!(seen("forgotten"), 0);
        check_bounds(&played)?;
        // Keeping what was lost changes nothing but that it is kept.
        let keeping = play(&program, config.clone().keep_undeliverable(5))?.simulation;
        prop_assert_eq!(played.simulation.digest(), keeping.digest());
        prop_assert_eq!(keeping.undeliverable().len() as u64, counts.undeliverable.min(5));

        let again = play(&program, config.clone())?.simulation;
        prop_assert_eq!(played.simulation.digest(), again.digest());
        let config = config.event_list(EventListKind::PriorityQueue);
        let reference = play(&program, config)?.simulation;
        prop_assert_eq!(played.simulation.digest(), reference.digest());
        prop_assert_eq!(played.simulation.events(), reference.events());
        prop_assert_eq!(played.simulation.now(), reference.now());
    }

    /// A plan that is about nobody, or says that nothing happens, changes
    /// nothing.
    #[test]
    fn nothing_is_lost_or_doubled_unless_a_plan_says_so(
        program in prop::collection::vec(action(), 1..12),
        latency in latency(),
        plan in plan(),
        seed: u64,
    ) {
        let program = Rc::new(program);
        let config = Config::new(seed).latency(latency);
        let without = play(&program, config.clone())?.simulation;
        let nobodys: FaultPlan =
            plan.to_string().replace("puppet", "nobody").replace("**", "nobody/**").parse().unwrap();
        let harmless = "link ** -> ** loss 0 duplicate 0\nslow ** by 1".parse().unwrap();
        for plan in [nobodys, harmless] {
            let with = play(&program, config.clone().faults(plan))?.simulation;
            prop_assert_eq!((with.counts().lost, with.counts().duplicated), (0, 0));
            prop_assert_eq!(with.counts(), without.counts());
            prop_assert_eq!(with.digest(), without.digest());
        }
    }
}
