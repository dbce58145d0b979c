//! The partial order of the steps of one instant.

use super::set::Set;
use crate::tie::{Cause, TieStep};

/// An instant with more steps is not searched, because its partial order would take too
/// much memory.
pub(super) const MOST_STEPS: usize = 4_096;

/// Two steps of one instant that could come in the other order, possibly with another
/// outcome. They are given by their numbers in the instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Race {
    pub(super) first: usize,
    pub(super) second: usize,
}

/// The partial order that all equivalent orders of the steps of one instant have in
/// common. A step comes after its cause, and after each earlier step that it depends on.
#[derive(Debug)]
pub(super) struct InstantOrder {
    /// For each step, all that come before it.
    before: Vec<Set>,
    /// In the order of the second step.
    pub(super) races: Vec<Race>,
}

impl InstantOrder {
    /// Computes it for the steps of an instant. The first of them is step `offset` of the
    /// run. Cost: O(steps²).
    pub(super) fn new(steps: &[&TieStep], offset: u64) -> Self {
        let mut instant = Self { before: Vec::with_capacity(steps.len()), races: Vec::new() };
        for (second, step) in steps.iter().enumerate() {
            let mut before = Set::new(steps.len());
            // From late to early, so that each race has no step in between.
            for first in (0..second).rev() {
                if before.contains(first) {
                    continue;
                }
                let forced = match step.cause {
                    Cause::Step(cause) => cause == offset + first as u64,
                    Cause::After(cause) => cause > offset + first as u64,
                };
                if forced || step.footprint.meets(&steps[first].footprint) {
                    before.add_all(&instant.before[first]);
                    before.insert(first);
                    if !forced && !step.stays_behind(steps[first]) {
                        instant.races.push(Race { first, second });
                    }
                }
            }
            instant.before.push(before);
        }
        instant
    }

    pub(super) fn len(&self) -> usize {
        self.before.len()
    }

    pub(super) fn is_before(&self, first: usize, second: usize) -> bool {
        self.before[second].contains(first)
    }

    /// The steps that lead to the second step of a race without the first, in order. The
    /// second step is included.
    pub(super) fn without_first(&self, race: Race) -> Vec<usize> {
        let between = self.not_after(race.first).take_while(|step| *step < race.second);
        between.chain([race.second]).collect()
    }

    /// The steps after `first` that do not have to come after it, in order.
    pub(super) fn not_after(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        (first + 1..self.len()).filter(move |step| !self.is_before(first, *step))
    }

    /// The steps that have to come before `step`, but not after `first`, in order.
    pub(super) fn leading_to(&self, step: usize, first: usize) -> Vec<usize> {
        self.not_after(first).filter(|other| self.is_before(*other, step)).collect()
    }

    /// Those of `steps` that need none of the others before them.
    pub(super) fn initials<'a>(&'a self, steps: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        let is_initial = |step: &usize| steps.iter().all(|other| !self.is_before(*other, *step));
        steps.iter().copied().filter(is_initial)
    }
}
