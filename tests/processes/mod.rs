//! Processes: random programs against what must hold, and single cases.

mod balance;
mod cases;
mod endings;
mod forgotten;
mod handles;
mod instants;
mod places;
mod programs;
mod spans;
mod spent;

use flagfall::{Config, Simulation, Span, VirtualTime};

fn simulation() -> Simulation {
    Simulation::new(Config::new(42))
}

fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

fn at(millis: u64) -> VirtualTime {
    VirtualTime::ZERO + ms(millis)
}
