//! Branches of running simulations: independence, changes, typed errors, running
//! again.

use flagfall::Origin;
use flagfall::model::Model;
use flagfall::random::Stream;
use flagfall::{
    Actor, ActorRef, Config, Context, Group, Ingredients, Latency, Limits, Message, Record,
    ReplyTo, RequestError, Resource, Restart, Simulation, SnapshotError, Span, TiePolicy,
    TypeRegistry, VirtualTime,
};
use flagfall_cli::models::Branching;
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use std::cell::RefCell;
use std::rc::Rc;

fn at(text: &str) -> VirtualTime {
    text.parse().expect("a time")
}

#[derive(Debug, Message)]
enum Tick {
    Go,
    Told { number: u64 },
}

/// Draws a number every second and tells it.
#[derive(Clone)]
struct Drawer {
    stream: Option<Stream>,
    most: u64,
    drawn: Vec<u64>,
    to: Option<ActorRef<Tick>>,
}

impl Drawer {
    fn new(to: Option<ActorRef<Tick>>) -> Self {
        Self { stream: None, most: 1_000, drawn: Vec::new(), to }
    }
}

impl Actor for Drawer {
    type Message = Tick;

    fn handle(&mut self, tick: Tick, context: &mut Context<'_, Tick>) {
        match tick {
            Tick::Go => {
                let stream = self.stream.get_or_insert_with(|| context.stream("numbers"));
                let number = stream.below(self.most);
                self.drawn.push(number);
                if let Some(to) = &self.to {
                    context.send(to, Tick::Told { number });
                }
                context.schedule(Span::from_secs(1), Tick::Go);
            }
            Tick::Told { number } => self.drawn.push(number),
        }
    }
}

fn types() -> TypeRegistry {
    TypeRegistry::new().forkable::<Drawer>()
}

fn drawers(config: Config) -> (Simulation, [ActorRef<Tick>; 3]) {
    let mut simulation = Simulation::new(config);
    simulation.register(&types());
    let log = simulation.spawn("log", Drawer::new(None));
    let [one, other] = ["one", "other"].map(|name| simulation.spawn(name, Drawer::new(Some(*log))));
    simulation.send(&one, Tick::Go);
    simulation.send(&other, Tick::Go);
    (simulation, [*one, *other, *log])
}

fn drawn(simulation: &Simulation, who: &ActorRef<Tick>) -> Vec<u64> {
    simulation.inspect::<Drawer>(who).expect("it lives").drawn.clone()
}

#[test]
fn a_change_of_one_leaves_the_draws_of_others() {
    let latency = Latency::Exponential { mean: Span::from_millis(5) };
    let (mut simulation, [one, other, _]) = drawers(Config::new(42).latency(latency));
    simulation.run_until(at("10.5s")).expect("no errors");
    let mut branch = simulation.fork().expect("it has opted in");
    branch.state_mut::<Drawer>(&one).expect("it lives").most = 10;
    for simulation in [&mut simulation, &mut branch] {
        simulation.run_until(at("20.5s")).expect("no errors");
    }
    assert_eq!(drawn(&simulation, &other), drawn(&branch, &other));
    assert_eq!(drawn(&simulation, &one)[..11], drawn(&branch, &one)[..11]);
    assert!(drawn(&branch, &one)[11..].iter().all(|number| *number < 10));
    assert_ne!(simulation.digest(), branch.digest());
}

#[test]
fn branches_without_change_are_equal_and_the_original_does_not_notice() {
    let (mut alone, _) = drawers(Config::new(42));
    alone.run_until(at("20.5s")).expect("no errors");
    let (mut simulation, [one, ..]) = drawers(Config::new(42));
    simulation.run_until(at("10.5s")).expect("no errors");
    for _ in 0..8 {
        let mut branch = simulation.fork().expect("it has opted in");
        let mut changed = branch.fork().expect("a branch of a branch");
        changed.reseed(7);
        changed.kill_at(at("12s"), &one).unwrap();
        changed.run_until(at("20.5s")).expect("no errors");
        branch.run_until(at("20.5s")).expect("no errors");
        assert_eq!(branch.digest(), alone.digest());
        assert_eq!(branch.counts(), alone.counts());
        assert_ne!(changed.digest(), alone.digest());
    }
    simulation.run_until(at("20.5s")).expect("no errors");
    assert_eq!(simulation.digest(), alone.digest());
}

#[test]
fn a_seed_reaches_states_latencies_and_streams_to_come() {
    let latency = Latency::Exponential { mean: Span::from_millis(5) };
    let config = Config::new(42).latency(latency);
    let (mut simulation, [one, _, log]) = drawers(config);
    simulation.run_until(at("10.5s")).expect("no errors");
    let mut results = Vec::new();
    for seed in [1, 1, 2] {
        let mut branch = simulation.fork().expect("it has opted in");
        branch.reseed(seed);
        let late = branch.spawn("late", Drawer::new(Some(log)));
        branch.send(&late, Tick::Go);
        branch.run_until(at("20.5s")).expect("no errors");
        results.push((branch.digest(), drawn(&branch, &one), drawn(&branch, &late)));
        assert_eq!(branch.config().seed, seed);
    }
    assert_eq!(results[0], results[1]);
    let [first, _, second] = &results[..] else { unreachable!() };
    assert_eq!(first.1[..11], second.1[..11]);
    assert_ne!(first.1[11..], second.1[11..]);
    assert_ne!(first.2, second.2);
}

#[test]
fn a_lower_latency_overtakes_nothing() {
    for digest in [true, false] {
        let slow = Latency::Fixed(Span::from_millis(800));
        let (mut simulation, [one, _, log]) = drawers(Config::new(42).latency(slow).digest(digest));
        simulation.run_until(at("5.5s")).expect("no errors");
        let mut branch = simulation.fork().expect("it has opted in");
        branch.set_latency(Latency::ZERO);
        assert_eq!(branch.config().latency, Latency::ZERO);
        // Sent at 5 s and to arrive at 5.8 s; the next, sent now, wait for it.
        branch.send_at(at("5.6s"), &one, Tick::Go).unwrap();
        branch.run_until(at("5.799s")).expect("no errors");
        assert_eq!(drawn(&branch, &log).len(), 10);
        branch.run_until(at("5.8s")).expect("no errors");
        assert_eq!(drawn(&branch, &log).len(), 13);
        // In the order in which they were sent.
        let told = drawn(&branch, &log);
        assert_eq!(told[12], drawn(&branch, &one)[6]);
        // From then on there is no latency.
        branch.run_until(at("7s")).expect("no errors");
        assert_eq!(drawn(&branch, &log).len(), 13 + 2 + 3 + 1 - 1);
    }
}

#[test]
fn limits_can_be_changed() {
    let (mut simulation, _) = drawers(Config::new(42));
    simulation.run_until(at("10.5s")).expect("no errors");
    let mut branch = simulation.fork().expect("it has opted in");
    let limits = Limits { events: simulation.events() + 3, ..Limits::default() };
    branch.set_limits(limits);
    let error = branch.run_until(at("20s")).unwrap_err();
    assert_eq!(error.event, simulation.events() + 4);
    assert!(matches!(branch.fork(), Err(SnapshotError::Failed(_))));
    simulation.run_until(at("20s")).expect("no errors");
}

#[test]
fn draws_of_a_branch_are_its_own() {
    let config = Config::new(42).ingredients(Ingredients::ALL).draws(true);
    let (mut simulation, _) = drawers(config);
    simulation.run_until(at("5.5s")).expect("no errors");
    let lines = |simulation: &mut Simulation| {
        let log = Rc::new(RefCell::new(Vec::new()));
        let lines = Rc::clone(&log);
        simulation.observe(move |record: &Record<'_>| {
            lines.borrow_mut().push(format!("{record} {:?}", record.drawn));
        });
        log
    };
    let mut branch = simulation.fork().expect("it has opted in");
    let seen = [lines(&mut simulation), lines(&mut branch)];
    branch.run_until(at("10s")).expect("no errors");
    simulation.run_until(at("10s")).expect("no errors");
    assert_eq!(branch.digest(), simulation.digest());
    assert_eq!(*seen[0].borrow(), *seen[1].borrow());
    assert!(seen[0].borrow().iter().any(|line| line.contains("numbers")));
}

// --- what has not opted in ---------------------------------------------------

#[derive(Debug, Message)]
enum Ask {
    Begin,
    Number(ReplyTo<u64>),
    Told(Result<u64, RequestError>),
}

#[derive(Clone)]
struct Asker {
    of: ActorRef<Ask>,
    captured: bool,
}

impl Actor for Asker {
    type Message = Ask;

    fn handle(&mut self, ask: Ask, context: &mut Context<'_, Ask>) {
        if let Ask::Begin = ask {
            if self.captured {
                let seven = 7;
                context.ask(&self.of, Ask::Number, move |answer| {
                    Ask::Told(answer.map(|a: u64| a + seven))
                });
            } else {
                context.ask(&self.of, Ask::Number, Ask::Told);
            }
        }
    }
}

/// Never answers.
#[derive(Clone)]
struct Silent;
impl Actor for Silent {
    type Message = Ask;
    fn handle(&mut self, _: Ask, _: &mut Context<'_, Ask>) {}
}

/// Cannot be copied.
#[derive(Debug)]
struct Opaque;
impl flagfall::Message for Opaque {
    fn digest(&self, _: &mut flagfall::Digest) {}
}

#[derive(Clone)]
struct Taker;
impl Actor for Taker {
    type Message = Opaque;
    fn handle(&mut self, _: Opaque, _: &mut Context<'_, Opaque>) {}
}

fn refused(simulation: &Simulation) -> String {
    simulation.fork().expect_err("it has not opted in").to_string()
}

#[test]
fn what_has_not_opted_in_is_named() {
    let (simulation, _) = {
        let mut simulation = Simulation::new(Config::new(42));
        let drawer = simulation.spawn("one", Drawer::new(None));
        (simulation, drawer)
    };
    let text = refused(&simulation);
    assert!(text.contains("forks::Drawer") && text.contains("TypeRegistry::forkable"), "{text}");

    for captured in [false, true] {
        let mut simulation = Simulation::new(Config::new(42));
        let mut types = TypeRegistry::new().forkable::<Asker>().forkable::<Silent>();
        if captured {
            types = types.answer("told", Ask::Told);
        }
        simulation.register(&types);
        let silent = simulation.spawn("silent", Silent);
        let asker = simulation.spawn("asker", Asker { of: *silent, captured });
        simulation.fork().expect("nothing is asked yet");
        simulation.send(&asker, Ask::Begin);
        simulation.run().expect("no errors");
        let text = refused(&simulation);
        let function = if captured { "closure" } else { "Ask::Told" };
        assert!(text.contains(function) && text.contains("TypeRegistry::answer"), "{text}");
        if !captured {
            simulation.register(&TypeRegistry::new().answer("told", Ask::Told));
            let mut branch = simulation.fork().expect("now it is known");
            assert_eq!(branch.unanswered(), simulation.unanswered());
            // The asker hears of the death in the branch only.
            branch.kill_at(branch.now(), &silent).unwrap();
            branch.run().expect("no errors");
            assert!(branch.unanswered().is_empty());
            assert_eq!(simulation.unanswered().len(), 1);
        }
    }

    let mut simulation = Simulation::new(Config::new(42));
    simulation.register(&TypeRegistry::new().forkable::<Taker>());
    let taker = simulation.spawn("taker", Taker);
    simulation.fork().expect("no message yet");
    simulation.send(&taker, Opaque);
    let text = refused(&simulation);
    assert!(text.contains("forks::Opaque") && text.contains("Message::fork"), "{text}");

    let mut simulation = Simulation::new(Config::new(42));
    simulation.register(&TypeRegistry::new().forkable::<Silent>());
    simulation.spawn_supervised("silent", Restart::always(), || Silent);
    let text = refused(&simulation);
    assert!(text.contains("closure") && text.contains("TypeRegistry::factory"), "{text}");

    let mut simulation = Simulation::new(Config::new(42));
    simulation.process("walker", async |p| p.sleep(Span::from_secs(1)).await);
    assert!(refused(&simulation).starts_with("walker is a process"), "{}", refused(&simulation));

    let mut simulation = Simulation::new(Config::new(42));
    Resource::new(&mut simulation, "till", 1);
    assert!(refused(&simulation).starts_with("till is a resource"), "{}", refused(&simulation));

    let mut simulation = Simulation::new(Config::new(42));
    let _ = Group::<Ask>::new(&mut simulation, "crowd");
    assert!(refused(&simulation).starts_with("crowd is a resource or a group"));
}

// --- running again -------------------------------------------------------------

#[test]
fn what_cannot_be_copied_is_run_again() {
    let start = || {
        let (simulation, _) = drawers(Config::new(42));
        simulation
    };
    let mut simulation = start();
    simulation.process("bell", async |p| {
        loop {
            p.sleep(Span::from_millis(700)).await;
        }
    });
    simulation.run_until(at("5.5s")).expect("no errors");
    // Without the process, the other comes to something else.
    let error = simulation.branch(start).expect_err("there is no bell");
    assert!(matches!(error, SnapshotError::Diverged { .. }), "{error}");
    let with_bell = || {
        let mut simulation = start();
        simulation.process("bell", async |p| {
            loop {
                p.sleep(Span::from_millis(700)).await;
            }
        });
        simulation
    };
    let branch = simulation.branch(with_bell).expect("the same again");
    assert_eq!(branch.origin, Origin::Rerun);
    assert!(matches!(branch.reason, Some(SnapshotError::Process { .. })));
    let mut branch = branch.simulation;
    assert_eq!((branch.now(), branch.events()), (simulation.now(), simulation.events()));
    branch.run_until(at("9s")).expect("no errors");
    simulation.run_until(at("9s")).expect("no errors");
    assert_eq!(branch.digest(), simulation.digest());
}

#[test]
fn what_can_be_copied_is_not_run_again() {
    for ties in [TiePolicy::InOrder, TiePolicy::Shuffled(1)] {
        let fleet = TaxiFleet::default();
        let config = Config::new(42).latency(DEFAULT_LATENCY).ties(ties);
        let mut simulation = Simulation::new(config);
        simulation.register(&TaxiFleet::types());
        fleet.start(&mut simulation);
        simulation.run_until(at("5s")).expect("no errors");
        let branch = simulation.branch(|| unreachable!("it is copied")).expect("it has opted in");
        assert_eq!(branch.origin, Origin::Copy);
        assert!(branch.reason.is_none());
    }
}

/// Which of two functions of one name a file means would be left to chance.
#[test]
fn a_name_is_for_one_function() {
    let known = TypeRegistry::new().answer("told", Ask::Told);
    // Said again is no other.
    let again = known.clone().answer("told", Ask::Told).and(&known);
    assert_eq!(format!("{again:?}"), format!("{known:?}"));

    let another = || TypeRegistry::new().answer("told", |_: Result<u64, RequestError>| Ask::Begin);
    let refused = [
        std::panic::catch_unwind(|| TypeRegistry::new().answer("told", Ask::Told).and(&another())),
        std::panic::catch_unwind(|| another().answer("told", Ask::Told)),
    ];
    for panic in refused {
        let panic = panic.expect_err("two functions of one name");
        let text = panic.downcast_ref::<String>().expect("a text");
        assert_eq!(text, "two functions are named told");
    }
}
