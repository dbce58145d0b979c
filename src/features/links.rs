//! How long messages travel, and what can happen to them on the way.

use crate::actor::{Family, path_hash};
use crate::config::Config;
use crate::event_list::Lane;
use crate::network::{Latency, Network};
use crate::time::Span;

#[derive(Clone)]
pub(crate) struct Links {
    pub(crate) network: Network,
    /// The family of this simulation while all messages travel for the same span, else `NOBODY`. So
    /// one comparison tells a sender both that the actor is of this simulation and that the span is
    /// the same.
    pub(crate) plain_family: Family,
    /// The span for which all messages travel.
    pub(crate) plain_span: Span,
    /// The lane of the event list for these messages.
    pub(crate) lane: Lane,
    /// A fault plan changes how long holds take.
    pub(crate) slows: bool,
}

impl Links {
    pub(crate) fn new(config: &Config) -> Self {
        let (seed, half) = (config.seed, config.half());
        let mut network = Network::new(seed, half, config.latency.clone(), &config.faults);
        for (from, to, latency) in &config.links {
            network.set_link(path_hash(from), path_hash(to), latency.clone());
        }
        let slows = network.faults.as_ref().is_some_and(|faults| faults.on_holds);
        let (plain_family, plain_span) = (Family::NOBODY, Span::ZERO);
        Self { network, plain_family, plain_span, lane: Lane::None, slows }
    }

    /// Computes how the messages of a simulation travel, after a change.
    pub(crate) fn settle(&mut self, family: Family, latency: &Latency) {
        let plain = self.network.plain_latency();
        (self.plain_family, self.plain_span) =
            plain.map_or((Family::NOBODY, Span::ZERO), |span| (family, span));
        self.lane = match *latency {
            Latency::ZERO => Lane::Now,
            Latency::Fixed(_) => Lane::Link,
            _ => Lane::None,
        };
    }
}
