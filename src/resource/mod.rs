//! Resources, containers and stores, and the events by which they serve their lines.
//!
//! A claim is checked where it is made. A process whose claim is granted goes on by an event of the
//! same instant. After a release or a transfer, a separate event serves the line, so that a tie
//! policy can move it. SimPy does the same, and models that depend on the order of events in one
//! instant agree with it.

mod acquire;
mod acquire_several;
mod bounded;
mod container;
mod environment;
mod facility;
mod failures;
mod held;
mod item;
mod lines;
mod losses;
mod places;
mod planned;
mod preempted;
mod recorded;
mod resources;
mod several;
mod shifts;
mod staffed;
mod store;
mod store_state;
mod together;
mod units;
mod user;
mod watched;
mod wear;
mod working;

pub use crate::line::{
    Claim, LineFull, ResourceHistory, ResourceKind, ResourceReport, ResourceStatistics,
};
pub use acquire::Acquire;
pub use acquire_several::AcquireSeveral;
pub use container::{Container, Transfer};
pub use environment::Environment;
pub(crate) use environment::sealed;
pub use facility::{Resource, Waiting};
pub use failures::Failures;
pub use held::Held;
pub use item::{NotPut, PutItem, PutWithin, TakeItem};
pub use lines::TakeItems;
pub use places::InLine;
pub use preempted::{Preempted, Unfinished};
pub(crate) use resources::ResourceId;
pub use several::Share;
pub use shifts::Shortage;
pub use store::Store;
