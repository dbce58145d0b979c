//! A filling station: cars hold a pump (a resource) and draw from the station's
//! tank (a container), which a truck fills up when it is low.
//!
//! SimPy's counterpart is its example "Gas Station Refueling".
//!
//! ```sh
//! cargo run --example gas_station_refuel
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use model::{Draws, Station};
use std::iter::repeat_with;

const SEED: u64 = 7;

struct Random;

impl Draws for Random {
    fn gaps(&self, street: &Process) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = street.stream("gaps");
        Box::new(repeat_with(move || Span::from_secs(stream.range(30..=300))))
    }

    fn level(&self, car: &Process, _: u32) -> u64 {
        car.stream("level").range(5..=25)
    }
}

fn main() -> Result<(), SimulationError> {
    output::line(format_args!("Gas station refuelling"));
    let mut simulation = Simulation::new(Config::new(SEED));
    let station = Station {
        pumps: Resource::new(&mut simulation, "pumps", 2),
        tank: Container::new(&mut simulation, "tank", 200, 200),
        threshold_percent: 25,
        car_tank_litres: 50,
        litres_per_second: 2,
        truck: Span::from_secs(300),
        poll: Span::from_secs(10),
        draws: Box::new(Random),
        log: Box::new(|now, event| {
            output::line(format_args!("{:6.1} s: {event}", now.as_secs_f64()));
        }),
    };
    model::open(&mut simulation, station);
    simulation.run_before(VirtualTime::from_secs(1000))?;
    Ok(())
}
