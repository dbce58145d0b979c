//! The steps of claims as records: they tell all that happens in the lines.

use super::{at, ms, run_watched};
use flagfall::record::{Record, RecordKind};
use flagfall::resource::{Claim, Shortage};
use flagfall::{Config, Container, Digest, Ingredients, Process, Resource, Simulation, Store};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Debug)]
enum Deed {
    /// Units of the two resources, priority, whether it preempts and yields.
    Claim([u64; 2], i32, bool, bool),
    /// Gets an amount, and puts it back.
    Borrow(u64),
    /// Gets an item, and puts it back.
    Item,
    Set(usize, u64, Shortage),
    /// Moves the last claim of the first line to the second.
    Move,
    /// Lets the first claim of the first line be urgent.
    Promote,
    /// Kills that process.
    Kill(usize),
}

/// When, what, for how long, and after how long it stops waiting.
type Step = (u64, Deed, u64, u64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let shortage = prop_oneof![Just(Shortage::Finish), Just(Shortage::Preempt)];
    let amounts = prop_oneof![[1..4_u64, 0..1], [0..1, 1..4_u64], [1..3_u64, 1..3_u64]];
    let claim = (amounts, 0..3, any::<bool>(), any::<bool>());
    let deed = prop_oneof![
        6 => claim.prop_map(|(of, priority, preempts, yields)| {
            Deed::Claim(of, priority, preempts, yields)
        }),
        2 => (1..5_u64).prop_map(Deed::Borrow),
        2 => Just(Deed::Item),
        1 => (0..2_usize, 0..4_u64, shortage).prop_map(|(which, to, how)| Deed::Set(which, to, how)),
        1 => Just(Deed::Move),
        1 => Just(Deed::Promote),
        1 => (0..20_usize).prop_map(Deed::Kill),
    ];
    prop::collection::vec((0..20_u64, deed, 0..30_u64, 1..60_u64), 1..30)
}

/// What the records of one resource say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    waiting: i64,
    in_use: i64,
    granted: i64,
    gone: i64,
    refused: i64,
    preempted: i64,
    waited: u128,
}

impl Told {
    fn tell(&mut self, kind: RecordKind, amount: i64) {
        match kind {
            RecordKind::Claimed => self.waiting += 1,
            RecordKind::Granted => {
                self.waiting -= 1;
                self.in_use += amount;
                self.granted += 1;
            }
            RecordKind::Released => self.in_use -= amount,
            RecordKind::Withdrawn => {
                self.waiting -= 1;
                self.gone += 1;
            }
            RecordKind::Refused => {
                self.waiting -= 1;
                self.refused += 1;
            }
            RecordKind::Preempted => {
                self.in_use -= amount;
                self.preempted += 1;
            }
            other => panic!("{other:?} is no step of a claim"),
        }
    }
}

#[derive(Clone, Copy)]
struct World {
    desks: [Resource; 2],
    tank: Container,
    shelf: Store<u32>,
}

impl World {
    fn new(simulation: &mut Simulation) -> Self {
        let desks = ["a", "b"].map(|name| Resource::new(simulation, name, 3));
        desks[1].limit_line(simulation, 2);
        let tank = Container::new(simulation, "tank", 6, 4);
        let shelf = Store::new(simulation, "shelf", 2);
        Self { desks, tank, shelf }
    }

    async fn act(self, mut p: Process, deed: Deed, span: u64) {
        match deed {
            Deed::Claim(amounts, priority, preempts, yields) => {
                let claim = Claim::new().priority(priority);
                let claim = if preempts { claim.preempting() } else { claim };
                let claim = if yields { claim.yielding() } else { claim };
                let shares = self.desks.into_iter().zip(amounts);
                let shares = shares.filter(|(_, amount)| *amount > 0);
                let shares: Vec<_> =
                    shares.map(|(desk, amount)| (desk, claim.amount(amount))).collect();
                let _held = match shares[..] {
                    [(desk, claim)] => match desk.try_acquire_as(&p, claim) {
                        Ok(acquire) => vec![acquire.await],
                        Err(_) => return,
                    },
                    // A full line would fail the run.
                    _ if self.desks[1].waiting(&p) == 2 => return,
                    _ => p.acquire_all(shares).await,
                };
                p.sleep(ms(span)).await;
            }
            Deed::Borrow(amount) => {
                self.tank.get(&p, amount).await;
                p.sleep(ms(span)).await;
                self.tank.put(&p, amount).await;
            }
            Deed::Item => {
                let item = self.shelf.get(&p).await;
                p.sleep(ms(span)).await;
                self.shelf.put(&p, item).await;
            }
            Deed::Set(which, to, shortage) => {
                self.desks[which].set_capacity(&mut p, to, shortage);
            }
            Deed::Move => {
                if let Some(last) = self.desks[0].line(&p).last() {
                    self.desks[0].move_to(&mut p, last, self.desks[1]);
                }
            }
            Deed::Promote => {
                if let Some(first) = self.desks[0].line(&p).first() {
                    self.desks[0].set_priority(&mut p, first, -1);
                }
            }
            Deed::Kill(_) => {}
        }
    }
}

/// Starts the steps, each in a process.
fn start(simulation: &mut Simulation, world: World, steps: &[Step]) {
    simulation.process("filler", async move |p| {
        world.shelf.put(&p, 1).await;
        world.shelf.put(&p, 2).await;
    });
    let (mut due, mut all) = (0, Vec::new());
    for (number, (gap, deed, span, patience)) in (0_u32..).zip(steps.iter().cloned()) {
        due += gap;
        let victim = match deed {
            Deed::Kill(which) => all.get(which % (all.len() + 1)).copied(),
            _ => None,
        };
        let process = simulation.process(("one", number), async move |p: Process| {
            p.sleep_until(at(due)).await;
            // A draw right before a claim.
            p.stream("luck").next_u64();
            if let Some(victim) = victim {
                p.kill(&victim);
            }
            _ = p.timeout(ms(patience), world.act(p.clone(), deed, span)).await;
        });
        all.push(*process);
    }
}

fn digest(steps: &[Step], config: Config, observes: bool) -> Option<Digest> {
    let mut simulation = Simulation::new(config);
    let world = World::new(&mut simulation);
    if observes {
        simulation.observe(|_: &Record<'_>| {});
    }
    start(&mut simulation, world, steps);
    _ = simulation.run();
    simulation.digest()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// After each event the lines and the use are what the records say, and so are the counts.
    #[test]
    fn records_tell_all_that_happens_in_the_lines(steps in steps()) {
        let mut simulation = Simulation::new(Config::new(42));
        let world = World::new(&mut simulation);
        let told: Rc<RefCell<BTreeMap<String, Told>>> = Rc::default();
        let book = Rc::clone(&told);
        simulation.observe(move |record: &Record<'_>| {
            if record.kind.is_of_claim() {
                let text = format!("{:?}", record.message.expect("what was asked for"));
                let mut words = text.split([' ', ',']);
                let amount = match words.next().expect("a word") {
                    "get" | "put" => 0,
                    amount => amount.parse().expect("an amount"),
                };
                let mut book = book.borrow_mut();
                book.entry(record.sender.to_string()).or_default().tell(record.kind, amount);
            }
        });
        start(&mut simulation, world, &steps);
        let of = |name: &str| told.borrow().get(name).copied().unwrap_or_default();
        let agrees = |simulation: &Simulation| {
            for (name, desk) in ["a", "b"].into_iter().zip(world.desks) {
                let (told, statistics) = (of(name), desk.statistics(simulation));
                prop_assert_eq!(told.waiting, desk.waiting(simulation) as i64);
                prop_assert_eq!(told.in_use, desk.in_use(simulation) as i64);
                prop_assert_eq!(told.refused, statistics.refused as i64);
                prop_assert_eq!(told.preempted, statistics.preempted as i64);
            }
            for (name, waiting, statistics) in [
                ("tank", world.tank.waiting(simulation), world.tank.statistics(simulation)),
                ("shelf", world.shelf.waiting(simulation), world.shelf.statistics(simulation)),
            ] {
                let told = of(name);
                // Each claim waits, was served, or is gone; one that was served may go after that.
                let served_and_gone = waiting as i64 - told.waiting;
                prop_assert!(served_and_gone >= 0);
                prop_assert!(served_and_gone <= told.granted);
                prop_assert!(told.granted >= statistics.granted as i64);
                prop_assert!(told.gone >= statistics.withdrawn as i64);
            }
            Ok(())
        };
        run_watched(&mut simulation, agrees, |_| Ok(()))?;
    }

    /// Observers change no digest. The ingredient `claims` changes it, and does so in the same way
    /// with an observer.
    #[test]
    fn claims_are_in_the_digest_only_as_an_ingredient(steps in steps()) {
        let plain = Config::new(42);
        prop_assert_eq!(digest(&steps, plain.clone(), true), digest(&steps, plain.clone(), false));
        let claims = Ingredients::STANDARD | Ingredients::CLAIMS;
        let claims = plain.clone().ingredients(claims);
        let with = digest(&steps, claims.clone(), false);
        prop_assert_eq!(with, digest(&steps, claims, true));
        prop_assert_ne!(with, digest(&steps, plain.clone(), false));
        let draws = plain.ingredients(Ingredients::STANDARD | Ingredients::DRAWS);
        prop_assert_eq!(digest(&steps, draws.clone(), true), digest(&steps, draws, false));
    }
}

/// A panic of an observer ends the run, even if what unwinds gives back more units.
#[test]
fn an_observer_that_panics_at_claims_ends_the_run() {
    let mut simulation = Simulation::new(Config::new(42));
    simulation.observe(|record: &Record<'_>| assert!(record.kind != RecordKind::Released, "late"));
    let [a, b] = ["a", "b"].map(|name| Resource::new(&mut simulation, name, 1));
    simulation.process("holder", async move |p| {
        let _b = b.acquire(&p).await;
        let _a = a.acquire(&p).await;
        p.sleep(ms(1)).await;
    });
    let error = simulation.run().expect_err("the observer panics");
    assert!(error.to_string().contains("late"), "{error}");
}

/// Words for a wait that a message ended are not said of the next sleep.
#[test]
fn an_activity_ends_with_a_message() {
    let mut simulation = Simulation::new(Config::new(42));
    let said = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&said);
    simulation.observe(move |record: &Record<'_>| {
        log.borrow_mut().extend(record.activity.map(str::to_owned));
    });
    let clerk = simulation.process_receiving("clerk", async move |p: Process<u64>| {
        p.activity(|| "waits".to_owned());
        let number = p.receive().await;
        p.sleep(ms(number)).await;
        p.activity(|| "works".to_owned());
        p.sleep(ms(number)).await;
    });
    simulation.send(&clerk, 5);
    simulation.run().expect("no error");
    assert_eq!(*said.borrow(), ["works"]);
}

/// What is held goes back when the simulation is dropped, which is not in the run.
#[test]
fn nothing_is_recorded_when_the_simulation_is_dropped() {
    let count = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&count);
    let mut simulation = Simulation::new(Config::new(42));
    simulation.observe(move |_: &Record<'_>| *counted.borrow_mut() += 1);
    let desk = Resource::new(&mut simulation, "desk", 1);
    for name in ["holder", "waiter"] {
        simulation.process(name, async move |p| {
            let _desk = desk.acquire(&p).await;
            p.sleep(ms(5)).await;
        });
    }
    simulation.run_until(at(3)).expect("no error");
    let before = *count.borrow();
    drop(simulation);
    assert_eq!(*count.borrow(), before);
}

#[test]
fn records_say_what_was_asked_for_and_how_long_it_took() {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = Resource::new(&mut simulation, "desk", 2);
    let tank = Container::new(&mut simulation, "tank", 9, 0);
    let shelf = Store::new(&mut simulation, "shelf", 9);
    let lines = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&lines);
    simulation.observe(move |record: &Record<'_>| {
        if record.kind.is_of_claim() {
            log.borrow_mut().push(record.to_string());
        }
    });
    simulation.process("clerk", async move |p| {
        let _desk = desk.acquire(&p).await;
        p.sleep(ms(3)).await;
        tank.put(&p, 4).await;
    });
    simulation.process("boss", async move |p| {
        let both = Claim::new().amount(2).priority(-1);
        desk.serve(&p, both, ms(5)).await.expect("it does not yield");
        shelf.put(&p, "letter").await;
    });
    simulation.process("guest", async move |p| {
        _ = p.timeout(ms(1), tank.get(&p, 2)).await;
        shelf.get(&p).await;
    });
    simulation.run().expect("no error");
    assert_eq!(
        *lines.borrow(),
        [
            "0.000000000 clerk 1 of desk (claimed)",
            "0.000000000 clerk 1 of desk (granted)",
            "0.000000000 boss 2 of desk, priority -1 (claimed)",
            "0.000000000 guest get 2 from tank (claimed)",
            "0.001000000 guest get 2 from tank, after 1ms (withdrawn)",
            "0.001000000 guest get 1 from shelf (claimed)",
            "0.003000000 clerk put 4 into tank (claimed)",
            "0.003000000 clerk put 4 into tank (granted)",
            "0.003000000 clerk 1 of desk, after 3ms (released)",
            "0.003000000 boss 2 of desk, priority -1, after 3ms (granted)",
            "0.008000000 boss 2 of desk, priority -1, after 5ms (released)",
            "0.008000000 boss put 1 into shelf (claimed)",
            "0.008000000 boss put 1 into shelf (granted)",
            "0.008000000 guest get 1 from shelf, after 7ms (granted)",
        ]
    );
}
