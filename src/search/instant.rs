//! What has to come before what among the steps of one instant.

use super::set::Set;
use crate::tie::{Cause, TieStep};

/// With more steps at one instant than this, nothing is searched: what comes
/// before what would take too much memory.
pub(super) const MOST_STEPS: usize = 4_096;

/// Two steps of one instant, by their numbers in it, that could come the other
/// way round and may then come to something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Race {
    pub(super) first: usize,
    pub(super) second: usize,
}

/// Who comes before whom among the steps of one instant, in every order that
/// is equivalent to theirs: a step after its cause, and of two that depend on
/// each other the later after the earlier.
#[derive(Debug)]
pub(super) struct InstantOrder {
    /// For each step, all that come before it.
    before: Vec<Set>,
    /// In the order of the later step.
    pub(super) races: Vec<Race>,
}

impl InstantOrder {
    /// Works it out for the steps of an instant, of which the first is number
    /// `offset` of the run. Cost: O(steps²).
    pub(super) fn new(steps: &[&TieStep], offset: u64) -> Self {
        let mut instant = Self { before: Vec::with_capacity(steps.len()), races: Vec::new() };
        for (second, step) in steps.iter().enumerate() {
            let mut before = Set::new(steps.len());
            // What is found from late to early has no step in between.
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

    /// The steps that lead to the second of a race without the first, that one
    /// included, in order.
    pub(super) fn without_first(&self, race: Race) -> Vec<usize> {
        let between = self.not_after(race.first).take_while(|step| *step < race.second);
        between.chain([race.second]).collect()
    }

    /// The steps after `first` that do not have to come after it, in order.
    pub(super) fn not_after(&self, first: usize) -> impl Iterator<Item = usize> + '_ {
        (first + 1..self.len()).filter(move |step| !self.is_before(first, *step))
    }

    /// The steps that have to come before one, but not after `first`, in order.
    pub(super) fn leading_to(&self, step: usize, first: usize) -> Vec<usize> {
        self.not_after(first).filter(|other| self.is_before(*other, step)).collect()
    }

    /// Those of `steps` that none of the others has to precede.
    pub(super) fn initials<'a>(&'a self, steps: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        let is_initial = |step: &usize| steps.iter().all(|other| !self.is_before(*other, *step));
        steps.iter().copied().filter(is_initial)
    }
}
