use super::{Trace, check, nanos};
use flagfall::{Process, Span, VirtualTime};
use model::{Draws, Event, Post};
use serde_json::json;

#[path = "../../examples/process_communication/model.rs"]
mod model;

struct Recorded {
    gaps: Vec<Span>,
    works: Vec<Vec<Span>>,
}

impl Draws for Recorded {
    fn gaps(&self, _: &Process) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.gaps.clone().into_iter())
    }

    fn works(&self, _: &Process, number: usize) -> Box<dyn Iterator<Item = Span>> {
        // One more: the last letter may be waited for until the end.
        Box::new(self.works[number].clone().into_iter().chain([Span::ZERO]))
    }
}

fn log(trace: &Trace) -> Box<dyn Fn(VirtualTime, u64, Event)> {
    let trace = trace.clone();
    Box::new(move |now, number, event| match event {
        Event::Sent => trace.add(now, "sender", "sent", &[json!(number)]),
        Event::Received { receiver, age } => {
            let more = [json!(number), nanos(age)];
            trace.add(now, &format!("receiver-{receiver}"), "received", &more);
        }
    })
}

#[test]
fn process_communication_is_what_simpy_did() {
    check("process_communication", 14, |run, simulation, trace| {
        let receivers = run.parameter("receivers");
        let pipes: Vec<_> =
            (0..receivers).map(|number| model::pipe(simulation, number as u32)).collect();
        let post = Post {
            pipes: pipes.clone(),
            draws: Box::new(Recorded {
                gaps: run.spans("sender", "gap"),
                works: run.spans_of_each("receiver", "work"),
            }),
            log: log(trace),
        };
        model::open(simulation, post);
        run.play(simulation);
        let events = trace.0.borrow();
        let received = |which: u64, is_late: bool| {
            let who = format!("receiver-{which}");
            let his = events.iter().filter(|event| event[1] == who);
            his.filter(|event| !is_late || event[4] != 0).count()
        };
        let by_receiver =
            |is_late| (0..receivers).map(|which| received(which, is_late)).collect::<Vec<_>>();
        json!({
            "received": by_receiver(false),
            "late": by_receiver(true),
            "in_store_at_end": pipes.iter().map(|pipe| pipe.len(simulation)).collect::<Vec<_>>(),
        })
    });
}
