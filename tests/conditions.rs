//! Waiting until a condition holds.

use flagfall::process::{Either, all, either};
use flagfall::{
    Config, Container, Environment, ErrorKind, Outcome, Resource, Simulation, Span, Store,
    Variable, VirtualTime,
};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

#[derive(Clone, Copy)]
struct Things {
    numbers: [Variable<u64>; 2],
    tills: Resource,
    tank: Container,
    shelf: Store<u64>,
}

impl Things {
    fn new(simulation: &mut Simulation) -> Self {
        Self {
            numbers: ["a", "b"].map(|name| Variable::new(simulation, name, 0)),
            tills: Resource::new(simulation, "tills", 2),
            tank: Container::new(simulation, "tank", 9, 3),
            shelf: Store::new(simulation, "shelf", 9),
        }
    }

    fn number(&self, which: usize, environment: &impl Environment) -> u64 {
        match which {
            0 | 1 => self.numbers[which].get(environment),
            2 => self.tills.in_use(environment),
            3 => self.tills.waiting(environment) as u64,
            4 => self.tank.level(environment),
            _ => self.shelf.len(environment) as u64,
        }
    }
}

/// Whether some numbers are at least (or below) some bounds: all of them, or one of them.
#[derive(Clone, Debug)]
struct Condition {
    parts: Vec<(usize, bool, u64)>,
    any: bool,
}

impl Condition {
    fn holds(&self, things: &Things, environment: &impl Environment) -> bool {
        let part = |&(which, at_least, bound): &(usize, bool, u64)| {
            (things.number(which, environment) >= bound) == at_least
        };
        if self.any { self.parts.iter().any(part) } else { self.parts.iter().all(part) }
    }
}

/// What a process does between two waits.
#[derive(Clone, Debug)]
enum Deed {
    Set(usize, u64),
    Work(u64),
    Fill(u64),
    Drain(u64),
    Store,
    Take,
}

#[derive(Clone, Debug)]
struct Program {
    waiters: Vec<(u64, Vec<(Condition, Deed)>)>,
    doers: Vec<Vec<(u64, Deed)>>,
}

fn program() -> impl Strategy<Value = Program> {
    let deed = prop_oneof![
        4 => (0..2_usize, 0..4_u64).prop_map(|(which, value)| Deed::Set(which, value)),
        2 => (0..4_u64).prop_map(Deed::Work),
        1 => (1..4_u64).prop_map(Deed::Fill),
        1 => (1..4_u64).prop_map(Deed::Drain),
        1 => Just(Deed::Store),
        1 => Just(Deed::Take),
    ];
    let part = (0..6_usize, any::<bool>(), 1..4_u64);
    let condition = (prop::collection::vec(part, 1..4), any::<bool>())
        .prop_map(|(parts, any)| Condition { parts, any });
    let waiter = (0..4_u64, prop::collection::vec((condition, deed.clone()), 1..4));
    let doer = prop::collection::vec((0..3_u64, deed), 1..8);
    (prop::collection::vec(waiter, 1..6), prop::collection::vec(doer, 1..5))
        .prop_map(|(waiters, doers)| Program { waiters, doers })
}

async fn act(p: &mut flagfall::Process, things: &Things, deed: &Deed) {
    match *deed {
        Deed::Set(which, value) => things.numbers[which].set(p, value),
        Deed::Work(span) => {
            let (p, tills) = (p.clone(), things.tills);
            let _till = tills.acquire(&p).await;
            p.sleep(secs(span)).await;
        }
        Deed::Fill(amount) => drop(p.timeout(secs(1), things.tank.put(p, amount)).await),
        Deed::Drain(amount) => drop(p.timeout(secs(1), things.tank.get(p, amount)).await),
        Deed::Store => drop(p.timeout(secs(1), things.shelf.put(p, 1)).await),
        Deed::Take => drop(p.timeout(secs(1), things.shelf.get(p)).await),
    }
}

/// Who waits for which of its conditions, and in which order they began.
#[derive(Default)]
struct Waits {
    open: Vec<(usize, Condition)>,
    went_on: Vec<usize>,
}

impl Waits {
    fn go_on(&mut self, number: usize) {
        self.open.retain(|(waiter, _)| *waiter != number);
        self.went_on.push(number);
    }
}

/// Somebody who is about to go on.
struct Woken {
    waiter: usize,
    /// The condition has held since then.
    held: bool,
}

fn check(program: &Program) -> Result<(), TestCaseError> {
    let mut simulation = Simulation::new(Config::new(42));
    let things = Things::new(&mut simulation);
    let waits = Rc::new(RefCell::new(Waits::default()));
    for (number, (begin, steps)) in program.waiters.iter().cloned().enumerate() {
        let waits = Rc::clone(&waits);
        simulation.process(("waiter", number as u32), async move |mut p| {
            p.sleep(secs(begin)).await;
            for (condition, deed) in steps {
                waits.borrow_mut().open.push((number, condition.clone()));
                let same = condition.clone();
                p.until(move |state| condition.holds(&things, state)).await;
                // Also for who did not have to wait.
                assert!(same.holds(&things, &p), "it holds when the process goes on");
                waits.borrow_mut().go_on(number);
                act(&mut p, &things, &deed).await;
            }
        });
    }
    for (number, steps) in program.doers.iter().cloned().enumerate() {
        simulation.process(("doer", number as u32), async move |mut p| {
            for (span, deed) in steps {
                p.sleep(secs(span)).await;
                act(&mut p, &things, &deed).await;
            }
        });
    }
    // Polling after every event.
    let mut woken: Vec<Woken> = Vec::new();
    loop {
        let holding = |simulation: &Simulation| -> Vec<usize> {
            let waits = waits.borrow();
            let holding = waits.open.iter().filter(|one| one.1.holds(&things, simulation));
            holding.map(|(waiter, _)| *waiter).collect()
        };
        let before = holding(&simulation);
        let now = simulation.now();
        let went_on = simulation.step().expect("no error");
        if simulation.now() > now || !went_on {
            prop_assert!(before.is_empty(), "{before:?} are forgotten at {now}");
        }
        for waiter in waits.borrow_mut().went_on.drain(..) {
            // Who goes on without having waited has no place.
            let Some(place) = woken.iter().position(|one| one.waiter == waiter) else { continue };
            prop_assert!(before.contains(&waiter), "{waiter} goes on, and nothing holds, at {now}");
            // Those who were woken before it went on before it, unless their conditions failed.
            let overtaken = woken[..place].iter().any(|one| one.held);
            prop_assert!(!overtaken, "{waiter} overtakes at {now}");
            woken.remove(place);
        }
        let after = holding(&simulation);
        for one in &mut woken {
            one.held &= after.contains(&one.waiter);
        }
        for waiter in after {
            let again = woken.iter().any(|one| one.waiter == waiter);
            if !again {
                woken.push(Woken { waiter, held: true });
            }
        }
        if !went_on {
            return Ok(());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn they_go_on_exactly_when_polling_says_so(program in program()) {
        check(&program)?;
    }
}

#[test]
fn only_what_was_read_evaluates() {
    let mut simulation = Simulation::new(Config::new(42));
    let [gate, count, other] =
        ["gate", "count", "other"].map(|name| Variable::new(&mut simulation, name, 0_u64));
    let tills = Resource::new(&mut simulation, "tills", 1);
    let evaluated = Rc::new(Cell::new(0));
    let counter = Rc::clone(&evaluated);
    let waiter = simulation.process("waiter", async move |p| {
        p.until(move |state| {
            counter.set(counter.get() + 1);
            // Reads the count only while the gate is open.
            gate.get(state) == 1 && count.get(state) >= 3
        })
        .await;
        p.now()
    });
    let seen = Rc::clone(&evaluated);
    simulation.process("doer", async move |mut p| {
        let expect = async |p: &flagfall::Process, evaluations: u64, what: &str| {
            p.pass().await;
            assert_eq!(seen.get(), evaluations, "{what}");
        };
        expect(&p, 1, "at the first await").await;
        for number in 0..100 {
            other.set(&mut p, number);
            count.set(&mut p, number);
            drop(tills.acquire(&p).await);
        }
        expect(&p, 1, "it has not read those").await;
        gate.set(&mut p, 1);
        gate.set(&mut p, 0);
        expect(&p, 2, "once after an event, however many changes").await;
        count.set(&mut p, 0);
        gate.set(&mut p, 1);
        expect(&p, 3, "the gate").await;
        count.set(&mut p, 2);
        expect(&p, 4, "now it reads the count").await;
        other.set(&mut p, 7);
        expect(&p, 4, "and still not the other").await;
        p.sleep(secs(5)).await;
        count.set(&mut p, 3);
        expect(&p, 5, "and it is not evaluated again when the process goes on").await;
        p.pass().await;
        count.set(&mut p, 0);
        expect(&p, 5, "nobody waits any more").await;
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(waiter.result(), Some(VirtualTime::from_secs(5)));
}

#[test]
fn a_condition_that_fails_again_before_its_turn_waits_on() {
    let mut simulation = Simulation::new(Config::new(42));
    let seats = Variable::new(&mut simulation, "seats", 0_u64);
    let guests: Vec<_> = (0..3)
        .map(|number| {
            simulation.process(("guest", number), async move |mut p| {
                p.until(move |state| seats.get(state) > 0).await;
                seats.update(&mut p, |seats| *seats -= 1);
                p.now()
            })
        })
        .collect();
    simulation.process("host", async move |mut p| {
        for _ in 0..3 {
            p.sleep(secs(1)).await;
            seats.update(&mut p, |seats| *seats += 1);
        }
    });
    simulation.run().expect("no seat below zero");
    let went: Vec<_> = guests.iter().filter_map(flagfall::ProcessRef::result).collect();
    assert_eq!(went, [1, 2, 3].map(VirtualTime::from_secs));
}

#[test]
fn they_can_be_given_up_kept_and_killed() {
    let mut simulation = Simulation::new(Config::new(42));
    let [a, b] = ["a", "b"].map(|name| Variable::new(&mut simulation, name, false));
    let hasty = simulation.process("hasty", async move |p| {
        p.timeout(secs(1), p.until(move |state| a.get(state))).await.is_err()
    });
    let both = simulation.process("both", async move |p| {
        let first = p.until(move |state| a.get(state));
        let second = p.until(move |state| b.get(state));
        all([first, second]).await;
        p.now()
    });
    let one = simulation.process("one", async move |p| {
        let first = p.until(move |state| a.get(state));
        match either(first, p.until(move |state| b.get(state))).await {
            Either::First(()) => "a",
            Either::Second(()) => "b",
        }
    });
    let victim = simulation.process("victim", async move |p| {
        p.until(move |state| a.get(state) && b.get(state)).await;
    });
    simulation.process("doer", async move |mut p| {
        p.sleep(secs(2)).await;
        p.kill(&victim);
        a.set(&mut p, true);
        p.pass().await;
        p.pass().await;
        a.set(&mut p, false);
        p.sleep(secs(1)).await;
        b.set(&mut p, true);
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(hasty.result(), Some(true));
    assert_eq!(both.result(), Some(VirtualTime::from_secs(3)));
    assert_eq!(one.result(), Some("a"));
}

#[test]
fn a_run_that_waits_in_vain_says_for_what() {
    let mut simulation = Simulation::new(Config::new(42));
    let doors = Variable::new(&mut simulation, "doors", false);
    let tills = Resource::new(&mut simulation, "tills", 1);
    simulation.process("guest", async move |p| {
        p.sleep(secs(2)).await;
        p.until(move |state| tills.in_use(state) == 0 && doors.get(state)).await;
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Stuck { .. })));
    let why = simulation.stuck().expect("stuck").to_string();
    assert_eq!(why, "guest has waited since 2s for a condition on doors, tills");
    // The program between two runs changes something, too.
    doors.set(&mut simulation, true);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
}

#[test]
fn a_condition_that_panics_is_a_fault_of_its_process() {
    let mut simulation = Simulation::new(Config::new(42));
    let doors = Variable::new(&mut simulation, "doors", 0_u64);
    simulation.process("guest", async move |p| {
        p.until(move |state| 6 / (2 - doors.get(state)) > 100).await;
    });
    simulation.process("porter", async move |mut p| {
        p.sleep(secs(1)).await;
        doors.set(&mut p, 2);
    });
    let error = simulation.run().expect_err("a division by zero");
    assert!(matches!(error.kind, ErrorKind::Panic { .. }), "{error}");
    assert!(error.to_string().starts_with("actor guest: "), "{error}");
}

#[test]
fn a_capacity_that_follows_a_schedule_is_seen_at_its_changes() {
    let mut simulation = Simulation::new(Config::new(42));
    let shifts = "daily(0: 0, 8h: 1, 9h: 3, 17h: 0)".parse().expect("a schedule");
    let shortage = flagfall::resource::Shortage::Finish;
    let nurses = Resource::scheduled(&mut simulation, "nurses", shifts, shortage);
    let mut wait = |name: &'static str, least: u64, patience: u64| {
        simulation.process(name, async move |p| {
            let until = p.until(move |state| nurses.capacity(state) >= least);
            let came = p.timeout(Span::from_hours(patience), until).await.is_ok();
            (came, p.now())
        })
    };
    let (one, three, four) = (wait("one", 1, 9), wait("three", 3, 12), wait("four", 4, 13));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(one.result(), Some((true, VirtualTime::from_hours(8))));
    assert_eq!(three.result(), Some((true, VirtualTime::from_hours(9))));
    assert_eq!(four.result(), Some((false, VirtualTime::from_hours(13))));
    // Nobody looks any more.
    assert_eq!(simulation.now(), VirtualTime::from_hours(13));
}
