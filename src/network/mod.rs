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
mod pattern;
mod plan;
mod rule;
#[cfg(feature = "snapshot")]
mod saved;
mod slow;

pub use empirical::Empirical;
pub use latency::{Latency, ParseLatencyError};
pub use parse::ParsePlanError;
pub use pattern::Pattern;
pub use plan::FaultPlan;
pub use rule::{LinkFaults, Rule};

pub(crate) use arrival::Network;
pub(crate) use faults::{Faults, Journey};
#[cfg(feature = "snapshot")]
pub(crate) use saved::{NetworkPicture, unique};

use crate::actor::ActorId;
use crate::random::{hash_child, hash_text};

/// Below this many links, pairs or slow actors, none is forgotten.
const PRUNE_MIN: usize = 1024;

/// Hash of an actor path, as the network knows actors.
pub(crate) type PathHash = u64;

/// What names the random streams of an actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Life {
    /// The hash of its path, in which owners that lived before are marked with
    /// the number of their life: what is the same path in another life of an
    /// owner is another name.
    pub(crate) lineage: u64,
    /// How many of that name lived before in this life of its owner.
    pub(crate) incarnation: u32,
}

impl Life {
    /// From what the lineage of its children begins. In a first life it is
    /// the hash of the path.
    pub(crate) fn below(self) -> u64 {
        match self.incarnation {
            0 => self.lineage,
            again => hash_child(self.lineage, LATER_LIFE, Some(again)),
        }
    }
}

/// In the place of a name, for a later life of the same.
const LATER_LIFE: u64 = 0x6c69_6665;

/// One end of a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) id: ActorId,
    pub(crate) path: PathHash,
    pub(crate) life: Life,
}

impl End {
    /// An end whose path does not matter, or is not known any more.
    #[inline]
    pub(crate) fn without_path(id: ActorId) -> Self {
        Self { id, path: 0, life: Life::default() }
    }
}

/// The hash of a whole path such as `driver/dispatcher/taxi[7]`, equal to
/// the one its actor gets when it is spawned.
pub(crate) fn path_hash(path: &str) -> PathHash {
    path.split('/').fold(0, |owner, name| {
        let (label, ordinal) = name_parts(name);
        hash_child(owner, hash_text(label), ordinal)
    })
}

/// The text of a name such as `taxi[7]`, and its number if it has one.
pub(crate) fn name_parts(name: &str) -> (&str, Option<u32>) {
    let numbered = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    match numbered.map(|(label, number)| (label, number.parse())) {
        Some((label, Ok(ordinal))) => (label, Some(ordinal)),
        _ => (name, None),
    }
}
