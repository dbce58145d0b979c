//! A bank with one counter, whose customers leave the queue when their
//! patience ends: a claim on a resource that is given up after a random time.
//!
//! SimPy's counterpart is its example "Bank Renege".
//!
//! ```sh
//! cargo run --example bank_renege
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Bank, Draws};
use std::iter::repeat_with;

const SEED: u64 = 42;
const CUSTOMERS: u32 = 5;

/// Each process draws from streams of its own.
struct Random;

impl Draws for Random {
    fn gaps(&self, door: &Process) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = door.stream("gaps");
        Box::new(repeat_with(move || stream.exponential(Span::from_secs(10))))
    }

    fn patience(&self, customer: &Process, _: u32) -> Span {
        customer.stream("patience").span(Span::from_secs(1)..=Span::from_secs(3))
    }

    fn service(&self, customer: &Process, _: u32) -> Span {
        customer.stream("service").exponential(Span::from_secs(12))
    }
}

fn main() -> Result<(), SimulationError> {
    output::line(format_args!("Bank renege"));
    let mut simulation = Simulation::new(Config::new(SEED));
    let bank = Bank {
        customers: CUSTOMERS,
        counters: Resource::new(&mut simulation, "counters", 1),
        draws: Box::new(Random),
        log: Box::new(|now, number, event| {
            output::line(format_args!("{:7.4} customer {number}: {event}", now.as_secs_f64()));
        }),
    };
    model::open(&mut simulation, bank);
    simulation.run()?;
    Ok(())
}
