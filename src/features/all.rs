//! The data of all features, and the kernel with it.

use crate::actor::ActorId;
use crate::config::Config;
use crate::features::collectors::Collectors;
use crate::features::conditions::Conditions;
use crate::features::cpu_slots::CpuSlots;
use crate::features::frames::Frames;
use crate::features::links::Links;
use crate::features::requests::Requests;
use crate::features::resources::Resources;
use crate::features::returned::Return;
use crate::features::supervised::Supervised;
use crate::features::watches::Watches;
use crate::kernel::Hooks;
use std::collections::BTreeSet;

/// The kernel with all features.
pub(crate) type Kernel = crate::kernel::Kernel<Features>;

/// An actor or a process that was spawned while its class was in use.
pub(crate) type Newborn = crate::kernel::Newborn<<Features as Hooks>::Work>;

/// The queue of values that are given back by dropping them.
pub(crate) type Returns = crate::kernel::Returns<Kernel, Return<Kernel>>;

/// The data of the features in the kernel.
pub(crate) struct Features {
    pub(crate) links: Links,
    pub(crate) requests: Requests<Kernel>,
    pub(crate) cpu: CpuSlots,
    pub(crate) collectors: Collectors,
    pub(crate) resources: Resources<Kernel>,
    /// Actors and processes whose waits may last for ever.
    pub(crate) background: BTreeSet<ActorId>,
    pub(crate) supervised: Supervised,
    pub(crate) watches: Watches<Kernel>,
    /// What processes wait for by [`Process::until`](crate::Process::until).
    pub(crate) conditions: Conditions<Kernel>,
    /// The memory of processes that have ended.
    pub(crate) frames: Frames,
}

impl Features {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            links: Links::new(config),
            requests: Requests::default(),
            cpu: CpuSlots::new(config.cpus),
            collectors: Collectors::default(),
            resources: Resources::default(),
            background: BTreeSet::new(),
            supervised: Supervised::default(),
            watches: Watches::default(),
            conditions: Conditions::default(),
            frames: Frames::default(),
        }
    }
}
