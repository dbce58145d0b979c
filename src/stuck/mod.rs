//! Why nothing goes on although somebody waits.

mod edges;
mod stuck;
mod text;

pub(crate) use edges::{Edge, What, circle, edges};
pub use stuck::{Stuck, WaitFor, Waits};
