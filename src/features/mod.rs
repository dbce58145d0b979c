//! The data of the features in the kernel: plain data and rules, one file for each feature. No
//! feature knows another here. What they do with it is in their rooms, above.
//!
//! A new feature has a file here and a field in [`Features`]. It has its own
//! [`Op`](crate::store::Op)s in `op.rs` if it has events, and a place in `hooks.rs` if births or
//! deaths concern it.

mod all;
mod collectors;
mod conditions;
mod cpu_slots;
mod frames;
mod links;
mod op;
mod requests;
mod resources;
mod restart;
mod returned;
mod supervised;
mod watches;

pub(crate) use all::{Features, Kernel, Newborn, Returns};
pub(crate) use collectors::Collectors;
pub(crate) use conditions::{AnyCondition, Evaluated};
pub(crate) use cpu_slots::CpuSlots;
pub(crate) use links::Links;
pub(crate) use requests::{Answered, Continuation, Open, Requests, Route, Slot, typed};
pub(crate) use resources::AnyResource;
pub(crate) use restart::History;
pub use restart::Restart;
pub(crate) use returned::{GivenUp, Return};
pub(crate) use supervised::{Checkpoint, Factory, Saved, Supervised, SupervisedActor};
pub(crate) use watches::{Tell, Watcher, Watches};
