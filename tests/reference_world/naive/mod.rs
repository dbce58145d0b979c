//! The naive world: a sorted list of what is to happen, plain loops over everything
//! there is, and sums that are made anew whenever the clock moves.
//!
//! Nothing here is clever, and nothing is forgotten: a claim, a wait, a process
//! keeps its place in its list after its end, so that what refers to it can be
//! read. The rules are those of the table in `main.rs`.

mod actor;
mod container;
mod job;
mod part;
mod process;
mod resource;
mod store;
mod wait;

use super::log::{Books, End, Event, Line, Statistics, Whom};
use super::program::{ACTORS, Program, SIGNALS};
use actor::{Actor, Mail};
use container::Container;
use process::Process;
use resource::Resource;
use std::collections::VecDeque;
use store::Store;
use wait::{Progress, Wait};

/// What can be had, and handed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thing {
    /// The claim of that number of that resource.
    Unit(usize, usize),
    Item(i64),
    Note(i64),
}

/// Something that is to happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening {
    Start(usize),
    /// The wait of that number is over.
    Wake(usize),
    /// Something looks whom it can serve.
    Look(Whom),
    Letter(usize, Thing),
    Interrupt(usize, i64),
    Mail(usize, Mail),
    /// The same to one life of an actor only.
    OwnMail(usize, usize, Mail),
    Kill(usize),
    OwnerDied(usize),
}

/// Who is told that it is served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Customer {
    /// A process, by its wait.
    Wait(usize),
    /// A life of an actor; whether it is told.
    Actor { who: usize, life: usize, told: bool },
}

/// How much of something was used: sums over time.
#[derive(Clone, Debug, Default)]
struct Use {
    in_use: u64,
    waiting: u64,
    /// How long each waited who was granted something.
    waits: Vec<u64>,
    withdrawn: u64,
    preempted: u64,
}

impl Use {
    fn grant(&mut self, wait: u64) {
        self.waits.push(wait);
    }

    /// What was granted is given up, and nobody has heard of it: if that was at this very
    /// instant, it is as if it had not been granted.
    fn take_back(&mut self, wait: &Wait, now: u64) {
        if wait.served == now {
            let one = self.waits.iter().position(|other| *other == wait.served - wait.begun);
            self.waits.remove(one.expect("it was granted"));
            self.withdrawn += 1;
        }
    }

    fn statistics(&self, span: u64, capacity: u64) -> Statistics {
        let nanos = |seconds: u64| seconds * 1_000_000_000;
        let mean = |sum| if span == 0 { 0.0 } else { nanos(sum) as f64 / nanos(span) as f64 };
        Statistics {
            utilisation: mean(self.in_use) / capacity as f64,
            mean_in_use: mean(self.in_use),
            mean_waiting: mean(self.waiting),
            granted: self.waits.len() as u64,
            withdrawn: self.withdrawn,
            preempted: self.preempted,
            mean_wait: nanos(self.waits.iter().sum())
                .checked_div(self.waits.len() as u64)
                .unwrap_or(0),
            longest_wait: nanos(self.waits.iter().copied().max().unwrap_or(0)),
        }
    }
}

#[derive(Default)]
struct Signal {
    value: Option<i64>,
    /// Waits, in the order in which they began.
    waiting: Vec<usize>,
}

pub struct World {
    program: Program,
    now: u64,
    /// When it happens, and what; those of one instant in the order in which they
    /// were entered.
    pending: Vec<(u64, Happening)>,
    /// What happens before anything else.
    urgent: VecDeque<Happening>,
    /// What was dropped while an event was under way, to be given back after it.
    returns: Vec<Thing>,
    /// What is left of processes that were killed.
    remains: Vec<usize>,
    processes: Vec<Process>,
    actors: Vec<Actor>,
    waits: Vec<Wait>,
    resources: Vec<Resource>,
    containers: Vec<Container>,
    stores: Vec<Store>,
    signals: Vec<Signal>,
    log: Vec<Line>,
}

/// Carries a program out; what was noted down.
pub fn run(program: &Program) -> Vec<Line> {
    let mut world = World {
        program: program.clone(),
        now: 0,
        pending: Vec::new(),
        urgent: VecDeque::new(),
        returns: Vec::new(),
        remains: Vec::new(),
        processes: Vec::new(),
        actors: (0..ACTORS).map(|_| Actor::default()).collect(),
        waits: Vec::new(),
        resources: program.resources.iter().map(|units| Resource::new(*units)).collect(),
        containers: program
            .containers
            .iter()
            .map(|(most, level)| Container::new(*most, *level))
            .collect(),
        stores: program.stores.iter().map(|(room, ranked)| Store::new(*room, *ranked)).collect(),
        signals: (0..SIGNALS).map(|_| Signal::default()).collect(),
        log: Vec::new(),
    };
    for (script, later) in &program.cast {
        world.start(*script, None, *later);
    }
    world.run();
    world.log
}

impl World {
    fn run(&mut self) {
        let horizon = self.program.horizon;
        loop {
            // What is urgent, and else the first of what is due.
            let next = match self.urgent.pop_front() {
                Some(urgent) => urgent,
                None => {
                    let first = self.pending.iter().map(|(time, _)| *time).min();
                    let Some(first) = first.filter(|first| *first <= horizon) else { break };
                    let place = self.pending.iter().position(|(time, _)| *time == first);
                    let (time, next) = self.pending.remove(place.expect("it is there"));
                    self.pass(time);
                    next
                }
            };
            self.happen(next);
            self.clear_up();
        }
        let how = match self.pending.is_empty() {
            false => End::Reached,
            true if self.somebody_waits_in_vain() => End::Stuck(self.now),
            true => End::Idle(self.now),
        };
        self.pass(horizon);
        let books = self.books();
        self.log.push(Line::End { at: self.now, how, books });
        for who in 0..self.processes.len() {
            let Process { over, result, .. } = self.processes[who];
            self.log.push(Line::Result { who, over, result });
        }
        self.note_statistics();
    }

    /// Moves the clock, and adds up what was used meanwhile.
    fn pass(&mut self, time: u64) {
        let span = time - self.now;
        for one in &mut self.resources {
            one.used.in_use += span * one.in_use();
            one.used.waiting += span * one.line().len() as u64;
        }
        for one in &mut self.containers {
            one.used.in_use += span * one.level;
            one.used.waiting += span * one.line.len() as u64;
        }
        for one in &mut self.stores {
            one.used.in_use += span * one.lying().len() as u64;
            one.used.waiting += span * one.waiting() as u64;
        }
        self.now = time;
    }

    fn later(&mut self, span: u64, what: Happening) {
        self.pending.push((self.now + span, what));
    }

    fn note(&mut self, what: Event, whom: Whom) {
        self.log.push(Line::Event { at: self.now, what, whom });
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Start(who) => self.begin(who),
            Happening::Wake(wait) => self.wake(wait),
            Happening::Look(what) => {
                self.note(Event::Served, what);
                match what {
                    Whom::Resource(which) => self.serve_resource(which),
                    Whom::Container(which) => {
                        self.serve_container(which, true);
                        self.serve_container(which, false);
                    }
                    Whom::Store(which) => {
                        self.serve_puts(which);
                        self.serve_gets(which);
                    }
                    Whom::Process(_) | Whom::Actor(_) => unreachable!("they look by themselves"),
                }
            }
            Happening::Letter(who, thing) => self.letter(who, thing),
            Happening::Interrupt(who, note) => self.interrupt(who, note),
            Happening::Mail(who, mail) => self.mail(who, None, mail),
            Happening::OwnMail(who, life, mail) => self.mail(who, Some(life), mail),
            Happening::Kill(who) => self.kill(who, Event::Killed),
            Happening::OwnerDied(who) => self.kill(who, Event::OwnerDied),
        }
    }

    /// What an event leaves to be done before the next.
    fn clear_up(&mut self) {
        loop {
            if !self.returns.is_empty() {
                for thing in std::mem::take(&mut self.returns) {
                    self.give_back(thing);
                }
            } else if !self.remains.is_empty() {
                for who in std::mem::take(&mut self.remains) {
                    self.leave(who);
                }
            } else {
                return;
            }
        }
    }

    /// What becomes of a thing that is dropped.
    fn give_back(&mut self, thing: Thing) {
        if let Thing::Unit(of, claim) = thing {
            self.release(of, claim);
        }
    }

    fn served(&mut self, wait: usize) {
        self.waits[wait].progress = Progress::Served;
        self.waits[wait].served = self.now;
    }

    /// Tells a process that what it waited for has come.
    fn serve_wait(&mut self, wait: usize) {
        self.served(wait);
        self.later(0, Happening::Wake(wait));
    }

    fn tell(&mut self, customer: Customer, mail: Mail) {
        match customer {
            Customer::Wait(wait) => self.serve_wait(wait),
            Customer::Actor { told: false, .. } => {}
            Customer::Actor { who, life, .. } => {
                self.later(0, Happening::OwnMail(who, life, mail));
            }
        }
    }

    fn books(&self) -> Books {
        let (mut books, mut aside) = (Vec::new(), Vec::new());
        for (number, one) in self.resources.iter().enumerate() {
            // What was dropped is free already, for whoever looks.
            let dropped = self.returns.iter().map(|thing| match *thing {
                Thing::Unit(of, claim) if of == number => one.held_by(claim),
                _ => 0,
            });
            let in_use = one.in_use() - dropped.sum::<u64>();
            books.extend([in_use as i64, one.line().len() as i64]);
        }
        for one in &self.containers {
            books.extend([one.level as i64, one.line.len() as i64]);
            aside.push(one.aside);
        }
        for one in &self.stores {
            let lying = one.lying();
            books.extend(lying.iter().map(|lying| lying.item));
            books.extend([lying.len() as i64, one.waiting() as i64]);
            aside.push((one.shelf.len() - lying.len()) as u64);
        }
        Books { all: books, aside }
    }

    /// Whether somebody waits for what can no longer come, when nothing is to
    /// happen any more. Who waits for a message or an item is a server without
    /// work, and so is one that waits for a sign to stop beside that.
    fn somebody_waits_in_vain(&self) -> bool {
        let lines = self.resources.iter().any(|one| !one.line().is_empty())
            || self.containers.iter().any(|one| !one.line.is_empty())
            || self.stores.iter().any(|one| one.putting.iter().any(|put| self.lives(put.who)));
        lines || (0..self.processes.len()).any(|who| self.waits_for_a_sign(who))
    }

    fn lives(&self, customer: Customer) -> bool {
        match customer {
            Customer::Wait(_) => true,
            Customer::Actor { who, .. } => self.actors[who].alive,
        }
    }

    fn note_statistics(&mut self) {
        let span = self.now;
        let mut lines = Vec::new();
        for (number, one) in self.resources.iter().enumerate() {
            lines.push((Whom::Resource(number), one.used.statistics(span, one.units)));
        }
        for (number, one) in self.containers.iter().enumerate() {
            lines.push((Whom::Container(number), one.used.statistics(span, one.most)));
        }
        for (number, one) in self.stores.iter().enumerate() {
            lines.push((Whom::Store(number), one.used.statistics(span, one.room as u64)));
        }
        self.log.extend(lines.into_iter().map(|(of, all)| Line::Statistics { of, all }));
    }
}
