//! Supervisors: they own workers, replace the dead and report their states.

use super::messages::Peers;
use super::{
    ActorTree, CrasherMessage, DriverMessage, SupervisorMessage, Worker, WorkerMessage, WorkerState,
};
use flagfall::actor::Copying;
use flagfall::{Actor, ActorRef, Context, ReplyTo, RequestError, Span};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// Owns workers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Supervisor {
    number: u32,
    workers: Vec<ActorRef<WorkerMessage>>,
    /// Who is to hear the states that were asked for.
    asker: Option<ReplyTo<Vec<WorkerState>>>,
    /// How often the states were asked for.
    inspections: u32,
    wanted: u32,
    epochs: u32,
    epoch: Span,
    done: f64,
    script: Rc<Vec<Vec<WorkerState>>>,
    peers: Peers,
}

impl Supervisor {
    /// The same for a branch of the run: who asks is answered in each.
    pub(super) fn fork(&self, copying: &Copying) -> Self {
        Self {
            workers: self.workers.clone(),
            asker: self.asker.as_ref().map(|asker| copying.reply_to(asker)),
            script: Rc::clone(&self.script),
            ..*self
        }
    }

    pub(super) fn new(number: u32, tree: &ActorTree, peers: Peers) -> Self {
        Self {
            number,
            workers: Vec::new(),
            asker: None,
            inspections: 0,
            wanted: tree.workers,
            epochs: tree.epochs,
            epoch: tree.epoch,
            done: tree.done,
            script: Rc::new(tree.script.clone()),
            peers,
        }
    }

    /// Starts a worker; a restarted one has the name of the one before.
    fn hire(
        &self,
        number: u32,
        context: &mut Context<'_, SupervisorMessage>,
    ) -> ActorRef<WorkerMessage> {
        let worker = Worker {
            number,
            supervisor: self.number,
            epochs: self.epochs,
            epoch: self.epoch,
            done: self.done,
            script: Rc::clone(&self.script),
            states: None,
            store: self.peers.store,
        };
        let reference = context.spawn(("worker", number), worker);
        if self.number == 0 {
            context.send(&self.peers.crasher, CrasherMessage::Meet { worker: number, reference });
        }
        reference
    }

    /// Replaces the dead and answers who asked.
    fn report(
        &mut self,
        states: Vec<Result<WorkerState, RequestError>>,
        context: &mut Context<'_, SupervisorMessage>,
    ) {
        let mut report = Vec::with_capacity(states.len());
        for (number, state) in states.into_iter().enumerate() {
            report.push(state.unwrap_or(WorkerState::Restarted));
            if report[number] == WorkerState::Restarted {
                self.workers[number] = self.hire(number as u32, context);
                context.send(&self.workers[number], WorkerMessage::Work);
                let (at, supervisor, worker) = (context.now(), self.number, number as u32);
                let restarted = DriverMessage::Restarted { at, supervisor, worker };
                context.send(&self.peers.driver, restarted);
            }
        }
        if let Some(asker) = self.asker.take() {
            context.reply(asker, report);
        }
    }
}

impl Actor for Supervisor {
    type Message = SupervisorMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: SupervisorMessage, context: &mut Context<'_, SupervisorMessage>) {
        match message {
            SupervisorMessage::Open => {
                self.workers = (0..self.wanted).map(|number| self.hire(number, context)).collect();
            }
            SupervisorMessage::Work => {
                self.workers.iter().for_each(|worker| context.send(worker, WorkerMessage::Work));
            }
            SupervisorMessage::Terminate => {
                self.workers.iter().for_each(|worker| context.kill(worker));
            }
            SupervisorMessage::State(asker) => {
                self.asker = Some(asker);
                let inspection = self.inspections;
                self.inspections += 1;
                let ask = |reply| WorkerMessage::State { inspection, reply };
                context.ask_all(&self.workers, ask, SupervisorMessage::States);
            }
            SupervisorMessage::States(states) => self.report(states, context),
        }
    }
}
