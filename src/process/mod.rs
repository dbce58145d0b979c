//! Processes: models written as `async` functions, one await after the other.
//!
//! A process is an actor whose state is the point that its function has reached. It shares the
//! clock, the event list, names, streams and messages with all other actors. There is no executor
//! besides the engine: an event of the run wakes a process, and then the process goes on until it
//! waits again.

mod all;
mod answer;
mod class;
mod combine;
mod forgotten;
mod frame;
mod handle;
mod inbox;
mod interface;
mod join;
mod key;
mod place;
mod receive;
mod reference;
mod signal;
mod sleep;
mod spawn;
mod state;
mod unpolled;
mod waiting;
mod waits;
mod waker;

pub(crate) use all::Sealed;
pub use all::{All, EngineWait, all};
pub use answer::Answer;
pub use combine::{Either, TimedOut, any, concurrently, either};
pub(crate) use forgotten::Begun;
pub use forgotten::later;
pub(crate) use frame::Routine;
pub(crate) use handle::told;
pub use interface::Process;
pub use join::{Ended, Join};
pub(crate) use key::Reason;
pub(crate) use place::{Place, spent};
pub use receive::Receive;
pub use reference::ProcessRef;
pub(crate) use reference::Waiter;
pub use signal::{Signal, SignalWait};
pub use sleep::Sleep;
pub(crate) use waits::Wait;
