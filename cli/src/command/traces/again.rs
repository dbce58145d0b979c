//! Recorded runs, made again: to hold them to their traces, and to see the states
//! of actors.

use super::header::{header_of, scenario_in};
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::running::{observed, run_model};
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, without_panic_messages};
use crate::words::{beginning, counted};
use flagfall::model::Model;
use flagfall::trace::{Checked, Entry, Header, TraceChecker, TraceError, TraceFile};
use flagfall::{Config, Simulation};
use std::cell::RefCell;
use std::fmt::Write;
use std::io::{Read, Seek};
use std::rc::Rc;

/// States are shown up to this length in bytes.
const LONGEST_STATE: usize = 1 << 16;

/// What a run was that was held to a trace.
pub(crate) struct Held<R> {
    pub(crate) checked: Checked,
    /// The trace, given back.
    pub(crate) trace: TraceFile<R>,
    /// How the run ended, if it failed of itself.
    pub(crate) failed: Option<String>,
}

/// What holds a run to a trace, or why it cannot; nothing once it was taken.
type Watch<R> = Rc<RefCell<Option<Result<TraceChecker<R>, TraceError>>>>;

/// Lets a simulation be held to a trace.
fn watch<R: Read + Seek + 'static>(simulation: &mut Simulation, trace: TraceFile<R>) -> Watch<R> {
    observed(simulation, Some(Ok(TraceChecker::new(trace))), |watch, record| {
        let Some(Ok(checker)) = watch else { return true };
        checker.record(record).unwrap_or_else(|error| {
            *watch = Some(Err(error));
            false
        })
    })
}

/// What a watch came to.
fn end<R: Read + Seek>(watch: &Watch<R>) -> Result<(Checked, TraceFile<R>), TraceError> {
    watch.take().expect("a watch ends once")?.finish()
}

/// Runs a model and holds it to a trace.
pub(crate) fn hold<R: Read + Seek + 'static>(
    model: &AnyModel,
    config: &Config,
    trace: TraceFile<R>,
) -> Result<Held<R>, TraceError> {
    let config = config.clone().draws(trace.header().draws);
    let mut simulation = Simulation::new(config);
    let watch = watch(&mut simulation, trace);
    let ran = run_model(model, &mut simulation);
    let (checked, trace) = end(&watch)?;
    // A run that was ended here did not fail of itself.
    let whole = match &checked {
        Checked::Equal(_) => true,
        Checked::EqualSoFar(_) => false,
        Checked::Different(difference) => difference.right.is_none(),
    };
    let failed = ran.err().filter(|_| whole).map(|failure| failure.text());
    Ok(Held { checked, trace, failed })
}

/// An ingredient of two runs that is not the same in both: its name and its values.
pub(crate) type Ingredient = (String, String, String);

/// A run held to its trace, and in what it is another run than was recorded.
pub(crate) struct Replayed<R> {
    pub(crate) held: Result<Held<R>, TraceError>,
    pub(crate) changed: Vec<Ingredient>,
}

/// Makes a recorded run again and holds it to its trace.
pub(crate) fn replay<R: Read + Seek + 'static>(
    mut scenario: Scenario,
    trace: TraceFile<R>,
    program: &Program,
) -> Result<Replayed<R>, Failure> {
    let config = scenario.prepare()?.draws(trace.header().draws);
    let now = header_of(&scenario.model, &config, (program, Vec::new()));
    let changed = differences(trace.header(), &now);
    let held = without_panic_messages(|| Ok(hold(&scenario.model, &config, trace)))?;
    Ok(Replayed { held, changed })
}

pub(crate) fn differences(left: &Header, right: &Header) -> Vec<Ingredient> {
    let own = |(name, left, right): (&str, &str, &str)| (name.into(), left.into(), right.into());
    left.differences(right).into_iter().map(own).collect()
}

/// The state of the receiver of an entry before that, in its run made again; an
/// error says why it is not known.
pub(crate) fn state<R: Read + Seek + 'static>(
    trace: TraceFile<R>,
    (place, entry): (u64, &Entry),
    program: &Program,
) -> Result<String, String> {
    let mut scenario = scenario_in(trace.header(), program)?;
    let config = scenario.prepare().map_err(|failure| failure.text())?;
    let config = config.draws(trace.header().draws);
    let looked =
        without_panic_messages(|| Ok(state_before(&scenario.model, config, trace, (place, entry))));
    looked.map_err(|failure| failure.text())?
}

fn state_before<R: Read + Seek + 'static>(
    model: &AnyModel,
    config: Config,
    trace: TraceFile<R>,
    (place, entry): (u64, &Entry),
) -> Result<String, String> {
    let mut simulation = Simulation::new(config);
    let watch = watch(&mut simulation, trace);
    let _handles = model.start(&mut simulation);
    // What comes right after an event belongs to its step.
    while simulation.events() + 1 < entry.event && matches!(simulation.step(), Ok(true)) {}
    let events = simulation.events();
    let shown = simulation.shown(entry.receiver.actor()).map(print);
    let (checked, _) = end(&watch).map_err(|error| error.to_string())?;
    if let Checked::Different(found) = checked {
        // Where the run was left, it has not ended.
        if found.place < place && found.right.is_some() {
            return Err(format!(
                "run again, it is not the same run: it differs after {}",
                counted(found.place, "record")
            ));
        }
    }
    if events + 1 < entry.event {
        return Err(format!("run again, it ends with event {events}"));
    }
    let none = || "the actor is not alive, or shows nothing (Actor::shown)".to_owned();
    let state = shown.ok_or_else(none)?;
    Ok(if events >= entry.event { format!("(after event {events}) {state}") } else { state })
}

fn print(state: &dyn std::fmt::Debug) -> String {
    let mut text = String::new();
    let _ = write!(text, "{state:?}");
    if text.len() > LONGEST_STATE {
        text.truncate(beginning(&text, LONGEST_STATE).len());
        text.push('…');
    }
    text
}
