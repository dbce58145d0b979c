//! Ray programs in virtual time: the part below the Python package `flagfall.ray`.
//!
//! Each process of Ray (the driver, a worker, an actor, the scheduler of the cluster) is an
//! actor of the engine. What they tell each other are its messages, so traces, fault plans and
//! the search of ties see them. The rules of Ray are in Python; here is what each call needs:
//! values, references to objects, and the events.

mod call;
mod contents;
mod model;
mod object;
mod packet;
mod process;
mod search;
mod thread;
mod turn;
mod value;
mod wish;
mod world;

pub(crate) use call::{Call, call_actor};
pub(crate) use model::{RayProgram, simulate};
pub(crate) use object::{ObjectRef, await_all, taken};
pub(crate) use process::Process;
pub(crate) use search::{TieOrder, search_ties};
pub(crate) use thread::{Thread, current_thread};
pub(crate) use value::Stored;
pub(crate) use wish::{
    ask, current_process, end_run, event, fail, forward, kill, now, send, slowed, spawn,
    stop_process, succeed, take_back, wake, watch,
};
pub(crate) use world::{interrupt, raised};
