//! Programs carried out by the engine, through what everybody may use of it.

use super::actors::{Desk, Mail};
use super::log::{Books, Came, End, Event, Line, Statistics, Whom};
use super::program::{self, ACTORS, Program, SIGNALS, Step};
use super::steps::{Coming, Got, Here};
use flagfall::process::{Signal, any, concurrently};
use flagfall::resource::{Environment, Held, ResourceStatistics};
use flagfall::{
    ActorRef, Config, Container, DeathCause, Digest, Message, Outcome, Process, ProcessRef, Record,
    RecordKind, Resource, Restart, Simulation, Span, SpawnOptions, Store, VirtualTime,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// More processes are not started: a script may spawn its own.
pub const MOST_PROCESSES: usize = 10;

/// What can be had, and handed on.
#[derive(Debug)]
pub enum Thing {
    /// Units of that resource.
    Unit(usize, Held),
    Item(i64),
    Note(i64),
}

impl Message for Thing {
    fn digest(&self, _: &mut Digest) {}
}

pub type Player = ProcessRef<Thing, i64>;

/// What all processes share.
pub struct Stage {
    pub program: Program,
    pub processes: RefCell<Vec<Player>>,
    pub desks: RefCell<Vec<ActorRef<Mail>>>,
    pub resources: Vec<Resource>,
    pub containers: Vec<Container>,
    pub stores: Vec<Store<i64>>,
    pub signals: Vec<Signal<i64>>,
    pub log: Rc<RefCell<Vec<Line>>>,
}

impl Stage {
    /// What is held and how full it is, and how many wait.
    pub fn books(&self, environment: &impl Environment) -> Books {
        let (mut books, mut aside) = (Vec::new(), Vec::new());
        for one in &self.resources {
            books.extend([one.in_use(environment) as i64, one.waiting(environment) as i64]);
        }
        for one in &self.containers {
            books.extend([one.level(environment) as i64, one.waiting(environment) as i64]);
            aside.push(one.aside(environment) as u64);
        }
        for one in &self.stores {
            one.for_each(environment, |item| books.push(*item));
            books.extend([one.len(environment) as i64, one.waiting(environment) as i64]);
            aside.push(one.aside(environment) as u64);
        }
        Books { all: books, aside }
    }

    pub fn note(&self, line: Line) {
        self.log.borrow_mut().push(line);
    }

    pub fn player(&self, number: usize) -> (usize, Player) {
        let processes = self.processes.borrow();
        let number = number % processes.len();
        (number, processes[number].clone())
    }

    /// The name and the place of the next process.
    fn next(&self, later: u64) -> (usize, SpawnOptions) {
        let number = self.processes.borrow().len();
        (number, SpawnOptions::named("p").numbered(number as u32).startup(Span::from_secs(later)))
    }
}

pub fn seconds(time: VirtualTime) -> u64 {
    assert_eq!(time.as_nanos() % 1_000_000_000, 0, "spans are whole seconds");
    time.as_nanos() / 1_000_000_000
}

/// The life of a process: its script, step by step.
async fn live(p: Process<Thing>, stage: Rc<Stage>, me: usize, script: usize) -> i64 {
    let steps = stage.program.scripts[script % stage.program.scripts.len()].clone();
    let mut bag: Vec<Thing> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        if *step == Step::End {
            return program::result_of(me, number);
        }
        let came = match step {
            Step::Await(how, what) => {
                let got = wait(&p, &stage, (me, number), &bag, *how, what).await;
                bag.extend(got.things);
                got.came
            }
            other => act(&p, &stage, (me, number), &mut bag, other),
        };
        let (at, books) = (seconds(p.now()), stage.books(&p));
        stage.note(Line::Step { at, who: me, step: number, came, books });
    }
    program::result_of(me, steps.len())
}

/// Waits for what a step says, in the way that it says.
async fn wait(
    p: &Process<Thing>,
    stage: &Rc<Stage>,
    (me, number): (usize, usize),
    bag: &[Thing],
    how: program::How,
    what: &program::What,
) -> Got {
    use program::What;
    let here = Here { p, stage, me, number };
    let start = |wait: &program::Wait, part| here.begin(bag, *wait, part);
    let alike = |one: &program::Wait, two| one.are_alike(two, me, stage.processes.borrow().len());
    let work: Coming<'_> = match what {
        What::One(one) => start(one, 0),
        What::Any(one, two) => {
            let any = any([start(one, 0), start(two, 1)]);
            Box::pin(async move {
                let (place, got) = any.await;
                Got { came: Came::First(place, Box::new(got.came)), things: got.things }
            })
        }
        What::All(one, two) if alike(one, *two) => {
            return here.both(how, [*one, *two], false).await;
        }
        What::Gather(one, two) if alike(one, *two) => {
            return here.both(how, [*one, *two], true).await;
        }
        What::All(one, two) | What::Gather(one, two) => {
            let all = concurrently([start(one, 0), start(two, 1)]);
            Box::pin(async move { Got::all(all.await) })
        }
    };
    in_the_way(p, how, work).await
}

/// Waits for work in one of the ways.
pub async fn in_the_way(
    p: &Process<Thing>,
    how: program::How,
    work: impl Future<Output = Got>,
) -> Got {
    use program::How;
    let timed_out = || Got::plain(Came::TimedOut);
    let interrupted = |message| match message {
        Thing::Note(note) => Got::plain(Came::Interrupted(note)),
        other => unreachable!("nobody interrupts with {other:?}"),
    };
    match how {
        How::Patiently => work.await,
        How::Within(span) => {
            let result = p.timeout(Span::from_secs(span), work).await;
            result.unwrap_or_else(|_| timed_out())
        }
        How::Interruptibly => p.interruptible(work).await.unwrap_or_else(interrupted),
        How::InterruptiblyWithin(span) => {
            match p.timeout(Span::from_secs(span), p.interruptible(work)).await {
                Ok(result) => result.unwrap_or_else(interrupted),
                Err(_) => timed_out(),
            }
        }
    }
}

/// Takes what is chosen out of a bag.
fn choose(bag: &mut Vec<Thing>, what: usize) -> Option<Thing> {
    (!bag.is_empty()).then(|| bag.remove(program::chosen(what, bag.len())))
}

/// Does a step that takes no time.
fn act(
    p: &Process<Thing>,
    stage: &Rc<Stage>,
    (me, number): (usize, usize),
    bag: &mut Vec<Thing>,
    step: &Step,
) -> Came {
    let note = program::result_of(me, number);
    match *step {
        Step::Drop(what) => match choose(bag, what) {
            None => return Came::Nothing,
            Some(thing) => drop(thing),
        },
        Step::Send { to, what } => {
            let thing = choose(bag, what).unwrap_or(Thing::Note(note));
            p.send(&stage.player(to).1, thing);
        }
        Step::Hand { to, what } => {
            let thing = choose(bag, what).unwrap_or(Thing::Note(note));
            p.send(&stage.desks.borrow()[to % ACTORS], Mail::Gift(thing));
        }
        Step::Tell { whom, order } => {
            p.send(&stage.desks.borrow()[whom % ACTORS], Mail::Order(order, note));
        }
        Step::Fire(which) => {
            if !stage.signals[which % SIGNALS].fire(p, note) {
                return Came::Nothing;
            }
        }
        Step::Kill(whom) => p.kill(&stage.player(whom).1),
        Step::Interrupt(whom) => p.interrupt(&stage.player(whom).1, Thing::Note(note)),
        Step::Spawn { script, owned, later } => {
            let (child, name) = stage.next(later);
            if child >= MOST_PROCESSES {
                return Came::Nothing;
            }
            let shared = Rc::clone(stage);
            let work = move |p| live(p, shared, child, script);
            let player = if owned {
                p.process_receiving(name, work)
            } else {
                p.process_apart_receiving(name, work)
            };
            stage.processes.borrow_mut().push(player);
        }
        Step::Await(..) | Step::End => unreachable!("done elsewhere"),
    }
    Came::Done
}

/// Carries a program out; what was noted down.
pub fn run(program: &Program) -> Vec<Line> {
    let mut simulation = Simulation::new(Config::new(1).digest(false));
    let log: Rc<RefCell<Vec<Line>>> = Rc::default();
    let (seen, mut known) = (Rc::clone(&log), BTreeMap::new());
    simulation.observe(move |record: &Record<'_>| {
        // The lines are compared by their statistics.
        if record.kind.is_of_claim() {
            return;
        }
        let whom = *known.entry(record.receiver_id).or_insert_with(|| whom(record.receiver));
        let (at, what) = (seconds(record.time), event(record.kind));
        seen.borrow_mut().push(Line::Event { at, what, whom });
    });
    let stage = set(&mut simulation, program, log);
    let horizon = VirtualTime::from_secs(program.horizon);
    // In two pieces, which is the same as in one.
    let half = VirtualTime::from_secs(program.horizon / 2);
    simulation.run_before(half).expect("no program fails the run");
    let outcome = simulation.run_until(horizon).expect("no program fails the run");
    let how = match outcome {
        Outcome::Ended => unreachable!("nobody ends the run"),
        Outcome::Reached => End::Reached,
        Outcome::Idle { since } => End::Idle(seconds(since)),
        Outcome::Stuck { since } => End::Stuck(seconds(since)),
    };
    let (at, books) = (seconds(simulation.now()), stage.books(&simulation));
    stage.note(Line::End { at, how, books });
    for (who, player) in stage.processes.borrow().iter().enumerate() {
        let (over, result) = (player.is_over(), player.result());
        stage.note(Line::Result { who, over, result });
    }
    statistics(&stage, &simulation);
    stage.log.take()
}

/// Makes all that a program names.
fn set(simulation: &mut Simulation, program: &Program, log: Rc<RefCell<Vec<Line>>>) -> Rc<Stage> {
    let name = |label, number: usize| SpawnOptions::named(label).numbered(number as u32);
    let resources = program.resources.iter().enumerate();
    let resources =
        resources.map(|(number, units)| Resource::new(simulation, name("r", number), *units));
    let resources: Vec<_> = resources.collect();
    let containers = program.containers.iter().enumerate().map(|(number, (capacity, level))| {
        Container::new(simulation, name("c", number), *capacity, *level)
    });
    let containers: Vec<_> = containers.collect();
    let stores = program.stores.iter().enumerate().map(|(number, (room, ranked))| {
        let rank = if *ranked { program::rank } else { |_: &i64| 0 };
        Store::ranked(simulation, name("s", number), *room, rank)
    });
    let stores: Vec<_> = stores.collect();
    let signals = (0..SIGNALS).map(|_| Signal::new()).collect();
    let (processes, desks) = (RefCell::default(), RefCell::default());
    let program = program.clone();
    let stage = Stage { program, processes, desks, resources, containers, stores, signals, log };
    let stage = Rc::new(stage);
    for number in 0..ACTORS {
        let shared = Rc::downgrade(&stage);
        let desk = simulation.spawn_supervised(
            name("a", number),
            Restart::on_failure().also_on_panic(),
            move || Desk::new(number, shared.clone()),
        );
        stage.desks.borrow_mut().push(*desk);
    }
    for (script, later) in stage.program.cast.clone() {
        let (number, name) = stage.next(later);
        let shared = Rc::clone(&stage);
        let player = simulation.process_receiving(name, move |p| live(p, shared, number, script));
        stage.processes.borrow_mut().push(player);
    }
    stage
}

fn statistics(stage: &Stage, simulation: &Simulation) {
    let all = |of, all: ResourceStatistics| {
        let all = Statistics {
            utilisation: all.utilisation,
            mean_in_use: all.mean_in_use,
            mean_waiting: all.mean_waiting,
            granted: all.granted,
            withdrawn: all.withdrawn,
            preempted: all.preempted,
            mean_wait: all.mean_wait.as_nanos(),
            longest_wait: all.longest_wait.as_nanos(),
        };
        stage.note(Line::Statistics { of, all });
    };
    for (number, one) in stage.resources.iter().enumerate() {
        all(Whom::Resource(number), one.statistics(simulation));
    }
    for (number, one) in stage.containers.iter().enumerate() {
        all(Whom::Container(number), one.statistics(simulation));
    }
    for (number, one) in stage.stores.iter().enumerate() {
        all(Whom::Store(number), one.statistics(simulation));
    }
}

/// Whose path that is.
fn whom(path: &dyn std::fmt::Display) -> Whom {
    let path = path.to_string();
    let name = path.rsplit('/').next().unwrap_or_default();
    let number = name[1..].trim_matches(['[', ']']).parse().expect("all are numbered");
    match &name[..1] {
        "p" => Whom::Process(number),
        "a" => Whom::Actor(number),
        "r" => Whom::Resource(number),
        "c" => Whom::Container(number),
        _ => Whom::Store(number),
    }
}

fn event(kind: RecordKind) -> Event {
    match kind {
        RecordKind::Started => Event::Started,
        RecordKind::Resumed => Event::Resumed,
        RecordKind::Handled => Event::Handled,
        RecordKind::Queued => Event::Queued,
        RecordKind::Taken => Event::Taken,
        RecordKind::Undeliverable => Event::Undeliverable,
        RecordKind::Served => Event::Served,
        RecordKind::Restarted => Event::Restarted,
        RecordKind::Died(DeathCause::Finished) => Event::Finished,
        RecordKind::Died(DeathCause::Killed) => Event::Killed,
        RecordKind::Died(DeathCause::OwnerDied) => Event::OwnerDied,
        RecordKind::Died(DeathCause::Failed) => Event::Failed,
        _ => Event::Other,
    }
}
