//! Changes of a running simulation, usually of a branch.

use crate::config::Limits;
use crate::event_list::EventList;
use crate::features::Kernel;
use crate::network::Latency;
use crate::simulation::Simulation;
use crate::store::Op;
use crate::tie::TiePolicy;
use crate::time::VirtualTime;

impl Simulation {
    /// Changes the seed of all later draws: of all streams that this simulation, its actors
    /// and its processes have opened or will open, and those of latencies and faults. Each
    /// stream becomes the stream of the same name under the other seed, at the same
    /// position. The seed that the run already has changes nothing.
    ///
    /// Values that were drawn before stay: a hold that has begun ends at the same time, and
    /// the crashes that a fault plan has drawn for living actors do not change. Streams
    /// that a model opened by [`Stream::open`](crate::random::Stream::open) belong to no
    /// simulation. Only those that
    /// [`TypeRegistry::streams`](crate::TypeRegistry::streams) shows are changed.
    ///
    /// Branches that get the same seed at the same event are equal. The order of ties does
    /// not depend on the seed of the run: see [`set_ties`](Self::set_ties).
    ///
    /// Cost: O(1), and the streams that `TypeRegistry::streams` visits. Each stream computes
    /// new words at its next draw.
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
            if let Some(visit) = visit {
                visit(class.as_any_mut(), &mut |stream| stream.rekey(seed));
            }
        }
    }

    /// Sets the latency of later messages on links that have no latency of their own and
    /// none of a fault plan. Messages under way arrive at the same time as before. Later
    /// messages to the same actor arrive no earlier than those, so that the order per
    /// sender and receiver is kept. Cost: O(n log n) in the pending events.
    pub fn set_latency(&mut self, latency: Latency) {
        let mut kernel = self.engine.kernel.borrow_mut();
        let kernel = &mut *kernel;
        let on_their_way = on_their_way(kernel);
        kernel.features.links.network.change_latency(latency.clone(), on_their_way.into_iter());
        kernel.config.latency = latency.clone();
        kernel.settle_latency();
        self.config.latency = latency;
    }

    /// Sets which of several events due at one instant comes first, from now on. This
    /// includes the events due now.
    ///
    /// A shuffle always starts its stream from the beginning. Choices use the event numbers
    /// of the whole run: a branch with choices from here on is equal to a run from the start
    /// with the choices so far and these. A choice at a past event is an error of the next
    /// step. The remaining choices of the old policy are dropped.
    ///
    /// The order of one sender's messages to one receiver is kept under every policy.
    /// Without a policy, senders are recorded only for an observer,
    /// [`Config::keep_undeliverable`](crate::Config::keep_undeliverable), a digest of senders
    /// or of single actors. A message without a recorded sender may have any sender, so no
    /// later message to the same receiver comes before it. There may be fewer candidates than
    /// in a run that always had the policy. To record senders in the usual order, start with
    /// `TiePolicy::Chosen(TieChoices::new())`. Cost: O(n log n) in the events due now.
    ///
    /// # Examples
    /// Three branches with different orders ([`TieSearch`](crate::TieSearch) finds all
    /// outcomes):
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

    /// Sets or removes the [horizon](crate::Config::horizon). A horizon in the past ends the
    /// run at the current instant.
    pub fn set_horizon(&mut self, horizon: Option<VirtualTime>) {
        self.config.horizon = horizon;
        self.engine.kernel.borrow_mut().config.horizon = horizon;
    }

    /// Sets the limits from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.config.limits = limits;
        let mut kernel = self.engine.kernel.borrow_mut();
        kernel.config.limits = limits;
        // The next event and the next scheduling check the limits.
        kernel.event_last = 0;
        kernel.sequence_look = 0;
        kernel.plan_clock_look();
    }

    /// Sets the end of the [warm-up](crate::Config::warm_up): for a model that has it as a
    /// parameter and sets it in its start. Zero is none.
    ///
    /// # Panics
    /// If that time has passed: what was recorded since then cannot be told from what was recorded
    /// before.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, VirtualTime};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.set_warm_up(VirtualTime::from_hours(8));
    /// assert_eq!(simulation.config().warm_up, VirtualTime::from_hours(8));
    /// ```
    #[track_caller]
    pub fn set_warm_up(&mut self, warm_up: VirtualTime) {
        let now = self.now();
        assert!(
            warm_up > now || warm_up == VirtualTime::ZERO,
            "the warm-up would be over at {warm_up}, and it is {now}: set it before that time"
        );
        self.config.warm_up = warm_up;
        self.engine.kernel.borrow_mut().set_warm_up(warm_up);
    }
}

/// The messages under way on links, by receiver and arrival. It includes messages with
/// their own delay that arrive as soon, because they cannot be distinguished.
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
