use super::{Run, Trace, check, nanos};
use flagfall::{Process, Resource, Span};
use model::{Bank, Draws, Event};
use serde_json::json;

#[path = "../../examples/bank_renege/model.rs"]
mod model;

struct Recorded {
    gaps: Vec<Span>,
    patience: Vec<Span>,
    service: Vec<Span>,
}

impl Draws for Recorded {
    fn gaps(&self, _: &Process) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.gaps.clone().into_iter())
    }

    fn patience(&self, _: &Process, number: u32) -> Span {
        self.patience[number as usize]
    }

    fn service(&self, _: &Process, number: u32) -> Span {
        self.service[number as usize]
    }
}

fn log(trace: &Trace) -> Box<dyn Fn(flagfall::VirtualTime, u32, Event)> {
    let trace = trace.clone();
    Box::new(move |now, number, event| {
        let (what, more) = match event {
            Event::Arrived => ("arrived", None),
            Event::Served { waited } => ("served", Some(nanos(waited))),
            Event::Reneged { waited } => ("reneged", Some(nanos(waited))),
            Event::Finished => ("finished", None),
        };
        trace.add(now, &format!("customer-{number}"), what, more.as_slice());
    })
}

/// SimPy's clock ends with the last patience, also of customers that were
/// served long ago: there a timer that nobody waits for stays. Here it is taken
/// off the list, and the run ends with the last thing that happens.
fn clock_at_end(run: &Run, last: u64) -> u64 {
    let gaps = run.draws("door", "inter_arrival");
    let mut arrival = 0;
    let mut end = last;
    for (gap, patience) in gaps.iter().zip(run.draws("customer", "patience")) {
        end = end.max(arrival + patience);
        arrival += gap;
    }
    end
}

#[test]
fn bank_renege_is_what_simpy_did() {
    check("bank_renege", 9, |run, simulation, trace| {
        let bank = Bank {
            customers: run.parameter("customers") as u32,
            counters: Resource::new(simulation, "counters", run.parameter("counters")),
            draws: Box::new(Recorded {
                gaps: run.spans("door", "inter_arrival"),
                patience: run.spans("customer", "patience"),
                service: run.spans("customer", "service"),
            }),
            log: log(trace),
        };
        model::open(simulation, bank);
        run.play(simulation);
        json!({
            "served": trace.count("served"),
            "reneged": trace.count("reneged"),
            "waited_by_served": trace.sum("served"),
            "waited_by_reneged": trace.sum("reneged"),
            "clock_at_end": clock_at_end(run, simulation.now().as_nanos()),
        })
    });
}
