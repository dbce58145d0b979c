//! Actors: what they keep, and their lives.

use super::{Customer, Event, Happening, Line, Thing, Whom, World};
use crate::program::{self, Order};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mail {
    Gift(Thing),
    Order(Order, i64),
    Granted(Thing),
    /// Units were taken away; where nobody listens, something is done.
    Lost,
    Item(i64),
}

pub struct Actor {
    pub alive: bool,
    life: usize,
    kept: Vec<Thing>,
}

impl Default for Actor {
    fn default() -> Self {
        Self { alive: true, life: 0, kept: Vec::new() }
    }
}

impl World {
    /// A message comes, to any life or to a certain one.
    pub fn mail(&mut self, who: usize, life: Option<usize>, mail: Mail) {
        let actor = &self.actors[who];
        if !actor.alive || life.is_some_and(|life| life != actor.life) {
            self.note(Event::Undeliverable, Whom::Actor(who));
            if let Mail::Gift(thing) | Mail::Granted(thing) = mail {
                self.returns.push(thing);
            }
            return;
        }
        self.note(Event::Handled, Whom::Actor(who));
        let mut end = None;
        let panics = matches!(mail, Mail::Order(Order::Panic, _));
        match mail {
            // The first drops it.
            Mail::Gift(gift) if who == 0 => self.returns.push(gift),
            Mail::Gift(gift) => self.actors[who].kept.push(gift),
            Mail::Granted(unit) => self.actors[who].kept.push(unit),
            Mail::Lost => {}
            Mail::Item(item) => self.actors[who].kept.push(Thing::Item(item)),
            Mail::Order(order, note) => end = self.obey(who, order, note),
        }
        if !panics {
            let (at, books) = (self.now, self.books());
            self.log.push(Line::Turn { at, who, books });
        }
        if let Some(how) = end {
            self.end_life(who, how);
        }
    }

    fn obey(&mut self, who: usize, order: Order, note: i64) -> Option<Event> {
        let me = |told| Customer::Actor { who, life: self.actors[who].life, told };
        let (told, untold) = (me(true), me(false));
        match order {
            Order::Claim { of, mut ask } => {
                let of = of % self.resources.len();
                ask.amount = ask.amount.min(self.resources[of].units);
                self.claim(of, ask, told);
            }
            Order::Get { from } => {
                self.get_item(from % self.stores.len(), None, told);
            }
            Order::Put { into, rank } => {
                let item = program::item(rank, 500_000 + note as usize);
                self.put_item(into % self.stores.len(), item, untold);
            }
            Order::Drop => self.drop_all(who),
            Order::Release => {
                let is_unit = |thing: &Thing| matches!(thing, Thing::Unit(..));
                let kept = &mut self.actors[who].kept;
                if let Some(last) = kept.iter().rposition(is_unit) {
                    let unit = kept.remove(last);
                    self.give_back(unit);
                }
            }
            Order::Pass { to } => {
                if let Some(last) = self.actors[who].kept.pop() {
                    self.later(0, Happening::Letter(to % self.processes.len(), last));
                }
            }
            Order::Stop => return Some(Event::Finished),
            Order::Fail | Order::Panic => return Some(Event::Failed),
        }
        None
    }

    /// What an actor drops goes back when the event is over.
    fn drop_all(&mut self, who: usize) {
        let actor = &mut self.actors[who];
        self.returns.append(&mut actor.kept);
    }

    fn end_life(&mut self, who: usize, how: Event) {
        self.note(how, Whom::Actor(who));
        self.drop_all(who);
        let life = self.actors[who].life;
        self.leave_lines(who, life);
        self.actors[who].life += 1;
        if how == Event::Failed {
            self.note(Event::Restarted, Whom::Actor(who));
        } else {
            self.actors[who].alive = false;
        }
    }

    /// What a life of an actor waits for is given up, line by line.
    fn leave_lines(&mut self, who: usize, life: usize) {
        let is_own = |customer: Customer| match customer {
            Customer::Actor { who: other, life: then, .. } => (other, then) == (who, life),
            Customer::Wait(_) => false,
        };
        for of in 0..self.resources.len() {
            for claim in self.resources[of].line() {
                if is_own(self.resources[of].claims[claim].who) {
                    self.unclaim(of, claim);
                }
            }
        }
        for store in &mut self.stores {
            store.leave(is_own);
        }
    }
}
