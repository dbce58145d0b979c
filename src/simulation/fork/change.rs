//! What can be changed in a running simulation, usually in a branch.

use crate::actor::ActorRef;
use crate::event_list::EventList;
use crate::network::Latency;
use crate::simulation::core::Core;
use crate::simulation::pool::EventKind;
use crate::simulation::{Actor, Limits, Simulation};
use crate::time::VirtualTime;

impl Simulation {
    /// The state of an actor, to change it; `None` if it is dead, is not an
    /// `A`, or the run has failed.
    ///
    /// Changes are no events: neither the digest nor an observer sees them, only
    /// what follows from them.
    #[must_use]
    pub fn state_mut<A: Actor>(&mut self, actor: &ActorRef<A::Message>) -> Option<&mut A> {
        if self.failed.is_some() {
            return None;
        }
        let id = actor.id();
        self.classes.get_mut(usize::from(id.class))?.state_mut(id)?.downcast_mut()
    }

    /// Draws everything random from now on as another seed would: streams that
    /// are opened from now on, those of drawn latencies and of faults, and those
    /// in the states of actors that [`Types::streams`](crate::Types::streams)
    /// shows, each by [`Stream::rekey`](crate::random::Stream::rekey). What has
    /// been drawn stays: crashes that a fault plan has drawn for the living come
    /// when they would have come.
    ///
    /// Branches that are given the same seed at the same event are equal.
    pub fn reseed(&mut self, seed: u64) {
        self.config.seed = seed;
        let mut core = self.core.borrow_mut();
        core.config.seed = seed;
        core.network.reseed(seed);
        drop(core);
        for class in &mut self.classes {
            let Some((id, _)) = class.type_of_states() else { continue };
            let visit = self.types.state(id).and_then(|state| state.streams.as_ref());
            if let (Some(visit), Some(states)) = (visit, class.typed()) {
                visit(states, &mut |stream| stream.rekey(seed));
            }
        }
    }

    /// Sets how long messages travel that are sent from now on, where no link
    /// or fault plan says otherwise. What is on its way arrives when it would
    /// have arrived; what is sent to the same actor later arrives no earlier than
    /// that, however short the new latency, so that the order per sender and
    /// receiver is kept. Cost: O(n log n) in the pending events.
    pub fn set_latency(&mut self, latency: Latency) {
        let mut core = self.core.borrow_mut();
        let core = &mut *core;
        let on_their_way = on_their_way(core);
        core.network.change_latency(latency.clone(), on_their_way.into_iter());
        core.config.latency = latency.clone();
        core.settle_latency();
        self.config.latency = latency;
    }

    /// Sets the limits that hold from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.config.limits = limits;
        let mut core = self.core.borrow_mut();
        core.config.limits = limits;
        // The next event looks at the limits.
        core.event_last = 0;
    }
}

/// The messages that links carry, by receiver and arrival. A message with a
/// delay of its own that arrives as soon as those cannot be told apart.
fn on_their_way(core: &Core) -> Vec<(crate::actor::ActorId, VirtualTime)> {
    let links = core.config.links.iter().map(|(_, _, latency)| latency);
    let latencies = links.chain(core.config.faults.latencies()).chain([&core.config.latency]);
    let longest = latencies.map(Latency::allowance).max().unwrap_or_default();
    let last = core.now.checked_add(longest).unwrap_or(VirtualTime::MAX);
    let entries = EventList::clone(&core.events).into_entries();
    let sent = entries.iter().take_while(|(key, _)| key.time <= last).filter(|(_, event)| {
        use EventKind::{Answer, Deliver, Own, Request, Stale};
        let kind = core.pools[usize::from(event.pool)].any.kind(event.cell);
        matches!(kind, Answer | Deliver | Own | Request | Stale)
    });
    sent.map(|(key, event)| (core.target(*event), key.time)).collect()
}
