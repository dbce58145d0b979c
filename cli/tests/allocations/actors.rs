//! What an actor costs that does nothing: bytes held by the allocator, so
//! that what the system does with pages plays no part.

use crate::allocations;
use flagfall::{Actor, Config, Context, Simulation};

const ACTORS: u32 = 1_000_000;

/// Beside its state, an actor costs less than that many bytes.
const ALLOWED: usize = 64;

struct Idle {
    _state: u64,
}

impl Actor for Idle {
    type Message = ();
    fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {}
}

/// Owns the idle.
struct Owner;

impl Actor for Owner {
    type Message = u32;
    fn handle(&mut self, actors: u32, context: &mut Context<'_, u32>) {
        for number in 0..actors {
            context.spawn(("actor", number), Idle { _state: u64::from(number) });
        }
    }
}

#[track_caller]
fn check(mut simulation: Simulation, spawn: impl FnOnce(&mut Simulation)) {
    let live = simulation.live_actors();
    let held = allocations(|| spawn(&mut simulation)).bytes_current;
    assert_eq!(simulation.live_actors() - live, u64::from(ACTORS));
    let each = held as f64 / f64::from(ACTORS) - size_of::<Idle>() as f64;
    println!("an idle actor holds {each:.1} bytes beside its state");
    assert!(each < ALLOWED as f64, "an idle actor holds {each:.1} bytes beside its state");
}

#[test]
fn an_idle_actor_that_nobody_owns_is_small() {
    check(Simulation::new(Config::new(42)), |simulation| {
        for number in 0..ACTORS {
            simulation.spawn(("actor", number), Idle { _state: u64::from(number) });
        }
    });
}

#[test]
fn an_idle_actor_that_is_owned_is_small() {
    let mut simulation = Simulation::new(Config::new(42));
    let owner = simulation.spawn("owner", Owner);
    simulation.send(&owner, ACTORS);
    check(simulation, |simulation| _ = simulation.run().expect("no errors"));
}
