//! Claims in the order of their tickets, or items in the order of their places.

use std::collections::{BTreeMap, VecDeque};
use std::iter::from_fn;
use std::ops::Bound::{Excluded, Unbounded};

/// A map whose keys are tickets or places, in their order. It is made for lines: most claims come in
/// the order of their tickets, and the first goes first.
///
/// Cost: O(1) amortised for what comes behind all others and leaves as the first, O(log length) for
/// others. In a short line, others cost little more.
#[derive(Debug)]
pub(crate) struct Ordered<K, V> {
    /// Those that came behind all others here, or while there were few. Neither the first nor the
    /// last is a gap.
    row: VecDeque<(K, Option<V>)>,
    /// How many in the row have left it.
    gaps: usize,
    /// Those that came out of order while the row was long.
    others: BTreeMap<K, V>,
}

impl<K: Copy + Ord, V> Ordered<K, V> {
    pub(crate) fn new() -> Self {
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

    /// Adds a value. Its key is not in the map; it may have been there before.
    #[inline]
    pub(crate) fn insert(&mut self, key: K, value: V) -> &mut V {
        if self.row.back().is_some_and(|(last, _)| *last > key) {
            return self.insert_within(key, value);
        }
        self.row.push_back((key, None));
        let (_, place) = self.row.back_mut().expect("it was added");
        place.insert(value)
    }

    #[inline(never)]
    fn insert_within(&mut self, key: K, value: V) -> &mut V {
        /// Moving half as many costs less than a map.
        const SHORT: usize = 16;
        let at = self.row.partition_point(|(other, _)| *other < key);
        if self.row[at].0 == key {
            // It comes back to the gap that it has left.
            self.gaps -= 1;
        } else if at > 0 && self.row.len() >= SHORT {
            return self.others.entry(key).or_insert(value);
        } else {
            self.row.insert(at, (key, None));
        }
        self.row[at].1.insert(value)
    }

    #[inline]
    pub(super) fn first(&self) -> Option<(K, &V)> {
        let row = self.row.front().and_then(|(key, value)| Some((*key, value.as_ref()?)));
        if self.others.is_empty() { row } else { self.first_of_both(row) }
    }

    #[cold]
    fn first_of_both<'a>(&'a self, row: Option<(K, &'a V)>) -> Option<(K, &'a V)> {
        let other = self.others.first_key_value().map(|(key, value)| (*key, value));
        row.into_iter().chain(other).min_by_key(|one| one.0)
    }

    pub(super) fn contains(&self, key: K) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        let row = self.find(key).and_then(|at| self.row[at].1.as_ref());
        row.or_else(|| self.others.get(&key))
    }

    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let row = self.find(key).and_then(|at| self.row[at].1.as_mut());
        row.or_else(|| self.others.get_mut(&key))
    }

    #[inline]
    pub(super) fn pop_first(&mut self) -> Option<(K, V)> {
        if !self.others.is_empty() {
            return self.pop_first_of_both();
        }
        let key = self.row.front()?.0;
        Some((key, self.remove_front()?))
    }

    #[cold]
    fn pop_first_of_both(&mut self) -> Option<(K, V)> {
        let key = self.first()?.0;
        Some((key, self.remove(key)?))
    }

    #[inline]
    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        match self.row.front() {
            Some((first, _)) if *first == key => self.remove_front(),
            _ => self.remove_within(key),
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
    fn remove_within(&mut self, key: K) -> Option<V> {
        let taken = self.find(key).and_then(|at| self.row[at].1.take());
        if taken.is_none() {
            return self.others.remove(&key);
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

    fn find(&self, key: K) -> Option<usize> {
        self.row.binary_search_by_key(&key, |(key, _)| *key).ok()
    }

    /// All, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.after(None)
    }

    /// Those behind that key, in their order.
    pub(super) fn after(&self, key: Option<K>) -> impl Iterator<Item = (K, &V)> {
        let behind = |other: &K| key.is_none_or(|key| *other > key);
        let from = self.row.partition_point(|(other, _)| !behind(other));
        let row = self.row.range(from..).filter_map(|(t, value)| Some((*t, value.as_ref()?)));
        let others = match key {
            None => self.others.range(..),
            Some(key) => self.others.range((Excluded(key), Unbounded)),
        };
        merged(row, others.map(|(key, value)| (*key, value)), |one, other| one < other)
    }

    /// All, the last first.
    pub(super) fn backwards(&self) -> impl Iterator<Item = (K, &V)> + Clone {
        let row = self.row.iter().rev().filter_map(|(t, value)| Some((*t, value.as_ref()?)));
        let others = self.others.iter().rev().map(|(key, value)| (*key, value));
        merged(row, others, |one, other| one > other)
    }
}

/// The items of both, each time the one that is `sooner`.
fn merged<'a, K: Copy, V: 'a>(
    one: impl Iterator<Item = (K, &'a V)> + Clone,
    other: impl Iterator<Item = (K, &'a V)> + Clone,
    sooner: fn(K, K) -> bool,
) -> impl Iterator<Item = (K, &'a V)> + Clone {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    from_fn(move || match (one.peek(), other.peek()) {
        (Some((first, _)), Some((second, _))) if sooner(*second, *first) => other.next(),
        (None, _) => other.next(),
        _ => one.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::Ordered;
    use crate::line::Ticket;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Deed {
        /// Adds a claim of that priority behind its equals.
        Add(i32),
        /// Removes the claim at that place.
        Remove(usize),
        RemoveFirst,
        /// Puts one of those that were removed back to its place.
        PutBack(usize),
    }

    fn deeds() -> impl Strategy<Value = Vec<Deed>> {
        let deed = prop_oneof![
            // More than leave, so that rows are short and long.
            6 => (0..3).prop_map(Deed::Add),
            2 => (0..40_usize).prop_map(Deed::Remove),
            1 => Just(Deed::RemoveFirst),
            1 => (0..40_usize).prop_map(Deed::PutBack),
        ];
        prop::collection::vec(deed, 0..120)
    }

    proptest! {
        /// It is a map in the order of tickets, however claims come and go.
        #[test]
        fn it_is_a_map_in_the_order_of_tickets(deeds in deeds()) {
            let (mut ordered, mut plain) = (Ordered::new(), BTreeMap::new());
            let mut removed = Vec::new();
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
                            removed.push(ticket);
                        }
                    }
                    Deed::RemoveFirst => {
                        let first = plain.pop_first();
                        prop_assert_eq!(ordered.pop_first(), first);
                        removed.extend(first.map(|(ticket, _)| ticket));
                    }
                    Deed::PutBack(at) => {
                        if at < removed.len() {
                            let ticket = removed.swap_remove(at);
                            ordered.insert(ticket, place);
                            plain.insert(ticket, place);
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
