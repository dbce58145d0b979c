//! What a search is asked for, and what it says.

use super::orders::Orders;
use crate::tie::TieChoices;
use crate::time::VirtualTime;
use std::fmt;

/// What a [`TieSearch`](super::TieSearch) is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) budget: u64,
    pub(super) samples: u64,
    pub(super) seed: u64,
}

impl Settings {
    /// The limit of runs for all classes: the first one is always made.
    pub(super) fn most_runs(self) -> u64 {
        self.budget.max(1)
    }
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
    /// A part was joined that is not the next one of its division, or parts are missing.
    WrongPart,
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
            Self::WrongPart => {
                "a part of a divided search is missing, or is not the next one of this division"
            }
        })
    }
}

impl std::error::Error for SearchError {}
