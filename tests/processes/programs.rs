//! Random programs of processes that do everything they can to each other:
//! every message has one end, runs repeat, both event lists agree, and nothing
//! is left over.

use super::{at, ms};
use flagfall::process::Signal;
use flagfall::resource::Claim;
use flagfall::{
    Actor, ActorRef, Config, Container, Context, Counts, DeathCause, EventListKind, Latency,
    Process, ProcessRef, Record, RecordKind, ReplyTo, Resource, Simulation, Store,
};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Clone, Debug)]
enum Action {
    Sleep { millis: u64 },
    Send { to: usize },
    Receive { patience: u64 },
    Interrupt { victim: usize },
    Work { millis: u64 },
    Kill { victim: usize },
    Spawn { is_owned: bool },
    Join { whom: usize, patience: u64 },
    Fire,
    WaitForSignal { patience: u64 },
    Hold { millis: u64, priority: i32, patience: u64 },
    Put { patience: u64 },
    Get { patience: u64 },
    Fill { amount: u64, patience: u64 },
    Draw { amount: u64, patience: u64 },
    Ask { patience: u64 },
    Return,
}

fn action() -> impl Strategy<Value = Action> {
    let who = || 0_usize..8;
    let millis = || 0_u64..6;
    prop_oneof![
        3 => millis().prop_map(|millis| Action::Sleep { millis }),
        3 => who().prop_map(|to| Action::Send { to }),
        2 => millis().prop_map(|patience| Action::Receive { patience }),
        2 => who().prop_map(|victim| Action::Interrupt { victim }),
        3 => millis().prop_map(|millis| Action::Work { millis }),
        1 => who().prop_map(|victim| Action::Kill { victim }),
        2 => any::<bool>().prop_map(|is_owned| Action::Spawn { is_owned }),
        2 => (who(), millis()).prop_map(|(whom, patience)| Action::Join { whom, patience }),
        1 => Just(Action::Fire),
        1 => millis().prop_map(|patience| Action::WaitForSignal { patience }),
        3 => (millis(), 0_i32..3, millis()).prop_map(|(millis, priority, patience)| {
            Action::Hold { millis, priority, patience }
        }),
        2 => millis().prop_map(|patience| Action::Put { patience }),
        2 => millis().prop_map(|patience| Action::Get { patience }),
        1 => (1_u64..6, millis()).prop_map(|(amount, patience)| Action::Fill { amount, patience }),
        1 => (1_u64..6, millis()).prop_map(|(amount, patience)| Action::Draw { amount, patience }),
        1 => millis().prop_map(|patience| Action::Ask { patience }),
        1 => Just(Action::Return),
    ]
}

/// Answers two of three.
struct Oracle(u32);

impl Actor for Oracle {
    type Message = ReplyTo<u32>;
    fn handle(&mut self, reply: ReplyTo<u32>, context: &mut Context<'_, ReplyTo<u32>>) {
        self.0 += 1;
        if self.0 % 3 != 0 {
            context.reply(reply, self.0);
        }
    }
}

/// What all processes share.
struct Stage {
    program: Vec<Action>,
    friends: RefCell<Vec<ProcessRef<u64, u64>>>,
    born: Cell<u32>,
    signal: Signal<u64>,
    till: Resource,
    shelf: Store<u64>,
    tank: Container,
    oracle: ActorRef<ReplyTo<u32>>,
}

impl Stage {
    fn friend(&self, number: usize) -> ProcessRef<u64, u64> {
        let friends = self.friends.borrow();
        friends[number % friends.len()].clone()
    }

    fn name(&self) -> (&'static str, u32) {
        self.born.set(self.born.get() + 1);
        ("puppet", self.born.get())
    }
}

/// Does the program from an action on, a number of actions in all.
async fn puppet(p: Process<u64>, stage: Rc<Stage>, first: usize, left: u64) -> u64 {
    for step in 0..left {
        let place = first + step as usize;
        let action = stage.program[place % stage.program.len()].clone();
        match action {
            Action::Return => return step,
            Action::Spawn { is_owned } => {
                let (name, shared) = (stage.name(), Rc::clone(&stage));
                let child = move |p| puppet(p, shared, place + 1, left / 2);
                let child = if is_owned {
                    p.process_receiving(name, child)
                } else {
                    p.process_apart_receiving(name, child)
                };
                stage.friends.borrow_mut().push(child);
            }
            Action::Send { to } => p.send(&stage.friend(to), step),
            Action::Interrupt { victim } => p.interrupt(&stage.friend(victim), step),
            Action::Kill { victim } => p.kill(&stage.friend(victim)),
            Action::Fire => _ = stage.signal.fire(&p, step),
            Action::Sleep { millis } => p.sleep(ms(millis)).await,
            Action::Work { millis } => _ = p.interruptible(p.sleep(ms(millis))).await,
            action => wait(&p, &stage, action).await,
        }
    }
    left
}

/// Waits for something, as long as patience lasts.
async fn wait(p: &Process<u64>, stage: &Stage, action: Action) {
    match action {
        Action::Receive { patience } => _ = p.timeout(ms(patience), p.receive()).await,
        Action::Join { whom, patience } => {
            let whom = stage.friend(whom);
            if *whom != p.me() {
                _ = p.timeout(ms(patience), p.join(&whom)).await;
            }
        }
        Action::WaitForSignal { patience } => {
            _ = p.timeout(ms(patience), stage.signal.wait(p)).await;
        }
        Action::Hold { millis, priority, patience } => {
            let claim = Claim::new().priority(priority).preempting().yielding();
            let claim = p.timeout(ms(patience), stage.till.acquire_as(p, claim));
            if let Ok(Ok(held)) = p.interruptible(claim).await {
                _ = p.interruptible(held.work(p, ms(millis))).await;
            }
        }
        Action::Put { patience } => {
            _ = p.timeout(ms(patience), stage.shelf.put(p, patience)).await;
        }
        Action::Get { patience } => _ = p.timeout(ms(patience), stage.shelf.get(p)).await,
        Action::Fill { amount, patience } => {
            _ = p.timeout(ms(patience), stage.tank.put(p, amount)).await;
        }
        Action::Draw { amount, patience } => {
            _ = p.timeout(ms(patience), stage.tank.get(p, amount)).await;
        }
        Action::Ask { patience } => {
            _ = p.timeout(ms(patience), p.ask(&stage.oracle, |reply| reply)).await;
        }
        _ => {}
    }
}

struct Played {
    simulation: Simulation,
    /// What became of messages, by the records.
    recorded: Counts,
}

/// Runs a program, checking after every event that all messages are
/// accounted for.
fn play(program: &[Action], config: Config) -> Result<Played, TestCaseError> {
    let mut simulation = Simulation::new(config.max_events(4_000));
    let kinds: Rc<RefCell<BTreeMap<&'static str, u64>>> = Rc::default();
    let seen = Rc::clone(&kinds);
    simulation.observe(move |record: &Record<'_>| {
        let kind = match record.kind {
            RecordKind::Handled | RecordKind::Taken | RecordKind::Answered => "handled",
            RecordKind::Undeliverable => "undeliverable",
            RecordKind::Cancelled => "cancelled",
            RecordKind::Died(DeathCause::Forgotten) => "forgotten",
            _ => "other",
        };
        *seen.borrow_mut().entry(kind).or_default() += 1;
    });
    let stage = Rc::new(Stage {
        program: program.to_vec(),
        friends: RefCell::default(),
        born: Cell::default(),
        signal: Signal::new(),
        till: Resource::new(&mut simulation, "till", 1),
        shelf: Store::new(&mut simulation, "shelf", 2),
        tank: Container::new(&mut simulation, "tank", 5, 0),
        oracle: *simulation.spawn("oracle", Oracle(0)),
    });
    for number in 0..4 {
        let shared = Rc::clone(&stage);
        let puppet =
            simulation.process_receiving(stage.name(), move |p| puppet(p, shared, number, 10));
        stage.friends.borrow_mut().push(puppet);
    }
    let first = stage.friend(0);
    simulation.send_at(at(3), &first, 7).unwrap();
    let is_idle = loop {
        match simulation.step() {
            Ok(true) => {}
            Ok(false) => break true,
            Err(error) => {
                prop_assert!(error.to_string().contains("the limit of"), "{error}");
                break false;
            }
        }
        prop_assert!(stage.till.in_use(&simulation) <= 1);
        let counts = simulation.counts();
        prop_assert_eq!(counts.pending(), simulation.pending_messages());
    };
    if is_idle {
        // All waits have an end, so all processes have: the oracle is left.
        prop_assert_eq!(simulation.live_actors(), 1);
        prop_assert!(stage.friends.borrow().iter().all(ProcessRef::is_over));
        prop_assert_eq!((stage.till.in_use(&simulation), stage.till.waiting(&simulation)), (0, 0));
        prop_assert_eq!(stage.shelf.waiting(&simulation) + stage.tank.waiting(&simulation), 0);
    }
    let kind = |kind| kinds.borrow().get(kind).copied().unwrap_or(0);
    prop_assert_eq!(kind("forgotten"), 0);
    let recorded = Counts {
        sent: simulation.counts().sent,
        handled: kind("handled"),
        undeliverable: kind("undeliverable"),
        cancelled: kind("cancelled"),
        lost: 0,
        duplicated: 0,
    };
    Ok(Played { simulation, recorded })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_message_has_one_end_and_every_process_too(
        program in prop::collection::vec(action(), 1..14),
        is_slow: bool,
        seed: u64,
    ) {
        let latency =
            if is_slow { Latency::Uniform { low: ms(0), high: ms(2) } } else { Latency::ZERO };
        let config = Config::new(seed).latency(latency);
        let played = play(&program, config.clone())?;
        prop_assert_eq!(played.recorded, played.simulation.counts());
        let again = play(&program, config.clone())?.simulation;
        prop_assert_eq!(played.simulation.digest(), again.digest());
        let reference = play(&program, config.event_list(EventListKind::PriorityQueue))?.simulation;
        prop_assert_eq!(played.simulation.digest(), reference.digest());
        prop_assert_eq!(played.simulation.events(), reference.events());
        prop_assert_eq!(played.simulation.now(), reference.now());
    }
}
