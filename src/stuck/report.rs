//! Why a run is stuck, as data.

use crate::time::VirtualTime;

/// What an actor or process waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFor {
    /// The answer to a request.
    Answer {
        /// Path of the actor that was asked.
        from: String,
    },
    /// Units of a resource, an amount of a container, or room in a container or store.
    Resource {
        /// Its path.
        resource: String,
        /// Paths of the actors and processes that claimed the units. If units were handed on, it is
        /// still the claimant, which may have ended.
        held_by: Vec<String>,
    },
    /// An item of a store, as a server without work.
    Item {
        /// The path of the store.
        store: String,
    },
    /// The end of a process.
    End {
        /// Its path.
        of: String,
    },
    /// Any message, as a server without work.
    Message,
    /// An interrupt, beside other work.
    Interrupt,
    /// A [`Signal`](crate::process::Signal) that was not fired.
    Signal,
    /// A condition that does not hold ([`Process::until`](crate::Process::until)).
    Condition {
        /// Paths of the variables and resources that it read, sorted.
        reads: Vec<String>,
    },
    /// The loss of units that it holds ([`Held::preempted`](crate::resource::Held::preempted)).
    Loss,
    /// More use of a resource ([`Resource::used`](crate::Resource::used)).
    Use {
        /// Its path.
        resource: String,
    },
    /// A CPU slot, to begin as a task.
    Slot,
    /// Nothing: a sleep past the end of virtual time, and nothing else.
    Nothing,
}

/// An actor or process that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Path of the actor or process.
    pub who: String,
    /// When it began to wait.
    pub since: VirtualTime,
    /// What it waits for.
    pub what: WaitFor,
}

/// Why a run is stuck; see [`Simulation::stuck`](crate::Simulation::stuck). Prints as a text of one
/// line for each wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The waits in a circle: each is for the next, and the last is for the first. It begins with
    /// the first path in the alphabet. Empty if there is no circle.
    pub circle: Vec<Waits>,
    /// All other waits: first those in vain, then those that may last for ever. The longest wait
    /// comes first, and equally long waits are sorted by path.
    pub others: Vec<Waits>,
}
