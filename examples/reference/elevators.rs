//! Elevators of an office building under collective control: a car goes on in its direction while
//! somebody in it or ahead wants it to. In an up-peak, its round trips are those of Barney, Elevator
//! Traffic Handbook.

use flagfall::{Measures, arrivals::ArrivalProcess, prelude::*, statistics::Tally};
use flagfall_cli::OwnModel;
use std::{cell::RefCell, rc::Rc};

/// Elevators: up-peak and mixed traffic
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Elevators {
    /// How long
    #[arg(long, default_value = "1h")]
    pub(crate) time: Span,
    /// Floors above the lobby
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) floors: u64,
    /// How many cars
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) cars: u32,
    /// Passengers in a full car
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) room: std::num::NonZeroUsize,
    /// When passengers come
    #[arg(long, default_value = "exponential(mean=5s)")]
    pub(crate) passengers: ArrivalProcess,
    /// Share of them who come in at the lobby; the others go from floor to floor or out
    #[arg(long, value_parser = super::options::share, default_value_t = 0.5)]
    pub(crate) incoming: f64,
    /// Share of the others who go to the lobby
    #[arg(long, value_parser = super::options::share, default_value_t = 0.7)]
    pub(crate) outgoing: f64,
    /// Time for one floor
    #[arg(long, default_value = "1500ms")]
    pub(crate) floor: Span,
    /// What a stop takes: doors, braking, starting
    #[arg(long, default_value = "8s")]
    pub(crate) stop: Span,
    /// Time for one passenger to get in or out
    #[arg(long, default_value = "1200ms")]
    pub(crate) transfer: Span,
}

/// Where somebody is, where he goes, and since when he wants to.
type Trip = (u64, u64, VirtualTime);

/// Who waits; waits and journeys so far; departures from the lobby.
type Building = Rc<RefCell<(Vec<Trip>, [Tally; 2], u64)>>;

async fn drive(p: Process, model: Elevators, building: Building, calls: Store<()>) {
    let (mut floor, mut down, mut riders) = (0, false, Vec::<Trip>::new());
    loop {
        let boards = |&(from, to, _): &Trip, down| from == floor && (to < from) == down;
        let goes_on = |waiting: &[Trip], riders: &[Trip], down| {
            let mut at = riders.iter().map(|trip| trip.1).chain(waiting.iter().map(|trip| trip.0));
            at.any(|at| if down { at < floor } else { at > floor })
        };
        let (out, stay): (Vec<_>, Vec<_>) = riders.into_iter().partition(|trip| trip.1 == floor);
        riders = stay;
        let mut moves = out.len() as u64;
        {
            let (waiting, [waits, journeys], _) = &mut *building.borrow_mut();
            let span_of = |trip: &Trip| (p.now() - trip.2).as_secs_f64();
            out.iter().for_each(|trip| journeys.add(span_of(trip)).expect("it is finite"));
            let is_called = waiting.iter().any(|trip| boards(trip, down));
            down ^= !is_called && !goes_on(waiting, &riders, down);
            while riders.len() < model.room.get() {
                let called = waiting.iter().position(|trip| boards(trip, down));
                let Some(at) = called else { break };
                riders.push(waiting.remove(at));
                waits.add(span_of(&riders[riders.len() - 1])).expect("it is finite");
                moves += 1;
            }
        }
        if moves > 0 {
            p.sleep(model.stop + model.transfer * moves).await;
        }
        if goes_on(&building.borrow().0, &riders, down) {
            building.borrow_mut().2 += u64::from(floor == 0);
            p.sleep(model.floor).await;
            floor = if down { floor - 1 } else { floor + 1 };
        } else if building.borrow().0.is_empty() {
            calls.get(&p).await;
        }
    }
}

impl OwnModel for Elevators {
    const NAME: &'static str = "elevators";
    type Handles = Building;

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        simulation.set_horizon(Some(VirtualTime::ZERO + self.time));
        let building = Building::default();
        let calls = Store::new(simulation, "calls", usize::MAX);
        for number in 0..self.cars {
            let (model, building) = (self.clone(), Rc::clone(&building));
            simulation.process(("car", number), move |p| drive(p, model, building, calls));
        }
        let (model, house) = (self.clone(), Rc::clone(&building));
        simulation.process("door", async move |p| {
            let [mut ways, times, sizes] = ["ways", "times", "sizes"].map(|name| p.stream(name));
            for at in model.passengers.begin(p.now(), times, sizes).one_by_one() {
                p.sleep_until(at).await;
                let from =
                    if ways.chance(model.incoming) { 0 } else { ways.range(1..=model.floors) };
                let is_leaving = from > 0 && ways.chance(model.outgoing);
                let to = if is_leaving { 0 } else { ways.range(1..=model.floors) };
                // Who is there already needs no car.
                if from != to {
                    house.borrow_mut().0.push((from, to, p.now()));
                    calls.put(&p, ()).await;
                }
            }
        });
        building
    }

    fn measure(&self, _: &Simulation, building: &Self::Handles, measures: &mut Measures) {
        let (_, [waits, journeys], departures) = &*building.borrow();
        measures.add("wait", "s", waits.mean()).add("journey", "s", journeys.mean());
        measures.add("interval", "s", self.time.as_secs_f64() / *departures as f64);
    }
}
