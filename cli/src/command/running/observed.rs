//! The records of a run, seen by a function.

use crate::report::page::{MOST_RESOURCES, Recorded};
use flagfall::panics::Enough;
use flagfall::record::Record;
use flagfall::resource::ResourceReport;
use flagfall::{Simulation, VirtualTime};
use std::cell::RefCell;
use std::rc::Rc;

/// Calls `seen` with each record of a simulation, and with `kept`, which is returned. If it
/// returns false, it has seen enough, and the run is left.
pub(crate) fn observed<T: 'static>(
    simulation: &mut Simulation,
    kept: T,
    mut seen: impl FnMut(&mut T, &Record<'_>) -> bool + 'static,
) -> Rc<RefCell<T>> {
    let kept = Rc::new(RefCell::new(kept));
    let observer = Rc::clone(&kept);
    simulation.observe(move |record: &Record<'_>| {
        let goes_on = seen(&mut observer.borrow_mut(), record);
        // There are also records during a panic.
        if !goes_on && !std::thread::panicking() {
            Enough::unwind();
        }
    });
    kept
}

/// Keeps the first records of a simulation for a chart of it, and whether it has more. The run is
/// left at the first one too many.
pub(crate) fn first_records(simulation: &mut Simulation) -> Rc<RefCell<(Recorded, bool)>> {
    observed(simulation, (Recorded::default(), false), |(recorded, full), record| {
        *full = *full || !recorded.add(record);
        !*full
    })
}

/// The resources of a run, and a note about them that goes on with `note`.
pub(crate) fn resources_of(simulation: &Simulation, note: &str) -> (Vec<ResourceReport>, String) {
    let (resources, warm_up) = (simulation.resources(), simulation.config().warm_up);
    let more = match resources.len() {
        all if all > MOST_RESOURCES => format!(" These are the first {MOST_RESOURCES} of {all}."),
        _ => String::new(),
    };
    let since = match warm_up {
        VirtualTime::ZERO => String::new(),
        end => format!(" The numbers begin at the end of the warm-up, {end}."),
    };
    (resources, more + &since + note)
}
