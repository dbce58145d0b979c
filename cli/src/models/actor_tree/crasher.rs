//! The cause of crashes.

use super::{CrasherMessage, WorkerMessage};
use flagfall::{Actor, ActorRef, Context};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Kills workers on request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Crasher {
    workers: BTreeMap<u32, ActorRef<WorkerMessage>>,
    /// Workers that are to die as soon as they are known.
    due: BTreeSet<u32>,
}

impl Actor for Crasher {
    type Message = CrasherMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: CrasherMessage, context: &mut Context<'_, CrasherMessage>) {
        match message {
            CrasherMessage::Meet { worker, reference } => {
                if self.due.remove(&worker) {
                    context.kill(&reference);
                }
                self.workers.insert(worker, reference);
            }
            CrasherMessage::Strike { worker } => match self.workers.get(&worker) {
                Some(worker) => context.kill(worker),
                None => {
                    self.due.insert(worker);
                }
            },
        }
    }
}
