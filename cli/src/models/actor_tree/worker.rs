//! Workers: they train, save checkpoints and report their states.

use super::{StoreMessage, WorkerMessage, WorkerState};
use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Context, Span};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// Trains a model, epoch by epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Worker {
    pub(super) number: u32,
    pub(super) supervisor: u32,
    pub(super) epochs: u32,
    pub(super) epoch: Span,
    /// The chance that it says it is done.
    pub(super) done: f64,
    pub(super) script: Rc<Vec<Vec<WorkerState>>>,
    pub(super) states: Option<Stream>,
    pub(super) store: ActorRef<StoreMessage>,
}

impl Worker {
    /// A state at random, as in the notebook, or the next of the script.
    fn state(&mut self, inspection: u32, context: &Context<'_, WorkerMessage>) -> WorkerState {
        if !self.script.is_empty() {
            let line = self.script.get(inspection as usize);
            return line
                .and_then(|line| line.get(self.number as usize).copied())
                .unwrap_or(WorkerState::Done);
        }
        let states = self.states.get_or_insert_with(|| context.stream("state"));
        if states.chance(self.done) { WorkerState::Done } else { WorkerState::Running }
    }

    fn train(&self, epochs: u32, context: &mut Context<'_, WorkerMessage>) {
        if epochs < self.epochs {
            context.hold(self.epoch, WorkerMessage::EpochOver { epochs: epochs + 1 });
        }
    }
}

impl Actor for Worker {
    type Message = WorkerMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: WorkerMessage, context: &mut Context<'_, WorkerMessage>) {
        let (supervisor, worker) = (self.supervisor, self.number);
        match message {
            WorkerMessage::Work => context.ask(
                &self.store,
                |reply| StoreMessage::Load { supervisor, worker, reply },
                WorkerMessage::Restored,
            ),
            WorkerMessage::Restored(epochs) => self.train(epochs.unwrap_or(0), context),
            WorkerMessage::EpochOver { epochs } => {
                context.send(&self.store, StoreMessage::Save { supervisor, worker, epochs });
                self.train(epochs, context);
            }
            WorkerMessage::State { inspection, reply } => {
                let state = self.state(inspection, context);
                context.reply(reply, state);
            }
        }
    }
}
