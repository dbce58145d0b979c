use super::{Trace, check, nanos};
use flagfall::{Process, Resource, Span, VirtualTime};
use model::{Draws, Event, Shop};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

#[path = "../../examples/machine_shop/model.rs"]
mod model;

struct Recorded {
    parts: Vec<Vec<Span>>,
    failures: Vec<Vec<Span>>,
}

impl Draws for Recorded {
    fn parts(&self, _: &Process, number: u32) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.parts[number as usize].clone().into_iter())
    }

    fn failures(&self, _: &Process, number: u32) -> Box<dyn Iterator<Item = Span>> {
        Box::new(self.failures[number as usize].clone().into_iter())
    }
}

/// When each machine finished its parts.
type Finished = Rc<RefCell<Vec<Vec<VirtualTime>>>>;

/// FNV-1a over the times, each as 8 bytes, the lowest first.
fn digest(times: &[VirtualTime]) -> String {
    let bytes = times.iter().flat_map(|time| time.as_nanos().to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn log(trace: &Trace, finished: &Finished, parts: bool) -> Box<dyn Fn(VirtualTime, Event)> {
    let (trace, finished) = (trace.clone(), Rc::clone(finished));
    Box::new(move |now, event| {
        let machine = |number: u32| format!("machine-{number}");
        let jobs = || "jobs".to_owned();
        let (who, what, more): (String, &str, Vec<Value>) = match event {
            Event::Part { machine: number, count } => {
                finished.borrow_mut()[number as usize].push(now);
                if !parts {
                    return;
                }
                (machine(number), "part", vec![json!(count)])
            }
            Event::Broken { machine: number, left } => {
                (machine(number), "broken", vec![nanos(left)])
            }
            Event::FailureIgnored { machine: number } => {
                (machine(number), "failure_ignored", vec![])
            }
            Event::Repair { machine: number } => (machine(number), "repair", vec![]),
            Event::Repaired { machine: number } => (machine(number), "repaired", vec![]),
            Event::JobBegun { left } => (jobs(), "begun", vec![nanos(left)]),
            Event::JobPreempted { left, by } => {
                let by = by.replace('[', "-").replace(']', "");
                (jobs(), "preempted", vec![nanos(left), json!(by)])
            }
            Event::JobDone { count } => (jobs(), "done", vec![json!(count)]),
        };
        trace.add(now, &who, what, &more);
    })
}

#[test]
fn machine_shop_is_what_simpy_did() {
    check("machine_shop", 6, |run, simulation, trace| {
        let machines = run.parameter("machines");
        let finished: Finished = Rc::new(RefCell::new(vec![Vec::new(); machines as usize]));
        let part_events = run.0["parameters"]["part_events"] == true;
        let shop = Shop {
            machines: machines as u32,
            repairman: Resource::new(simulation, "repairman", 1),
            repair: run.span("repair"),
            job: run.span("job"),
            draws: Box::new(Recorded {
                parts: run.spans_of_each("machine", "part"),
                failures: run.spans_of_each("machine", "failure"),
            }),
            log: log(trace, &finished, part_events),
        };
        model::open(simulation, shop);
        run.play(simulation);
        let finished = finished.borrow();
        json!({
            "parts_made": finished.iter().map(Vec::len).collect::<Vec<_>>(),
            "parts_digest": finished.iter().map(|times| digest(times)).collect::<Vec<_>>(),
            "breakdowns": trace.count("broken"),
            "failures_ignored": trace.count("failure_ignored"),
            "preemptions": trace.count("preempted"),
            "jobs_done": trace.count("done"),
        })
    });
}
