//! Links: the latencies and faults of messages.
//!
//! With any latency, one sender's messages to one receiver arrive in the order in which
//! they were sent. Messages of different senders may overtake each other. Kills and
//! notices of death have the same latency but not that order, as on real Ray.
//!
//! A [`FaultPlan`] sets the faults: lost, doubled and delayed messages, partitions,
//! crashes, slow actors.

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

/// Below this number of links, pairs or slow actors, no old entries are dropped.
const PRUNE_MIN: usize = 1024;
