//! What all features keep, and the kernel with it.

use crate::actor::ActorId;
use crate::config::Config;
use crate::features::cpu_slots::CpuSlots;
use crate::features::links::Links;
use crate::features::requests::Requests;
use crate::features::resources::Resources;
use crate::features::returned::Return;
use crate::features::wards::Wards;
use crate::features::watches::Watches;
use crate::kernel::Kernel;
use std::collections::BTreeSet;

/// The kernel with all features.
pub(crate) type Core = Kernel<Features>;

/// Where everything is given back that is dropped.
pub(crate) type Returns = crate::kernel::Returns<Core, Return<Core>>;

/// What the features keep in the kernel.
pub(crate) struct Features {
    pub(crate) links: Links,
    pub(crate) requests: Requests<Core>,
    pub(crate) cpu: CpuSlots,
    pub(crate) resources: Resources<Core>,
    /// Those whose waits may last for ever.
    pub(crate) background: BTreeSet<ActorId>,
    pub(crate) wards: Wards,
    pub(crate) watches: Watches<Core>,
}

impl Features {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            links: Links::new(config),
            requests: Requests::default(),
            cpu: CpuSlots::new(config.cpus),
            resources: Resources::default(),
            background: BTreeSet::new(),
            wards: Wards::default(),
            watches: Watches::default(),
        }
    }
}
