//! The kernel of a copy.

use crate::actor::ActorId;
use crate::kernel::returns::Returns;
use crate::kernel::state::{Hooks, Kernel, Shared};
use crate::random::Ledger;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

impl<F: Hooks> Kernel<F> {
    /// The same kernel between two events, with other pools and with copies of the features' data.
    pub(crate) fn fork(&self, pools: Vec<Shared>, ledger: &Arc<Ledger>, features: F) -> Self {
        debug_assert!(self.newborns.is_empty() && self.new_classes.is_empty(), "between events");
        debug_assert!(self.ready.is_none(), "there are no processes");
        Self {
            // References from the original are valid in the copy.
            family: self.family,
            kin: self.kin.clone(),
            now: self.now,
            event: self.event,
            event_last: self.event_last,
            clock_look: self.clock_look,
            warm_up: self.warm_up,
            sequence_look: self.sequence_look,
            instant_first: self.instant_first,
            stopped: self.stopped,
            urgent: VecDeque::clone(&self.urgent),
            ready: None,
            ended: self.ended,
            quiet: false,
            current: ActorId::OUTSIDE,
            cause: self.cause,
            counts: self.counts,
            events: self.events.clone(),
            pools,
            journal: self.journal.fork(&self.config, ledger),
            entities: self.entities.clone(),
            ties: self.ties.fork(),
            failure: None,
            newborns: Vec::new(),
            new_classes: Vec::new(),
            remains: Vec::new(),
            returns: Rc::new(Returns::new(true)),
            class_numbers: self.class_numbers.clone(),
            last_class: self.last_class,
            config: self.config.clone(),
            features,
        }
    }
}
