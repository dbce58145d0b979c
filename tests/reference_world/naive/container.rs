//! A level, those who wait to put in, and those who wait to get out.

use super::{Customer, Happening, Mail, Use, Whom, World};

pub struct Container {
    pub most: u64,
    pub level: u64,
    /// What came back and had no room.
    pub aside: u64,
    /// Both lines, in the order of asking.
    pub line: Vec<Transfer>,
    asked: usize,
    pub used: Use,
}

#[derive(Clone, Debug)]
pub struct Transfer {
    number: usize,
    who: Customer,
    is_put: bool,
    amount: u64,
    since: u64,
}

impl Container {
    pub fn new(most: u64, level: u64) -> Self {
        Self { most, level, aside: 0, line: Vec::new(), asked: 0, used: Use::default() }
    }

    /// What stands aside comes in, one by one, as long as there is room.
    fn fill_up(&mut self) {
        while self.aside > 0 && self.level < self.most {
            self.aside -= 1;
            self.level += 1;
        }
    }
}

impl World {
    /// Waits to put in, or to get out; the number of the transfer.
    pub fn transfer(&mut self, which: usize, is_put: bool, amount: u64, who: Customer) -> usize {
        let now = self.now;
        let container = &mut self.containers[which];
        let number = container.asked;
        container.asked += 1;
        container.line.push(Transfer { number, who, is_put, amount, since: now });
        self.serve_container(which, is_put);
        number
    }

    /// Serves those who put, or those who get, as long as the first of them can be.
    pub fn serve_container(&mut self, which: usize, is_put: bool) {
        loop {
            let now = self.now;
            let container = &mut self.containers[which];
            let Some(first) = container.line.iter().position(|one| one.is_put == is_put) else {
                return;
            };
            let amount = container.line[first].amount;
            let there = if is_put { container.most - container.level } else { container.level };
            if amount > there {
                return;
            }
            let Transfer { who, since, .. } = container.line.remove(first);
            container.used.grant(now - since);
            if is_put {
                container.level += amount;
            } else {
                container.level -= amount;
            }
            container.fill_up();
            // The others look later.
            if container.line.iter().any(|one| one.is_put != is_put) {
                self.later(0, Happening::Look(Whom::Container(which)));
            }
            self.tell(who, Mail::Lost);
        }
    }

    /// Gives a transfer up. What was got, and nobody heard of, goes back.
    pub fn give_up_transfer(
        &mut self,
        which: usize,
        number: usize,
        is_put: bool,
        amount: u64,
        wait: usize,
        looked: bool,
    ) {
        let wait = &self.waits[wait];
        let container = &mut self.containers[which];
        let place = container.line.iter().position(|one| one.number == number);
        match place {
            Some(place) => {
                container.line.remove(place);
                container.used.withdrawn += 1;
            }
            None if is_put && (!looked || container.level < amount) => return,
            None if is_put => {
                container.level -= amount;
                container.used.take_back(wait, self.now);
            }
            None => {
                container.aside += amount;
                container.used.take_back(wait, self.now);
            }
        }
        container.fill_up();
        self.later(0, Happening::Look(Whom::Container(which)));
    }
}
