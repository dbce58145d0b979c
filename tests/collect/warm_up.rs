//! The reset at the end of the warm-up, held to what is computed from a log of the whole run.

use flagfall::collect::{Counter, Level, Tally};
use flagfall::random::Distribution;
use flagfall::resource::{Claim, Failures, ResourceStatistics, Shortage};
use flagfall::{
    Config, Container, ErrorKind, Outcome, Resource, Simulation, SimulationError, Span, Store,
    VirtualTime,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Customers of two servers, and the parts and items that they use. Times are in seconds, so many
/// things happen at one instant, and at that of the warm-up.
#[derive(Clone, Debug)]
struct Case {
    /// Gap, service.
    customers: Vec<(u64, u64)>,
    warm_up: u64,
    horizon: u64,
    /// The capacity changes at these times.
    shifts: bool,
    pieces: Vec<u64>,
}

fn case() -> impl Strategy<Value = Case> {
    let customers = prop::collection::vec((0..6_u64, 0..9_u64), 1..30);
    let pieces = prop::collection::vec(0..80_u64, 0..6);
    (customers, 0..60_u64, 1..30_u64, any::<bool>(), pieces).prop_map(
        |(customers, warm_up, longer, shifts, mut pieces)| {
            pieces.sort_unstable();
            Case { customers, warm_up, horizon: warm_up + longer, shifts, pieces }
        },
    )
}

/// When a claim was made, granted, and given back.
type Log = Rc<RefCell<Vec<(u64, Option<u64>, Option<u64>)>>>;

struct Started {
    simulation: Simulation,
    servers: Resource,
    tank: Container,
    shelf: Store<u32>,
    wait: Tally,
    served: Counter,
    inside: Level,
    log: Log,
}

fn start(case: &Case, config: Config) -> Started {
    let mut simulation = Simulation::new(config);
    let world = &mut simulation;
    let servers = if case.shifts {
        let shifts = "every(30s, 0: 2, 7s: 1, 20s: 3)".parse().expect("a schedule");
        Resource::scheduled(world, "servers", shifts, Shortage::Finish)
    } else {
        Resource::new(world, "servers", 2)
    };
    let tank = Container::new(world, "tank", 1_000, 0);
    let shelf = Store::new(world, "shelf", 1_000);
    let (wait, served) = (Tally::new(world, "wait", "s"), Counter::new(world, "served"));
    let inside = Level::new(world, "inside", 0);
    let log = Log::default();
    let (customers, noted) = (case.customers.clone(), Rc::clone(&log));
    simulation.process("door", async move |p| {
        for (number, (gap, service)) in (0..).zip(customers) {
            p.sleep(Span::from_secs(gap)).await;
            let log = Rc::clone(&noted);
            p.process_apart(("customer", number), async move |p| {
                let now = || p.now().as_nanos() / 1_000_000_000;
                let (since, place) = (p.now(), log.borrow().len());
                log.borrow_mut().push((now(), None, None));
                inside.change(&p, 1);
                let held = servers.acquire_as(&p, Claim::new()).await;
                log.borrow_mut()[place].1 = Some(now());
                wait.record(&p, p.now() - since);
                tank.put(&p, 1).await;
                shelf.put(&p, number).await;
                p.sleep(Span::from_secs(service)).await;
                log.borrow_mut()[place].2 = Some(now());
                served.add(&p, 1);
                inside.change(&p, -1);
                drop(held);
            });
        }
    });
    Started { simulation, servers, tank, shelf, wait, served, inside, log }
}

/// The mean over [from, to] of how many spans there are.
fn mean(spans: impl Iterator<Item = (u64, u64)>, (from, to): (u64, u64)) -> f64 {
    let integral: u64 = spans.map(|(a, b)| b.min(to).saturating_sub(a.max(from))).sum();
    integral as f64 * 1e9 / ((to - from) as f64 * 1e9)
}

fn same(one: &ResourceStatistics, granted: &[(u64, u64)]) {
    let waits: Vec<u64> = granted.iter().map(|(since, at)| at - since).collect();
    assert_eq!(one.granted, granted.len() as u64);
    assert_eq!(one.longest_wait, Span::from_secs(waits.iter().copied().max().unwrap_or(0)));
    let total = waits.iter().sum::<u64>() * 1_000_000_000;
    assert_eq!(one.mean_wait, Span::from_nanos(total / (granted.len() as u64).max(1)));
}

fn check(case: &Case) -> Result<(), SimulationError> {
    let at = VirtualTime::from_secs;
    let (from, to) = (case.warm_up, case.horizon);
    let config = Config::new(42).horizon(at(to));
    let mut plain = start(case, config.clone());
    plain.simulation.run()?;

    let Started { mut simulation, servers, tank, shelf, wait, served, inside, log } =
        start(case, config.warm_up(at(from)));
    for piece in &case.pieces {
        simulation.run_until(at(*piece).min(at(to)))?;
    }
    simulation.run()?;
    assert_eq!(simulation.digest(), plain.simulation.digest());
    assert_eq!(simulation.events(), plain.simulation.events());
    assert_eq!(*log.borrow(), *plain.log.borrow());

    let log = log.borrow();
    let granted = log.iter().filter_map(|(claimed, granted, _)| Some((*claimed, (*granted)?)));
    let granted: Vec<_> = granted.filter(|(_, at)| *at >= from).collect();
    let statistics = servers.statistics(&simulation);
    same(&statistics, &granted);
    let never = u64::MAX;
    let in_line = log.iter().map(|(claimed, granted, _)| (*claimed, granted.unwrap_or(never)));
    assert_eq!(statistics.mean_waiting, mean(in_line, (from, to)));
    let held = log.iter().filter_map(|(_, granted, end)| Some(((*granted)?, end.unwrap_or(never))));
    assert_eq!(statistics.mean_in_use, mean(held, (from, to)));
    if case.shifts {
        let staffed = (from..to).map(|second| match second % 30 {
            0..7 => 2,
            7..20 => 1,
            _ => 3,
        });
        let mean = staffed.sum::<u64>() as f64 / (to - from) as f64;
        assert!((statistics.mean_capacity - mean).abs() < 1e-12, "{}", statistics.mean_capacity);
    }

    // What was put in stays; what was put in before is not counted.
    let puts = log.iter().filter_map(|(_, granted, _)| *granted);
    let levels = || puts.clone().map(|put| (put, never));
    for (statistics, level) in [
        (tank.statistics(&simulation), tank.level(&simulation)),
        (shelf.statistics(&simulation), shelf.len(&simulation) as u64),
    ] {
        assert_eq!(level, puts.clone().count() as u64);
        assert_eq!(statistics.mean_in_use, mean(levels(), (from, to)));
        assert_eq!(statistics.granted, granted.len() as u64);
    }

    let ended = log.iter().filter_map(|(_, _, end)| *end).filter(|end| *end >= from);
    assert_eq!(served.count(&simulation), ended.count() as u64);
    let tally = wait.tally(&simulation);
    assert_eq!(tally.count(), granted.len() as u64);
    let longest = granted.iter().map(|(since, at)| (at - since) as f64).reduce(f64::max);
    assert_eq!(tally.max(), longest);
    let there = log.iter().map(|(claimed, _, end)| (*claimed, end.unwrap_or(never)));
    let average = inside.average(&simulation);
    assert_eq!(average.mean(), Some(mean(there, (from, to))));
    assert_eq!(average.span(), Span::from_secs(to - from));
    assert_eq!(inside.level(&simulation), plain.inside.level(&plain.simulation));
    Ok(())
}

proptest! {
    /// With events at the instant of the warm-up and without, in pieces, with shifts.
    #[test]
    fn the_reset_is_exact(case in case()) {
        check(&case).expect("no errors");
    }
}

/// Both units are down from 10 s to 20 s, and from 30 s to 40 s. One claim loses its unit each time,
/// another one finishes at 34 s.
#[test]
fn units_that_are_down_and_claims_that_are_refused_count_from_the_warm_up() {
    let at = VirtualTime::from_secs;
    let mut simulation = Simulation::new(Config::new(42).warm_up(at(15)).horizon(at(35)));
    let desk = Resource::new(&mut simulation, "desk", 2);
    desk.limit_line(&mut simulation, 1);
    let constant = |secs| Distribution::constant(secs).expect("a number");
    let failures = Failures::by_clock(constant(10.0), constant(10.0)).shortage(Shortage::Preempt);
    desk.fail(&mut simulation, "wear", failures);
    simulation.process("yields", async move |p| {
        let claim = Claim::new().yielding().resume();
        desk.serve(&p, claim, Span::from_secs(100)).await.expect("it resumes");
    });
    simulation.process("finishes", async move |p| {
        p.sleep(Span::from_secs(22)).await;
        let _held = desk.acquire(&p).await;
        p.sleep(Span::from_secs(12)).await;
    });
    for (number, secs) in [(0, 12), (1, 13), (2, 17)] {
        simulation.process(("refused", number), async move |p| {
            p.sleep(Span::from_secs(secs)).await;
            assert!(desk.try_acquire(&p).is_err());
        });
    }
    assert_eq!(simulation.run(), Ok(Outcome::Reached));
    let found = desk.statistics(&simulation);
    let means = (found.mean_down, found.mean_capacity, found.mean_in_use, found.mean_overtime);
    assert_eq!(means, (1.0, 1.0, 1.1, 0.2));
    assert_eq!(found.mean_waiting, 0.5);
    assert!((found.utilisation - 0.9).abs() < 1e-12, "{found:?}");
    assert_eq!((found.preempted, found.refused, found.granted), (1, 1, 2));
}

#[test]
fn events_of_the_instant_count() {
    let at = VirtualTime::from_secs;
    let run = |warm_up| {
        let config = Config::new(42).warm_up(at(warm_up)).horizon(at(20));
        let mut simulation = Simulation::new(config);
        let ticks = Counter::new(&mut simulation, "ticks");
        simulation.process("clock", async move |p| {
            loop {
                p.sleep(Span::from_secs(5)).await;
                ticks.add(&p, 1);
            }
        });
        simulation.run().expect("no errors");
        ticks.count(&simulation)
    };
    assert_eq!([0, 4, 5, 6, 15, 16].map(run), [4, 4, 4, 3, 2, 1]);
}

/// During the warm-up, results are undefined; at its end in a piece, they begin.
#[test]
fn a_warm_up_is_seen_between_pieces() {
    let at = VirtualTime::from_secs;
    let mut simulation = Simulation::new(Config::new(42).warm_up(at(10)));
    let ticks = Counter::new(&mut simulation, "ticks");
    ticks.add(&simulation, 5);
    let mut seen = Vec::new();
    for (piece, before) in [(9, false), (10, true), (10, false), (12, false)] {
        if before {
            simulation.run_before(at(piece)).expect("no errors");
        } else {
            simulation.run_until(at(piece)).expect("no errors");
        }
        seen.push(simulation.collected().to_string());
        ticks.add(&simulation, 1);
    }
    assert_eq!(seen, ["ticks undefined", "ticks 0", "ticks 1", "ticks 2"]);
}

/// A run that is over by then has no results: an error, not zeros.
#[test]
fn a_warm_up_that_is_not_over_is_an_error() {
    let at = VirtualTime::from_secs;
    let run = |warm_up, horizon: Option<u64>| {
        let mut config = Config::new(42).warm_up(at(warm_up));
        config.horizon = horizon.map(at);
        let mut simulation = Simulation::new(config);
        simulation.process("clock", async |p| p.sleep(Span::from_secs(10)).await);
        simulation.run()
    };
    for (warm_up, horizon) in [(11, None), (10, None), (20, Some(20)), (21, Some(20))] {
        let error = run(warm_up, horizon).expect_err("too short");
        assert_eq!(error.kind, ErrorKind::WarmUpNotOver { warm_up: at(warm_up) });
        let text = error.to_string();
        let wanted = format!("the warm-up until {warm_up}s was not over at the end of the run");
        assert!(text.contains(&wanted), "{text}");
    }
    assert_eq!(run(9, None), Ok(Outcome::Idle { since: at(10) }));
    assert_eq!(run(19, Some(20)), Ok(Outcome::Idle { since: at(10) }));

    // An actor that ends the run.
    let mut simulation = Simulation::new(Config::new(42).warm_up(at(20)));
    simulation.process("clock", async |p| {
        p.sleep(Span::from_secs(10)).await;
        p.end_run();
    });
    assert!(matches!(simulation.run().unwrap_err().kind, ErrorKind::WarmUpNotOver { .. }));
}

#[test]
#[should_panic(expected = "the warm-up would be over at 5s, and it is 5s: set it before")]
fn a_warm_up_cannot_be_set_when_it_is_over() {
    let at = VirtualTime::from_secs;
    let mut simulation = Simulation::new(Config::new(42));
    simulation.run_until(at(5)).expect("no errors");
    simulation.set_warm_up(at(6));
    simulation.set_warm_up(VirtualTime::ZERO);
    simulation.set_warm_up(at(5));
}

/// The limits still hold when the clock passes the warm-up and the end time at once.
#[test]
fn the_end_time_holds_beside_a_warm_up() {
    let at = VirtualTime::from_secs;
    for warm_up in [0, 3, 8, 12] {
        let config = Config::new(42).warm_up(at(warm_up)).max_time(at(9));
        let mut simulation = Simulation::new(config);
        simulation.process("clock", async |p| {
            p.sleep(Span::from_secs(10)).await;
        });
        let error = simulation.run().unwrap_err();
        assert!(error.to_string().contains("the end time 9s is passed"), "{error}");
    }
}
