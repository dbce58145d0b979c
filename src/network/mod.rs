//! Links: how long a message travels, and what can happen to it on the way.
//!
//! Whatever the latency, one sender's messages to one receiver arrive in the
//! order they were sent; messages of different senders may overtake. Kills
//! and notices of death travel at the same latency but outside that order,
//! as they do on real Ray.
//!
//! What goes wrong is said by a [`FaultPlan`]: messages lost, doubled or held
//! up by narrow links, partitions, crashes, slow actors.

mod arrival;
mod empirical;
mod faults;
mod latency;
mod parse;
mod plan;
mod rule;
#[cfg(feature = "snapshot")]
mod save;
mod slow;

pub use crate::actor::Pattern;
pub use empirical::Empirical;
pub use latency::{Latency, ParseLatencyError};
pub use parse::ParsePlanError;
pub use plan::FaultPlan;
pub use rule::{LinkFaults, Rule};

pub(crate) use arrival::Network;
pub(crate) use faults::{Faults, Journey};
#[cfg(feature = "snapshot")]
pub(crate) use save::NetworkPicture;

/// Below this many links, pairs or slow actors, none is forgotten.
const PRUNE_MIN: usize = 1024;
