//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use std::fmt;
use std::rc::Rc;

/// What is drawn, and by whom.
pub(crate) trait Draws {
    fn gaps(&self, street: &Process) -> Box<dyn Iterator<Item = Span>>;
    /// Percent of the dirt that a washing removes.
    fn dirt(&self, washing: &Process, car: u32) -> u64;
}

/// What happens to a car.
pub(crate) enum Event {
    Arrived,
    Entered,
    Washed { dirt: u64 },
    Left,
}

pub(crate) struct Carwash {
    pub(crate) machines: Resource,
    pub(crate) wash: Span,
    /// How many cars are there when it opens.
    pub(crate) first_cars: u32,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens to which car.
    pub(crate) log: Box<dyn Fn(VirtualTime, u32, Event)>,
}

pub(crate) fn open(simulation: &mut Simulation, carwash: Carwash) {
    let carwash = Rc::new(carwash);
    simulation.process("street", |p| street(p, carwash));
}

/// Brings some cars at once, then one after the other.
async fn street(p: Process, carwash: Rc<Carwash>) {
    let bring = |number| {
        let carwash = Rc::clone(&carwash);
        p.process_apart(("car", number), move |p| car(p, carwash, number));
    };
    (0..carwash.first_cars).for_each(bring);
    for (number, gap) in (carwash.first_cars..).zip(carwash.draws.gaps(&p)) {
        p.sleep(gap).await;
        bring(number);
    }
}

/// Waits for a machine, and stays in it until it is washed.
async fn car(p: Process, carwash: Rc<Carwash>, number: u32) {
    let log = |event| (carwash.log)(p.now(), number, event);
    log(Event::Arrived);
    let machine = carwash.machines.acquire(&p).await;
    log(Event::Entered);
    let shared = Rc::clone(&carwash);
    let washing = p.process("washing", move |p| washing(p, shared, number));
    p.join(&washing).await.expect("nobody kills a washing");
    log(Event::Left);
    drop(machine);
}

/// What the machine does with a car.
async fn washing(p: Process, carwash: Rc<Carwash>, number: u32) {
    p.sleep(carwash.wash).await;
    let dirt = carwash.draws.dirt(&p, number);
    (carwash.log)(p.now(), number, Event::Washed { dirt });
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrived => f.write_str("arrives at the car wash"),
            Self::Entered => f.write_str("enters the car wash"),
            Self::Washed { dirt } => write!(f, "has lost {dirt} % of its dirt"),
            Self::Left => f.write_str("leaves the car wash"),
        }
    }
}
