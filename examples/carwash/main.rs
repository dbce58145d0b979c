//! A car wash with two machines: cars queue for a resource, and each waits for
//! another process, the washing, before it leaves.
//!
//! SimPy's counterpart is its example "Carwash".
//!
//! ```sh
//! cargo run --example carwash
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Carwash, Draws};
use std::iter::repeat_with;

const SEED: u64 = 42;

struct Random;

impl Draws for Random {
    fn gaps(&self, street: &Process) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = street.stream("gaps");
        Box::new(repeat_with(move || Span::from_mins(stream.range(5..=9))))
    }

    fn dirt(&self, washing: &Process, _: u32) -> u64 {
        washing.stream("dirt").range(50..=99)
    }
}

fn main() -> Result<(), SimulationError> {
    output::line(format_args!("Carwash"));
    let mut simulation = Simulation::new(Config::new(SEED));
    let carwash = Carwash {
        machines: Resource::new(&mut simulation, "machines", 2),
        wash: Span::from_mins(5),
        first_cars: 4,
        draws: Box::new(Random),
        log: Box::new(|now, number, event| {
            let minutes = now.as_secs_f64() / 60.0;
            output::line(format_args!("car {number} {event} at {minutes:.0}"));
        }),
    };
    model::open(&mut simulation, carwash);
    simulation.run_before(VirtualTime::from_mins(20))?;
    Ok(())
}
