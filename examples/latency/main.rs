//! Messages that are under way for a while: a cable, as a process for each
//! message and a store at the far end.
//!
//! Between actors, or by [`flagfall::Process::send`], no cable is needed: a
//! link has its own latency ([`flagfall::Config::link`]).
//!
//! SimPy's counterpart is its example "Event Latency".
//!
//! ```sh
//! cargo run --example latency
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Cable, Event};
use std::iter::repeat;

const SEED: u64 = 42;

fn main() -> Result<(), SimulationError> {
    output::line(format_args!("Event latency"));
    let mut simulation = Simulation::new(Config::new(SEED));
    let cable = Cable {
        delay: Span::from_secs(10),
        far_end: model::far_end(&mut simulation),
        log: Box::new(|now, number, event| {
            if let Event::Received { sent } = event {
                output::line(format_args!(
                    "Received message {number} at {now} while the sender sent it at {sent}"
                ));
            }
        }),
    };
    model::open(&mut simulation, cable, Box::new(repeat(Span::from_secs(5))));
    simulation.run_before(VirtualTime::from_secs(100))?;
    Ok(())
}
