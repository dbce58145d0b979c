use super::{Trace, check};
use flagfall::{Container, Process, Resource, Span, VirtualTime};
use model::{Draws, Event, Station};
use serde_json::{Value, json};

#[path = "../../examples/gas_station_refuel/model.rs"]
mod model;

struct Recorded {
    gaps: Vec<Span>,
    levels: Vec<u64>,
}

impl Draws for Recorded {
    fn gaps(&self, _: &Process) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.gaps.clone().into_iter())
    }

    fn level(&self, _: &Process, number: u32) -> u64 {
        self.levels[number as usize]
    }
}

fn log(trace: &Trace) -> Box<dyn Fn(VirtualTime, Event)> {
    let trace = trace.clone();
    Box::new(move |now, event| {
        let car = |number: u32| format!("car-{number}");
        let (who, what, more): (String, &str, Vec<Value>) = match event {
            Event::Arrived { car: number, level } => (car(number), "arrived", vec![json!(level)]),
            Event::AtPump { car: number, litres } => (car(number), "at_pump", vec![json!(litres)]),
            Event::WaitsForFuel { car: number, level } => {
                (car(number), "waits_for_fuel", vec![json!(level)])
            }
            Event::Refuels { car: number, level } => (car(number), "refuels", vec![json!(level)]),
            Event::Refuelled { car: number, litres } => {
                (car(number), "refuelled", vec![json!(litres)])
            }
            Event::CallsTruck { level } => {
                ("control".to_owned(), "calls_truck", vec![json!(level)])
            }
            Event::Delivers { litres, level } => {
                ("truck".to_owned(), "delivers", vec![json!(litres), json!(level)])
            }
        };
        trace.add(now, &who, what, &more);
    })
}

#[test]
fn gas_station_refuel_is_what_simpy_did() {
    check("gas_station_refuel", 8, |run, simulation, trace| {
        let litres = run.parameter("tank_litres");
        let tank = Container::new(simulation, "tank", litres, litres);
        let station = Station {
            pumps: Resource::new(simulation, "pumps", run.parameter("pumps")),
            tank,
            threshold_percent: run.parameter("threshold_percent"),
            car_tank_litres: run.parameter("car_tank_litres"),
            litres_per_second: run.parameter("litres_per_second"),
            truck: run.span("truck"),
            poll: run.span("poll"),
            draws: Box::new(Recorded {
                gaps: run.spans("street", "inter_arrival"),
                levels: run.draws("car", "level"),
            }),
            log: log(trace),
        };
        model::open(simulation, station);
        run.play(simulation);
        json!({
            "arrived": trace.count("arrived"),
            "refuelled": trace.count("refuelled"),
            "litres_sold": trace.sum("refuelled"),
            "trucks_called": trace.count("calls_truck"),
            "delivered": trace.sum("delivers"),
            "level_at_end": tank.level(simulation),
        })
    });
}
