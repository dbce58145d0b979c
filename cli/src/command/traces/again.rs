//! Makes recorded runs again, to compare them with their traces, and to see the states of actors.

use super::header::scenario_in;
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::running::{observed, run_model};
use crate::command::talk::{host_ends, without_panic_messages};
use crate::words::{beginning, counted};
use flagfall::model::Model;
use flagfall::trace::{Checked, Entry, Header, TraceChecker, TraceError, TraceFile};
use flagfall::{Config, Simulation};
use std::cell::RefCell;
use std::fmt::Write;
use std::io::{Read, Seek};
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// The most bytes of a state that are shown.
const LONGEST_STATE: usize = 1 << 16;

pub(crate) struct Held<R> {
    pub(crate) checked: Checked,
    pub(crate) trace: TraceFile<R>,
    /// The error of the run, if it has one of its own.
    pub(crate) failed: Option<String>,
}

/// What compares a run with a trace, or the error of that; nothing once it was taken.
type Watch<R> = Rc<RefCell<Option<Result<TraceChecker<R>, TraceError>>>>;

/// Compares a simulation with a trace while it runs.
fn watch<R: Read + Seek + 'static>(simulation: &mut Simulation, trace: TraceFile<R>) -> Watch<R> {
    observed(simulation, Some(Ok(TraceChecker::new(trace))), |watch, record| {
        let Some(Ok(checker)) = watch else { return true };
        checker.record(record).unwrap_or_else(|error| {
            *watch = Some(Err(error));
            false
        })
    })
}

fn end<R: Read + Seek>(watch: &Watch<R>) -> Result<(Checked, TraceFile<R>), TraceError> {
    watch.take().expect("a watch ends once")?.finish()
}

/// Runs a model and compares it with a trace; `begin` sees the simulation first.
pub(crate) fn hold<R: Read + Seek + 'static>(
    model: &AnyModel,
    config: &Config,
    trace: TraceFile<R>,
    begin: &dyn Fn(&mut Simulation),
) -> Result<Held<R>, TraceError> {
    let config = config.clone().draws(trace.header().draws);
    let mut simulation = Simulation::new(config);
    begin(&mut simulation);
    let watch = watch(&mut simulation, trace);
    let ran = run_model(model, &mut simulation);
    let (checked, trace) = end(&watch)?;
    // If the run was left because of a difference, the error comes from stopping the run.
    let whole = match &checked {
        Checked::Equal(_) => true,
        Checked::EqualSoFar(_) => false,
        Checked::Different(difference) => difference.right.is_none(),
    };
    let failed = ran.err().filter(|_| whole).map(|failure| failure.text());
    Ok(Held { checked, trace, failed })
}

/// An ingredient that is different in two runs: its name and its values.
pub(crate) type Ingredient = (String, String, String);

pub(crate) fn differences(left: &Header, right: &Header) -> Vec<Ingredient> {
    let own = |(name, left, right): (&str, &str, &str)| (name.into(), left.into(), right.into());
    left.differences(right).into_iter().map(own).collect()
}

/// The state of an entry's receiver before that event: its run is made again. An error says why
/// it is not known.
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
    // One step also does what comes right after its event.
    let ends = host_ends();
    let goes_on = || !ends.as_ref().is_some_and(|ends| ends.load(Ordering::Relaxed));
    while simulation.events() + 1 < entry.event
        && goes_on()
        && matches!(simulation.step(), Ok(true))
    {}
    let events = simulation.events();
    let shown = simulation.shown(entry.receiver.actor()).map(print);
    let (checked, _) = end(&watch).map_err(|error| error.to_string())?;
    if let Checked::Different(found) = checked {
        // Without `right`, the run was left there: that is no difference.
        if found.place < place && found.right.is_some() {
            return Err(format!(
                "the repeated run differs after {}",
                counted(found.place, "record")
            ));
        }
    }
    if events + 1 < entry.event {
        return Err(format!("the repeated run ends with event {events}"));
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
