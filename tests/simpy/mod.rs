//! The models of `examples/` against what SimPy itself did: every run of
//! `fixtures/simpy/` is played again from its draws, and all events must be the
//! same, at the same times, in the same order.

mod bank_renege;
mod carwash;
mod clock;
mod gas_station_refuel;
mod latency;
mod machine_shop;
mod movie_renege;
mod process_communication;

use crate::support::{fixture_path, json};
use flagfall::{Config, EventListKind, Simulation, Span, VirtualTime};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// A recorded run.
struct Run(Value);

impl Run {
    fn parameter(&self, name: &str) -> u64 {
        self.0["parameters"][name].as_u64().expect(name)
    }

    fn span(&self, name: &str) -> Span {
        Span::from_nanos(self.parameter(name))
    }

    /// All draws of one purpose; what was never drawn is 0.
    fn draws(&self, who: &str, purpose: &str) -> Vec<u64> {
        numbers(&self.0["draws"][who][purpose])
    }

    fn spans(&self, who: &str, purpose: &str) -> Vec<Span> {
        self.draws(who, purpose).into_iter().map(Span::from_nanos).collect()
    }

    /// The draws of one purpose of each of several who draw often.
    fn spans_of_each(&self, who: &str, purpose: &str) -> Vec<Vec<Span>> {
        let lists = self.0["draws"][who][purpose].as_array().expect("lists of draws");
        let spans = |list| numbers(list).into_iter().map(Span::from_nanos).collect();
        lists.iter().map(spans).collect()
    }

    /// Plays it to the recorded end, or until nothing is left to happen.
    fn play(&self, simulation: &mut Simulation) {
        let outcome = match self.0["parameters"]["end"].as_u64() {
            Some(end) => simulation.run_before(VirtualTime::from_nanos(end)),
            None => simulation.run(),
        };
        outcome.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
    }

    fn name(&self) -> String {
        format!("{}, seed {}", self.0["set"].as_str().expect("a set"), self.0["seed"])
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    let number = |draw: &Value| draw.as_u64().unwrap_or(0);
    list.as_array().expect("a list of draws").iter().map(number).collect()
}

/// What happened, as it is recorded: `[time, who, what, more...]`.
#[derive(Clone, Default)]
struct Trace(Rc<RefCell<Vec<Value>>>);

impl Trace {
    fn add(&self, now: VirtualTime, who: &str, what: &str, more: &[Value]) {
        let mut event = vec![json!(now.as_nanos()), json!(who), json!(what)];
        event.extend_from_slice(more);
        self.0.borrow_mut().push(Value::Array(event));
    }

    /// How often something happened.
    fn count(&self, what: &str) -> usize {
        self.0.borrow().iter().filter(|event| event[2] == what).count()
    }

    /// The sum of the numbers that came with what happened.
    fn sum(&self, what: &str) -> u64 {
        let events = self.0.borrow();
        let that = events.iter().filter(|event| event[2] == what);
        that.map(|event| event[3].as_u64().expect("a number")).sum()
    }
}

fn nanos(span: Span) -> Value {
    json!(span.as_nanos())
}

/// The first difference of two trajectories, with what is around it.
fn difference(recorded: &[Value], played: &[Value]) -> Option<String> {
    let longest = recorded.len().max(played.len());
    let at = (0..longest).find(|at| recorded.get(*at) != played.get(*at))?;
    let mut text = format!("event {at} differs (of {} and {})", recorded.len(), played.len());
    for near in at.saturating_sub(3)..longest.min(at + 4) {
        let show = |list: &[Value]| list.get(near).map_or("-".to_owned(), Value::to_string);
        let mark = if near == at { '>' } else { ' ' };
        text += &format!("\n{mark} {near}: SimPy {}   flagfall {}", show(recorded), show(played));
    }
    Some(text)
}

/// Whether this is the published package, which leaves the recordings out.
fn is_package() -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(".cargo_vcs_info.json").exists()
}

/// Plays all recorded runs of an example and compares events and results.
fn check(name: &str, runs: usize, play: impl Fn(&Run, &mut Simulation, &Trace) -> Value) {
    let file = format!("simpy/{name}.json");
    if is_package() && !fixture_path(&file).exists() {
        eprintln!("skipped: the package is without fixtures/{file}");
        return;
    }
    let Value::Array(recorded) = json(&file)["runs"].take() else { panic!("{file} has no runs") };
    assert_eq!(recorded.len(), runs, "{file}");
    for run in recorded.into_iter().map(Run) {
        let mut digests = Vec::new();
        for kind in [EventListKind::default(), EventListKind::PriorityQueue] {
            let mut simulation = Simulation::new(Config::new(42).event_list(kind));
            let trace = Trace::default();
            let results = play(&run, &mut simulation, &trace);
            let events = run.0["events"].as_array().expect("events");
            if let Some(difference) = difference(events, &trace.0.borrow()) {
                panic!("{name}, {}: {difference}", run.name());
            }
            assert_eq!(run.0["results"], results, "{name}, {}", run.name());
            digests.push(simulation.digest());
        }
        assert_eq!(digests[0], digests[1], "{name}, {}: the event lists", run.name());
    }
}

#[test]
fn a_difference_is_shown_with_its_neighbours() {
    let recorded: Vec<Value> = (0..9).map(|time| json!([time, "door", "opens"])).collect();
    assert_eq!(difference(&recorded, &recorded), None);
    let mut played = recorded.clone();
    played.swap(4, 5);
    let text = difference(&recorded, &played).expect("two events are swapped");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "event 4 differs (of 9 and 9)");
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[4], r#"> 4: SimPy [4,"door","opens"]   flagfall [5,"door","opens"]"#);
    played.truncate(4);
    let text = difference(&recorded, &played).expect("events are missing");
    assert!(text.ends_with(r#"  7: SimPy [7,"door","opens"]   flagfall -"#), "{text}");
}
