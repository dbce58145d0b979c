//! What actors and processes compete for, and the events by which they are
//! served.
//!
//! A claim is looked at where it is made. Who is granted it goes on by an
//! event of the same instant. What a release or a transfer makes possible for
//! others is looked at by an event of its own, so that a tie policy can move
//! it; SimPy does the same, and models that depend on the order of an instant
//! agree with it.

mod acquire;
mod container;
mod environment;
mod facility;
mod held;
mod item;
mod preempted;
mod resources;
mod store;
mod store_state;
mod units;
mod working;

pub use crate::line::{Claim, ResourceStatistics};
pub use acquire::Acquire;
pub use container::{Container, Transfer};
pub use environment::Environment;
pub(crate) use environment::sealed;
pub use facility::{Resource, Waiting};
pub use held::Held;
pub use item::{NotPut, PutItem, PutWithin, TakeItem};
pub use preempted::{Preempted, Unfinished};
pub(crate) use resources::ResourceId;
pub use store::Store;
