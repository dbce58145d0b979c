//! Forks of a running simulation, and changes of the branches.

mod change;
mod copy;
mod rerun;

#[cfg(feature = "snapshot")]
pub(crate) use copy::states_of;
pub use rerun::{Branch, Origin};
