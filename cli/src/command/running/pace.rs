//! `--pace`: a run in step with real time.

use super::lines::TraceLines;
use crate::command::talk::talk;
use flagfall::pacing::{Lag, RealTime};
use flagfall::time::VirtualTime;
use flagfall::{Pacer, Simulation};
use std::cell::RefCell;
use std::rc::Rc;

/// The pace of a run.
pub(crate) struct Pace {
    pace: Rc<RefCell<RealTime>>,
}

impl Pace {
    /// Sets the pace. Lines of `--trace` are shown without delay.
    pub(crate) fn start(
        simulation: &mut Simulation,
        pace: &RealTime,
        trace: Option<&TraceLines>,
    ) -> Self {
        let pace = Rc::new(RefCell::new(pace.clone()));
        let mut kept = Rc::clone(&pace);
        let trace = trace.cloned();
        simulation.pace(move |time: VirtualTime| {
            if let Some(trace) = &trace {
                trace.show();
            }
            kept.wait_until(time);
        });
        Self { pace }
    }

    /// Says how late the run was, if it was, or if the user wants all messages.
    pub(crate) fn report(&self, verbose: bool) {
        let Lag { moves, late, worst, .. } = self.pace.borrow().lag();
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
}
