//! How many orders a class of equivalent ones has.

use super::instant::InstantOrder;
use rustc_hash::FxHashMap;
use std::fmt;

/// Above this many sets of steps that can be the first ones of an order, the
/// orders of an instant are not counted.
const MOST_IDEALS: usize = 1 << 18;

/// How many orders there are; exact, or a number that is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// The number, or one that is smaller.
    pub count: u128,
    /// Whether it is the number.
    pub exact: bool,
}

impl Default for Orders {
    /// None yet.
    fn default() -> Self {
        Self::ZERO
    }
}

impl Orders {
    /// None yet.
    pub(super) const ZERO: Self = Self { count: 0, exact: true };
    /// The one order of nothing.
    pub(super) const ONE: Self = Self { count: 1, exact: true };

    pub(super) fn plus(self, other: Self) -> Self {
        let (count, over) = self.count.overflowing_add(other.count);
        let count = if over { u128::MAX } else { count };
        Self { count, exact: self.exact && other.exact && !over }
    }

    pub(super) fn times(self, other: Self) -> Self {
        match self.count.checked_mul(other.count) {
            Some(count) => Self { count, exact: self.exact && other.exact },
            None => Self { count: u128::MAX, exact: false },
        }
    }

    /// This as a part of `all`, between 0 and 1.
    #[must_use]
    pub fn share_of(self, all: Self) -> f64 {
        if all.count == 0 { 0.0 } else { self.count as f64 / all.count as f64 }
    }
}

impl fmt::Display for Orders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.exact {
            f.write_str("more than ")?;
        }
        self.count.fmt(f)
    }
}

/// The orders of an instant that are equivalent: the linear extensions of what
/// has to come before what.
pub(super) fn of_instant(instant: &InstantOrder) -> Orders {
    count(instant, &(0..instant.len()).collect::<Vec<_>>())
}

/// The linear extensions of some of the steps, which are in order. Parts that
/// have nothing to do with each other are interleaved in all ways; where all
/// that follows comes after all before, each part has its own; the rest is
/// counted set by set of steps that can come first.
fn count(instant: &InstantOrder, steps: &[usize]) -> Orders {
    if steps.len() < 2 {
        return Orders::ONE;
    }
    let parts = parallel_parts(instant, steps);
    if parts.len() > 1 {
        let (mut orders, mut placed) = (Orders::ONE, 0);
        for part in parts {
            placed += part.len();
            orders = orders.times(choose(placed, part.len())).times(count(instant, &part));
        }
        return orders;
    }
    let cuts = cuts(instant, steps);
    if !cuts.is_empty() {
        let ends = cuts.iter().copied().chain([steps.len()]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let parts = starts.zip(ends).map(|(start, end)| count(instant, &steps[start..end]));
        return parts.fold(Orders::ONE, Orders::times);
    }
    by_ideals(instant, steps)
}

/// The steps by what they have to do with each other, directly or not.
fn parallel_parts(instant: &InstantOrder, steps: &[usize]) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for step in steps {
        let (joined, apart): (Vec<_>, Vec<_>) = std::mem::take(&mut parts)
            .into_iter()
            .partition(|part| part.iter().any(|other| instant.is_before(*other, *step)));
        let mut part = joined.concat();
        part.push(*step);
        part.sort_unstable();
        parts = apart;
        parts.push(part);
    }
    parts
}

/// Where all that follows comes after all before.
fn cuts(instant: &InstantOrder, steps: &[usize]) -> Vec<usize> {
    let is_cut = |place: &usize| {
        let (early, late) = steps.split_at(*place);
        late.iter().all(|late| early.iter().all(|early| instant.is_before(*early, *late)))
    };
    (1..steps.len()).filter(is_cut).collect()
}

/// One set of first steps after the other, each with the number of its orders.
fn by_ideals(instant: &InstantOrder, steps: &[usize]) -> Orders {
    let unknown = Orders { count: 1, exact: false };
    if steps.len() > u128::BITS as usize {
        return unknown;
    }
    let needs: Vec<u128> = steps
        .iter()
        .map(|step| {
            let early = steps.iter().enumerate();
            let early = early.filter(|(_, early)| instant.is_before(**early, *step));
            early.fold(0, |needs, (place, _)| needs | 1 << place)
        })
        .collect();
    let mut level: FxHashMap<u128, Orders> = FxHashMap::default();
    level.insert(0, Orders::ONE);
    let mut seen = 0;
    for _ in steps {
        let mut next: FxHashMap<u128, Orders> = FxHashMap::default();
        for (done, orders) in &level {
            for (place, needs) in needs.iter().enumerate() {
                if done >> place & 1 == 0 && needs & !done == 0 {
                    let sum = next.entry(done | 1 << place).or_insert(Orders::ZERO);
                    *sum = sum.plus(*orders);
                }
            }
        }
        seen += next.len();
        if seen > MOST_IDEALS {
            return unknown;
        }
        level = next;
    }
    level.into_values().next().unwrap_or(unknown)
}

/// In how many ways `some` of `all` places can be chosen.
fn choose(all: usize, some: usize) -> Orders {
    let some = some.min(all - some);
    let mut ways = Orders::ONE;
    for place in 1..=some as u128 {
        // The product of so many consecutive numbers is divisible.
        let next = ways.times(Orders { count: all as u128 - some as u128 + place, exact: true });
        ways = Orders { count: next.count / place, ..next };
    }
    ways
}
