//! Fails the run for forgotten awaits: waits that are unpolled when the step of their process ends.
//!
//! After `let _unit = till.acquire(&p);` without `.await`, a process goes on as if it held the
//! unit. The check is one comparison for each step. It works in every step, also of a process that
//! never ends or is killed later. An *excused* wait is exempt from it.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::process::all::EngineWait;
use crate::process::handle::{Used, check};
use crate::process::interface::Process;
use crate::process::place::Place;
use crate::process::state::ProcessState;
use crate::process::unpolled::Unpolled;
use crate::process::waits::Wait;
use crate::process::waker::NO_WAKER;
use std::cell::RefCell;
use std::panic::Location;
use std::task::Context;

/// Fails the run for an unpolled wait, unless a combinator that ended early may have got it by
/// reference.
#[cold]
pub(crate) fn fail_for_forgotten(kernel: &RefCell<Kernel>, state: &ProcessState) {
    let mut begun = state.unpolled.begun.borrow_mut();
    let mut waits = state.waits.borrow_mut();
    let mut open = waits.all.iter_mut().filter(|wait| !wait.excused).peekable();
    if Unpolled::is_excused() {
        open.for_each(|wait| wait.excused = true);
        begun.clear();
        return state.unpolled.count.set(0);
    }
    // An outer future is reported, not the waits in it.
    let place = begun.first().copied().or_else(|| open.peek()?.place);
    drop((begun, waits));
    let place = place.expect("a wait has a place").to_string();
    kernel.borrow_mut().fail(ErrorKind::NotAwaited { place });
}

/// Part of a future that begins to wait only when it is first polled. It checks that the future is
/// polled, and by its own process.
pub(crate) struct Begun<'a> {
    state: &'a ProcessState,
    process: ActorId,
    pub(crate) place: Place,
    pub(super) polled: bool,
}

impl<'a> Begun<'a> {
    #[track_caller]
    pub(crate) fn new<M>(process: &'a Process<M>) -> Self {
        process.check();
        let (state, place) = (&*process.state, Location::caller());
        state.unpolled.push(place);
        Self { state, process: process.id, place, polled: false }
    }

    /// To be called at each poll; returns whether this is the first. Fails the run if another
    /// process polls.
    pub(crate) fn ask(&mut self) -> bool {
        check(self.state, self.process, Used::Wait, self.place);
        let is_first = !std::mem::replace(&mut self.polled, true);
        if is_first {
            self.state.unpolled.remove(self.place);
        }
        is_first
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.polled {
            self.state.unpolled.remove(self.place);
        }
    }
}

impl Wait {
    /// Excuses it: it is dropped on purpose, without being polled.
    pub(crate) fn give_up(&self) {
        self.state.excuse(self.key);
    }

    pub(crate) fn was_looked_at(&self) -> bool {
        self.state.is_excused(self.key)
    }
}

/// Says that a wait which begins here is awaited later, after the process has waited for something
/// else.
///
/// A claim, a sleep or a request begins where it is made. A process that makes one and then waits
/// for something else has mostly forgotten an `.await`. That is an error
/// ([`NotAwaited`](crate::ErrorKind::NotAwaited)), unless this function says that it is meant.
/// Mostly it is better to begin where you await, or to await several together with
/// [`all`](super::all).
///
/// # Examples
/// The patience begins at the door, not at the till:
/// ```
/// use flagfall::process::{Either, either, later};
/// use flagfall::{Config, Resource, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let till = Resource::new(&mut simulation, "till", 1);
/// simulation.process("slow", async move |p| {
///     let _till = till.acquire(&p).await;
///     p.sleep(Span::from_secs(600)).await;
/// });
/// let hasty = simulation.process("hasty", async move |p| {
///     let patience = later(p.sleep(Span::from_secs(180)));
///     p.sleep(Span::from_secs(60)).await; // to the till
///     let served = either(till.acquire(&p), patience).await;
///     (matches!(served, Either::First(_)), p.now().to_string())
/// });
/// simulation.run()?;
/// assert_eq!(hasty.result(), Some((false, "180s".to_owned())));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub fn later<W: EngineWait>(wait: W) -> W {
    // This counts as the first poll; the later `.await` polls again.
    wait.look(&mut Context::from_waker(NO_WAKER));
    wait
}
