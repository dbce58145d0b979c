//! Waiting until a condition over the state of the model holds.
//!
//! A condition reads variables, resources, containers and stores. After each event that has changed
//! something that it read, the engine evaluates it again. Nothing else evaluates it, so thousands of
//! conditions cost nothing while nobody changes what they read.

mod matching;
mod state;
mod until;
mod variable;

pub use state::State;
pub use until::Until;
pub(crate) use until::settle;
pub use variable::Variable;
