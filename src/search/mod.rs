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

mod explore;
mod instant;
mod orders;
mod set;
mod swap;

pub use orders::Orders;

use crate::tie::{TieChoices, TieGuide, TieLog, TiePolicy};
use crate::time::VirtualTime;
use explore::{Explorer, Found};
use std::collections::BTreeMap;
use std::fmt;

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
    budget: u64,
    samples: u64,
    seed: u64,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcomes<T> {
    /// The result of the usual run, without a policy.
    pub usual: T,
    /// All outcomes, most frequent first, then in the order of `T`.
    pub outcomes: Vec<Outcome<T>>,
    /// The ties of the usual run that change the result if only their order is swapped, in
    /// the order of their later events.
    pub decisive: Vec<DecisiveTie<T>>,
    /// How many ties of the usual run were swapped.
    pub swaps: u64,
    /// Whether every order is covered; otherwise there may be more outcomes.
    pub complete: bool,
    /// How many classes of equivalent orders were run.
    pub classes: u64,
    /// How many orders these classes have together.
    pub orders: Orders,
    /// How many runs the search made in all.
    pub runs: u64,
    /// How many of them were given up, because they led to nothing new.
    pub redundant: u64,
    /// How many shuffles were drawn: none if the search is complete.
    pub samples: u64,
    /// The seed of the first shuffle; the others have the next ones.
    pub seed: u64,
}

/// One outcome of a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// The result.
    pub result: T,
    /// How many of the covered orders have this result.
    pub orders: Orders,
    /// Their share of all orders if the search is complete, otherwise of the samples.
    pub share: f64,
    /// The fewest choices known to lead to it.
    pub ties: TieChoices,
}

/// Two events of the usual run whose order changes the result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DecisiveTie<T> {
    /// When they happen.
    pub time: VirtualTime,
    /// The number of the event that usually comes first.
    pub first: u64,
    /// The number of the event that can come before it.
    pub second: u64,
    /// The result in the swapped order.
    pub result: T,
    /// The choices that swap them.
    pub ties: TieChoices,
}

/// Why a program could not be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchError {
    /// A run has no log: the policy was not given to its simulation, or the log of another
    /// simulation was returned.
    NoLog,
    /// A repeated run was different.
    NotRepeated,
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLog => {
                "a run noted nothing about its ties: give the policy to Config::ties or \
                 Simulation::set_ties, and return what Simulation::tie_log says"
            }
            Self::NotRepeated => {
                "a repeated run gave a different result: it must depend only on its tie policy"
            }
        })
    }
}

impl std::error::Error for SearchError {}

/// What is known of one outcome.
struct Tally {
    orders: Orders,
    samples: u64,
    ties: TieChoices,
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
        Self { budget: 100_000, samples: 1_000, seed: 42 }
    }

    /// Sets the limit of runs for all classes of equivalent orders. The swaps of single
    /// ties have the same limit.
    #[must_use]
    pub fn budget(self, runs: u64) -> Self {
        Self { budget: runs, ..self }
    }

    /// Sets how many shuffles are drawn if the budget is not enough.
    #[must_use]
    pub fn samples(self, samples: u64) -> Self {
        Self { samples, ..self }
    }

    /// Sets the seed of the first shuffle.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
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
        let mut searching = Searching { program, runs: 0, tallies: BTreeMap::new() };
        let (usual, log) = searching.make(TieGuide::default())?;
        let mut explored = searching.explore(&usual, log.clone(), self.budget, false)?;
        if explored.is_none() {
            searching.tallies.values_mut().for_each(|tally| tally.orders = Orders::ZERO);
            explored = searching.explore(&usual, log.clone(), self.budget, true)?;
        }
        let Explored { classes, redundant, orders, complete } = explored.unwrap_or_default();
        let (decisive, swaps) = searching.turn_round(&usual, &log, self.budget)?;
        let samples = if complete { 0 } else { self.samples };
        for sample in 0..samples {
            let shuffle = Some(self.seed.wrapping_add(sample));
            let (result, log) = searching.make(TieGuide { shuffle, ..TieGuide::default() })?;
            searching.enter(result, Orders::ZERO, 1, log.choices());
        }
        let Searching { runs, tallies, .. } = searching;
        let share = |tally: &Tally| match complete {
            true => tally.orders.share_of(orders),
            false if samples == 0 => 0.0,
            false => tally.samples as f64 / samples as f64,
        };
        let outcome = |(result, tally): (T, Tally)| {
            let share = share(&tally);
            Outcome { result, orders: tally.orders, share, ties: tally.ties }
        };
        let mut outcomes: Vec<Outcome<T>> = tallies.into_iter().map(outcome).collect();
        // Stable: equal shares stay in the order of the results.
        outcomes.sort_by(|a, b| b.share.total_cmp(&a.share));
        let seed = self.seed;
        Ok(Outcomes {
            usual,
            outcomes,
            decisive,
            swaps,
            complete,
            classes,
            orders,
            runs,
            redundant,
            samples,
            seed,
        })
    }
}

/// The result of a search through the classes.
#[derive(Default)]
struct Explored {
    classes: u64,
    redundant: u64,
    orders: Orders,
    complete: bool,
}

/// A search that is under way.
struct Searching<P, T> {
    program: P,
    runs: u64,
    tallies: BTreeMap<T, Tally>,
}

impl<T: Ord + Clone, P: FnMut(&TiePolicy) -> (T, TieLog)> Searching<P, T> {
    fn make(&mut self, guide: TieGuide) -> Result<(T, TieLog), SearchError> {
        self.runs += 1;
        let (result, log) = (self.program)(&TiePolicy::Guided(guide));
        match log {
            log if log.strayed => Err(SearchError::NotRepeated),
            log if !log.on => Err(SearchError::NoLog),
            log => Ok((result, log)),
        }
    }

    /// Runs all classes, as far as the budget allows. `None` if a run reuses places of dead
    /// actors and the search did not expect it.
    fn explore(
        &mut self,
        usual: &T,
        mut log: TieLog,
        budget: u64,
        places: bool,
    ) -> Result<Option<Explored>, SearchError> {
        let mut explorer = Explorer::new();
        let mut result = usual.clone();
        let mut found = Explored::default();
        for left in (0..budget.max(1)).rev() {
            if !places {
                if log.reuses_places() {
                    return Ok(None);
                }
                log.forget_places();
            }
            match explorer.take(log) {
                Found::Redundant => found.redundant += 1,
                Found::Class { orders, choices } => {
                    found.classes += 1;
                    found.orders = found.orders.plus(orders);
                    self.enter(result, orders, 0, choices);
                }
            }
            match explorer.next_guide() {
                None => {
                    found.complete = !explorer.overfull;
                    break;
                }
                Some(_) if left == 0 => break,
                Some(guide) => (result, log) = self.make(guide)?,
            }
        }
        Ok(Some(found))
    }

    /// Swaps each tie of the usual run alone. Returns those that change the result, and how
    /// many were tried.
    fn turn_round(
        &mut self,
        usual: &T,
        log: &TieLog,
        budget: u64,
    ) -> Result<(Vec<DecisiveTie<T>>, u64), SearchError> {
        let mut decisive = Vec::new();
        let mut log = log.clone();
        if !log.reuses_places() {
            log.forget_places();
        }
        let swaps = swap::swaps(&log);
        let count = budget.min(swaps.len() as u64);
        for swap in swaps.into_iter().take(count as usize) {
            let (result, log) = self.make(swap.guide)?;
            let ties = log.choices();
            self.enter(result.clone(), Orders::ZERO, 0, ties.clone());
            if result != *usual {
                let swap::Swap { first, second, time, .. } = swap;
                decisive.push(DecisiveTie { time, first, second, result, ties });
            }
        }
        Ok((decisive, count))
    }

    fn enter(&mut self, result: T, orders: Orders, samples: u64, ties: TieChoices) {
        match self.tallies.get_mut(&result) {
            Some(tally) => {
                tally.orders = tally.orders.plus(orders);
                tally.samples += samples;
                if ties.len() < tally.ties.len() {
                    tally.ties = ties;
                }
            }
            None => _ = self.tallies.insert(result, Tally { orders, samples, ties }),
        }
    }
}
