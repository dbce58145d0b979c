//! Where the clock stands after a run that was to go up to a time, and what means over
//! time are taken over: SimPy is the oracle.

use super::{Trace, check};
use flagfall::{Outcome, Resource, VirtualTime};
use serde_json::{Value, json};
use std::iter::zip;

/// A mean over time as the whole number of nanoseconds that it is of.
fn nanos_of(mean: f64, now: VirtualTime) -> u64 {
    (mean * now.as_nanos() as f64).round() as u64
}

#[test]
fn the_clock_stands_where_simpys_does() {
    check("clock", 12, |run, simulation, trace: &Trace| {
        let machine = Resource::new(simulation, "machine", run.parameter("machines"));
        let gaps = run.spans("door", "inter_arrival");
        let services = run.spans("door", "service");
        let log = trace.clone();
        simulation.process("door", async move |p| {
            for (number, (gap, service)) in (0_u32..).zip(zip(gaps, services)) {
                p.sleep(gap).await;
                let log = log.clone();
                p.process_apart(("customer", number), async move |p| {
                    let who = format!("customer-{number}");
                    log.add(p.now(), &who, "arrived", &[]);
                    let _machine = machine.acquire(&p).await;
                    log.add(p.now(), &who, "began", &[]);
                    p.sleep(service).await;
                    log.add(p.now(), &who, "left", &[]);
                });
            }
        });
        let stops = run.0["parameters"]["stops"].as_array().expect("stops").iter();
        let reached = stops.map(|stop| {
            let outcome = match stop.as_u64() {
                Some(stop) => simulation.run_before(VirtualTime::from_nanos(stop)),
                None => simulation.run(),
            };
            // SimPy does not tell when the last event was.
            if let Outcome::Idle { since } = outcome.expect("nothing fails") {
                let events = trace.0.borrow();
                let last = events.last().map_or(0, |event| event[0].as_u64().expect("a time"));
                assert_eq!(since, VirtualTime::from_nanos(last));
            }
            let (now, statistics) = (simulation.now(), machine.statistics(simulation));
            let used = nanos_of(statistics.mean_in_use, now);
            json!([now.as_nanos(), used, nanos_of(statistics.mean_waiting, now)])
        });
        json!({"reached": reached.collect::<Vec<Value>>()})
    });
}
