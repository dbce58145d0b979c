//! Something that happens once, for all who wait for it.

use super::Process;
use super::shell::Reason;
use super::waits::{Wait, Waiter};
use crate::actor::Message;
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;

/// Something that happens at most once (SimPy's `Event`): processes wait for
/// it, one fires it with a value, and all who wait go on at that instant, in
/// the order they began to wait. Who waits after that goes on at once.
///
/// Clones are the same signal. A signal belongs to the run in which it is
/// first used.
///
/// # Examples
/// ```
/// use flagfall::process::Signal;
/// use flagfall::{Config, Process, Simulation, Span};
///
/// let sold_out = Signal::new();
/// let mut simulation = Simulation::new(Config::new(42));
/// for number in 0..3 {
///     let sold_out = sold_out.clone();
///     simulation.process(("visitor", number), move |p: Process| async move {
///         let film: &str = sold_out.wait(&p).await;
///         assert_eq!((film, p.now().to_string()), ("Metropolis", "5s".to_owned()));
///     });
/// }
/// simulation.process("counter", move |p: Process| async move {
///     p.sleep(Span::from_secs(5)).await;
///     assert!(sold_out.fire(&p, "Metropolis"));
/// });
/// simulation.run()?;
/// assert_eq!(simulation.live_actors(), 0);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Signal<T = ()> {
    state: Rc<RefCell<State<T>>>,
}

struct State<T> {
    value: Option<T>,
    waiting: Vec<Waiter>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self { state: Rc::clone(&self.state) }
    }
}

impl<T> Default for Signal<T> {
    fn default() -> Self {
        let state = State { value: None, waiting: Vec::new() };
        Self { state: Rc::new(RefCell::new(state)) }
    }
}

impl<T: Clone> Signal<T> {
    /// A signal that has not been fired.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fires it; `false`, and nothing happens, if it was fired before.
    pub fn fire<M: Message>(&self, process: &Process<M>, value: T) -> bool {
        let mut state = self.state.borrow_mut();
        if state.value.is_some() {
            return false;
        }
        state.value = Some(value);
        let core = &mut *process.core.borrow_mut();
        for waiter in state.waiting.drain(..) {
            core.wake_now(&waiter);
        }
        true
    }

    /// Whether it was fired.
    #[must_use]
    pub fn is_fired(&self) -> bool {
        self.state.borrow().value.is_some()
    }

    /// The value it was fired with.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        self.state.borrow().value.clone()
    }

    /// Waits until it is fired; the value.
    pub async fn wait<M: Message>(&self, process: &Process<M>) -> T {
        if let Some(value) = self.value() {
            return value;
        }
        let wait = Wait::open_for(process, Reason::Signal);
        self.state.borrow_mut().waiting.push(wait.waiter());
        let forget = Forget { signal: self, wait: &wait };
        poll_fn(|context| wait.poll(context)).await;
        drop(forget);
        self.value().expect("whoever waits is woken by firing")
    }
}

/// Takes a wait that is given up off the list.
struct Forget<'a, T> {
    signal: &'a Signal<T>,
    wait: &'a Wait,
}

impl<T> Drop for Forget<'_, T> {
    fn drop(&mut self) {
        self.signal.state.borrow_mut().waiting.retain(|waiter| !waiter.is(self.wait));
    }
}

impl<T: fmt::Debug> fmt::Debug for Signal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signal").field(&self.state.borrow().value).finish()
    }
}
