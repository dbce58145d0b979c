//! Copies of a running simulation that go on independently.

mod change;
mod copy;
mod rerun;

#[cfg(feature = "snapshot")]
pub(crate) use copy::states_of;
pub use rerun::{Branch, Origin};
