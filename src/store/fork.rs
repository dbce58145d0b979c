//! A pool in copies of a simulation.

use crate::actor::{Copying, Message};
use crate::store::pool::{Cell, EventPool};

impl<M: Message> EventPool<M> {
    /// The same for a copy of the run; `None` if a message cannot be copied.
    pub(crate) fn fork(&self, copying: &Copying) -> Option<Self> {
        // Collecting options would not know the length in advance.
        let mut cells = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let message = match &cell.message {
                Some(message) => Some(message.fork(copying)?),
                None => None,
            };
            cells.push(Cell { head: cell.head, message });
        }
        Some(Self {
            class: self.class,
            cells,
            free: self.free,
            origins: self.origins.clone(),
            words: self.words.clone(),
            riders: self.riders.clone(),
        })
    }
}
