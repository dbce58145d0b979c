//! What can be changed in a running simulation, usually in a branch.

use crate::config::Limits;
use crate::event_list::EventList;
use crate::features::Kernel;
use crate::network::Latency;
use crate::simulation::Simulation;
use crate::store::Op;
use crate::tie::TiePolicy;
use crate::time::VirtualTime;

impl Simulation {
    /// Draws everything random from now on as another seed would: all streams
    /// that this simulation, its actors and its processes have opened or will
    /// open, wherever they are kept, and those of drawn latencies and of faults.
    /// Each goes on as the stream of the same name under the other seed, from
    /// where it is; so under the seed that the run has already, nothing changes.
    ///
    /// What has been drawn stays: a hold that has begun ends when it would have
    /// ended, and crashes that a fault plan has drawn for the living come when they
    /// would have come. Streams that a model opened itself, by
    /// [`Stream::open`](crate::random::Stream::open), belong to no simulation; of
    /// these, those are reached that [`TypeRegistry::streams`](crate::TypeRegistry::streams)
    /// shows.
    ///
    /// Branches that are given the same seed at the same event are equal. The order of
    /// ties is not drawn from the seed of the run: see [`set_ties`](Self::set_ties).
    ///
    /// Cost: O(1), and what `TypeRegistry::streams` visits; each stream computes its next
    /// words anew when it is drawn from.
    pub fn reseed(&mut self, seed: u64) {
        self.config.seed = seed;
        let mut kernel = self.engine.kernel.borrow_mut();
        kernel.config.seed = seed;
        kernel.features.links.network.reseed(seed);
        kernel.journal.ledger().reseed(seed);
        drop(kernel);
        for class in &mut self.engine.classes {
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
        let mut kernel = self.engine.kernel.borrow_mut();
        let kernel = &mut *kernel;
        let on_their_way = on_their_way(kernel);
        kernel.features.links.network.change_latency(latency.clone(), on_their_way.into_iter());
        kernel.config.latency = latency.clone();
        kernel.settle_latency();
        self.config.latency = latency;
    }

    /// Sets which of several events due at one instant comes first from now on, what
    /// is due now included.
    ///
    /// A shuffle begins its stream, whether the run was shuffled before or not.
    /// Choices are at the numbers of events of the whole run: a branch under choices
    /// from here on goes on as a run from the start would under those made up to
    /// here and these. A choice at an event that has passed is reported by the next
    /// step. Choices of the policy before that were still to come are forgotten.
    ///
    /// The order of one sender's messages to one receiver is kept under every policy.
    /// Without a policy senders are not noted, unless something else asks for them:
    /// an observer, [`Config::keep_undeliverable`](crate::Config::keep_undeliverable),
    /// a digest of senders or of single actors. A message that was sent then may be
    /// of anyone: no later message to the same receiver comes before it, so there may
    /// be fewer candidates than in a run that was under the policy all the time. One
    /// that begins under `TiePolicy::Chosen(TieChoices::new())` is in the usual order
    /// and notes senders. Cost: O(n log n) in the events due now.
    ///
    /// # Examples
    /// What the order decides from here on ([`TieSearch`](crate::TieSearch) finds all
    /// that it could come to):
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, Simulation, TieChoices, TiePolicy, TypeRegistry};
    ///
    /// #[derive(Clone)]
    /// struct Counter { customers: Vec<u64> }
    /// impl Actor for Counter {
    ///     type Message = u64;
    ///     fn handle(&mut self, customer: u64, _: &mut Context<'_, u64>) {
    ///         self.customers.push(customer);
    ///     }
    /// }
    /// #[derive(Clone)]
    /// struct Customer { counter: ActorRef<u64> }
    /// impl Actor for Customer {
    ///     type Message = u64;
    ///     fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
    ///         context.send(&self.counter, number);
    ///     }
    /// }
    ///
    /// let usual = TiePolicy::Chosen(TieChoices::new());
    /// let mut simulation = Simulation::new(Config::new(42).ties(usual));
    /// simulation.register(&TypeRegistry::new().forkable::<Counter>().forkable::<Customer>());
    /// let counter = simulation.spawn("counter", Counter { customers: Vec::new() });
    /// for number in 1..=3 {
    ///     let customer = simulation.spawn(("customer", number), Customer { counter: *counter });
    ///     simulation.send(&customer, u64::from(number));
    /// }
    /// (0..3).try_for_each(|_| simulation.step().map(|_| ()))?; // all three are on their way
    /// let mut orders = Vec::new();
    /// for ties in ["fifo", "4=2", "4=1,5=1"] {
    ///     let mut branch = simulation.fork()?;
    ///     branch.set_ties(ties.parse()?);
    ///     branch.run()?;
    ///     orders.push(branch[&counter].customers.clone());
    /// }
    /// assert_eq!(orders, [[1, 2, 3], [3, 1, 2], [2, 3, 1]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_ties(&mut self, ties: TiePolicy) {
        if self.engine.failed.is_none() {
            self.config.ties = ties.clone();
            self.engine.kernel.borrow_mut().set_ties(ties);
        }
    }

    /// Sets the [horizon](crate::Config::horizon), or takes it away. A horizon in the past
    /// ends the run where it is.
    pub fn set_horizon(&mut self, horizon: Option<VirtualTime>) {
        self.config.horizon = horizon;
        self.engine.kernel.borrow_mut().config.horizon = horizon;
    }

    /// Sets the limits that hold from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.config.limits = limits;
        let mut kernel = self.engine.kernel.borrow_mut();
        kernel.config.limits = limits;
        // The next event, and what schedules next, look at the limits.
        kernel.event_last = 0;
        kernel.sequence_look = 0;
    }
}

/// The messages that links carry, by receiver and arrival. A message with a
/// delay of its own that arrives as soon as those cannot be told apart.
fn on_their_way(kernel: &Kernel) -> Vec<(crate::actor::ActorId, VirtualTime)> {
    let links = kernel.config.links.iter().map(|(_, _, latency)| latency);
    let latencies = links.chain(kernel.config.faults.latencies()).chain([&kernel.config.latency]);
    let longest = latencies.map(Latency::allowance).max().unwrap_or_default();
    let last = kernel.now.checked_add(longest).unwrap_or(VirtualTime::MAX);
    let entries = EventList::clone(&kernel.events).into_entries();
    let sent = entries.iter().take_while(|(key, _)| key.time <= last).filter(|(_, event)| {
        let op = kernel.pools[usize::from(event.pool)].any.op(event.cell);
        op.is(Op::TRAVELS)
    });
    sent.map(|(key, event)| (kernel.target(*event), key.time)).collect()
}
