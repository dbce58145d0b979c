use super::{Trace, check};
use flagfall::{Process, Resource, Span, VirtualTime};
use model::{Carwash, Draws, Event};
use serde_json::json;

#[path = "../../examples/carwash/model.rs"]
mod model;

struct Recorded {
    gaps: Vec<Span>,
    dirt: Vec<u64>,
}

impl Draws for Recorded {
    fn gaps(&self, _: &Process) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.gaps.clone().into_iter())
    }

    fn dirt(&self, _: &Process, car: u32) -> u64 {
        self.dirt[car as usize]
    }
}

fn log(trace: &Trace) -> Box<dyn Fn(VirtualTime, u32, Event)> {
    let trace = trace.clone();
    Box::new(move |now, number, event| {
        let (what, more) = match event {
            Event::Arrived => ("arrived", None),
            Event::Entered => ("entered", None),
            Event::Washed { dirt } => ("washed", Some(json!(dirt))),
            Event::Left => ("left", None),
        };
        trace.add(now, &format!("car-{number}"), what, more.as_slice());
    })
}

#[test]
fn carwash_is_what_simpy_did() {
    check("carwash", 11, |run, simulation, trace| {
        let carwash = Carwash {
            machines: Resource::new(simulation, "machines", run.parameter("machines")),
            wash: run.span("wash"),
            first_cars: run.parameter("first_cars") as u32,
            draws: Box::new(Recorded {
                gaps: run.spans("street", "inter_arrival"),
                dirt: run.draws("car", "dirt"),
            }),
            log: log(trace),
        };
        model::open(simulation, carwash);
        run.play(simulation);
        json!({
            "arrived": trace.count("arrived"),
            "entered": trace.count("entered"),
            "left": trace.count("left"),
            "dirt_sum": trace.sum("washed"),
        })
    });
}
