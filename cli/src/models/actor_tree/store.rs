//! The keeper of checkpoints.

use super::{Checkpoint, StoreMessage};
use flagfall::{Actor, Context};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Keeps the last checkpoint of every worker, living or dead.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CheckpointStore {
    /// All checkpoints, in the order they were saved.
    pub history: Vec<Checkpoint>,
    last: BTreeMap<(u32, u32), u32>,
}

impl Actor for CheckpointStore {
    type Message = StoreMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: StoreMessage, context: &mut Context<'_, StoreMessage>) {
        match message {
            StoreMessage::Save { supervisor, worker, epochs } => {
                self.history.push(Checkpoint { supervisor, worker, epochs });
                self.last.insert((supervisor, worker), epochs);
            }
            StoreMessage::Load { supervisor, worker, reply } => {
                let epochs = self.last.get(&(supervisor, worker)).copied().unwrap_or(0);
                context.reply(reply, epochs);
            }
        }
    }
}
