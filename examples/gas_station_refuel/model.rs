//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use std::fmt;
use std::rc::Rc;

/// What is drawn, and by whom.
pub(crate) trait Draws {
    fn gaps(&self, street: &Process) -> Box<dyn Iterator<Item = Span>>;
    /// The litres in a car's tank when it arrives.
    fn level(&self, car: &Process, number: u32) -> u64;
}

/// What happens at the filling station.
pub(crate) enum Event {
    Arrived { car: u32, level: u64 },
    AtPump { car: u32, litres: u64 },
    WaitsForFuel { car: u32, level: u64 },
    Refuels { car: u32, level: u64 },
    Refuelled { car: u32, litres: u64 },
    CallsTruck { level: u64 },
    Delivers { litres: u64, level: u64 },
}

pub(crate) struct Station {
    pub(crate) pumps: Resource,
    pub(crate) tank: Container,
    pub(crate) threshold_percent: u64,
    pub(crate) car_tank_litres: u64,
    pub(crate) litres_per_second: u64,
    pub(crate) truck: Span,
    /// From one look at the tank to the next.
    pub(crate) poll: Span,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens.
    pub(crate) log: Box<dyn Fn(VirtualTime, Event)>,
}

pub(crate) fn open(simulation: &mut Simulation, station: Station) {
    let station = Rc::new(station);
    let shared = Rc::clone(&station);
    simulation.process("control", |p| control(p, shared));
    simulation.process("street", |p| street(p, station));
}

/// Looks at the tank and calls the truck if it is low.
async fn control(p: Process, station: Rc<Station>) {
    loop {
        let level = station.tank.level(&p);
        if level * 100 < station.threshold_percent * station.tank.capacity(&p) {
            (station.log)(p.now(), Event::CallsTruck { level });
            let station = Rc::clone(&station);
            let truck = p.process("truck", |p| truck(p, station));
            p.join(&truck).await.expect("nobody kills the truck");
        }
        p.sleep(station.poll).await;
    }
}

/// Comes after a while and fills the tank.
async fn truck(p: Process, station: Rc<Station>) {
    p.sleep(station.truck).await;
    let litres = station.tank.capacity(&p) - station.tank.level(&p);
    // There is room for it: nothing to wait for.
    drop(station.tank.put(&p, litres));
    let level = station.tank.level(&p);
    (station.log)(p.now(), Event::Delivers { litres, level });
}

async fn street(p: Process, station: Rc<Station>) {
    for (number, gap) in (0..).zip(station.draws.gaps(&p)) {
        p.sleep(gap).await;
        let station = Rc::clone(&station);
        p.process_apart(("car", number), move |p| car(p, station, number));
    }
}

/// Waits for a pump, then for fuel, and keeps the pump all the while.
async fn car(p: Process, station: Rc<Station>, car: u32) {
    let log = |event| (station.log)(p.now(), event);
    let level = station.draws.level(&p, car);
    log(Event::Arrived { car, level });
    let pump = station.pumps.acquire(&p).await;
    let litres = station.car_tank_litres - level;
    log(Event::AtPump { car, litres });
    let fuel = station.tank.get(&p, litres);
    if station.tank.waiting(&p) > 0 {
        log(Event::WaitsForFuel { car, level: station.tank.level(&p) });
    }
    fuel.await;
    log(Event::Refuels { car, level: station.tank.level(&p) });
    p.sleep(Span::from_nanos(litres * 1_000_000_000 / station.litres_per_second)).await;
    log(Event::Refuelled { car, litres });
    drop(pump);
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrived { car, level } => write!(f, "car {car} arrives with {level} l"),
            Self::AtPump { car, litres } => write!(f, "car {car} is at a pump for {litres} l"),
            Self::WaitsForFuel { car, level } => {
                write!(f, "car {car} waits for fuel, the tank has {level} l")
            }
            Self::Refuels { car, level } => {
                write!(f, "car {car} begins to refuel, the tank has {level} l")
            }
            Self::Refuelled { car, litres } => write!(f, "car {car} refuelled with {litres} l"),
            Self::CallsTruck { level } => write!(f, "calling the truck, the tank has {level} l"),
            Self::Delivers { litres, level } => {
                write!(f, "the truck fills the tank with {litres} l to {level} l")
            }
        }
    }
}
