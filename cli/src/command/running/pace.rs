//! `--pace`: a run in step with real time.

use super::lines::TraceLines;
use crate::command::talk::talk;
use flagfall::pacing::{Lag, RealTime};
use flagfall::time::VirtualTime;
use flagfall::{Pacer, Simulation};
use std::cell::RefCell;
use std::rc::Rc;

/// Sets the pace of a run. Lines of `--trace` are shown without delay.
pub(crate) fn keep_pace(
    simulation: &mut Simulation,
    pace: &RealTime,
    trace: Option<&TraceLines>,
) -> Rc<RefCell<RealTime>> {
    let pace = Rc::new(RefCell::new(pace.clone()));
    let mut kept = Rc::clone(&pace);
    let trace = trace.cloned();
    simulation.pace(move |time: VirtualTime| {
        if let Some(trace) = &trace {
            trace.show();
        }
        kept.wait_until(time);
    });
    pace
}

/// Says how late the run was, if it was, or if the user wants all messages.
pub(crate) fn report_pace(pace: &RealTime, verbose: bool) {
    let Lag { moves, late, worst, .. } = pace.lag();
    let millis = worst.as_secs_f64() * 1e3;
    if late > 0 {
        talk(format_args!(
            "note: fell behind real time at {late} of {moves} moves of the clock, by \
             {millis:.3} ms at worst; a lower --pace is easier to keep"
        ));
    } else if verbose {
        talk(format_args!(
            "pace: kept at all {moves} moves of the clock, {millis:.3} ms late at worst"
        ));
    }
}
