//! The engine: what an event costs in programs that do little else.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Config, Context, Latency, Simulation, Span};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

const EVENTS: u64 = 100_000;

flagfall::message! {
    enum Token {
        /// Who the neighbour is: closes the ring.
        Meet(ActorRef<Token>),
        Hop { left: u64 },
    }
}

/// Passes a token to its neighbour until the token is used up.
struct Node {
    next: Option<ActorRef<Token>>,
}

impl Actor for Node {
    type Message = Token;
    fn handle(&mut self, token: Token, context: &mut Context<'_, Token>) {
        match (token, &self.next) {
            (Token::Meet(next), _) => self.next = Some(next),
            (Token::Hop { left: 1.. }, None) | (Token::Hop { left: 0 }, _) => {}
            (Token::Hop { left }, Some(next)) => context.send(next, Token::Hop { left: left - 1 }),
        }
    }
}

fn ring(latency: Span, digest: bool) -> Simulation {
    let config = Config::new(42).latency(Latency::Fixed(latency)).digest(digest);
    let mut simulation = Simulation::new(config);
    let first = simulation.spawn(("node", 0), Node { next: None });
    let mut next = first;
    for number in 1..1_000 {
        next = simulation.spawn(("node", number), Node { next: Some(next) });
    }
    simulation.send(&first, Token::Meet(next));
    simulation.send(&next, Token::Hop { left: EVENTS });
    simulation
}

/// PHOLD: each event draws a span and a target. Fujimoto, "Performance of
/// Time Warp under synthetic workloads" (1990).
struct Process {
    peers: Peers,
    stream: Option<Stream>,
}

/// Known to all once all are spawned.
type Peers = Rc<RefCell<Vec<ActorRef<u64>>>>;

impl Actor for Process {
    type Message = u64;
    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        let stream = self.stream.get_or_insert_with(|| context.stream("phold"));
        let delay = Span::from_millis(100) + stream.exponential(Span::from_secs(1));
        let peers = self.peers.borrow();
        let target = peers[stream.below(peers.len() as u64) as usize];
        context.send_after(delay, &target, number);
    }
}

fn phold(processes: u32, events_each: u64) -> Simulation {
    let mut simulation = Simulation::new(Config::new(42).digest(false));
    let peers = Peers::default();
    for number in 0..processes {
        let process = Process { peers: Rc::clone(&peers), stream: None };
        let process = simulation.spawn(("process", number), process);
        peers.borrow_mut().push(process);
        (0..events_each).for_each(|event| simulation.send(&process, event));
    }
    simulation
}

/// Runs a simulation that never ends until so many more events have happened,
/// or a few more.
fn events(simulation: &mut Simulation, count: u64) {
    let last = simulation.events() + count;
    while simulation.events() < last {
        let slice = simulation.now() + Span::from_millis(10);
        black_box(simulation.run_until(slice).expect("no errors"));
    }
}

fn engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(10);
    for (name, latency, digest) in [
        ("ring, delay 1, digest off", Span::from_secs(1), false),
        ("ring, delay 1, digest on", Span::from_secs(1), true),
        ("ring, no delay, digest off", Span::ZERO, false),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || ring(latency, digest),
                |mut simulation| simulation.run().expect("no errors"),
                criterion::BatchSize::LargeInput,
            );
        });
    }
    for (processes, each) in [(1_024, 1), (1_024, 16), (65_536, 1)] {
        let mut simulation = phold(processes, each);
        events(&mut simulation, u64::from(processes) * each);
        group.bench_function(format!("phold {processes} x {each}"), |bencher| {
            bencher.iter(|| events(&mut simulation, EVENTS));
        });
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
