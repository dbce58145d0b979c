//! A signal that fires once, for all processes that wait for it.

use crate::actor::{Family, Message};
use crate::features::Kernel;
use crate::process::all::Sealed;
use crate::process::interface::Process;
use crate::process::key::Reason;
use crate::process::reference::Waiter;
use crate::process::waits::Wait;
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Something that happens at most once (SimPy's `Event`). Processes wait for it, and one fires it
/// with a value. All waiting processes go on at that instant, in the order in which they began to
/// wait. A process that waits later goes on at once.
///
/// Clones are the same signal. A signal belongs to the run in which it is first used. If another
/// run uses it, that run fails.
///
/// # Examples
/// ```
/// use flagfall::process::Signal;
/// use flagfall::{Config, Simulation, Span};
///
/// let sold_out = Signal::new();
/// let mut simulation = Simulation::new(Config::new(42));
/// for number in 0..3 {
///     let sold_out = sold_out.clone();
///     simulation.process(("visitor", number), async move |p| {
///         let film: &str = sold_out.wait(&p).await;
///         assert_eq!((film, p.now().to_string()), ("Metropolis", "5s".to_owned()));
///     });
/// }
/// simulation.process("counter", async move |p| {
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
    /// The simulation it belongs to, once it is used.
    family: Option<Family>,
    waiting: Vec<Waiter>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self { state: Rc::clone(&self.state) }
    }
}

impl<T> Default for Signal<T> {
    fn default() -> Self {
        let state = State { value: None, family: None, waiting: Vec::new() };
        Self { state: Rc::new(RefCell::new(state)) }
    }
}

impl<T: Clone> Signal<T> {
    /// A signal that has not been fired.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fires the signal; returns `false` and does nothing if it was fired before.
    #[track_caller]
    pub fn fire<M: Message>(&self, process: &Process<M>, value: T) -> bool {
        let kernel = &mut *process.act();
        self.belong(kernel);
        let mut state = self.state.borrow_mut();
        if state.value.is_some() {
            return false;
        }
        state.value = Some(value);
        for waiter in state.waiting.drain(..) {
            kernel.wake_now(&waiter);
        }
        true
    }

    /// Whether it was fired.
    #[must_use]
    pub fn is_fired(&self) -> bool {
        self.state.borrow().value.is_some()
    }

    /// The value that it was fired with.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        self.state.borrow().value.clone()
    }

    /// Waits until the signal is fired; returns its value.
    #[track_caller]
    pub fn wait<M: Message>(&self, process: &Process<M>) -> SignalWait<T> {
        let place = Location::caller();
        self.belong(&mut process.act_at(place));
        let State { value, waiting, .. } = &mut *self.state.borrow_mut();
        let waiting = value.is_none().then_some(waiting);
        let wait = Wait::with_others(process, Reason::Signal, place, waiting);
        SignalWait { signal: self.clone(), wait }
    }

    /// Binds the signal to that simulation; fails the run if it is bound to another.
    fn belong(&self, kernel: &mut Kernel) {
        let family = *self.state.borrow_mut().family.get_or_insert(kernel.family);
        kernel.owns(family);
    }
}

/// Waits until a signal is fired; see [`Signal::wait`].
#[must_use = "nothing is waited for until this is awaited: write `.await`"]
pub struct SignalWait<T> {
    signal: Signal<T>,
    wait: Wait,
}

impl<T: Clone> Sealed for SignalWait<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> T {
        self.signal.value().expect("whoever waits is woken by firing")
    }
}

impl<T: Clone> Future for SignalWait<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.get_mut().poll_look(context)
    }
}

impl<T> Drop for SignalWait<T> {
    fn drop(&mut self) {
        if !self.wait.is_decided() {
            self.signal.state.borrow_mut().waiting.retain(|waiter| !self.wait.is_of(waiter));
        }
    }
}

impl<T> fmt::Debug for SignalWait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignalWait")
    }
}

impl<T: fmt::Debug> fmt::Debug for Signal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signal").field(&self.state.borrow().value).finish()
    }
}
