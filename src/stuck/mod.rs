//! Why nothing goes on although somebody waits.

mod stuck;
mod text;

pub use stuck::{Stuck, WaitFor, Waits};
