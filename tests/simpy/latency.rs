use super::{Trace, check, nanos};
use flagfall::VirtualTime;
use model::{Cable, Event};
use serde_json::json;

#[path = "../../examples/latency/model.rs"]
mod model;

fn log(trace: &Trace) -> Box<dyn Fn(VirtualTime, u32, Event)> {
    let trace = trace.clone();
    Box::new(move |now, number, event| match event {
        Event::Sent => trace.add(now, "sender", "sent", &[json!(number)]),
        Event::Arrived => trace.add(now, "cable", "arrived", &[json!(number)]),
        Event::Received { sent } => {
            trace.add(now, "receiver", "received", &[json!(number), nanos(now - sent)]);
        }
    })
}

#[test]
fn latency_is_what_simpy_did() {
    check("latency", 6, |run, simulation, trace| {
        let cable = Cable {
            delay: run.span("delay"),
            far_end: model::far_end(simulation),
            log: log(trace),
        };
        model::open(simulation, cable, Box::new(run.spans("sender", "gap").into_iter()));
        run.play(simulation);
        json!({ "sent": trace.count("sent"), "received": trace.count("received") })
    });
}
