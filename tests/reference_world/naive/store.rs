//! Items, those who wait to put one down, and those who wait to take one.

use super::{Customer, Happening, Mail, Use, Whom, World};
use crate::program;

pub struct Store {
    pub room: usize,
    ranked: bool,
    /// In the order in which they are taken, with those that stand aside.
    pub shelf: Vec<Lying>,
    pub putting: Vec<Putting>,
    pub getting: Vec<Getting>,
    asked: usize,
    pub used: Use,
}

/// An item on the shelf.
#[derive(Clone, Copy, Debug)]
pub struct Lying {
    rank: i64,
    /// When it was put down, among all that was asked.
    number: usize,
    pub item: i64,
}

pub struct Putting {
    number: usize,
    pub who: Customer,
    item: i64,
    since: u64,
}

pub struct Getting {
    number: usize,
    who: Customer,
    wanted: Option<i64>,
    since: u64,
}

impl Store {
    pub fn new(room: usize, ranked: bool) -> Self {
        let (shelf, putting, getting) = (Vec::new(), Vec::new(), Vec::new());
        Self { room, ranked, shelf, putting, getting, asked: 0, used: Use::default() }
    }

    /// What has room: the others came back, or had to make room, and stand aside.
    pub fn lying(&self) -> &[Lying] {
        &self.shelf[..self.room.min(self.shelf.len())]
    }

    pub fn waiting(&self) -> usize {
        self.putting.len() + self.getting.len()
    }

    fn ask(&mut self) -> usize {
        self.asked += 1;
        self.asked - 1
    }

    fn lay(&mut self, lying: Lying) {
        self.shelf.push(lying);
        self.shelf.sort_by_key(|one| (one.rank, one.number));
    }

    /// Some leave the line of those who get. Items that wait for room are out of the hands
    /// of actors.
    pub fn leave(&mut self, leaves: impl Fn(Customer) -> bool) {
        let before = self.waiting();
        self.getting.retain(|one| !leaves(one.who));
        self.used.withdrawn += (before - self.waiting()) as u64;
    }

    /// The first who wants one of the items, and the first that it wants.
    fn match_up(&self) -> Option<(usize, usize)> {
        (0..self.getting.len()).find_map(|who| {
            let wanted = self.getting[who].wanted;
            let is_wanted =
                |one: &Lying| wanted.is_none_or(|rank| program::rank(&one.item) == rank);
            self.shelf.iter().position(is_wanted).map(|place| (who, place))
        })
    }
}

impl World {
    pub fn put_item(&mut self, into: usize, item: i64, who: Customer) -> usize {
        let since = self.now;
        let store = &mut self.stores[into];
        let number = store.ask();
        store.putting.push(Putting { number, who, item, since });
        self.serve_puts(into);
        number
    }

    pub fn get_item(&mut self, from: usize, wanted: Option<i64>, who: Customer) -> usize {
        let since = self.now;
        let store = &mut self.stores[from];
        let number = store.ask();
        store.getting.push(Getting { number, who, wanted, since });
        self.serve_gets(from);
        number
    }

    pub fn serve_puts(&mut self, into: usize) {
        loop {
            let now = self.now;
            let store = &mut self.stores[into];
            if store.putting.is_empty() || store.shelf.len() >= store.room {
                return;
            }
            let Putting { number, who, item, since } = store.putting.remove(0);
            let rank = if store.ranked { program::rank(&item) } else { 0 };
            store.lay(Lying { rank, number, item });
            store.used.grant(now - since);
            if !store.getting.is_empty() {
                self.later(0, Happening::Look(Whom::Store(into)));
            }
            self.tell(who, Mail::Lost);
        }
    }

    pub fn serve_gets(&mut self, from: usize) {
        loop {
            let now = self.now;
            let store = &mut self.stores[from];
            let Some((who, place)) = store.match_up() else { return };
            let Getting { who, since, .. } = store.getting.remove(who);
            let lying = store.shelf.remove(place);
            store.used.grant(now - since);
            if !store.putting.is_empty() {
                self.later(0, Happening::Look(Whom::Store(from)));
            }
            if let Customer::Wait(wait) = who {
                self.waits[wait].given = Some(lying);
            }
            self.tell(who, Mail::Item(lying.item));
        }
    }

    /// Gives a put up: whether the item had no place yet, and is taken back.
    pub fn give_up_put(&mut self, into: usize, number: usize) -> bool {
        let store = &mut self.stores[into];
        let place = store.putting.iter().position(|one| one.number == number);
        if let Some(place) = place {
            store.putting.remove(place);
            store.used.withdrawn += 1;
        }
        place.is_some()
    }

    /// Takes an item off again that lies there still.
    pub fn take_off(&mut self, from: usize, number: usize, wait: usize) {
        let store = &mut self.stores[from];
        if let Some(place) = store.shelf.iter().position(|one| one.number == number) {
            store.shelf.remove(place);
            store.used.take_back(&self.waits[wait], self.now);
            self.later(0, Happening::Look(Whom::Store(from)));
        }
    }

    /// Gives a get up: what was given, and nobody heard of, goes back to its place.
    pub fn give_up_get(&mut self, from: usize, number: usize, wait: usize) {
        let given = self.waits[wait].given.take();
        let store = &mut self.stores[from];
        if let Some(place) = store.getting.iter().position(|one| one.number == number) {
            store.getting.remove(place);
            store.used.withdrawn += 1;
        } else if let Some(lying) = given {
            store.lay(lying);
            store.used.take_back(&self.waits[wait], self.now);
            self.later(0, Happening::Look(Whom::Store(from)));
        }
    }
}
