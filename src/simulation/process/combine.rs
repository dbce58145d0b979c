//! Waiting for several things at once.

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

/// Time was up before what was waited for came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time was up")
    }
}

impl std::error::Error for TimedOut {}

/// Waits for one of two (SimPy's `a | b`); the other is dropped, which takes
/// it back. If both are there already, the first wins.
///
/// # Examples
/// ```
/// use flagfall::process::{Either, either};
/// use flagfall::{Config, Process, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let race = simulation.process("race", |p: Process| async move {
///     either(p.sleep(Span::from_secs(3)), p.sleep(Span::from_secs(2))).await
/// });
/// simulation.run()?;
/// assert_eq!(race.result(), Some(Either::Second(())));
/// assert_eq!(simulation.now().to_string(), "2s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn either<A: Future, B: Future>(first: A, second: B) -> Either<A::Output, B::Output> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(output) = first.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        second.as_mut().poll(context).map(Either::Second)
    })
    .await
}

/// Waits for the first of several (SimPy's `AnyOf`): its place among them,
/// and its output. The others are dropped, which takes them back. Of those
/// that are there already, the first wins; with none at all it waits for ever.
///
/// # Examples
/// ```
/// use flagfall::process::any;
/// use flagfall::{Config, Process, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let race = simulation.process("race", |p: Process| async move {
///     any([5, 3, 4].map(|secs| p.sleep(Span::from_secs(secs)))).await
/// });
/// simulation.run()?;
/// assert_eq!(race.result(), Some((1, ())));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn any<F: Future>(futures: impl IntoIterator<Item = F>) -> (usize, F::Output) {
    let mut futures: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    poll_fn(|context| {
        for (place, future) in futures.iter_mut().enumerate() {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready((place, output));
            }
        }
        Poll::Pending
    })
    .await
}

/// Waits for all of several (SimPy's `AllOf`): their outputs, in their order.
///
/// # Examples
/// ```
/// use flagfall::process::all;
/// use flagfall::{Config, Process, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.process("slowest", |p: Process| async move {
///     all([5, 3, 4].map(|secs| p.sleep(Span::from_secs(secs)))).await;
///     assert_eq!(p.now().to_string(), "5s");
/// });
/// simulation.run()?;
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
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
