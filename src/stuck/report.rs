//! Why nothing goes on although somebody waits.

use crate::time::VirtualTime;

/// What somebody waits for.
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
        /// Paths of those who claimed the units that are held. A unit that was
        /// handed on is named by who claimed it, who may have ended.
        held_by: Vec<String>,
    },
    /// An item of a store; a server without work waits so.
    Item {
        /// The path of the store.
        store: String,
    },
    /// The end of a process.
    End {
        /// Its path.
        of: String,
    },
    /// Any message; a server without work waits so, too.
    Message,
    /// An interrupt, beside something else.
    Interrupt,
    /// A [`Signal`](crate::process::Signal) that nobody has fired.
    Signal,
    /// The loss of what it holds of a resource
    /// ([`Held::preempted`](crate::resource::Held::preempted)).
    Loss,
    /// A CPU slot, to begin as a task.
    Slot,
    /// Nothing: a sleep past the end of virtual time, and nothing else.
    Nothing,
}

/// Somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Path of the actor or process.
    pub who: String,
    /// Since when it waits.
    pub since: VirtualTime,
    /// For what.
    pub what: WaitFor,
}

/// Why a run is stuck; see [`Simulation::stuck`](crate::Simulation::stuck). Prints as a text of one
/// line for each who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Those who wait for each other in a circle: each for the next, the last
    /// for the first, from the first path in the alphabet on. Empty if there is no circle.
    pub circle: Vec<Waits>,
    /// All others who wait: first those for something that nobody will do,
    /// then those whose wait may last for ever; who has waited longest first, of equal
    /// ones by their paths.
    pub others: Vec<Waits>,
}
