//! References that know their actor: reading and changing states by them.

use crate::engine::secs;
use crate::panics::place_of_panic;
use flagfall::{Actor, ActorRef, Config, Context, Restart, Simulation, VirtualTime};
use std::collections::HashSet;

#[derive(Default)]
struct Till {
    served: u32,
}

impl Actor for Till {
    type Message = u32;
    fn handle(&mut self, customers: u32, _: &mut Context<'_, u32>) {
        assert!(customers < 100, "too many");
        self.served += customers;
    }
}

/// Takes the same messages as a till.
struct Bin;

impl Actor for Bin {
    type Message = u32;
    fn handle(&mut self, _: u32, _: &mut Context<'_, u32>) {}
}

#[test]
fn states_are_read_and_changed_without_naming_the_type() {
    let mut simulation = Simulation::new(Config::new(42));
    let till = simulation.spawn("till", Till::default());
    let named = simulation.try_spawn("named", Till::default()).unwrap();
    let ward = simulation.spawn_supervised("ward", Restart::always(), Till::default);
    simulation[&named].served = 7;
    for actor in [till, named, ward] {
        simulation.send(&actor, 3);
    }
    simulation.run().unwrap();
    assert_eq!([till, named, ward].map(|actor| simulation[&actor].served), [3, 10, 3]);
    assert_eq!(simulation.inspect(&till).map(|till| till.served), Some(3));
    assert_eq!(simulation.fork().err().map(|_| ()), Some(()), "its type is not registered");
    assert_eq!(HashSet::from([till, named, till]).len(), 2);
}

#[test]
fn the_plain_reference_is_what_others_hold() {
    let mut simulation = Simulation::new(Config::new(42));
    let till = simulation.spawn("till", Till::default());
    let bin = simulation.spawn("bin", Bin);
    let plain: [ActorRef<u32>; 2] = [*till, bin.into()];
    assert_eq!(format!("{till:?}"), format!("{:?}", plain[0]));
    assert!(simulation.inspect::<Till>(&plain[0]).is_some());
    assert!(simulation.inspect::<Till>(&plain[1]).is_none(), "that one is a bin");
    assert_eq!(size_of_val(&till), size_of_val(&plain[0]));
}

#[test]
fn a_state_that_is_not_there_panics_at_the_caller() {
    let mut simulation = Simulation::new(Config::new(42));
    let dead = simulation.spawn("dead", Till::default());
    let till = simulation.spawn("till", Till::default());
    let mut other = Simulation::new(Config::new(42));
    let stranger = other.spawn("till", Till::default());
    simulation.kill_at(VirtualTime::ZERO, &dead).unwrap();
    simulation.run_for(secs(1)).unwrap();
    let here = |(place, text): (Option<String>, String), words: &str| {
        assert!(text.contains(words), "{text}");
        assert!(place.is_some_and(|place| place.starts_with(file!())), "{text}");
    };
    here(place_of_panic(|| _ = simulation[&dead].served), "dead is dead");
    here(place_of_panic(|| simulation[&dead].served = 1), "dead is dead");
    here(place_of_panic(|| _ = simulation[&stranger].served), "was read with another simulation");
    simulation.send(&till, 100);
    simulation.run().unwrap_err();
    here(place_of_panic(|| _ = simulation[&till].served), "the run has failed: actor till:");
}
