//! The state of the network in files.
//!
//! Latencies, links and rules are part of the configuration and are not saved here.

use super::arrival::Network;
use super::faults::Link;
use super::{Faults, PRUNE_MIN};
use crate::actor::{ActorId, Life};
use crate::random::Stream;
use crate::snapshot::unique;
use crate::time::VirtualTime;
use serde::{Deserialize, Serialize};

type Pair = (ActorId, ActorId);

#[derive(Serialize, Deserialize)]
pub(crate) struct NetworkPicture {
    streams: Vec<(Life, Stream)>,
    last_arrival: Vec<(Pair, VirtualTime)>,
    floors: Vec<(ActorId, VirtualTime)>,
    links: Vec<(Pair, Option<Box<Link>>)>,
}

/// The entries of a map in their order.
fn sorted<'a, K: Ord + Copy + 'a, V: Clone + 'a>(
    entries: impl IntoIterator<Item = (&'a K, &'a V)>,
) -> Vec<(K, V)> {
    let entries = entries.into_iter().map(|(key, value)| (*key, value.clone()));
    let mut entries: Vec<(K, V)> = entries.collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

impl Network {
    pub(crate) fn picture(&self) -> NetworkPicture {
        NetworkPicture {
            streams: sorted(&self.streams),
            last_arrival: sorted(&self.order.last_arrival),
            floors: sorted(&self.floors),
            links: sorted(self.faults.iter().flat_map(|faults| &faults.links)),
        }
    }

    /// Restores the state of the picture, under the same configuration.
    pub(crate) fn restore(&mut self, picture: NetworkPicture) -> Result<(), &'static str> {
        self.streams = unique(picture.streams)?;
        self.order.last_arrival = unique(picture.last_arrival)?;
        self.order.prune_at = PRUNE_MIN.max(2 * self.order.last_arrival.len());
        self.floors = unique(picture.floors)?;
        match &mut self.faults {
            Some(faults) => faults.restore(picture.links),
            None if picture.links.is_empty() => Ok(()),
            None => Err("links of a fault plan without a plan"),
        }
    }
}

impl Faults {
    fn restore(&mut self, links: Vec<(Pair, Option<Box<Link>>)>) -> Result<(), &'static str> {
        let mut rules = links.iter().filter_map(|(_, link)| link.as_ref()).flat_map(|l| &l.rules);
        if !rules.all(|rule| (*rule as usize) < self.rules.len()) {
            return Err("a link follows a rule that the fault plan does not have");
        }
        self.links = unique(links)?;
        self.prune_links_at = PRUNE_MIN.max(2 * self.links.len());
        Ok(())
    }
}
