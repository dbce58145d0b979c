//! The messages between the actors of the tree.

use super::WorkerState;
use flagfall::{ActorRef, Message, ReplyTo, RequestError, VirtualTime};
use serde::{Deserialize, Serialize};

/// What a worker understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
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
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum SupervisorMessage {
    /// Start the workers.
    Open,
    /// Let the workers work.
    Work,
    /// Kill the workers.
    Terminate,
    /// Tell the states of the workers.
    State(ReplyTo<Vec<WorkerState>>),
    /// The workers have reported their states, or died.
    States(Vec<Result<WorkerState, RequestError>>),
}

/// What the keeper of checkpoints understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum StoreMessage {
    /// A worker has finished an epoch.
    Save { supervisor: u32, worker: u32, epochs: u32 },
    /// Tell how many epochs a worker has finished.
    Load { supervisor: u32, worker: u32, reply: ReplyTo<u32> },
}

/// What the notebook's main program understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum DriverMessage {
    /// Begin.
    Start,
    /// A supervisor has reported the states of its workers.
    States(Result<Vec<WorkerState>, RequestError>),
    /// A supervisor has restarted a worker.
    Restarted { at: VirtualTime, supervisor: u32, worker: u32 },
}

/// What the cause of crashes understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum CrasherMessage {
    /// This is a worker of the first supervisor.
    Meet { worker: u32, reference: ActorRef<WorkerMessage> },
    /// It is time for this worker to die.
    Strike { worker: u32 },
}

/// The actors that everyone knows from the start.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Peers {
    pub(super) driver: ActorRef<DriverMessage>,
    pub(super) store: ActorRef<StoreMessage>,
    pub(super) crasher: ActorRef<CrasherMessage>,
}
