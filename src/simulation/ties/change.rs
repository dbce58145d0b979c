//! Going over to another policy.

use super::Ties;
use crate::event_list::{EventId, EventKey};
use crate::simulation::core::Core;
use crate::simulation::error::ErrorKind;
use crate::tie::{Due, TiePolicy};

impl Ties {
    /// What is due now and was taken off the event list, with its places there.
    pub(in crate::simulation) fn drawn(&self) -> Vec<(EventKey, EventId)> {
        let Some(order) = &self.order else { return Vec::new() };
        let key = |due: &Due| EventKey { time: order.due, sequence: due.sequence };
        order.buffer.all().iter().map(|due| (key(due), due.event)).collect()
    }
}

impl Core {
    /// Goes on under another policy, between two events. What was in the buffer is
    /// chosen from again.
    pub(in crate::simulation) fn set_ties(&mut self, policy: TiePolicy) {
        for (key, event) in self.ties.drawn() {
            self.events.put_back(key, event);
        }
        self.ties = Ties::new(&policy, self.config.replication);
        if self.ties.is_on() {
            self.recorder.want_origins();
        }
        if let TiePolicy::Chosen(choices) = &policy {
            if let Some((event, candidate)) = choices.iter().next().filter(|c| c.0 <= self.event) {
                self.fail(ErrorKind::TieChoice { event, candidate, candidates: 0 });
            }
        }
        self.config.ties = policy;
    }
}
