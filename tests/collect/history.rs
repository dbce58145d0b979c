//! Histories of resources, held to their statistics and to a naive list.

use flagfall::resource::{ResourceReport, Shortage};
use flagfall::statistics::LevelHistory;
use flagfall::{Config, Container, Resource, Simulation, Span, Store, Variable, VirtualTime};
use proptest::prelude::*;

/// The sum over the cells of level times nanoseconds.
fn integral(history: &LevelHistory) -> i128 {
    history.cells().map(|(_, cell)| cell.integral()).sum()
}

/// The integral of levels that begin at these times, from one time to another.
fn naive(levels: &[(u64, i64)], (from, to): (u64, u64)) -> i128 {
    let ends = levels.iter().skip(1).map(|(at, _)| *at).chain([u64::MAX]);
    let parts = levels.iter().zip(ends).map(|((begin, level), end)| {
        let span = end.min(to).saturating_sub((*begin).max(from));
        i128::from(*level) * i128::from(span)
    });
    parts.sum()
}

proptest! {
    /// Each cell has the integral and the extremes of its time, however the level changes.
    #[test]
    fn cells_are_exact(
        start in 0..1_000_u64,
        changes in prop::collection::vec((0..40_u32, 0..1_000_u64, -5..6_i64), 1..60),
    ) {
        let (mut at, mut levels) = (start, Vec::new());
        let mut history = LevelHistory::new(VirtualTime::from_nanos(start));
        for (shift, factor, level) in changes {
            levels.push((at, level));
            at += factor << shift;
            history.pass(VirtualTime::from_nanos(at), level);
            let nanos = |time: VirtualTime| time.as_nanos();
            prop_assert_eq!(nanos(history.end()), at);
            prop_assert!(history.cells().count() <= 512);
            let cells: Vec<_> = history.cells().collect();
            for (place, (begin, cell)) in cells.iter().enumerate() {
                let end = cells.get(place + 1).map_or(at, |next| nanos(next.0));
                prop_assert_eq!(cell.span(), Span::from_nanos(end - nanos(*begin)));
                prop_assert!(place + 1 == cells.len() || cell.span() == history.width());
                let window = (nanos(*begin), end);
                prop_assert_eq!(cell.integral(), naive(&levels, window));
                let ends = levels.iter().skip(1).map(|(at, _)| *at).chain([u64::MAX]);
                let inside = levels.iter().zip(ends);
                let inside =
                    inside.filter(|((begin, _), to)| (*begin).max(window.0) < (*to).min(window.1));
                let inside: Vec<i64> = inside.map(|((_, level), _)| *level).collect();
                prop_assert_eq!(cell.lowest(), inside.iter().copied().min());
                prop_assert_eq!(cell.highest(), inside.iter().copied().max());
            }
            let long = at - start;
            let wide = history.width().as_nanos() == 1 || cells.len() > 255;
            prop_assert!(wide || long == 0, "{} cells of {}", cells.len(), history.width());
        }
    }
}

/// Up to the end of time.
#[test]
fn a_history_can_be_as_long_as_time() {
    let mut history = LevelHistory::new(VirtualTime::from_nanos(5));
    for end in [6, 7, 1_000_000, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
        history.pass(VirtualTime::from_nanos(end), i64::MAX);
        assert_eq!(integral(&history), i128::from(i64::MAX) * i128::from(end - 5));
    }
}

/// The integrals of a resource are those of its statistics, also with shifts, and the warm-up cuts
/// nothing off.
#[test]
fn histories_of_resources_agree_with_their_statistics() {
    for (warm_up, shifts) in [(0, false), (0, true), (700, true)] {
        let at = VirtualTime::from_secs;
        let run = |watched: bool, warm_up: u64| {
            let config = Config::new(3).warm_up(at(warm_up)).horizon(at(2_000));
            let mut simulation = Simulation::new(config);
            let world = &mut simulation;
            let servers = if shifts {
                let shifts = "every(5min, 0: 2, 2min: 0, 3min: 4)".parse().expect("a schedule");
                Resource::scheduled(world, "servers", shifts, Shortage::Finish)
            } else {
                Resource::new(world, "servers", 2)
            };
            let tank = Container::new(world, "tank", 50, 10);
            let shelf = Store::new(world, "shelf", 20);
            if watched {
                servers.watch(world);
                tank.watch(world);
                shelf.watch(world);
                servers.watch(world); // once more changes nothing
            }
            for number in 0..60_u32 {
                simulation.process(("customer", number), async move |p| {
                    p.sleep(p.stream("gaps").exponential(Span::from_secs(600))).await;
                    let held = servers.acquire(&p).await;
                    tank.put(&p, 1).await;
                    shelf.put(&p, number).await;
                    p.sleep(p.stream("work").exponential(Span::from_secs(30))).await;
                    drop(held);
                });
            }
            simulation.run().expect("no errors");
            let histories = (
                servers.history(&simulation),
                tank.history(&simulation),
                shelf.history(&simulation),
            );
            let statistics = (
                servers.statistics(&simulation),
                tank.statistics(&simulation),
                shelf.statistics(&simulation),
            );
            (histories, statistics, simulation.digest())
        };
        let (_, statistics, digest) = run(false, 0);
        let (histories, _, watched) = run(true, warm_up);
        assert_eq!(digest, watched);
        let all = [
            (histories.0.expect("watched"), statistics.0),
            (histories.1.expect("watched"), statistics.1),
            (histories.2.expect("watched"), statistics.2),
        ];
        for (history, statistics) in all {
            assert_eq!(history.line.end(), at(2_000));
            let mean = |history: &LevelHistory| integral(history) as f64 / 2e12;
            assert_eq!(mean(&history.line), statistics.mean_waiting);
            assert_eq!(mean(&history.in_use), statistics.mean_in_use);
            assert_eq!(mean(&history.capacity), statistics.mean_capacity);
        }
        assert!(run(false, 0).0.0.is_none());
    }
}

/// What has a line is listed, in the order in which it was made, and watched from its beginning.
/// The run is the same.
#[test]
fn all_resources_are_listed_and_watched() {
    let run = |watched| {
        let mut simulation = Simulation::new(Config::new(42));
        let before = Resource::new(&mut simulation, "before", 1);
        simulation.process("early", async move |p| {
            let _held = before.acquire(&p).await;
            p.sleep(Span::from_secs(5)).await;
        });
        simulation.run_until(VirtualTime::from_secs(10)).expect("no errors");
        if watched {
            simulation.watch_resources();
        }
        let _ = Variable::new(&mut simulation, "no line", 7);
        let tank = Container::new(&mut simulation, "tank", 10, 4);
        let shelf = Store::new(&mut simulation, "shelf", usize::MAX);
        let shifts = "every(20s, 0: 1, 10s: 3)".parse().expect("a schedule");
        let desk = Resource::scheduled(&mut simulation, "desk", shifts, Shortage::Finish);
        simulation.process("clerk", async move |p| {
            let _held = desk.acquire(&p).await;
            shelf.put(&p, 'a').await;
            p.sleep(Span::from_secs(10)).await;
            tank.get(&p, 4).await;
            p.sleep(Span::from_secs(20)).await;
        });
        simulation.run().expect("no errors");
        (simulation.digest(), simulation.resources())
    };
    let (digest, listed) = run(true);
    let (same, plain) = run(false);
    assert_eq!(digest, same);
    let names = |of: &[ResourceReport]| -> Vec<_> {
        of.iter().map(|one| format!("{} {}", one.kind.name(), one.path)).collect()
    };
    let wanted = ["resource before", "container tank", "store shelf", "resource desk"];
    assert_eq!(names(&listed), wanted);
    assert_eq!(names(&plain), wanted);
    assert!(plain.iter().all(|one| one.history.is_none()));
    for (one, other) in listed.iter().zip(&plain) {
        assert_eq!(one.statistics, other.statistics);
        let history = one.history.as_ref().expect("it is watched");
        let (begin, _) = history.in_use.cells().next().expect("time has passed");
        assert_eq!(begin, VirtualTime::from_secs(10), "{}", one.path);
        assert_eq!(history.capacity.end(), VirtualTime::from_secs(40), "{}", one.path);
    }
    let used = |at: usize| integral(&listed[at].history.as_ref().expect("watched").in_use);
    let seconds = 1_000_000_000;
    assert_eq!([0, 1, 2, 3].map(used), [0, 40, 30, 30].map(|sum| sum * seconds));
    let desk = &listed[3].history.as_ref().expect("it is watched").capacity;
    assert_eq!(integral(desk), (10 * 3 + 10 + 10 * 3) * seconds);
}
