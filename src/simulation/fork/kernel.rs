//! The kernel of a copy.

use crate::actor::ActorId;
use crate::random::Ledger;
use crate::simulation::core::{Core, Shared};
use crate::simulation::resource::Resources;
use crate::simulation::returns::Returns;
use crate::simulation::types::{SnapshotError, Types};
use std::rc::Rc;
use std::sync::Arc;

impl Core {
    /// The same kernel with other pools.
    pub(super) fn fork(
        &self,
        types: &Types,
        pools: Vec<Shared>,
        ledger: &Arc<Ledger>,
    ) -> Result<Self, SnapshotError> {
        debug_assert!(self.newborns.is_empty() && self.new_classes.is_empty(), "between events");
        debug_assert!(self.ready.is_none(), "there are no processes");
        Ok(Self {
            // A branch takes what the original has made.
            family: self.family,
            kin: self.kin.clone(),
            now: self.now,
            event: self.event,
            event_last: self.event_last,
            sequence_look: self.sequence_look,
            instant_first: self.instant_first,
            stopped: self.stopped,
            plain_family: self.plain_family,
            plain_span: self.plain_span,
            link_lane: self.link_lane,
            slows: self.slows,
            urgent: self.urgent.clone(),
            ready: None,
            ended: self.ended,
            quiet: false,
            current: ActorId::OUTSIDE,
            cause: self.cause,
            counts: self.counts,
            events: self.events.clone(),
            pools,
            recorder: self.recorder.fork(&self.config, ledger),
            directory: self.directory.clone(),
            requests: self.requests.fork(types)?,
            cpu: self.cpu.clone(),
            resources: Resources::default(),
            background: self.background.clone(),
            wards: self.wards.fork(types)?,
            watches: self.watches.fork(types)?,
            ties: self.ties.fork(),
            failure: None,
            newborns: Vec::new(),
            new_classes: Vec::new(),
            remains: Vec::new(),
            returns: Rc::new(Returns::of_copy()),
            network: self.network.clone(),
            class_numbers: self.class_numbers.clone(),
            config: self.config.clone(),
        })
    }
}
