//! One part of a divided search: what its runs came to.

use super::explore::{Explorer, Found};
use super::found::SearchError;
use super::orders::Orders;
use super::searching::Searching;

use crate::tie::{TieChoices, TieGuide, TieLog, TiePolicy};
use std::collections::BTreeMap;

/// What the runs of a part came to, in their order. It can be kept in a file, and made from one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TiePart<T> {
    /// Its number, from 0.
    pub number: usize,
    /// The different results, in the order in which they came.
    pub results: Vec<T>,
    /// Its runs.
    pub runs: Vec<PartRun>,
    /// Why there are no more.
    pub end: PartEnd,
}

/// One run of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum PartRun {
    /// It was given up, because it led to nothing new.
    Redundant,
    /// It stands for a class of equivalent orders.
    Class {
        /// The place of its result among the results of the part.
        result: usize,
        /// How many orders the class has.
        orders: Orders,
        /// The choices that lead to it; `None` if an earlier run of the part came to the same
        /// result by as few.
        ties: Option<TieChoices>,
    },
}

/// Why a part has no more runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartEnd {
    /// All classes were run.
    Complete,
    /// All classes were run, but for those of instants that have too many events.
    Overfull,
    /// As many runs were made as there were to be at most.
    Budget,
    /// The next run has an actor in the place of a dead one: the search has to begin anew.
    Reuse,
}

impl<T> TiePart<T> {
    /// Makes a part from what was kept of it.
    #[must_use]
    pub fn new(number: usize, results: Vec<T>, runs: Vec<PartRun>, end: PartEnd) -> Self {
        Self { number, results, runs, end }
    }
}

/// Runs all classes that follow those steps, at most `most` runs.
pub(super) fn run<T: Ord + Clone>(
    number: usize,
    picks: &[u64],
    most: u64,
    places: bool,
    program: impl FnMut(&TiePolicy) -> (T, TieLog),
) -> Result<TiePart<T>, SearchError> {
    let mut searching = Searching::new(program);
    let mut explorer = Explorer::below(picks.len());
    let mut part = TiePart { number, results: Vec::new(), runs: Vec::new(), end: PartEnd::Budget };
    // The place of each result, and the fewest choices that lead to it.
    let mut known: BTreeMap<T, (usize, usize)> = BTreeMap::new();
    let mut guide: Option<TieGuide> = None;
    for _ in 0..most {
        let (result, mut log) = match guide.take() {
            Some(guide) => searching.make(guide)?,
            None => searching.make_below(picks)?,
        };
        if !places {
            if log.reuses_places() {
                return Ok(TiePart { end: PartEnd::Reuse, ..part });
            }
            log.forget_places();
        }
        part.runs.push(match explorer.take(log) {
            Found::Redundant => PartRun::Redundant,
            Found::Class { orders, choices } => {
                let count = choices.len();
                let (place, fewest) = known.entry(result).or_insert_with_key(|result| {
                    part.results.push(result.clone());
                    (part.results.len() - 1, usize::MAX)
                });
                let ties = (count < *fewest).then_some(choices);
                *fewest = count.min(*fewest);
                PartRun::Class { result: *place, orders, ties }
            }
        });
        guide = explorer.next_guide();
        if guide.is_none() {
            let end = if explorer.overfull { PartEnd::Overfull } else { PartEnd::Complete };
            return Ok(TiePart { end, ..part });
        }
    }
    Ok(part)
}
