//! A machine shop with a repairman who is called away from other jobs: machines
//! are interrupted by failures, and claims of machines preempt the repairman.
//!
//! SimPy's counterpart is its example "Machine Shop".
//!
//! ```sh
//! cargo run --example machine_shop             # what was made in four weeks
//! cargo run --example machine_shop -- --events # and all that happened
//! ```

// `let _ = till.acquire(&p).await;` gives the unit back at once.
#![warn(let_underscore_drop)]

mod model;
#[path = "../shared/output.rs"]
mod output;

use flagfall::prelude::*;
use flagfall::random::Stream;
use model::{Draws, Event, Shop};
use std::cell::RefCell;
use std::f64::consts::TAU;
use std::iter::repeat_with;
use std::rc::Rc;

const SEED: u64 = 42;
const MACHINES: u32 = 10;
const MINUTE: Span = Span::from_mins(1);

struct Random;

impl Draws for Random {
    fn parts(&self, machine: &Process, _: u32) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = machine.stream("parts");
        Box::new(repeat_with(move || normal(&mut stream, MINUTE * 10, MINUTE * 2)))
    }

    fn failures(&self, fate: &Process, _: u32) -> Box<dyn Iterator<Item = Span>> {
        let mut stream = fate.stream("failures");
        Box::new(repeat_with(move || stream.exponential(MINUTE * 300)))
    }
}

/// A normally distributed span (Box and Muller), drawn again until positive.
fn normal(stream: &mut Stream, mean: Span, deviation: Span) -> Span {
    loop {
        let radius = (-2.0 * libm::log(1.0 - stream.unit())).sqrt();
        let normal = radius * libm::cos(TAU * stream.unit());
        let drawn = mean.as_secs_f64() + normal * deviation.as_secs_f64();
        if let Some(span) = Span::try_from_secs_f64(drawn).ok().filter(|span| !span.is_zero()) {
            return span;
        }
    }
}

fn main() -> Result<(), SimulationError> {
    let show_events = std::env::args().any(|argument| argument == "--events");
    output::line(format_args!("Machine shop"));
    let parts = Rc::new(RefCell::new([0; MACHINES as usize]));
    let jobs = Rc::new(RefCell::new(0));
    let (made, done) = (Rc::clone(&parts), Rc::clone(&jobs));
    let mut simulation = Simulation::new(Config::new(SEED));
    let shop = Shop {
        machines: MACHINES,
        repairman: Resource::new(&mut simulation, "repairman", 1),
        repair: MINUTE * 30,
        job: MINUTE * 30,
        draws: Box::new(Random),
        log: Box::new(move |now, event| {
            match event {
                Event::Part { machine, count } => made.borrow_mut()[machine as usize] = count,
                Event::JobDone { count } => *done.borrow_mut() = count,
                _ => {}
            }
            if show_events {
                output::line(format_args!("{:10.3} {event}", now.as_secs_f64() / 60.0));
            }
        }),
    };
    model::open(&mut simulation, shop);
    simulation.run_before(VirtualTime::from_days(28))?;
    output::line(format_args!("Machine shop results after 4 weeks"));
    for (number, count) in parts.borrow().iter().enumerate() {
        output::line(format_args!("Machine {number} made {count} parts."));
    }
    output::line(format_args!("The repairman did {} other jobs.", jobs.borrow()));
    Ok(())
}
