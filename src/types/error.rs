//! The error of simulations that cannot be copied or saved.

use crate::error::SimulationError;
use std::fmt;

/// Why a simulation was not copied, saved or resumed; prints the remedy.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Actors with states of a type that is not registered.
    State {
        /// The type.
        type_name: &'static str,
        /// The method of [`TypeRegistry`](super::TypeRegistry) that registers it.
        register: &'static str,
    },
    /// A message that cannot be copied: its type implements neither
    /// [`Message::fork`](trait@crate::Message) nor
    /// [`Message::duplicate`](trait@crate::Message).
    Message {
        /// The type.
        type_name: &'static str,
    },
    /// A function that the engine keeps, of a type that is not registered.
    Function {
        /// The type of the function.
        type_name: &'static str,
        /// Its purpose.
        purpose: &'static str,
        /// The method of [`TypeRegistry`](super::TypeRegistry) that registers it.
        register: &'static str,
    },
    /// A checkpoint of a type that is not registered.
    Checkpoint {
        /// The type.
        type_name: &'static str,
        /// The method of [`TypeRegistry`](super::TypeRegistry) that registers it.
        register: &'static str,
    },
    /// There are processes. They are futures, which cannot be copied.
    Process {
        /// The path of a living process; empty if none lives.
        path: String,
    },
    /// There are resources, containers, stores or groups.
    Resource {
        /// The path of one.
        path: String,
    },
    /// A [`TieSearch`](crate::TieSearch) guides the run, and its guide is not saved. Such
    /// a run can be copied.
    Ties,
    /// Draws are observed or digested. Saved streams do not keep the origin of their draws.
    Draws,
    /// The run has failed and cannot go on.
    Failed(Box<SimulationError>),
    /// The file cannot be written or read.
    #[cfg(feature = "snapshot")]
    File(crate::snapshot::FileError),
    /// A run from the start differs from the original.
    Diverged {
        /// The number of the event.
        event: u64,
    },
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State { type_name, register } => {
                write!(
                    f,
                    "actors of type {type_name} have not opted in: register them with {register}"
                )
            }
            Self::Message { type_name } => write!(
                f,
                "a message of type {type_name} cannot be copied: define it with message!, or \
                 implement Message::fork"
            ),
            Self::Function { type_name, purpose, register } => write!(
                f,
                "the function {type_name}, given to {purpose}, is not known: register it with \
                 {register}; one that captures something cannot be"
            ),
            Self::Checkpoint { type_name, register } => {
                write!(
                    f,
                    "a checkpoint of type {type_name} has not opted in: register it with {register}"
                )
            }
            Self::Process { path } if path.is_empty() => write!(
                f,
                "processes cannot be copied or saved, and this run has had one: write it as an \
                 actor, or run again from the start"
            ),
            Self::Process { path } => write!(
                f,
                "{path} is a process, which cannot be copied or saved: write it as an actor, or \
                 run again from the start"
            ),
            Self::Resource { path } => write!(
                f,
                "{path} is a resource or a group, which cannot be copied or saved: run again from \
                 the start"
            ),
            Self::Ties => write!(
                f,
                "a run of a tie search cannot be saved: save one under the choices that the search \
                 found"
            ),
            Self::Draws => write!(
                f,
                "a run whose random draws are observed or digested cannot be saved: leave out \
                 Config::draws and the ingredient draws"
            ),
            Self::Failed(error) => write!(f, "the run has failed: {error}"),
            #[cfg(feature = "snapshot")]
            Self::File(error) => error.fmt(f),
            Self::Diverged { event } => write!(
                f,
                "running again from the start gave a different result by event {event}: what the \
                 program did from outside after the start has to be done again, too"
            ),
        }
    }
}

#[cfg(feature = "snapshot")]
impl From<crate::snapshot::FileError> for SnapshotError {
    fn from(error: crate::snapshot::FileError) -> Self {
        Self::File(error)
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            #[cfg(feature = "snapshot")]
            Self::File(error) => Some(error),
            _ => None,
        }
    }
}
