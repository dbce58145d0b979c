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
    links: Vec<(Pair, Option<LinkPicture>)>,
}

#[derive(Serialize, Deserialize)]
struct LinkPicture {
    rules: Vec<u32>,
    free: VirtualTime,
    name: u64,
    incarnation: u32,
    streams: [Option<Stream>; 4],
}

/// The entries of a map in their order.
fn sorted<'a, K: Ord + Copy + 'a, V: 'a, T>(
    entries: impl Iterator<Item = (&'a K, &'a V)>,
    picture: impl Fn(&'a V) -> T,
) -> Vec<(K, T)> {
    let mut entries: Vec<(K, T)> = entries.map(|(key, value)| (*key, picture(value))).collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

impl Network {
    pub(crate) fn picture(&self) -> NetworkPicture {
        let links = self.faults.iter().flat_map(|faults| &faults.links);
        NetworkPicture {
            streams: sorted(self.streams.iter(), Stream::clone),
            last_arrival: sorted(self.order.last_arrival.iter(), |time| *time),
            floors: sorted(self.floors.iter(), |time| *time),
            links: sorted(links, |link| link.as_deref().map(Link::picture)),
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
    fn restore(&mut self, links: Vec<(Pair, Option<LinkPicture>)>) -> Result<(), &'static str> {
        let rules = self.rules.len();
        let known = |link: &LinkPicture| link.rules.iter().all(|rule| (*rule as usize) < rules);
        if !links.iter().filter_map(|(_, link)| link.as_ref()).all(known) {
            return Err("a link follows a rule that the fault plan does not have");
        }
        let link = |(ends, link): (Pair, Option<LinkPicture>)| (ends, link.map(Link::restore));
        self.links = unique(links.into_iter().map(link).collect())?;
        self.prune_links_at = PRUNE_MIN.max(2 * self.links.len());
        Ok(())
    }
}

impl Link {
    fn picture(&self) -> LinkPicture {
        LinkPicture {
            rules: self.rules.to_vec(),
            free: self.free,
            name: self.name,
            incarnation: self.incarnation,
            streams: self.streams.each_ref().map(|stream| stream.as_deref().cloned()),
        }
    }

    fn restore(picture: LinkPicture) -> Box<Self> {
        Box::new(Self {
            rules: picture.rules.into(),
            free: picture.free,
            name: picture.name,
            incarnation: picture.incarnation,
            streams: picture.streams.map(|stream| stream.map(Box::new)),
        })
    }
}
