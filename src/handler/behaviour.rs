//! The trait that every actor implements.

use crate::actor::Message;
use crate::handler::context::Context;
use std::fmt;

/// A state machine that takes messages of one type, one at a time.
///
/// The handler is a plain function of the state, the message and the context. It should depend on
/// nothing else: no clock, no environment, no thread, no iteration over a hash map.
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, Simulation, Span};
///
/// /// Counts down, one second at a time.
/// struct Countdown;
/// impl Actor for Countdown {
///     type Message = u64;
///     fn handle(&mut self, left: u64, context: &mut Context<'_, u64>) {
///         if left > 0 {
///             context.hold(Span::from_secs(1), left - 1);
///         }
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let countdown = simulation.spawn("countdown", Countdown);
/// simulation.send(&countdown, 10);
/// simulation.run()?;
/// assert_eq!(simulation.now().to_string(), "10s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub trait Actor: 'static {
    /// The type of the messages that this actor handles.
    type Message: Message;

    /// Handles one message.
    fn handle(&mut self, message: Self::Message, context: &mut Context<'_, Self::Message>);

    /// The message that this actor handles first: before all that others send it, and after its
    /// [start-up](crate::SpawnOptions::startup). A supervised actor is asked again in each life.
    /// A task is not asked, since it begins with the message that it is given. `None`, unless
    /// implemented.
    ///
    /// It is an event like all others, so that it has its record, and counts under the limits.
    ///
    /// # Examples
    /// A source of customers that needs no first push from outside:
    /// ```
    /// use flagfall::prelude::*;
    ///
    /// #[derive(Debug, Message)]
    /// struct Arrival;
    ///
    /// struct Source { left: u32 }
    /// impl Actor for Source {
    ///     type Message = Arrival;
    ///     fn started(&mut self) -> Option<Arrival> {
    ///         Some(Arrival)
    ///     }
    ///     fn handle(&mut self, _: Arrival, context: &mut Context<'_, Arrival>) {
    ///         self.left -= 1;
    ///         if self.left > 0 {
    ///             context.schedule(Span::from_secs(90), Arrival);
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.spawn("source", Source { left: 3 });
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "180s");
    /// # Ok::<(), SimulationError>(())
    /// ```
    fn started(&mut self) -> Option<Self::Message> {
        None
    }

    /// The part of the state that may be shown where two runs are compared. The default is nothing;
    /// a type that has `Debug` can return `Some(self)`.
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        None
    }
}
