//! The number of orders of a class of equivalent orders.

use super::instant::InstantOrder;
use rustc_hash::FxHashMap;
use std::fmt;

/// The limit of ideals (sets of steps that can come first in an order). The orders of an
/// instant with more ideals are not counted.
const MOST_IDEALS: usize = 1 << 18;

/// The number of orders, exact or as a lower bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders {
    /// The number or its lower bound.
    pub count: u128,
    /// Whether the number is exact.
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
    /// The one order of no steps.
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

    /// This divided by `all`, between 0 and 1.
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

/// The equivalent orders of an instant: the linear extensions of its partial order.
pub(super) fn of_instant(instant: &InstantOrder) -> Orders {
    count(instant, &(0..instant.len()).collect::<Vec<_>>())
}

/// The linear extensions of some of the steps, which are in order. Independent parts are
/// interleaved in all ways. At a cut, the numbers of both parts are multiplied. The rest
/// is counted ideal by ideal.
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

/// The connected components: steps that depend on each other, directly or not.
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

/// The places at which all later steps come after all earlier ones.
fn cuts(instant: &InstantOrder, steps: &[usize]) -> Vec<usize> {
    let mut cuts = Vec::new();
    // How many of the first steps come before all later ones.
    let mut leading = steps.len();
    for place in (1..steps.len()).rev() {
        let early = steps[..place.min(leading)].iter();
        leading = early.take_while(|early| instant.is_before(**early, steps[place])).count();
        if leading == place {
            cuts.push(place);
        }
    }
    cuts.reverse();
    cuts
}

/// Counts the orders of each ideal, from smaller to larger ones.
fn by_ideals(instant: &InstantOrder, steps: &[usize]) -> Orders {
    let unknown = Orders { count: 1, exact: false };
    if steps.len() > u128::BITS as usize {
        return unknown;
    }
    let mut needs = vec![0_u128; steps.len()];
    for (late, step) in steps.iter().enumerate() {
        for (early, other) in steps[..late].iter().enumerate() {
            needs[late] |= u128::from(instant.is_before(*other, *step)) << early;
        }
    }
    if has_many_ideals(&needs) {
        return unknown;
    }
    let all = u128::MAX >> (u128::BITS as usize - steps.len());
    let mut level: FxHashMap<u128, Orders> = FxHashMap::default();
    level.insert(0, Orders::ONE);
    let mut seen = 0;
    for _ in steps {
        let mut next: FxHashMap<u128, Orders> = FxHashMap::default();
        for (done, orders) in &level {
            let mut open = all & !done;
            while open != 0 {
                let place = open.trailing_zeros() as usize;
                open &= open - 1;
                if needs[place] & !done == 0 {
                    let sum = next.entry(done | 1 << place).or_insert(Orders::ZERO);
                    *sum = sum.plus(*orders);
                }
            }
            if seen + next.len() > MOST_IDEALS {
                return unknown;
            }
        }
        seen += next.len();
        level = next;
    }
    level.into_values().next().unwrap_or(unknown)
}

/// A quick test for too many ideals. Steps with an equally long longest path to them, or
/// from them, do not precede each other. Each subset of such steps gives another ideal.
fn has_many_ideals(needs: &[u128]) -> bool {
    let mut to = vec![0_usize; needs.len()];
    for late in 0..needs.len() {
        let early = (0..late).filter(|early| needs[late] >> early & 1 == 1);
        to[late] = early.map(|early| to[early] + 1).max().unwrap_or(0);
    }
    let mut from = vec![0_usize; needs.len()];
    for early in (0..needs.len()).rev() {
        let late = (early + 1..needs.len()).filter(|late| needs[*late] >> early & 1 == 1);
        from[early] = late.map(|late| from[late] + 1).max().unwrap_or(0);
    }
    [to, from].iter().any(|ways| {
        let mut alike = vec![0_u32; ways.len()];
        ways.iter().for_each(|length| alike[*length] += 1);
        alike.iter().any(|alike| *alike > MOST_IDEALS.ilog2())
    })
}

/// The binomial coefficient: the ways to choose `some` of `all` places.
fn choose(all: usize, some: usize) -> Orders {
    let some = some.min(all - some);
    let mut ways = Orders::ONE;
    for place in 1..=some as u128 {
        // The product of `place` consecutive numbers is divisible by `place`.
        let next = ways.times(Orders { count: all as u128 - some as u128 + place, exact: true });
        ways = Orders { count: next.count / place, ..next };
    }
    ways
}
