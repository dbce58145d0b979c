//! Something that happens once, for all who wait for it.

use crate::actor::{Family, Message};
use crate::features::Kernel;
use crate::process::all::{EngineWait, Sealed};
use crate::process::interface::Process;
use crate::process::reference::Waiter;
use crate::process::state::Reason;
use crate::process::waits::Wait;
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Something that happens at most once (SimPy's `Event`): processes wait for
/// it, one fires it with a value, and all who wait go on at that instant, in
/// the order they began to wait. Who waits after that goes on at once.
///
/// Clones are the same signal. A signal belongs to the run in which it is
/// first used: used in another, it ends that.
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

    /// Fires it; `false`, and nothing happens, if it was fired before.
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

    /// The value it was fired with.
    #[must_use]
    pub fn value(&self) -> Option<T> {
        self.state.borrow().value.clone()
    }

    /// Waits until it is fired; the value.
    #[track_caller]
    pub fn wait<M: Message>(&self, process: &Process<M>) -> SignalWait<T> {
        let place = Location::caller();
        self.belong(&mut process.act_at(place));
        let wait = if self.is_fired() {
            Wait::done(process, place)
        } else {
            let wait = Wait::open_for(process, Reason::Signal, place);
            self.state.borrow_mut().waiting.push(wait.waiter());
            wait
        };
        SignalWait { signal: self.clone(), wait }
    }

    /// Makes it the signal of that simulation; fails the run if it is
    /// another's.
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

impl<T: Clone> EngineWait for SignalWait<T> {}

impl<T: Clone> Future for SignalWait<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.get_mut().poll_look(context)
    }
}

impl<T> Drop for SignalWait<T> {
    /// Takes a wait that is given up off the list.
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
