//! Claims that are moved while they wait, held to a naive simulation.

use flagfall::resource::Claim;
use flagfall::{Actor, Config, Context, Message, Outcome, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Deed {
    /// Line, priority, work, patience.
    Come(usize, i32, u64, Option<u64>),
    /// Line, place in it, new priority.
    Rank(usize, usize, i32),
    /// Line, place in it, to the other.
    Move(usize, usize),
}

fn deeds() -> impl Strategy<Value = Vec<(u64, Deed)>> {
    let deed = prop_oneof![
        4 => (0..2_usize, -1..2_i32, 1..200_u64, prop::option::of(1..300_u64))
            .prop_map(|(line, priority, work, patience)| Deed::Come(line, priority, work, patience)),
        1 => (0..2_usize, 0..4_usize, -2..3_i32).prop_map(|(l, at, to)| Deed::Rank(l, at, to)),
        1 => (0..2_usize, 0..4_usize).prop_map(|(line, at)| Deed::Move(line, at)),
    ];
    prop::collection::vec((1..60_u64, deed), 1..40)
}

/// Everybody in a line: priority, arrival in it, number.
type Line = Vec<(i32, u64, usize)>;

#[derive(Debug, Default, PartialEq)]
struct Counts {
    granted: u64,
    withdrawn: u64,
    longest: u64,
}

/// When and where each was served.
fn naive(deeds: &[(u64, Deed)]) -> (Vec<Option<(usize, u64)>>, Vec<Counts>) {
    let (mut at, mut arrivals) = (0, 0);
    let mut lines: [Line; 2] = Default::default();
    let mut free = [true; 2];
    let mut ends: Vec<(u64, usize)> = Vec::new();
    let mut leaves: Vec<(u64, usize)> = Vec::new();
    let mut served = vec![None; deeds.len()];
    let mut counts: Vec<Counts> = vec![Counts::default(), Counts::default()];
    let times: Vec<u64> = deeds
        .iter()
        .map(|(gap, _)| {
            at += gap * 1_000_000;
            at
        })
        .collect();
    let mut next = 0;
    loop {
        let deed = times.get(next).copied().unwrap_or(u64::MAX);
        let end = ends.iter().copied().min().unwrap_or((u64::MAX, 0));
        let leave = leaves.iter().copied().min().unwrap_or((u64::MAX, 0));
        let now = deed.min(end.0).min(leave.0);
        if now == u64::MAX {
            return (served, counts);
        }
        if now == end.0 {
            ends.retain(|one| *one != end);
            free[end.1] = true;
        } else if now == leave.0 {
            leaves.retain(|one| *one != leave);
            for (line, counts) in lines.iter_mut().zip(&mut counts) {
                if line.iter().any(|one| one.2 == leave.1) {
                    line.retain(|one| one.2 != leave.1);
                    counts.withdrawn += 1;
                }
            }
        } else {
            arrivals += 1;
            match deeds[next].1 {
                Deed::Come(line, priority, _, patience) => {
                    lines[line].push((priority, arrivals, next));
                    let patience = patience.map(|span| now + span * 1_000_000 + 1 + next as u64);
                    leaves.extend(patience.map(|at| (at, next)));
                }
                Deed::Rank(line, place, to) if place < lines[line].len() => {
                    let (_, _, number) = lines[line].remove(place);
                    lines[line].push((to, arrivals, number));
                }
                Deed::Move(line, place) if place < lines[line].len() => {
                    let (priority, _, number) = lines[line].remove(place);
                    lines[1 - line].push((priority, arrivals, number));
                    counts[line].withdrawn += 1;
                }
                _ => {}
            }
            next += 1;
        }
        for line in 0..2 {
            lines[line].sort_unstable();
            if free[line] && !lines[line].is_empty() {
                let (_, _, number) = lines[line].remove(0);
                let Deed::Come(_, _, work, _) = deeds[number].1 else { unreachable!() };
                free[line] = false;
                ends.push((now + work * 1_000_000 + 1_001 * (1 + number as u64), line));
                leaves.retain(|one| one.1 != number);
                served[number] = Some((line, now));
                counts[line].granted += 1;
                counts[line].longest = counts[line].longest.max(now - times[number]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn claims_move_as_in_a_naive_world(deeds in deeds()) {
        let mut simulation = Simulation::new(Config::new(42));
        let tills = [0, 1].map(|number| Resource::new(&mut simulation, ("till", number), 1));
        let mut at = 0;
        let mut processes = Vec::new();
        for (number, (gap, deed)) in deeds.iter().cloned().enumerate() {
            at += gap * 1_000_000;
            let start = VirtualTime::from_nanos(at);
            processes.push(simulation.process(("one", number as u32), async move |mut p| {
                p.sleep_until(start).await;
                match deed {
                    Deed::Come(line, priority, work, patience) => {
                        let claim = tills[line].acquire_as(&p, Claim::new().priority(priority));
                        let patience = patience.map_or(Span::MAX, |span| {
                            Span::from_nanos(span * 1_000_000 + 1 + number as u64)
                        });
                        let held = p.timeout(patience, claim).await.ok()?;
                        let now = p.now().as_nanos();
                        // Which till it is, is seen by its use.
                        let line = [0, 1].map(|till| tills[till].in_use(&p));
                        let more = 1_001 * (1 + number as u64);
                        p.sleep(Span::from_nanos(work * 1_000_000 + more)).await;
                        let before = [0, 1].map(|till| tills[till].in_use(&p));
                        drop(held);
                        let after = [0, 1].map(|till| tills[till].in_use(&p));
                        let freed = [0, 1].iter().position(|till| after[*till] < before[*till]);
                        let freed = freed.expect("it gave one back");
                        assert_eq!(line[freed], 1);
                        Some((freed, now))
                    }
                    Deed::Rank(line, place, to) => {
                        let all = tills[line].line(&p);
                        if let Some(one) = all.get(place) {
                            assert!(tills[line].set_priority(&mut p, one, to));
                            // It is still the same claim, and still the last of its priority.
                            assert!(tills[line].set_priority(&mut p, one, to));
                        }
                        None
                    }
                    Deed::Move(line, place) => {
                        let all = tills[line].line(&p);
                        if let Some(one) = all.get(place) {
                            assert!(tills[line].move_to(&mut p, one, tills[1 - line]));
                        }
                        None
                    }
                }
            }));
        }
        let outcome = simulation.run().expect("no error");
        let is_idle = matches!(outcome, Outcome::Idle { .. });
        prop_assert!(is_idle);
        let (served, counts) = naive(&deeds);
        let found: Vec<_> = processes.iter().map(|one| one.result().flatten()).collect();
        prop_assert_eq!(found, served);
        for (till, counts) in tills.iter().zip(&counts) {
            let found = till.statistics(&simulation);
            let longest = found.longest_wait.as_nanos();
            let (granted, withdrawn) = (found.granted, found.withdrawn);
            prop_assert_eq!(&Counts { granted, withdrawn, longest }, counts);
        }
    }
}

#[derive(Debug, Message)]
enum Car {
    Come,
    Leave,
    Served(flagfall::resource::Held),
}

struct Driver {
    pump: Resource,
    to: Resource,
    waiting: Option<flagfall::resource::Waiting>,
    left: bool,
}

impl Actor for Driver {
    type Message = Car;
    fn handle(&mut self, message: Car, context: &mut Context<'_, Car>) {
        match message {
            Car::Come => {
                self.waiting = Some(self.pump.claim(context, Claim::new(), Car::Served));
            }
            Car::Leave => {
                let waiting = self.waiting.take().expect("it came");
                self.left = self.to.withdraw(context, waiting);
            }
            Car::Served(held) => drop(held),
        }
    }
}

#[test]
fn a_moved_claim_of_an_actor_is_withdrawn_where_it_is() {
    for leaves in [false, true] {
        let mut simulation = Simulation::new(Config::new(42));
        let [pump, to] = ["pump", "other"].map(|name| Resource::new(&mut simulation, name, 1));
        simulation.process("busy", async move |mut p| {
            let _both = p.acquire_all([pump, to]).await;
            p.sleep(Span::from_secs(2)).await;
            let first = pump.line(&p).remove(0);
            assert_eq!((first.who.as_str(), first.amount, first.priority), ("car", 1, 0));
            assert_eq!(first.since, VirtualTime::from_secs(1));
            assert!(pump.move_to(&mut p, &first, to));
            assert!(!pump.move_to(&mut p, &first, to));
            p.sleep(Span::from_secs(5)).await;
        });
        let driver = Driver { pump, to, waiting: None, left: false };
        let car = simulation.spawn("car", driver);
        simulation.send_at(VirtualTime::from_secs(1), &car, Car::Come).expect("later");
        if leaves {
            simulation.send_at(VirtualTime::from_secs(3), &car, Car::Leave).expect("later");
        }
        assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
        assert_eq!(simulation[&car].left, leaves);
        assert_eq!(pump.statistics(&simulation).withdrawn, 1);
        assert_eq!(to.statistics(&simulation).withdrawn, u64::from(leaves));
        assert_eq!(to.statistics(&simulation).granted, 1 + u64::from(!leaves));
    }
}

/// A line of length 0 takes a claim that is served at once, as `try_acquire` does.
#[test]
fn a_claim_moves_to_a_free_unit_without_a_line() {
    let mut simulation = Simulation::new(Config::new(42));
    let [a, b] = ["a", "b"].map(|name| Resource::new(&mut simulation, name, 1));
    b.limit_line(&mut simulation, 0);
    for number in 0..3 {
        simulation.process(("one", number), async move |p| {
            let _held = a.acquire(&p).await;
            p.sleep(Span::from_secs(5)).await;
        });
    }
    simulation.process("mover", async move |mut p| {
        p.sleep(Span::from_secs(1)).await;
        let line = a.line(&p);
        assert!(a.move_to(&mut p, &line[0], b));
        assert_eq!(b.in_use(&p), 1);
        // What was seen there is no longer in the line, and the other finds no free unit.
        assert!(!a.move_to(&mut p, &line[0], b) && !a.set_priority(&mut p, &line[0], 1));
        assert!(!a.move_to(&mut p, &line[1], b));
    });
    simulation.run().expect("no error");
    assert_eq!(simulation.now(), VirtualTime::from_secs(10));
}

#[test]
fn a_moved_claim_is_given_up_where_it_is() {
    let mut simulation = Simulation::new(Config::new(42));
    let [a, b] = ["a", "b"].map(|name| Resource::new(&mut simulation, name, 1));
    simulation.process("busy", async move |mut p| {
        let _both = p.acquire_all([a, b]).await;
        p.sleep(Span::from_secs(2)).await;
        let one = a.line(&p).remove(0);
        assert!(a.move_to(&mut p, &one, b));
        let one = b.line(&p).remove(0);
        assert!(b.set_priority(&mut p, &one, 3));
        p.sleep(Span::from_secs(9)).await;
        let names: Vec<_> = b.line(&p).into_iter().map(|one| one.who).collect();
        assert_eq!(names, ["stays"]);
    });
    let hasty = simulation.process("hasty", async move |p| {
        p.sleep(Span::from_secs(1)).await;
        p.timeout(Span::from_secs(5), a.acquire(&p)).await.is_err()
    });
    // A full line takes nobody, and claims of several resources stay.
    let stays = simulation.process("stays", async move |p| {
        p.sleep(Span::from_secs(3)).await;
        let _both = p.acquire_all([a, b]).await;
        p.now()
    });
    simulation.process("mover", async move |mut p| {
        p.sleep(Span::from_secs(4)).await;
        let one = a.line(&p).remove(0);
        assert_eq!(one.who, "stays");
        assert!(!a.move_to(&mut p, &one, b));
        assert!(!a.set_priority(&mut p, &one, 4));
        a.limit_line(&mut p, 0);
        let one = b.line(&p).remove(1);
        assert_eq!(one.who, "hasty");
        assert!(!b.move_to(&mut p, &one, a));
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(hasty.result(), Some(true));
    assert_eq!(stays.result(), Some(VirtualTime::from_secs(11)));
    assert_eq!(b.statistics(&simulation).withdrawn, 1);
}
