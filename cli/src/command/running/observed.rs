//! The records of a run, seen by a function.

use flagfall::Simulation;
use flagfall::panics::Enough;
use flagfall::record::Record;
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
