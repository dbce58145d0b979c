//! Searching the ties of a program for its other outcomes.
//!
//! The search runs a program again and again under other orders of simultaneous events.
//! Orders that differ only in independent events are equivalent, and one run represents
//! all of them. Two events of one instant are dependent if they happen to the same actor
//! or resource, or if they use the same state of the engine: living actors and names, CPU
//! slots, watches, restarts. A step of a process and the event that ends the run depend on
//! all events.
//!
//! The search assumes that a handler depends only on its state, the message and its
//! context. If actors share memory, outcomes can be hidden. So they can in a run with
//! [`Limits`](crate::Limits) of live actors or pending events.

mod division;
mod explore;
mod found;
mod instant;
mod joining;
mod orders;
mod part;
mod searching;
mod set;
mod swap;

pub use division::TieDivision;
pub use found::{DecisiveTie, Outcome, Outcomes, SearchError};
pub use joining::TieJoining;
pub use orders::Orders;
pub use part::{PartEnd, PartRun, TiePart};

use crate::tie::{TieGuide, TieLog, TiePolicy};
use found::Settings;
use searching::Searching;

/// Finds the outcomes that depend on the order of simultaneous events.
///
/// # Examples
/// Three customers want the last ticket at the same instant:
/// ```
/// use flagfall::{Actor, ActorRef, Config, Context, Simulation, TieSearch};
///
/// struct Box { tickets: u32, sold_to: Vec<u64> }
/// impl Actor for Box {
///     type Message = u64;
///     fn handle(&mut self, customer: u64, _: &mut Context<'_, u64>) {
///         if self.tickets > 0 {
///             self.tickets -= 1;
///             self.sold_to.push(customer);
///         }
///     }
/// }
/// struct Customer { counter: ActorRef<u64> }
/// impl Actor for Customer {
///     type Message = u64;
///     fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
///         context.send(&self.counter, number);
///     }
/// }
///
/// let found = TieSearch::new().run(|ties| {
///     let mut simulation = Simulation::new(Config::new(42).ties(ties.clone()));
///     let counter = simulation.spawn("box", Box { tickets: 1, sold_to: Vec::new() });
///     for number in 1..=3 {
///         let customer = simulation.spawn(("customer", number), Customer { counter: *counter });
///         simulation.send(&customer, u64::from(number));
///     }
///     let run = simulation.run().map_err(|error| error.to_string());
///     let sold = run.map(|_| simulation[&counter].sold_to.clone());
///     (sold, simulation.tie_log())
/// })?;
/// assert!(found.complete);
/// // Of the 6! orders, 90 keep each cause before its effect. Six classes of them differ
/// // in the order of arrivals at the box.
/// assert_eq!((found.orders.count, found.classes), (90, 6));
/// let winners: Vec<_> = found.outcomes.iter().map(|o| (o.result.clone(), o.share)).collect();
/// assert_eq!(winners, [1, 2, 3].map(|number| (Ok(vec![number]), 1.0 / 3.0)));
/// // Each can be repeated: TiePolicy::Chosen, or --ties in the command.
/// assert_eq!(found.outcomes[1].ties.to_string(), "4=1");
/// # Ok::<(), flagfall::search::SearchError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TieSearch {
    settings: Settings,
}

impl Default for TieSearch {
    fn default() -> Self {
        Self::new()
    }
}

impl TieSearch {
    /// At most 100,000 runs, 1,000 samples from seed 42.
    #[must_use]
    pub fn new() -> Self {
        Self { settings: Settings { budget: 100_000, samples: 1_000, seed: 42 } }
    }

    /// Sets the limit of runs for all classes of equivalent orders. The swaps of single
    /// ties have the same limit.
    #[must_use]
    pub fn budget(self, runs: u64) -> Self {
        Self { settings: Settings { budget: runs, ..self.settings } }
    }

    /// Sets how many shuffles are drawn if the budget is not enough.
    #[must_use]
    pub fn samples(self, samples: u64) -> Self {
        Self { settings: Settings { samples, ..self.settings } }
    }

    /// Sets the seed of the first shuffle.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { settings: Settings { seed, ..self.settings } }
    }

    /// Searches a program. `program` runs it under a policy, and returns the result and
    /// [`Simulation::tie_log`](crate::Simulation::tie_log). A run may also be a branch that
    /// gets the policy by [`Simulation::set_ties`](crate::Simulation::set_ties). Then the
    /// search covers the events after the fork. A failed run is an outcome, too. A run that
    /// leads to nothing new ends early, and its result is not used.
    ///
    /// Cost: a run for each class, and O(steps²) for the steps of each instant
    /// that changes. Memory: the steps of one run, and the outcomes.
    ///
    /// # Errors
    /// [`SearchError`] if a repeated run is different, or if a run has no log.
    pub fn run<T: Ord + Clone>(
        self,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<Outcomes<T>, SearchError> {
        let mut searching = Searching::new(program);
        let (usual, log) = searching.make(TieGuide::default())?;
        let mut explored = searching.explore(&usual, log.clone(), self.settings.budget, false)?;
        if explored.is_none() {
            searching.tallies.begin_anew();
            explored = searching.explore(&usual, log.clone(), self.settings.budget, true)?;
        }
        searching.finish(self.settings, usual, &log, explored.unwrap_or_default())
    }

    /// Divides a search into parts that can be run apart, on other threads or machines, and
    /// joined to what [`run`](Self::run) finds, to the last number. `parts` is how many there
    /// are to be; there are fewer if the search is small, and more if an instant has many
    /// orders. The division depends on nothing else: whoever divides the same search has the
    /// same parts.
    ///
    /// Only events of one instant can change their order. So what follows the last event of an
    /// instant is searched apart from what follows another order of it. Where one instant has
    /// nearly all of the orders, there is nothing to divide, and there are few parts.
    ///
    /// Cost: a run for each part, most of which end early.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Examples
    /// A program as that of [`TieSearch`], whose parts are run in any order:
    /// ```
    /// # use flagfall::{Actor, Config, Context, Simulation, TieLog, TiePolicy, TieSearch, VirtualTime};
    /// # #[derive(Default)] struct Log(Vec<u64>);
    /// # impl Actor for Log {
    /// #     type Message = u64;
    /// #     fn handle(&mut self, number: u64, _: &mut Context<'_, u64>) { self.0.push(number); }
    /// # }
    /// # struct Caller(flagfall::ActorRef<u64>);
    /// # impl Actor for Caller {
    /// #     type Message = u64;
    /// #     fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
    /// #         context.send(&self.0, number);
    /// #     }
    /// # }
    /// let program = |ties: &TiePolicy| {
    ///     // Two callers call one log, at each of five instants.
    ///     let mut simulation = Simulation::new(Config::new(42).ties(ties.clone()));
    ///     let log = simulation.spawn("log", Log::default());
    ///     for name in ["a", "bc"] {
    ///         let caller = simulation.spawn(name, Caller(*log));
    ///         for second in 0..5 {
    ///             let time = VirtualTime::from_secs(second);
    ///             simulation.send_at(time, &caller, name.len() as u64).expect("it is to come");
    ///         }
    ///     }
    ///     # let log = &log;
    ///     let run = simulation.run().map_err(|error| error.to_string());
    ///     (run.map(|_| simulation[log].0.clone()), simulation.tie_log())
    /// };
    /// let search = TieSearch::new();
    /// let division = search.divide(4, program)?;
    /// assert_eq!(division.parts(), 4);
    /// // As it were, on four machines.
    /// let mut parts = Vec::new();
    /// for number in (0..division.parts()).rev() {
    ///     parts.push(division.run_part(number, search.most_runs(), program)?);
    /// }
    /// let mut joining = division.joining();
    /// while joining.wants().is_some() {
    ///     joining.add(parts.pop().expect("a part"))?;
    /// }
    /// assert_eq!(joining.finish(program)?, search.run(program)?);
    /// # Ok::<(), flagfall::search::SearchError>(())
    /// ```
    pub fn divide<T: Ord + Clone>(
        self,
        parts: usize,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<TieDivision<T>, SearchError> {
        TieDivision::of(self.settings, parts, program)
    }

    /// The limit of runs for all classes of equivalent orders: at least one.
    #[must_use]
    pub fn most_runs(self) -> u64 {
        self.settings.most_runs()
    }
}
