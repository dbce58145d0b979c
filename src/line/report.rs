//! What a list of all resources says of one.

use super::{ResourceHistory, ResourceStatistics};

/// What kind of resource it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceKind {
    /// Units that are held and given back: [`Resource`](crate::Resource).
    Resource,
    /// An amount: [`Container`](crate::Container).
    Container,
    /// Items: [`Store`](crate::Store).
    Store,
}

impl ResourceKind {
    /// Its name in lists, in small letters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Container => "container",
            Self::Store => "store",
        }
    }
}

/// A resource, container or store of a run, and how much it was used; see
/// [`Simulation::resources`](crate::Simulation::resources).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResourceReport {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: ResourceKind,
    /// How much it was used.
    pub statistics: ResourceStatistics,
    /// Its course over time, if it was watched.
    pub history: Option<ResourceHistory>,
}

/// The same without a path.
pub(crate) struct Reported {
    pub(crate) kind: ResourceKind,
    pub(crate) statistics: ResourceStatistics,
    pub(crate) history: Option<ResourceHistory>,
}
