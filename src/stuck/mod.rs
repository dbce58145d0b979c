//! Why a run is stuck: nothing is scheduled and something waits.

mod edges;
mod report;
mod text;

pub(crate) use edges::{Edge, What, circle, edges};
pub use report::{Stuck, WaitFor, Waits};
