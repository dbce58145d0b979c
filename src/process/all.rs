//! Waiting for all of several waits.

use crate::process::place::{Place, spent};
use crate::process::waker::NO_WAKER;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A wait of the engine. It knows whether it has happened, and keeps its result until that is
/// taken. If such a wait is dropped, its result goes back: an item to its place in the store, units
/// to their resource.
///
/// These are waits of the engine: [`Sleep`](super::Sleep), [`Answer`](super::Answer),
/// [`Join`](super::Join), [`SignalWait`](super::SignalWait), what resources, containers and stores
/// return, [`All`], and references to these. An `async` block is not: see
/// [`concurrently`](super::concurrently).
pub trait EngineWait: Sealed {}

impl<W: Sealed> EngineWait for W {}

/// What the engine needs of its waits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wait of the engine that `all` can keep until the others are done",
    label = "not a `Sleep`, `Answer`, `Join`, `SignalWait`, or what a resource or store returns",
    note = "for other futures, such as `async` blocks, there is `flagfall::process::concurrently`",
    note = "a timeout goes around all of them: `p.timeout(span, all(..))`"
)]
#[doc(hidden)]
#[allow(unreachable_pub)] // It seals a public trait.
pub trait Sealed: Future + Unpin {
    /// Whether it has happened. If not, the waker is woken when it is time to look again.
    fn look(&self, context: &mut Context<'_>) -> bool;

    /// Whether it has happened, even if the process does not know it yet.
    fn is_decided(&self) -> bool;

    /// The result, once.
    fn take(&mut self) -> Self::Output;

    fn poll_look(&mut self, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.look(context) { Poll::Ready(self.take()) } else { Poll::Pending }
    }
}

impl<W: Sealed> Sealed for &mut W {
    fn look(&self, context: &mut Context<'_>) -> bool {
        (**self).look(context)
    }

    fn is_decided(&self) -> bool {
        (**self).is_decided()
    }

    fn take(&mut self) -> Self::Output {
        (**self).take()
    }
}

/// Waits for all of several waits; see [`all`].
#[must_use = "nothing is waited for until this is awaited: write `.await`"]
pub struct All<W> {
    waits: Vec<W>,
    place: Place,
    handed_out: bool,
}

impl<W: EngineWait> All<W> {
    /// Stops waiting, and returns the results so far, in the order of the waits. The other waits
    /// are dropped.
    ///
    /// `None` means for certain that the wait did not happen: an item that was to be put into a
    /// store is not there.
    ///
    /// # Examples
    /// Two parts are needed, and one comes in time:
    /// ```
    /// use flagfall::process::all;
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let parts = Store::new(&mut simulation, "parts", 10);
    /// simulation.process("supplier", async move |p| {
    ///     parts.put(&p, "axle").await;
    /// });
    /// let builder = simulation.process("builder", async move |p| {
    ///     let mut both = all([parts.get(&p), parts.get(&p)]);
    ///     assert!(p.timeout(Span::from_secs(60), &mut both).await.is_err());
    ///     both.give_up()
    /// });
    /// simulation.run()?;
    /// assert_eq!(builder.result(), Some(vec![Some("axle"), None]));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn give_up(self) -> Vec<Option<W::Output>> {
        // `give_up` consumes the waits, so no waker is needed.
        let mut context = Context::from_waker(NO_WAKER);
        let take = |mut wait: W| {
            wait.look(&mut context);
            wait.is_decided().then(|| wait.take())
        };
        self.waits.into_iter().map(take).collect()
    }
}

impl<W: EngineWait> Sealed for All<W> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        // All waits are looked at, so that each can wake.
        self.waits.iter().filter(|wait| !wait.look(context)).count() == 0
    }

    fn is_decided(&self) -> bool {
        self.waits.iter().all(Sealed::is_decided)
    }

    fn take(&mut self) -> Vec<W::Output> {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.place);
        }
        self.waits.drain(..).map(|mut wait| wait.take()).collect()
    }
}

impl<W: EngineWait> Future for All<W> {
    type Output = Vec<W::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_look(context)
    }
}

impl<W> fmt::Debug for All<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "All of {}", self.waits.len())
    }
}

/// Waits for all of several waits (SimPy's `AllOf`), and returns their results, in their order.
///
/// Early results are kept until the last wait has happened. If this is dropped before, for example
/// by a [`timeout`](crate::Process::timeout), all results go back: items to their places, units to
/// their resource. [`All::give_up`] takes the results so far instead. Items and amounts that were
/// put are taken out again, unless another has got them.
///
/// For other futures, such as `async` blocks, see [`concurrently`](super::concurrently).
///
/// # Examples
/// ```
/// use flagfall::process::all;
/// use flagfall::{Config, Simulation, Span, Store};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let parts = Store::new(&mut simulation, "parts", 10);
/// simulation.process("supplier", async move |p| {
///     for part in ["axle", "wheel", "axle"] {
///         p.sleep(Span::from_secs(60)).await;
///         parts.put(&p, part).await;
///     }
/// });
/// let builder = simulation.process("builder", async move |p| {
///     let both = all([parts.get(&p), parts.get(&p)]).await;
///     // One more axle comes, but not a second wheel: nothing is taken.
///     let wheel = |part: &&str| *part == "wheel";
///     let more = all([parts.get(&p), parts.get_where(&p, wheel)]);
///     assert!(p.timeout(Span::from_secs(600), more).await.is_err());
///     both
/// });
/// simulation.run()?;
/// assert_eq!(builder.result(), Some(vec!["axle", "wheel"]));
/// assert_eq!(parts.len(&simulation), 1);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
///
/// It can be awaited once, like each of the waits in it. It panics if it is awaited again after all
/// have happened.
#[track_caller]
pub fn all<W: EngineWait>(waits: impl IntoIterator<Item = W>) -> All<W> {
    All { waits: waits.into_iter().collect(), place: Location::caller(), handed_out: false }
}
