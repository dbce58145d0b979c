//! Processes that send each other messages through stores: one sender to one
//! receiver, then one to two, each with a pipe of its own.
//!
//! SimPy's counterpart is its example "Process Communication".
//!
//! ```sh
//! cargo run --example process_communication
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Draws, Event, Post};
use std::iter::repeat_with;

const SEED: u64 = 42;

struct Random;

impl Draws for Random {
    fn gaps(&self, sender: &Process) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = sender.stream("gaps");
        Box::new(repeat_with(move || Span::from_secs(stream.range(6..=10))))
    }

    fn works(&self, receiver: &Process, _: usize) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = receiver.stream("works");
        Box::new(repeat_with(move || Span::from_secs(stream.range(4..=8))))
    }
}

fn run(receivers: u32) -> Result<(), SimulationError> {
    let mut simulation = Simulation::new(Config::new(SEED));
    let post = Post {
        pipes: (0..receivers).map(|number| model::pipe(&mut simulation, number)).collect(),
        draws: Box::new(Random),
        log: Box::new(|now, number, event| match event {
            Event::Sent => {}
            Event::Received { receiver, age } if age.is_zero() => output::line(format_args!(
                "at time {now}: receiver {receiver} received message {number}"
            )),
            Event::Received { receiver, age } => output::line(format_args!(
                "LATE getting message: at time {now}: receiver {receiver} received message \
                 {number}, {age} old"
            )),
        }),
    };
    model::open(&mut simulation, post);
    simulation.run_before(VirtualTime::from_secs(100))?;
    Ok(())
}

fn main() -> Result<(), SimulationError> {
    output::line(format_args!("Process communication"));
    output::line(format_args!("\nOne-to-one pipe communication\n"));
    run(1)?;
    output::line(format_args!("\nOne-to-many pipe communication\n"));
    run(2)
}
