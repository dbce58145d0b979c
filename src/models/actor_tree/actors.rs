//! The actors of the tree.

use super::{ActorTree, Checkpoint, Inspection, Restart, WorkerState};
use crate::actor::{ActorRef, Copying, ReplyTo, RequestError};
use crate::random::Stream;
use crate::simulation::{Actor, Context};
use crate::time::{Span, VirtualTime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

crate::message! {
    /// What a worker understands.
    #[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
    pub enum WorkerMessage {
        /// Train, from the last checkpoint if there is one.
        Work,
        /// The last checkpoint: how many epochs are done.
        Restored(Result<u32, RequestError>),
        /// An epoch is over.
        EpochOver { epochs: u32 },
        /// Tell your state, for the inspection of that number.
        State { inspection: u32, reply: ReplyTo<WorkerState> },
    }

    /// What a supervisor understands.
    #[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
    pub enum SupervisorMessage {
        /// Start the workers.
        Open,
        /// Let the workers work.
        Work,
        /// Kill the workers.
        Terminate,
        /// Tell the states of the workers.
        State(ReplyTo<Vec<WorkerState>>),
        /// The workers have told their states, or died.
        States(Vec<Result<WorkerState, RequestError>>),
    }

    /// What the keeper of checkpoints understands.
    #[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
    pub enum StoreMessage {
        /// A worker has finished an epoch.
        Save { supervisor: u32, worker: u32, epochs: u32 },
        /// Tell how many epochs a worker has finished.
        Load { supervisor: u32, worker: u32, reply: ReplyTo<u32> },
    }

    /// What the notebook's main program understands.
    #[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
    pub enum DriverMessage {
        /// Begin.
        Start,
        /// A supervisor has told the states of its workers.
        States(Result<Vec<WorkerState>, RequestError>),
        /// A supervisor has restarted a worker.
        Restarted { at: VirtualTime, supervisor: u32, worker: u32 },
    }

    /// What the cause of crashes understands.
    #[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
    pub enum CrasherMessage {
        /// This is a worker of the first supervisor.
        Meet { worker: u32, reference: ActorRef<WorkerMessage> },
        /// It is time for this worker to die.
        Strike { worker: u32 },
    }
}

/// Who everyone is told about at the start.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
struct Peers {
    driver: ActorRef<DriverMessage>,
    store: ActorRef<StoreMessage>,
    crasher: ActorRef<CrasherMessage>,
}

/// The notebook's main program.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
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

/// Owns workers.
#[derive(Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
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
            number: self.number,
            workers: self.workers.clone(),
            asker: self.asker.as_ref().map(|asker| copying.reply_to(asker)),
            inspections: self.inspections,
            wanted: self.wanted,
            epochs: self.epochs,
            epoch: self.epoch,
            done: self.done,
            script: Rc::clone(&self.script),
            peers: self.peers,
        }
    }

    fn new(number: u32, tree: &ActorTree, peers: Peers) -> Self {
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

/// Trains a model, epoch by epoch.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Worker {
    number: u32,
    supervisor: u32,
    epochs: u32,
    epoch: Span,
    /// The chance that it says it is done.
    done: f64,
    script: Rc<Vec<Vec<WorkerState>>>,
    states: Option<Stream>,
    store: ActorRef<StoreMessage>,
}

impl Worker {
    /// Shows the stream that states are drawn from.
    pub(super) fn visit_streams(&mut self, visit: &mut dyn FnMut(&mut Stream)) {
        self.states.iter_mut().for_each(visit);
    }

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

/// Keeps the last checkpoint of every worker, living or dead.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
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

/// Kills workers when it is told to.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
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
