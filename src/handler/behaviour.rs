//! What an actor is.

use crate::actor::Message;
use crate::handler::context::Context;
use std::fmt;

/// A state machine that takes messages of one type, one at a time.
///
/// The handler is a plain function of the state, the message and the
/// context. It should depend on nothing else: no clock, no environment, no
/// thread, no iteration over a hash map.
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
    /// What this actor understands.
    type Message: Message;

    /// Handles one message.
    fn handle(&mut self, message: Self::Message, context: &mut Context<'_, Self::Message>);

    /// What may be shown of the state, where two runs are compared; nothing,
    /// unless implemented. `Some(self)` does for a type that has `Debug`.
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        None
    }
}
