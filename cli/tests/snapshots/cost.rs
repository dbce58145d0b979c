//! What a fork costs, beside a plain copy of what it has to copy.

use flagfall::{Actor, ActorRef, Config, Context, Simulation, Span, TypeRegistry};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ACTORS: u32 = 50_000;

/// A taxi's worth of state.
#[derive(Clone)]
struct State {
    words: [u64; 10],
    next: ActorRef<[u64; 4]>,
}

impl Actor for State {
    type Message = [u64; 4];

    fn handle(&mut self, message: [u64; 4], context: &mut Context<'_, [u64; 4]>) {
        self.words[0] += message[0];
        context.send_after(Span::from_micros(1 + message[1] % 1_000), &self.next, message);
    }
}

/// What a copy has to have, in plain lists: states, cells with their messages,
/// entries of the event list, names.
type Plain = (Vec<(u128, State)>, Vec<(u64, Option<[u64; 4]>)>, Vec<[u64; 3]>, Vec<[u64; 4]>);

fn simulation() -> (Simulation, Plain) {
    let mut simulation = Simulation::new(Config::new(42));
    simulation.register(&TypeRegistry::new().forkable::<State>());
    let mut states = Vec::new();
    let first = simulation.spawn("first", State { words: [0; 10], next: stub() });
    simulation.state_mut::<State>(&first).expect("it lives").next = *first;
    let mut next = first;
    for number in 0..ACTORS {
        let state = State { words: [u64::from(number); 10], next: *next };
        states.push((0, state.clone()));
        next = simulation.spawn(("actor", number), state);
        simulation.send(&next, [1, u64::from(number), 3, 4]);
    }
    simulation.run_until("10ms".parse().expect("a time")).expect("no errors");
    let many = ACTORS as usize;
    assert_eq!(simulation.pending_events(), u64::from(ACTORS));
    let (cells, names) = (vec![(1, Some([1, 2, 3, 4])); many], vec![[1, 2, 3, 4]; many]);
    let plain = (states, cells, vec![[1, 2, 3]; many], names);
    (simulation, plain)
}

/// Of nobody here; never sent to.
fn stub() -> ActorRef<[u64; 4]> {
    struct Sink;
    impl Actor for Sink {
        type Message = [u64; 4];
        fn handle(&mut self, _: [u64; 4], _: &mut Context<'_, [u64; 4]>) {}
    }
    *Simulation::new(Config::new(0)).spawn("sink", Sink)
}

fn timed<T>(mut work: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    let made: Vec<T> = (0..8).map(|_| work()).collect();
    let time = start.elapsed();
    drop(black_box(made));
    time
}

#[test]
fn eight_forks_cost_at_most_twice_as_much_as_eight_plain_copies() {
    let (simulation, plain) = simulation();
    let rounds = if cfg!(debug_assertions) { 2 } else { 20 };
    // Both of a round meet the same machine; the round that it disturbs least
    // counts.
    let round = |_| {
        let forks = timed(|| simulation.fork().expect("it has opted in"));
        let copies = timed(|| black_box(&plain).clone());
        (forks.as_secs_f64() / copies.as_secs_f64(), forks, copies)
    };
    let rounds = (0..rounds).map(round);
    let (ratio, forks, copies) = rounds.min_by(|a, b| a.0.total_cmp(&b.0)).expect("some rounds");
    println!("8 forks {forks:?}, 8 plain copies {copies:?}: ratio {ratio:.2}");
    // Debug builds say nothing about cost.
    assert!(cfg!(debug_assertions) || ratio <= 2.0, "{ratio}");
}
