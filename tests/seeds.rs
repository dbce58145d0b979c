//! A new seed reaches every stream of a run that is drawn from later, wherever it
//! is kept; and the seed that a run has changes nothing.

use flagfall::random::Stream;
use flagfall::{
    Actor, ActorRef, Config, Context, Latency, Process, Simulation, Span, TypeRegistry, VirtualTime,
};
use proptest::prelude::*;
use rand::Rng;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where a stream is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the future of a process, opened there.
    Process,
    /// In a closure, opened by the program.
    Closure,
    /// Shared by two processes.
    Shared,
    /// In a process that a process began.
    Child,
    /// In the state of an actor.
    State,
    /// In the message that an actor sends itself.
    Message,
}

const PLACES: [Place; 6] =
    [Place::Process, Place::Closure, Place::Shared, Place::Child, Place::State, Place::Message];

/// What was drawn: by name, with the time.
type Log = Rc<RefCell<BTreeMap<String, Vec<(VirtualTime, u64)>>>>;

/// How a word is drawn: by halves, whole, or as bytes.
fn draw(stream: &mut Stream, how: u8) -> u64 {
    match how % 3 {
        0 => stream.next_u64(),
        1 => u64::from(stream.next_u32()) << 32 | u64::from(stream.next_u32()),
        _ => {
            let mut bytes = [0; 8];
            stream.fill_bytes(&mut bytes);
            u64::from_le_bytes(bytes)
        }
    }
}

#[derive(Clone)]
struct Dice {
    name: String,
    log: Log,
    held: Option<Stream>,
    in_message: bool,
    how: u8,
}

#[derive(Clone, Debug)]
struct Roll(Option<Stream>);

impl flagfall::Message for Roll {
    fn digest(&self, _: &mut flagfall::Digest) {}
}

impl Actor for Dice {
    type Message = Roll;

    fn handle(&mut self, message: Roll, context: &mut Context<'_, Roll>) {
        let stream = message.0.or(self.held.take());
        let mut stream = stream.unwrap_or_else(|| context.stream("dice"));
        let word = draw(&mut stream, self.how);
        self.log.borrow_mut().entry(self.name.clone()).or_default().push((context.now(), word));
        let next = if self.in_message {
            Roll(Some(stream))
        } else {
            self.held = Some(stream);
            Roll(None)
        };
        context.schedule(Span::from_secs(1), next);
    }
}

/// Draws once a second for ever.
async fn roll(p: Process, mut stream: impl FnMut(&Process) -> u64, name: String, log: Log) {
    loop {
        let word = stream(&p);
        log.borrow_mut().entry(name.clone()).or_default().push((p.now(), word));
        p.sleep(Span::from_secs(1)).await;
    }
}

fn add(simulation: &mut Simulation, number: usize, (place, how): (Place, u8), log: &Log) {
    let (name, log) = (format!("{place:?}{number}"), Rc::clone(log));
    match place {
        Place::Process => {
            simulation.process(name.clone(), async move |p| {
                let mut stream = p.stream("dice");
                roll(p, move |_| draw(&mut stream, how), name, log).await;
            });
        }
        Place::Closure => {
            let mut stream = simulation.stream(&name);
            simulation.process(name.clone(), move |p: Process| {
                roll(p, move |_| draw(&mut stream, how), name, log)
            });
        }
        Place::Shared => {
            let stream = Rc::new(RefCell::new(simulation.stream(&name)));
            for part in ["a", "b"] {
                let (stream, log) = (Rc::clone(&stream), Rc::clone(&log));
                let name = format!("{name}{part}");
                simulation.process(name.clone(), move |p: Process| {
                    roll(p, move |_| draw(&mut stream.borrow_mut(), how), name, log)
                });
            }
        }
        Place::Child => {
            simulation.process(name.clone(), async move |p| {
                let mut stream = p.stream("for the child");
                p.process("child", move |p: Process| {
                    roll(p, move |_| draw(&mut stream, how), name, log)
                });
                p.sleep(Span::from_secs(1_000)).await;
            });
        }
        Place::State | Place::Message => {
            let in_message = place == Place::Message;
            let dice = Dice { name: name.clone(), log, held: None, in_message, how };
            let dice: ActorRef<Roll> = *simulation.spawn(name, dice);
            simulation.send(&dice, Roll(None));
        }
    }
}

/// A program, and where it writes down what it draws.
fn start(seed: u64, program: &[(Place, u8)]) -> (Simulation, Log) {
    let log = Log::default();
    let mut simulation = Simulation::new(Config::new(seed).latency(Latency::ZERO));
    simulation.register(&TypeRegistry::new().forkable::<Dice>());
    for (number, part) in program.iter().enumerate() {
        add(&mut simulation, number, *part, &log);
    }
    (simulation, log)
}

fn at(secs: u64) -> VirtualTime {
    VirtualTime::from_secs(secs)
}

/// What is drawn by each up to 20 s if the seed is changed at a time; the branch
/// is run again or, if the original can be, copied.
fn branch(
    program: &[(Place, u8)],
    seed: u64,
    change: Option<(u64, u64)>,
) -> BTreeMap<String, Vec<(VirtualTime, u64)>> {
    let (mut trunk, trunk_log) = start(seed, program);
    let Some((when, changed)) = change else {
        trunk.run_until(at(20)).expect("no errors");
        return trunk_log.take();
    };
    trunk.run_until(at(when)).expect("no errors");
    let mut again_log = None;
    let branch = trunk.branch(|| {
        let (simulation, log) = start(seed, program);
        again_log = Some(log);
        simulation
    });
    let mut branch = branch.expect("a branch").simulation;
    branch.reseed(changed);
    branch.run_until(at(20)).expect("no errors");
    // A copy of `Dice` shares its log.
    again_log.unwrap_or(trunk_log).take()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_new_seed_reaches_every_stream(
        program in prop::collection::vec((prop::sample::select(PLACES.to_vec()), 0_u8..3), 1..6),
        seed in any::<u64>(),
        other in any::<u64>(),
        when in 0_u64..15,
    ) {
        prop_assume!(seed != other);
        let usual = branch(&program, seed, None);
        let others = branch(&program, other, None);
        let changed = branch(&program, seed, Some((when, other)));
        prop_assert_eq!(usual.keys().collect::<Vec<_>>(), changed.keys().collect::<Vec<_>>());
        for (name, words) in &changed {
            let before = when as usize + 1;
            prop_assert_eq!(&words[..before], &usual[name][..before], "{} before", name);
            // Every stream is at the place where it was, of the other seed's.
            prop_assert_eq!(&words[before..], &others[name][before..], "{} after", name);
            prop_assert_eq!(words.len(), 21);
        }
        prop_assert_eq!(&branch(&program, seed, Some((when, seed))), &usual);
    }

    /// A stream that is changed in between draws what the other would draw there.
    #[test]
    fn a_stream_goes_on_at_its_place(
        hows in prop::collection::vec((0_u8..3, prop::option::of(0_u64..3)), 1..100),
    ) {
        let mut simulations: Vec<Simulation> =
            (0..3).map(|seed| Simulation::new(Config::new(seed))).collect();
        let mut streams: Vec<Stream> =
            simulations.iter().map(|simulation| simulation.stream("dice")).collect();
        let mut turning = simulations[0].stream("dice");
        let mut now = 0;
        for (how, change) in hows {
            if let Some(seed) = change {
                now = seed as usize;
                // Twice, and back and forth: only the last one counts.
                simulations[0].reseed(7);
                simulations[0].reseed(seed);
                // The plain streams of that simulation are turned, too: back.
                streams[0].rekey(0);
            }
            let words: Vec<u64> = streams.iter_mut().map(|stream| draw(stream, how)).collect();
            prop_assert_eq!(draw(&mut turning, how), words[now]);
        }
    }
}
