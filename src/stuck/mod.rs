//! Why nothing goes on although somebody waits.

mod edges;
mod report;
mod text;

pub(crate) use edges::{Edge, What, circle, edges};
pub use report::{Stuck, WaitFor, Waits};
