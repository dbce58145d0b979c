//! The notebook's main program: starts the tree, and inspects it until it is done.

use super::messages::Peers;
use super::{
    ActorTree, CheckpointStore, Crasher, CrasherMessage, DriverMessage, Inspection, Restart,
    StoreMessage, Supervisor, SupervisorMessage, WorkerState,
};
use flagfall::{Actor, ActorRef, Context, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The notebook's main program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Driver {
    pub(super) inspections: Vec<Inspection>,
    pub(super) restarts: Vec<Restart>,
    pub(super) store: Option<ActorRef<StoreMessage>>,
    tree: ActorTree,
    /// The supervisors that are not done, and which of them was asked last.
    alive: Vec<(u32, ActorRef<SupervisorMessage>)>,
    asked: usize,
}

impl Driver {
    pub(super) fn new(tree: ActorTree) -> Self {
        Self {
            inspections: Vec::new(),
            restarts: Vec::new(),
            store: None,
            tree,
            alive: Vec::new(),
            asked: 0,
        }
    }

    fn start(&mut self, context: &mut Context<'_, DriverMessage>) {
        let store = context.spawn("checkpoints", CheckpointStore::default());
        let crasher = context.spawn("crasher", Crasher::default());
        for &(worker, time) in &self.tree.crashes {
            context.send_after(time, &crasher, CrasherMessage::Strike { worker });
        }
        let peers = Peers { driver: context.me(), store, crasher };
        for number in 0..self.tree.supervisors {
            let supervisor = Supervisor::new(number, &self.tree, peers);
            let supervisor = context.spawn(("supervisor", number), supervisor);
            // The constructor's work: no hop lies between it and the first call.
            context.send_after(Span::ZERO, &supervisor, SupervisorMessage::Open);
            context.send(&supervisor, SupervisorMessage::Work);
            self.alive.push((number, supervisor));
        }
        self.store = Some(store);
        self.ask(context);
    }

    /// Asks the next supervisor that is not done, in turn.
    fn ask(&mut self, context: &mut Context<'_, DriverMessage>) {
        if self.alive.is_empty() {
            return;
        }
        self.asked %= self.alive.len();
        let (_, supervisor) = self.alive[self.asked];
        context.ask(&supervisor, SupervisorMessage::State, DriverMessage::States);
    }

    fn inspect(&mut self, states: Vec<WorkerState>, context: &mut Context<'_, DriverMessage>) {
        let (number, supervisor) = self.alive[self.asked];
        let done = states.iter().all(|state| *state == WorkerState::Done);
        self.inspections.push(Inspection { time: context.now(), supervisor: number, states });
        if done {
            context.send(&supervisor, SupervisorMessage::Terminate);
            context.kill(&supervisor);
            self.alive.remove(self.asked);
        } else {
            self.asked += 1;
        }
        self.ask(context);
    }
}

impl Actor for Driver {
    type Message = DriverMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: DriverMessage, context: &mut Context<'_, DriverMessage>) {
        match message {
            DriverMessage::Start => self.start(context),
            DriverMessage::States(states) => self.inspect(states.unwrap_or_default(), context),
            // It may have waited long in the mailbox of a driver that asks.
            DriverMessage::Restarted { at, supervisor, worker } => {
                self.restarts.push(Restart { time: at, supervisor, worker });
            }
        }
    }
}
