//! The tree of actors: a driver, supervisors, and workers below them.
//!
//! The driver asks each supervisor for the states of its workers until all are done. Then it
//! sends `terminate` and kills the supervisor at once: the two race. Workers report their state
//! only after their training, because messages wait while an actor is busy.
//!
//! The notebook has no checkpoints. Here workers save one after every epoch. A worker that
//! is killed is restarted by its supervisor, which notices when the request for its state
//! fails, and goes on from its last checkpoint.

mod crasher;
mod driver;
mod messages;
mod model;
mod store;
mod supervisor;
mod worker;

pub use crasher::Crasher;
pub use driver::Driver;
pub use messages::{CrasherMessage, DriverMessage, StoreMessage, SupervisorMessage, WorkerMessage};
pub use model::Handles;
pub use store::CheckpointStore;
pub use supervisor::Supervisor;
pub use worker::Worker;

use flagfall::{DeathCause, Message, Span, VirtualTime};
use serde::{Deserialize, Serialize};

/// The parameters of the tree.
///
/// # Examples
/// ```
/// use flagfall::{Config, Model};
/// use flagfall_cli::models::{DEFAULT_LATENCY, actor_tree::{ActorTree, WorkerState}};
///
/// let growth = ActorTree::default().run(Config::new(42).latency(DEFAULT_LATENCY))?.result;
/// let last = growth.inspections.last().unwrap();
/// assert_eq!(last.states, [WorkerState::Done; 3]);
/// assert_eq!(growth.deaths.len(), 4); // three workers and their supervisor
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActorTree {
    /// How many supervisors there are.
    pub supervisors: u32,
    /// How many workers each supervisor has.
    pub workers: u32,
    /// How many epochs each worker trains.
    pub epochs: u32,
    /// How long one epoch takes.
    pub epoch: Span,
    /// Which worker of the first supervisor is killed, and when; if it is
    /// dead by then, nothing happens.
    pub crashes: Vec<(u32, Span)>,
    /// The chance that a worker says it is done when asked for its state.
    pub done: f64,
    /// What the workers of each supervisor answer, inspection by inspection,
    /// instead of choosing at random; after the last they are done.
    pub script: Vec<Vec<WorkerState>>,
}

impl Default for ActorTree {
    /// The notebook's tree: one supervisor, three workers, one second.
    fn default() -> Self {
        Self {
            supervisors: 1,
            workers: 3,
            epochs: 1,
            epoch: Span::from_secs(1),
            crashes: Vec::new(),
            done: 0.5,
            script: Vec::new(),
        }
    }
}

impl ActorTree {
    /// How many inspections one supervisor takes on average until all of its
    /// workers say that they are done: it grows exponentially with the number of workers.
    ///
    /// # Examples
    /// ```
    /// use flagfall_cli::models::actor_tree::ActorTree;
    ///
    /// assert_eq!(ActorTree::default().inspections_expected(), 8.0);
    /// ```
    #[must_use]
    pub fn inspections_expected(&self) -> f64 {
        if self.script.is_empty() {
            libm::pow(self.done, -f64::from(self.workers))
        } else {
            self.script.len() as f64
        }
    }
}

/// The state that a worker reports.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug, Message)]
pub enum WorkerState {
    /// Still training.
    Running,
    /// Training is over.
    Done,
    /// It was dead, and its supervisor has restarted it.
    Restarted,
}

impl WorkerState {
    /// The state as the notebook prints it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Done => "DONE",
            Self::Restarted => "RESTARTED",
        }
    }
}

/// One answer of a supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// When the answer reached the driver.
    pub time: VirtualTime,
    /// Which supervisor answered.
    pub supervisor: u32,
    /// The states of its workers.
    pub states: Vec<WorkerState>,
}

/// One death, worker or supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// When it died.
    pub time: VirtualTime,
    /// The actor's path.
    pub actor: String,
    /// Why.
    pub cause: DeathCause,
}

impl Death {
    /// Whether a worker died, not a supervisor.
    #[must_use]
    pub fn is_worker(&self) -> bool {
        self.actor.contains("/worker[")
    }
}

/// A worker that was started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// When its supervisor noticed.
    pub time: VirtualTime,
    /// Which supervisor.
    pub supervisor: u32,
    /// Which of its workers.
    pub worker: u32,
}

/// An epoch that a worker has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which supervisor.
    pub supervisor: u32,
    /// Which of its workers.
    pub worker: u32,
    /// How many epochs it has finished.
    pub epochs: u32,
}

/// The results of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Growth {
    /// The answers of the supervisors, in the order the driver got them.
    pub inspections: Vec<Inspection>,
    /// All deaths, in order.
    pub deaths: Vec<Death>,
    /// All restarts, in order.
    pub restarts: Vec<Restart>,
    /// The checkpoints saved, in order.
    pub checkpoints: Vec<Checkpoint>,
}
