//! Why nothing goes on although somebody waits.

mod edges;
#[allow(clippy::module_inception)]
mod stuck;
mod text;

pub(crate) use edges::{Edge, What, circle, edges};
pub use stuck::{Stuck, WaitFor, Waits};
