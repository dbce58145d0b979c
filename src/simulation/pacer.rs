//! Pacers, which a run calls before the clock moves.
//!
//! The engine knows only virtual time. It tells a pacer where the clock is about to move, and moves
//! it when the pacer returns.

use crate::time::VirtualTime;
use std::cell::RefCell;
use std::rc::Rc;

/// Decides when the clock of a run may move.
///
/// [`RealTime`](crate::pacing::RealTime) waits for the wall clock; closures are pacers, too. A
/// pacer gets only times and returns nothing, so it cannot change the run.
///
/// # Examples
/// A pacer that only notes where the clock goes:
/// ```
/// use flagfall::{Actor, Config, Context, Simulation, Span, VirtualTime};
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// struct Blinker;
/// impl Actor for Blinker {
///     type Message = u64;
///     fn handle(&mut self, left: u64, context: &mut Context<'_, u64>) {
///         if left > 0 {
///             context.hold(Span::from_secs(2), left - 1);
///         }
///     }
/// }
///
/// let times = Rc::new(RefCell::new(Vec::new()));
/// let noted = Rc::clone(&times);
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.pace(move |time: VirtualTime| noted.borrow_mut().push(time.to_string()));
/// let blinker = simulation.spawn("blinker", Blinker);
/// simulation.send(&blinker, 2);
/// simulation.run()?;
/// assert_eq!(*times.borrow(), ["0s", "2s", "4s"]);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub trait Pacer {
    /// Returns when the clock may move to `time`.
    ///
    /// It is called when a run begins or continues, with the current time of the clock, and then
    /// once before each move. Times never go back.
    fn wait_until(&mut self, time: VirtualTime);
}

impl<F: FnMut(VirtualTime)> Pacer for F {
    fn wait_until(&mut self, time: VirtualTime) {
        self(time);
    }
}

/// A pacer that its user can read after the run.
impl<P: Pacer> Pacer for Rc<RefCell<P>> {
    fn wait_until(&mut self, time: VirtualTime) {
        self.borrow_mut().wait_until(time);
    }
}
