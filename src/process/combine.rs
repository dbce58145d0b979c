//! Waiting for one of several futures, and for futures of any kind.

use crate::process::unpolled::Unpolled;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

/// Which of two came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first.
    First(A),
    /// The second.
    Second(B),
}

/// The time was up before the awaited work happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time was up")
    }
}

impl std::error::Error for TimedOut {}

/// Waits for the first of two futures (SimPy's `a | b`). If both happen at the same instant, the
/// first wins.
///
/// The other is dropped, and what it has got goes back: an item to its place, units to their
/// resource. An item or amount that it has put is taken out again, unless another process has got
/// it. Where that matters, pass the putting future as the first argument.
///
/// # Examples
/// ```
/// use flagfall::process::{Either, either};
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let race = simulation.process("race", async move |p| {
///     either(p.sleep(Span::from_secs(3)), p.sleep(Span::from_secs(2))).await
/// });
/// simulation.run()?;
/// assert_eq!(race.result(), Some(Either::Second(())));
/// assert_eq!(simulation.now().to_string(), "2s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn either<A: Future, B: Future>(first: A, second: B) -> Either<A::Output, B::Output> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let mut both_polled = false;
    poll_fn(|context| {
        if let Poll::Ready(output) = first.as_mut().poll(context) {
            if !both_polled {
                Unpolled::excuse_this_step();
            }
            return Poll::Ready(Either::First(output));
        }
        both_polled = true;
        second.as_mut().poll(context).map(Either::Second)
    })
    .await
}

/// Waits for the first of several futures (SimPy's `AnyOf`), and returns its position and its
/// output. If several happen at the same instant, the first of them wins. The others are dropped as
/// in [`either`]. With no futures it waits for ever.
///
/// # Examples
/// ```
/// use flagfall::process::any;
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let race = simulation.process("race", async move |p| {
///     any([5, 3, 4].map(|secs| p.sleep(Span::from_secs(secs)))).await
/// });
/// simulation.run()?;
/// assert_eq!(race.result(), Some((1, ())));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn any<F: Future>(futures: impl IntoIterator<Item = F>) -> (usize, F::Output) {
    let mut futures: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut all_polled = false;
    poll_fn(|context| {
        for (place, future) in futures.iter_mut().enumerate() {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                if !all_polled {
                    Unpolled::excuse_this_step();
                }
                return Poll::Ready((place, output));
            }
        }
        all_polled = true;
        Poll::Pending
    })
    .await
}

/// Lets several futures of any kind, such as `async` blocks, run side by side. Waits for all, and
/// returns their outputs in their order.
///
/// If it is dropped before, for example by a [`timeout`](crate::Process::timeout), the outputs so
/// far are lost, and each unfinished future stops where it is. For waits of the engine, use
/// [`all`](super::all), which gives everything back.
///
/// # Examples
/// ```
/// use flagfall::process::concurrently;
/// use flagfall::{Config, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let cook = simulation.process("cook", async move |p| {
///     let p = &p;
///     let dish = async |name, secs| {
///         p.sleep(Span::from_secs(secs)).await;
///         p.sleep(Span::from_secs(60)).await;
///         name
///     };
///     concurrently([dish("soup", 300), dish("salad", 100)]).await
/// });
/// simulation.run()?;
/// assert_eq!(cook.result(), Some(vec!["soup", "salad"]));
/// assert_eq!(simulation.now().to_string(), "360s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn concurrently<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // One list: results and waits are dropped in its order.
    enum Part<F: Future> {
        Waiting(Pin<Box<F>>),
        Done(F::Output),
    }
    let mut parts: Vec<Part<F>> =
        futures.into_iter().map(|future| Part::Waiting(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut missing = 0;
        for part in &mut parts {
            let Part::Waiting(future) = part else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(output) => *part = Part::Done(output),
                Poll::Pending => missing += 1,
            }
        }
        if missing == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let output = |part| match part {
        Part::Done(output) => Some(output),
        Part::Waiting(_) => None,
    };
    parts.into_iter().filter_map(output).collect()
}
