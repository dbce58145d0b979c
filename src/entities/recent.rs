//! The count of deaths that was used last, kept at hand.
//!
//! Names mostly die in the order of their numbers, or one of them again and again. Then counting takes
//! no search.

use crate::entities::series::{ALL, BLOCK, First, Run};

/// So many families of names (owner and text) can be counted without a search.
pub(super) const RECENT: usize = 4;

/// A run of one block, and how often one of its names died beyond it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recent {
    pub(super) at: First,
    pub(super) run: Run,
    /// What the blocks beside it count, if they have a run. Read when one of its last numbers dies.
    pub(super) beside: Option<[Option<(u32, u64)>; 2]>,
    /// The number of a name with an entry in `beyond`, and its count.
    pub(super) single: Option<(u32, u32)>,
}

impl Recent {
    pub(super) fn has_died(&self, number: u32) -> bool {
        self.run.once_more >> (number % BLOCK) & 1 > 0
    }

    /// Counts one more death; `false` if that takes the lists.
    #[inline]
    pub(super) fn add(&mut self, number: Option<u32>) -> bool {
        let Some(number) = number else {
            self.run.all = self.run.all.saturating_add(1);
            return true;
        };
        if self.has_died(number) {
            let Some((_, beyond)) = self.single.as_mut().filter(|single| single.0 == number) else {
                return false;
            };
            *beyond = beyond.saturating_add(1);
            return true;
        }
        let once_more = self.run.once_more | 1 << (number % BLOCK);
        let this = Some((self.run.all, once_more));
        let may_join = is_late(number) && self.beside.is_none_or(|beside| beside.contains(&this));
        if once_more == ALL || may_join {
            return false;
        }
        self.run.once_more = once_more;
        true
    }
}

/// The place in [`Deaths::recent`] of all blocks of an owner and a text.
#[inline]
pub(super) fn recent_place(at: First) -> usize {
    (at.text ^ at.owner) as usize % RECENT
}

/// Whether the number is one of the last of its block: then it may be time to join blocks.
#[inline]
pub(super) fn is_late(number: u32) -> bool {
    number % BLOCK >= BLOCK - BLOCK / 4
}
