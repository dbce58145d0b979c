//! The clock at the end: a run in pieces comes to what it comes to at once, and means over
//! time are those of an integral up to the end.

use flagfall::model::{Measured, Model, Run};
use flagfall::resource::{Claim, ResourceStatistics};
use flagfall::{
    Config, Container, Counts, Digest, EventListKind, Outcome, Process, Resource, Simulation, Span,
    Store, TiePolicy, VirtualTime,
};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::queue::Queue;
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// What a process does next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Sleep(Span),
    /// Takes units, and keeps them for so long.
    Use(u64, Span),
    /// The same, unless it has to wait for longer than the second span.
    UseSoon(u64, Span, Span),
    Pour(u64),
    Draw(u64),
    Put(u64),
    Get,
    SleepForEver,
}

/// A level, by its changes.
#[derive(Clone, Default)]
struct Level(Rc<RefCell<Vec<(VirtualTime, i64)>>>);

impl Level {
    fn change(&self, now: VirtualTime, by: i64) {
        self.0.borrow_mut().push((now, by));
    }

    /// Its integral up to a time, in units times nanoseconds.
    fn integral(&self, start: i64, end: VirtualTime) -> i128 {
        let length = |from: VirtualTime, to: VirtualTime| i128::from((to - from).as_nanos());
        let changes = self.0.borrow();
        let of = |(time, by): &(VirtualTime, i64)| i128::from(*by) * length(*time, end);
        i128::from(start) * length(VirtualTime::ZERO, end) + changes.iter().map(of).sum::<i128>()
    }

    fn mean(&self, start: i64, end: VirtualTime) -> f64 {
        match end.as_nanos() {
            0 => 0.0,
            nanos => self.integral(start, end) as f64 / nanos as f64,
        }
    }
}

#[derive(Clone)]
struct World {
    units: Resource,
    tank: Container,
    shelf: Store<u64>,
    used: Level,
    waiting: Level,
    litres: Level,
}

const UNITS: u64 = 2;
const FULL: u64 = 9;
const HALF: u64 = 4;

/// All that can be read at the end.
#[derive(Clone, Debug, PartialEq)]
struct End {
    now: VirtualTime,
    last_event: VirtualTime,
    events: u64,
    digest: Option<Digest>,
    counts: Counts,
    statistics: [ResourceStatistics; 3],
    stuck: Option<String>,
}

async fn live(p: Process, world: World, steps: Vec<Step>) {
    let World { units, tank, shelf, used, waiting, litres } = world;
    for step in steps {
        match step {
            Step::Sleep(span) => p.sleep(span).await,
            Step::SleepForEver => p.sleep(Span::MAX).await,
            Step::Use(amount, span) => {
                waiting.change(p.now(), 1);
                let held = units.acquire_as(&p, Claim::new().amount(amount)).await;
                waiting.change(p.now(), -1);
                used.change(p.now(), amount as i64);
                p.sleep(span).await;
                used.change(p.now(), -(amount as i64));
                drop(held);
            }
            Step::UseSoon(amount, span, patience) => {
                waiting.change(p.now(), 1);
                let claim = units.acquire_as(&p, Claim::new().amount(amount));
                let held = p.timeout(patience, claim).await;
                waiting.change(p.now(), -1);
                if let Ok(held) = held {
                    used.change(p.now(), amount as i64);
                    p.sleep(span).await;
                    used.change(p.now(), -(amount as i64));
                    drop(held);
                }
            }
            Step::Pour(amount) => {
                tank.put(&p, amount).await;
                litres.change(p.now(), amount as i64);
            }
            Step::Draw(amount) => {
                tank.get(&p, amount).await;
                litres.change(p.now(), -(amount as i64));
            }
            Step::Put(item) => shelf.put(&p, item).await,
            Step::Get => _ = shelf.get(&p).await,
        }
    }
}

fn begin(config: Config, lives: &[Vec<Step>]) -> (Simulation, World) {
    let mut simulation = Simulation::new(config);
    let world = World {
        units: Resource::new(&mut simulation, "units", UNITS),
        tank: Container::new(&mut simulation, "tank", FULL, HALF),
        shelf: Store::new(&mut simulation, "shelf", 2),
        used: Level::default(),
        waiting: Level::default(),
        litres: Level::default(),
    };
    for (number, steps) in (0_u32..).zip(lives) {
        let (world, steps) = (world.clone(), steps.clone());
        simulation.process(("life", number), move |p: Process| live(p, world, steps));
    }
    (simulation, world)
}

fn end(simulation: &Simulation, world: &World) -> End {
    End {
        now: simulation.now(),
        last_event: simulation.last_event(),
        events: simulation.events(),
        digest: simulation.digest(),
        counts: simulation.counts(),
        statistics: [
            world.units.statistics(simulation),
            world.tank.statistics(simulation),
            world.shelf.statistics(simulation),
        ],
        stuck: simulation.stuck_in_brief(),
    }
}

/// Whole seconds and a few others: many ties, with stops, too.
fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => (0..6_u64).prop_map(Span::from_secs),
        1 => (0..5_000_000_000_u64).prop_map(Span::from_nanos),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => spans().prop_map(Step::Sleep),
        4 => (1..=UNITS, spans()).prop_map(|(amount, span)| Step::Use(amount, span)),
        2 => (1..=UNITS, spans(), spans()).prop_map(|(a, s, p)| Step::UseSoon(a, s, p)),
        2 => (1..=FULL).prop_map(Step::Pour),
        2 => (1..=FULL).prop_map(Step::Draw),
        2 => any::<u64>().prop_map(Step::Put),
        2 => Just(Step::Get),
        1 => Just(Step::SleepForEver),
    ]
}

fn lives() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(steps(), 0..8), 0..6)
}

fn configs() -> impl Strategy<Value = Config> {
    let ties = prop_oneof![Just(TiePolicy::InOrder), any::<u64>().prop_map(TiePolicy::Shuffled),];
    (ties, any::<bool>()).prop_map(|(ties, plain)| {
        let kind = if plain { EventListKind::PriorityQueue } else { EventListKind::default() };
        Config::new(1).ties(ties).event_list(kind)
    })
}

/// How a piece of a run ends.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Until(Span),
    Before(Span),
    Steps(u8),
    /// After so many events, or a few more.
    Some(u8),
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = prop_oneof![
        3 => spans().prop_map(Piece::Until),
        3 => spans().prop_map(Piece::Before),
        1 => (0..9_u8).prop_map(Piece::Steps),
        1 => (0..9_u8).prop_map(Piece::Some),
    ];
    prop::collection::vec(piece, 0..8)
}

/// Runs in pieces, each so long, no further than to `last`.
fn run_pieces(simulation: &mut Simulation, pieces: &[Piece], last: VirtualTime) {
    for piece in pieces {
        let stop = |span| (simulation.now() + span).min(last);
        match *piece {
            Piece::Until(span) => {
                let stop = stop(span);
                // What is due at the very end is not due before it.
                if stop < last {
                    simulation.run_until(stop).expect("nothing fails");
                    assert_eq!(simulation.now(), stop);
                }
            }
            Piece::Before(span) => {
                let stop = stop(span);
                simulation.run_before(stop).expect("nothing fails");
                assert_eq!(simulation.now(), stop);
            }
            Piece::Steps(count) => {
                for _ in 0..count {
                    let (now, events) = (simulation.now(), simulation.events());
                    // A step into the time behind the end would be too far.
                    if simulation.pending_events() == 0 || now + Span::from_secs(6) >= last {
                        break;
                    }
                    simulation.step().expect("nothing fails");
                    assert!(simulation.events() >= events);
                }
            }
            Piece::Some(count) => {
                let (events, most) = (simulation.events(), u64::from(count));
                // What is due at the very end is not due before it.
                let Some(stop) = last.as_nanos().checked_sub(1) else { continue };
                let stop = VirtualTime::from_nanos(stop);
                let outcome = simulation.run_some(stop, most).expect("nothing fails");
                let ran = simulation.events() - events;
                assert!(outcome.is_some() || ran >= most);
                assert!(simulation.now() <= last);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_run_in_pieces_comes_to_what_it_comes_to_at_once(
        (lives, config, pieces) in (lives(), configs(), pieces()),
        length in 0..40_u64,
        is_before: bool,
    ) {
        let last = VirtualTime::from_secs(length);
        let finish = |simulation: &mut Simulation| {
            let run = if is_before { Simulation::run_before } else { Simulation::run_until };
            run(simulation, last).expect("nothing fails")
        };
        let (mut simulation, world) = begin(config.clone(), &lives);
        let outcome = finish(&mut simulation);
        let at_once = end(&simulation, &world);
        prop_assert_eq!(at_once.now, last);
        match outcome {
            Outcome::Idle { since } | Outcome::Stuck { since } => {
                prop_assert_eq!(since, at_once.last_event);
                prop_assert!(since <= last);
            }
            Outcome::Reached => prop_assert!(simulation.pending_events() > 0),
            Outcome::Ended => prop_assert!(false, "nobody ends it"),
        }
        let is_stuck = matches!(outcome, Outcome::Stuck { .. });
        prop_assert_eq!(is_stuck, at_once.stuck.is_some());

        let [units, tank, _] = at_once.statistics;
        prop_assert_eq!(units.mean_in_use, world.used.mean(0, last));
        prop_assert_eq!(units.utilisation, world.used.mean(0, last) / UNITS as f64);
        prop_assert_eq!(units.mean_waiting, world.waiting.mean(0, last));
        prop_assert_eq!(tank.mean_in_use, world.litres.mean(HALF as i64, last));

        let (mut simulation, world) = begin(config.clone(), &lives);
        run_pieces(&mut simulation, &pieces, last);
        prop_assert_eq!(finish(&mut simulation), outcome);
        prop_assert_eq!(&end(&simulation, &world), &at_once);

        if !is_before {
            // A horizon is the same as to run until then; so it is with a pacer.
            let (mut simulation, world) = begin(config.horizon(last), &lives);
            simulation.pace(|_: VirtualTime| {});
            prop_assert_eq!(simulation.run(), Ok(outcome));
            prop_assert_eq!(&end(&simulation, &world), &at_once);
        }
    }

    /// The same of a model, by what it measures.
    #[test]
    fn a_model_measures_up_to_its_horizon_however_it_gets_there(
        (servers, load, customers) in (1..4_u32, 0.1..1.5_f64, 0..20_u32),
        (seed, length) in (any::<u64>(), 1..90_u64),
        stops in prop::collection::vec(0..120_u64, 0..5),
    ) {
        let queue = Queue { servers, load, customers, ..Queue::default() };
        let horizon = VirtualTime::from_secs(length);
        let config = Config::new(seed).latency(DEFAULT_LATENCY).horizon(horizon);
        let whole = queue.run(config.clone()).expect("nothing fails");
        prop_assert_eq!(whole.virtual_time, horizon);
        let mut simulation = Simulation::new(config);
        let handles = queue.start(&mut simulation);
        let mut stops: Vec<_> = stops.into_iter().filter(|stop| *stop < length).collect();
        stops.sort_unstable();
        for stop in stops {
            let stop = VirtualTime::from_secs(stop);
            simulation.run_until(stop).expect("nothing fails");
        }
        simulation.run().expect("nothing fails");
        let pieces = Run::of(&simulation, queue.collect(&simulation, &handles));
        prop_assert_eq!(&pieces, &whole);
        prop_assert_eq!(queue.measures(&pieces), queue.measures(&whole));
    }
}
