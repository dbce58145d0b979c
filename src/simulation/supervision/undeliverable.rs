//! Messages that met dead actors, kept to be looked at.

use crate::actor::{ActorId, DeathCause, Message};
use crate::simulation::Simulation;
use crate::simulation::core::Core;
use crate::simulation::pool::Pool;
use crate::time::VirtualTime;
use std::fmt;

/// A message whose receiver was dead; see
/// [`Simulation::undeliverable`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Undeliverable {
    /// When that was found: when the message arrived, or, of one that waited,
    /// when its receiver died.
    pub time: VirtualTime,
    /// Path of the sender; empty from outside.
    pub sender: String,
    /// Path of the receiver.
    pub receiver: String,
    /// The message as its `Debug` prints it.
    pub message: String,
    /// What the receiver, or that incarnation of it, died of.
    pub cause: DeathCause,
}

impl fmt::Display for Undeliverable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, sender, receiver, message, cause } = self;
        let sender = if sender.is_empty() { "outside" } else { sender };
        write!(f, "{time:#} {sender} to {receiver} ({cause}): {message}")
    }
}

impl Core {
    #[cold]
    pub(in crate::simulation) fn keep_undeliverable<M: Message>(
        &mut self,
        receiver: ActorId,
        cells: &Pool<M>,
        cell: u32,
    ) {
        let Some(message) = cells.message(cell) else { return };
        let kept = Undeliverable {
            time: self.now,
            sender: self.directory.path(cells.origin(cell).sender).to_string(),
            receiver: self.directory.path(receiver).to_string(),
            message: format!("{message:?}"),
            cause: self.cause_of_death(receiver),
        };
        self.recorder.keep(kept);
    }
}

impl Simulation {
    /// The newest messages that met dead actors, oldest first: as many as
    /// [`Config::keep_undeliverable`](crate::Config::keep_undeliverable) asked
    /// for, of the [`Counts::undeliverable`](crate::Counts::undeliverable) that
    /// there were in all. Cost: a copy of them.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, VirtualTime};
    ///
    /// struct Sink;
    /// impl Actor for Sink {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
    ///         context.stop();
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42).keep_undeliverable(2));
    /// let sink = simulation.spawn("sink", Sink);
    /// for message in 0..4 {
    ///     simulation.send(&sink, message);
    /// }
    /// simulation.run()?;
    /// let kept: Vec<String> = simulation.undeliverable().iter().map(ToString::to_string).collect();
    /// assert_eq!(kept, [
    ///     "0.000000000 outside to sink (finished): 2",
    ///     "0.000000000 outside to sink (finished): 3",
    /// ]);
    /// assert_eq!(simulation.counts().undeliverable, 3);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn undeliverable(&self) -> Vec<Undeliverable> {
        self.core.borrow().recorder.undeliverable().cloned().collect()
    }
}
