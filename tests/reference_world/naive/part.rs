//! One thing that is waited for: how it begins, how it has come, how it is given up.

use super::job::{Job, Served};
use super::{Customer, Thing, World};
use crate::log::Came;
use crate::program::{self, Ask, SIGNALS, Word};

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) came: Option<(Came, Option<Thing>)>,
    /// Whether the process has looked whether it has come.
    pub(super) looked: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Nothing,
    Sleep(usize),
    Acquire { of: usize, claim: usize, wait: usize },
    Work(Job),
    Serve { of: usize, ask: Ask, word: Word, span: u64, stage: Served },
    Transfer { which: usize, number: usize, is_put: bool, amount: u64, wait: usize },
    Put { into: usize, number: usize, item: i64, wait: usize, timer: Option<usize> },
    Get { from: usize, number: usize, wait: usize },
    Receive { reads: bool },
    Join { whom: usize, wait: Option<usize> },
    Signal { which: usize, wait: Option<usize> },
}

impl World {
    pub(super) fn begin_to_claim(&mut self, who: usize, of: usize, ask: Ask) -> (usize, usize) {
        let wait = self.open(who);
        (self.claim(of, ask, Customer::Wait(wait)), wait)
    }

    pub(super) fn begin_part(&mut self, who: usize, number: usize, wait: program::Wait) -> Kind {
        use program::Wait::*;
        match wait {
            Sleep(span) => Kind::Sleep(self.timer(who, span)),
            Acquire { of, mut ask } => {
                let of = of % self.resources.len();
                ask.amount = ask.amount.min(self.resources[of].units);
                let (claim, wait) = self.begin_to_claim(who, of, ask);
                Kind::Acquire { of, claim, wait }
            }
            Serve { of, mut ask, span, word } => {
                let of = of % self.resources.len();
                ask.amount = ask.amount.min(self.resources[of].units);
                // Each of the words says that it yields.
                ask.yielding = true;
                let (claim, wait) = self.begin_to_claim(who, of, ask);
                Kind::Serve { of, ask, word, span, stage: Served::Claimed { claim, wait } }
            }
            Work(span) => {
                let unit = |thing: &Thing| match *thing {
                    Thing::Unit(of, claim) => Some((of, claim)),
                    _ => None,
                };
                match self.processes[who].bag.iter().rev().find_map(unit) {
                    None => Kind::Nothing,
                    Some((of, claim)) => Kind::Work(Job { of, claim, span, running: None }),
                }
            }
            Fill { which, amount } | Draw { which, amount } => {
                let which = which % self.containers.len();
                let (is_put, amount) =
                    (matches!(wait, Fill { .. }), amount.min(self.containers[which].most));
                let wait = self.open(who);
                let number = self.transfer(which, is_put, amount, Customer::Wait(wait));
                Kind::Transfer { which, number, is_put, amount, wait }
            }
            Put { into, rank } | PutWithin { into, rank, .. } => {
                let into = into % self.stores.len();
                let item = program::item(rank, number);
                let put = self.open(who);
                let number = self.put_item(into, item, Customer::Wait(put));
                let timer = match wait {
                    PutWithin { span, .. } => Some(self.timer(who, span)),
                    _ => None,
                };
                Kind::Put { into, number, item, wait: put, timer }
            }
            Get { from, wanted } => {
                let from = from % self.stores.len();
                let wait = self.open(who);
                let number = self.get_item(from, wanted, Customer::Wait(wait));
                Kind::Get { from, number, wait }
            }
            Receive => Kind::Receive { reads: false },
            Join(whom) if whom % self.processes.len() == who => Kind::Nothing,
            Join(whom) => {
                let whom = whom % self.processes.len();
                let wait = (!self.processes[whom].over).then(|| self.open(who));
                self.processes[whom].joiners.extend(wait);
                Kind::Join { whom, wait }
            }
            Signal(which) => {
                let which = which % SIGNALS;
                let wait = self.signals[which].value.is_none().then(|| self.open(who));
                self.signals[which].waiting.extend(wait);
                Kind::Signal { which, wait }
            }
        }
    }

    /// Whether a wait that can be kept has come.
    pub(super) fn has_come(&self, kind: &Kind) -> bool {
        match *kind {
            Kind::Sleep(wait)
            | Kind::Acquire { wait, .. }
            | Kind::Transfer { wait, .. }
            | Kind::Put { wait, timer: None, .. }
            | Kind::Get { wait, .. } => self.is_heard(wait),
            Kind::Put { wait, timer: Some(timer), .. } => {
                self.is_heard(wait) || self.is_heard(timer)
            }
            Kind::Join { wait, .. } | Kind::Signal { wait, .. } => {
                wait.is_none_or(|wait| self.is_heard(wait))
            }
            Kind::Nothing | Kind::Work(_) | Kind::Serve { .. } | Kind::Receive { .. } => {
                unreachable!("not kept")
            }
        }
    }

    pub(super) fn look_at_part(
        &mut self,
        who: usize,
        kind: &mut Kind,
    ) -> Option<(Came, Option<Thing>)> {
        match *kind {
            Kind::Nothing => return Some((Came::Nothing, None)),
            Kind::Work(ref mut work) => {
                return self.look_at_work(who, work).map(|came| (came, None));
            }
            Kind::Serve { .. } => return self.look_at_service(who, kind).map(|came| (came, None)),
            Kind::Receive { ref mut reads } => {
                let letter = self.processes[who].letters.pop_front();
                *reads = letter.is_none();
                let (thing, fresh) = letter?;
                self.taken(who, fresh);
                return Some(match thing {
                    Thing::Unit(of, _) => (Came::Unit(of), Some(thing)),
                    Thing::Item(item) => (Came::Item(item), Some(thing)),
                    Thing::Note(note) => (Came::Note(note), None),
                });
            }
            _ if !self.has_come(kind) => return None,
            _ => {}
        }
        Some(match *kind {
            Kind::Sleep(wait) => {
                self.stop_timer(wait);
                (Came::Done, None)
            }
            Kind::Transfer { wait, .. } => {
                self.waits[wait].open = false;
                (Came::Done, None)
            }
            Kind::Acquire { of, claim, wait } => {
                self.waits[wait].open = false;
                (Came::Unit(of), Some(Thing::Unit(of, claim)))
            }
            Kind::Put { into, number, item, wait, timer } => {
                self.waits[wait].open = false;
                timer.into_iter().for_each(|timer| self.stop_timer(timer));
                if self.give_up_put(into, number) {
                    (Came::NotPut(item), Some(Thing::Item(item)))
                } else {
                    (Came::Done, None)
                }
            }
            Kind::Get { wait, .. } => {
                self.waits[wait].open = false;
                let item = self.waits[wait].given?.item;
                (Came::Item(item), Some(Thing::Item(item)))
            }
            Kind::Join { whom, wait } => {
                wait.into_iter().for_each(|wait| self.waits[wait].open = false);
                (Came::Ended(self.processes[whom].result.take()), None)
            }
            Kind::Signal { which, wait } => {
                wait.into_iter().for_each(|wait| self.waits[wait].open = false);
                (Came::Note(self.signals[which].value?), None)
            }
            Kind::Nothing | Kind::Work(_) | Kind::Serve { .. } | Kind::Receive { .. } => {
                unreachable!("see above")
            }
        })
    }

    pub(super) fn give_up_part(&mut self, part: &Part) {
        if let Some((_, thing)) = &part.came {
            thing.iter().for_each(|thing| self.give_back(*thing));
            return;
        }
        match part.kind {
            Kind::Nothing | Kind::Receive { .. } => {}
            Kind::Sleep(wait) => self.stop_timer(wait),
            Kind::Work(work) => self.stop_work(work),
            Kind::Serve { of, stage: Served::Claimed { claim, wait }, .. } => {
                self.waits[wait].open = false;
                self.unclaim_untold(of, claim, wait);
            }
            Kind::Serve { of, stage: Served::Works(work), .. } => {
                self.stop_work(work);
                self.release(of, work.claim);
            }
            Kind::Acquire { of, claim, wait } => {
                self.waits[wait].open = false;
                self.unclaim_untold(of, claim, wait);
            }
            Kind::Transfer { which, number, is_put, amount, wait } => {
                self.waits[wait].open = false;
                self.give_up_transfer(which, number, is_put, amount, wait, part.looked);
            }
            Kind::Put { into, number, wait, timer, .. } => {
                self.waits[wait].open = false;
                timer.into_iter().for_each(|timer| self.stop_timer(timer));
                if !self.give_up_put(into, number) && part.looked {
                    self.take_off(into, number, wait);
                }
            }
            Kind::Get { from, number, wait } => {
                self.waits[wait].open = false;
                self.give_up_get(from, number, wait);
            }
            Kind::Join { whom, wait } => {
                wait.into_iter().for_each(|wait| self.waits[wait].open = false);
                self.processes[whom].joiners.retain(|other| Some(*other) != wait);
            }
            Kind::Signal { which, wait } => {
                wait.into_iter().for_each(|wait| self.waits[wait].open = false);
                self.signals[which].waiting.retain(|other| Some(*other) != wait);
            }
        }
    }
}
