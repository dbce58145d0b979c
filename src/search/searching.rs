//! A search that is under way: its runs, and what they came to.

use super::explore::{Explorer, Found};
use super::found::{DecisiveTie, Outcome, Outcomes, SearchError, Settings};
use super::orders::Orders;
use super::swap;
use crate::tie::{TieChoices, TieGuide, TieLog, TiePolicy};
use std::collections::BTreeMap;

/// What is known of one outcome.
#[derive(Clone, Debug)]
struct Tally {
    orders: Orders,
    samples: u64,
    ties: TieChoices,
}

/// What is known of all outcomes.
#[derive(Clone, Debug)]
pub(super) struct Tallies<T>(BTreeMap<T, Tally>);

impl<T: Ord> Tallies<T> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn enter(&mut self, result: T, orders: Orders, samples: u64, ties: TieChoices) {
        match self.0.get_mut(&result) {
            Some(tally) => {
                tally.orders = tally.orders.plus(orders);
                tally.samples += samples;
                if ties.len() < tally.ties.len() {
                    tally.ties = ties;
                }
            }
            None => _ = self.0.insert(result, Tally { orders, samples, ties }),
        }
    }

    /// Adds orders to a known outcome; `false` if it is not known.
    pub(super) fn add(&mut self, result: &T, orders: Orders) -> bool {
        let tally = self.0.get_mut(result);
        tally.map(|tally| tally.orders = tally.orders.plus(orders)).is_some()
    }

    /// The search begins again: what was found stays, and is counted anew.
    pub(super) fn begin_anew(&mut self) {
        self.0.values_mut().for_each(|tally| tally.orders = Orders::ZERO);
    }
}

/// The result of a search through the classes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explored {
    pub(super) classes: u64,
    pub(super) redundant: u64,
    pub(super) orders: Orders,
    pub(super) complete: bool,
}

/// A search that is under way.
pub(super) struct Searching<P, T> {
    program: P,
    pub(super) runs: u64,
    pub(super) tallies: Tallies<T>,
}

impl<T: Ord + Clone, P: FnMut(&TiePolicy) -> (T, TieLog)> Searching<P, T> {
    pub(super) fn new(program: P) -> Self {
        Self { program, runs: 0, tallies: Tallies::new() }
    }

    pub(super) fn make(&mut self, guide: TieGuide) -> Result<(T, TieLog), SearchError> {
        self.runs += 1;
        let (result, log) = (self.program)(&TiePolicy::Guided(guide));
        match log {
            log if log.strayed => Err(SearchError::NotRepeated),
            log if !log.on => Err(SearchError::NoLog),
            log => Ok((result, log)),
        }
    }

    /// Makes the usual run of all that follows those steps.
    pub(super) fn make_below(&mut self, picks: &[u64]) -> Result<(T, TieLog), SearchError> {
        let guide = TieGuide { picks: picks.to_vec(), ..TieGuide::default() };
        let (result, log) = self.make(guide)?;
        // It may end before it has repeated them all.
        let is_short = log.steps.len() < picks.len();
        if is_short { Err(SearchError::NotRepeated) } else { Ok((result, log)) }
    }

    /// Runs all classes, as far as the budget allows. `None` if a run reuses places of dead
    /// actors and the search did not expect it.
    pub(super) fn explore(
        &mut self,
        usual: &T,
        mut log: TieLog,
        budget: u64,
        places: bool,
    ) -> Result<Option<Explored>, SearchError> {
        let mut explorer = Explorer::below(0);
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
                    self.tallies.enter(result, orders, 0, choices);
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

    /// What is left after the classes: the swaps, and the samples if not all were found.
    pub(super) fn finish(
        mut self,
        settings: Settings,
        usual: T,
        log: &TieLog,
        explored: Explored,
    ) -> Result<Outcomes<T>, SearchError> {
        let Explored { classes, redundant, orders, complete } = explored;
        let (decisive, swaps) = self.turn_round(&usual, log, settings.budget)?;
        let (seed, samples) = (settings.seed, if complete { 0 } else { settings.samples });
        for sample in 0..samples {
            let shuffle = Some(seed.wrapping_add(sample));
            let (result, log) = self.make(TieGuide { shuffle, ..TieGuide::default() })?;
            self.tallies.enter(result, Orders::ZERO, 1, log.choices());
        }
        let Self { runs, tallies, .. } = self;
        let share = |tally: &Tally| match complete {
            true => tally.orders.share_of(orders),
            false if samples == 0 => 0.0,
            false => tally.samples as f64 / samples as f64,
        };
        let outcome = |(result, tally): (T, Tally)| {
            let share = share(&tally);
            Outcome { result, orders: tally.orders, share, ties: tally.ties }
        };
        let mut outcomes: Vec<Outcome<T>> = tallies.0.into_iter().map(outcome).collect();
        // Stable: equal shares stay in the order of the results.
        outcomes.sort_by(|a, b| b.share.total_cmp(&a.share));
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
            self.tallies.enter(result.clone(), Orders::ZERO, 0, ties.clone());
            if result != *usual {
                let swap::Swap { first, second, time, .. } = swap;
                decisive.push(DecisiveTie { time, first, second, result, ties });
            }
        }
        Ok((decisive, count))
    }
}
