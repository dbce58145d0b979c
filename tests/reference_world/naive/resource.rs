//! Units, those who hold some, and those who wait for some.

use super::{Customer, Happening, Mail, Thing, Use, Whom, World};
use crate::program::Ask;

pub struct Resource {
    pub units: u64,
    pub claims: Vec<Claim>,
    /// Who lost which claim, and when.
    displaced: Vec<(Whom, usize, u64)>,
    pub used: Use,
}

/// All that was ever claimed keeps its number.
#[derive(Clone, Debug)]
pub struct Claim {
    pub who: Customer,
    pub ask: Ask,
    /// The place among its equals: the number of the claim, or that of one that
    /// was preempted and came back.
    pub place: usize,
    pub state: State,
    /// Since when it waits, or holds.
    pub since: u64,
    /// Waits of processes that are told of the loss.
    pub watching: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum State {
    Waiting,
    Held,
    /// It was taken away, then.
    Lost(u64),
    Gone,
}

impl Resource {
    pub fn new(units: u64) -> Self {
        Self { units, claims: Vec::new(), displaced: Vec::new(), used: Use::default() }
    }

    fn all(&self, state: State) -> Vec<usize> {
        (0..self.claims.len()).filter(|claim| self.claims[*claim].state == state).collect()
    }

    fn urgency(&self, claim: usize) -> (i32, usize, usize) {
        (self.claims[claim].ask.priority, self.claims[claim].place, claim)
    }

    /// The place of a claim that whoever claims again has lost at this instant.
    fn old_place(&mut self, who: Whom, ask: Ask, now: u64) -> Option<usize> {
        let is_own = |(loser, claim, at): &(Whom, usize, u64)| {
            let priority = self.claims[*claim].ask.priority;
            (*loser, *at, priority) == (who, now, ask.priority)
        };
        let own = self.displaced.iter().filter(|lost| is_own(lost)).map(|lost| lost.1);
        let old = own.min_by_key(|claim| self.urgency(*claim)).filter(|_| !ask.behind)?;
        self.displaced.retain(|lost| lost.1 != old);
        Some(self.claims[old].place)
    }

    /// Who waits, first in line first.
    pub fn line(&self) -> Vec<usize> {
        let mut line = self.all(State::Waiting);
        line.sort_by_key(|claim| self.urgency(*claim));
        line
    }

    pub fn in_use(&self) -> u64 {
        self.all(State::Held).iter().map(|claim| self.claims[*claim].ask.amount).sum()
    }

    pub fn held_by(&self, claim: usize) -> u64 {
        let claim = &self.claims[claim];
        if claim.state == State::Held { claim.ask.amount } else { 0 }
    }

    /// From whom the first in the line takes units away, if it does: from the
    /// least urgent and latest first, as many as it needs.
    fn victim(&self) -> Option<usize> {
        let first = *self.line().first()?;
        let ask = self.claims[first].ask;
        let free = self.units - self.in_use();
        if !ask.preempting || ask.amount <= free {
            return None;
        }
        let mut victims = self.all(State::Held);
        victims.retain(|claim| {
            let other = self.claims[*claim].ask;
            other.yielding && other.priority > ask.priority
        });
        let amount: u64 = victims.iter().map(|claim| self.claims[*claim].ask.amount).sum();
        victims.sort_by_key(|claim| self.urgency(*claim));
        victims.last().copied().filter(|_| free + amount >= ask.amount)
    }
}

impl World {
    fn who_is(&self, customer: Customer) -> Whom {
        match customer {
            Customer::Wait(wait) => Whom::Process(self.waits[wait].who),
            Customer::Actor { who, .. } => Whom::Actor(who),
        }
    }

    /// Puts a claim into the line, and serves the line.
    pub fn claim(&mut self, of: usize, ask: Ask, who: Customer) -> usize {
        let (claimant, now) = (self.who_is(who), self.now);
        let resource = &mut self.resources[of];
        let number = resource.claims.len();
        let place = resource.old_place(claimant, ask, now).unwrap_or(number);
        let (state, watching) = (State::Waiting, Vec::new());
        resource.claims.push(Claim { who, ask, place, state, since: now, watching });
        self.serve_resource(of);
        number
    }

    pub fn serve_resource(&mut self, of: usize) {
        loop {
            while let Some(victim) = self.resources[of].victim() {
                self.take_away(of, victim);
            }
            let now = self.now;
            let resource = &mut self.resources[of];
            let free = resource.units - resource.in_use();
            let Some(first) = resource.line().first().copied() else { return };
            let claim = &mut resource.claims[first];
            if claim.ask.amount > free {
                return;
            }
            resource.used.grant(now - claim.since);
            (claim.state, claim.since) = (State::Held, now);
            let who = claim.who;
            self.tell(who, Mail::Granted(Thing::Unit(of, first)));
        }
    }

    fn take_away(&mut self, of: usize, victim: usize) {
        let now = self.now;
        let resource = &mut self.resources[of];
        resource.used.preempted += 1;
        let claim = &mut resource.claims[victim];
        claim.state = State::Lost(now);
        let (who, mut watching) = (claim.who, claim.watching.clone());
        watching.retain(|wait| self.waits[*wait].open);
        let mut losers: Vec<Whom> =
            watching.iter().map(|wait| Whom::Process(self.waits[*wait].who)).collect();
        losers.push(self.who_is(who));
        let losses = losers.into_iter().map(|loser| (loser, victim, now));
        self.resources[of].displaced.extend(losses);
        for wait in watching {
            self.served(wait);
            self.urgent.push_back(Happening::Wake(wait));
        }
        if matches!(who, Customer::Actor { .. }) {
            self.tell(who, Mail::Lost);
        }
    }

    /// Gives units back, unless they were taken away before.
    pub fn release(&mut self, of: usize, claim: usize) {
        let state = &mut self.resources[of].claims[claim].state;
        let was_held = *state == State::Held;
        *state = State::Gone;
        if was_held && !self.resources[of].line().is_empty() {
            self.later(0, Happening::Look(Whom::Resource(of)));
        }
    }

    /// Gives a claim up, granted or not.
    pub fn unclaim(&mut self, of: usize, claim: usize) {
        let resource = &mut self.resources[of];
        if resource.claims[claim].state != State::Waiting {
            return self.release(of, claim);
        }
        resource.claims[claim].state = State::Gone;
        resource.used.withdrawn += 1;
        if !resource.line().is_empty() {
            self.later(0, Happening::Look(Whom::Resource(of)));
        }
    }

    /// The same of a process, which has not heard of it if it was granted.
    pub fn unclaim_untold(&mut self, of: usize, claim: usize, wait: usize) {
        let resource = &mut self.resources[of];
        if resource.claims[claim].state == State::Held {
            resource.used.take_back(&self.waits[wait], self.now);
        }
        self.unclaim(of, claim);
    }
}
