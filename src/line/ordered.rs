//! Claims in the order of their tickets.

use super::Ticket;
use std::collections::{BTreeMap, VecDeque};
use std::iter::from_fn;
use std::ops::Bound::{Excluded, Unbounded};

/// A map from tickets, in their order. It is made for lines: most claims come in the order of their
/// tickets, and the first goes first.
///
/// Cost: O(1) amortised for a claim that comes behind all others and leaves as the first, O(log
/// claims) for others. In a short line, others cost little more.
#[derive(Debug)]
pub(super) struct Ordered<V> {
    /// Those that came behind all others here, or while there were few. Neither the first nor the
    /// last is a gap.
    row: VecDeque<(Ticket, Option<V>)>,
    /// How many in the row have left it.
    gaps: usize,
    /// Those that came out of order while the row was long.
    others: BTreeMap<Ticket, V>,
}

impl<V> Ordered<V> {
    pub(super) fn new() -> Self {
        Self { row: VecDeque::new(), gaps: 0, others: BTreeMap::new() }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.row.len() - self.gaps + self.others.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.row.is_empty() && self.others.is_empty()
    }

    /// Adds a claim. No ticket is used twice.
    #[inline]
    pub(super) fn insert(&mut self, ticket: Ticket, value: V) -> &mut V {
        if self.row.back().is_some_and(|(last, _)| *last > ticket) {
            return self.insert_within(ticket, value);
        }
        self.row.push_back((ticket, None));
        let (_, place) = self.row.back_mut().expect("it was added");
        place.insert(value)
    }

    #[inline(never)]
    fn insert_within(&mut self, ticket: Ticket, value: V) -> &mut V {
        /// Moving half as many costs less than a map.
        const SHORT: usize = 16;
        if self.row.len() >= SHORT {
            return self.others.entry(ticket).or_insert(value);
        }
        let at = self.row.partition_point(|(other, _)| *other < ticket);
        self.row.insert(at, (ticket, None));
        self.row[at].1.insert(value)
    }

    #[inline]
    pub(super) fn first(&self) -> Option<(Ticket, &V)> {
        let row = self.row.front().and_then(|(ticket, value)| Some((*ticket, value.as_ref()?)));
        if self.others.is_empty() { row } else { self.first_of_both(row) }
    }

    #[cold]
    fn first_of_both<'a>(&'a self, row: Option<(Ticket, &'a V)>) -> Option<(Ticket, &'a V)> {
        let other = self.others.first_key_value().map(|(ticket, value)| (*ticket, value));
        row.into_iter().chain(other).min_by_key(|one| one.0)
    }

    pub(super) fn contains(&self, ticket: Ticket) -> bool {
        self.get(ticket).is_some()
    }

    pub(super) fn get(&self, ticket: Ticket) -> Option<&V> {
        let row = self.find(ticket).and_then(|at| self.row[at].1.as_ref());
        row.or_else(|| self.others.get(&ticket))
    }

    pub(super) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut V> {
        let row = self.find(ticket).and_then(|at| self.row[at].1.as_mut());
        row.or_else(|| self.others.get_mut(&ticket))
    }

    #[inline]
    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<V> {
        match self.row.front() {
            Some((first, _)) if *first == ticket => self.remove_front(),
            _ => self.remove_within(ticket),
        }
    }

    #[inline]
    fn remove_front(&mut self) -> Option<V> {
        let (_, value) = self.row.pop_front()?;
        if self.gaps > 0 {
            self.trim();
        }
        value
    }

    #[inline(never)]
    fn remove_within(&mut self, ticket: Ticket) -> Option<V> {
        let taken = self.find(ticket).and_then(|at| self.row[at].1.take());
        if taken.is_none() {
            return self.others.remove(&ticket);
        }
        self.gaps += 1;
        self.trim();
        taken
    }

    /// Removes gaps at the ends, and all if they are many.
    fn trim(&mut self) {
        while self.row.front().is_some_and(|(_, value)| value.is_none()) {
            self.row.pop_front();
            self.gaps -= 1;
        }
        while self.row.back().is_some_and(|(_, value)| value.is_none()) {
            self.row.pop_back();
            self.gaps -= 1;
        }
        const FEW: usize = 8;
        if self.gaps > FEW + self.row.len() / 2 {
            self.row.retain(|(_, value)| value.is_some());
            self.gaps = 0;
        }
    }

    fn find(&self, ticket: Ticket) -> Option<usize> {
        self.row.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()
    }

    /// All, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Ticket, &V)> {
        self.after(None)
    }

    /// Those behind that ticket, in their order.
    pub(super) fn after(&self, ticket: Option<Ticket>) -> impl Iterator<Item = (Ticket, &V)> {
        let behind = |other: &Ticket| ticket.is_none_or(|ticket| *other > ticket);
        let from = self.row.partition_point(|(other, _)| !behind(other));
        let row = self.row.range(from..).filter_map(|(t, value)| Some((*t, value.as_ref()?)));
        let others = match ticket {
            None => self.others.range(..),
            Some(ticket) => self.others.range((Excluded(ticket), Unbounded)),
        };
        merged(row, others.map(|(ticket, value)| (*ticket, value)), |one, other| one < other)
    }

    /// All, the last first.
    pub(super) fn backwards(&self) -> impl Iterator<Item = (Ticket, &V)> + Clone {
        let row = self.row.iter().rev().filter_map(|(t, value)| Some((*t, value.as_ref()?)));
        let others = self.others.iter().rev().map(|(ticket, value)| (*ticket, value));
        merged(row, others, |one, other| one > other)
    }
}

/// The items of both, each time the one that is `sooner`.
fn merged<'a, V: 'a>(
    one: impl Iterator<Item = (Ticket, &'a V)> + Clone,
    other: impl Iterator<Item = (Ticket, &'a V)> + Clone,
    sooner: fn(Ticket, Ticket) -> bool,
) -> impl Iterator<Item = (Ticket, &'a V)> + Clone {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    from_fn(move || match (one.peek(), other.peek()) {
        (Some((first, _)), Some((second, _))) if sooner(*second, *first) => other.next(),
        (None, _) => other.next(),
        _ => one.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::{Ordered, Ticket};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Deed {
        /// Adds a claim of that priority behind its equals.
        Add(i32),
        /// Removes the claim at that place.
        Remove(usize),
        RemoveFirst,
    }

    fn deeds() -> impl Strategy<Value = Vec<Deed>> {
        let deed = prop_oneof![
            // More than leave, so that rows are short and long.
            6 => (0..3).prop_map(Deed::Add),
            2 => (0..40_usize).prop_map(Deed::Remove),
            1 => Just(Deed::RemoveFirst),
        ];
        prop::collection::vec(deed, 0..120)
    }

    proptest! {
        /// It is a map in the order of tickets, however claims come and go.
        #[test]
        fn it_is_a_map_in_the_order_of_tickets(deeds in deeds()) {
            let (mut ordered, mut plain) = (Ordered::new(), BTreeMap::new());
            for (place, deed) in (0..).zip(deeds) {
                match deed {
                    Deed::Add(priority) => {
                        let ticket = Ticket::new(priority, place);
                        *ordered.insert(ticket, 0) = place;
                        plain.insert(ticket, place);
                    }
                    Deed::Remove(at) => {
                        if let Some(ticket) = plain.keys().nth(at).copied() {
                            prop_assert_eq!(ordered.remove(ticket), plain.remove(&ticket));
                            prop_assert_eq!(ordered.remove(ticket), None);
                        }
                    }
                    Deed::RemoveFirst => {
                        let first = ordered.first().map(|(ticket, _)| ticket);
                        prop_assert_eq!(first, plain.keys().next().copied());
                        if let Some(ticket) = first {
                            prop_assert_eq!(ordered.remove(ticket), plain.remove(&ticket));
                        }
                    }
                }
                prop_assert_eq!((ordered.len(), ordered.is_empty()), (plain.len(), plain.is_empty()));
                let all: Vec<_> = plain.iter().map(|(ticket, value)| (*ticket, value)).collect();
                prop_assert_eq!(ordered.iter().collect::<Vec<_>>(), all.clone());
                let backwards: Vec<_> = all.iter().rev().copied().collect();
                prop_assert_eq!(ordered.backwards().collect::<Vec<_>>(), backwards);
                prop_assert_eq!(ordered.first(), all.first().copied());
                for (at, (ticket, value)) in all.iter().enumerate() {
                    prop_assert_eq!(ordered.get(*ticket), Some(*value));
                    prop_assert!(ordered.contains(*ticket) && ordered.get_mut(*ticket).is_some());
                    prop_assert_eq!(ordered.after(Some(*ticket)).count(), all.len() - at - 1);
                }
                let gaps = ordered.row.iter().filter(|(_, value)| value.is_none()).count();
                prop_assert_eq!(gaps, ordered.gaps);
                prop_assert!(gaps <= 8 + ordered.row.len() / 2);
            }
        }
    }
}
