//! Processes: where each has got to in its script, what it has, and how it ends.

use super::wait::{Progress, Waiting};
use super::{Event, Happening, Line, Mail, Thing, Whom, World};
use crate::engine::MOST_PROCESSES;
use crate::log::Came;
use crate::program::{ACTORS, SIGNALS, Step, chosen, result_of};
use std::collections::VecDeque;

#[derive(Default)]
pub struct Process {
    script: usize,
    owner: Option<usize>,
    pub alive: bool,
    started: bool,
    step: usize,
    pub waiting: Option<Waiting>,
    pub bag: Vec<Thing>,
    /// What has arrived, and whether it has this very moment, awaited.
    pub letters: VecDeque<(Thing, bool)>,
    pub interrupts: VecDeque<(i64, bool)>,
    pub over: bool,
    pub result: Option<i64>,
    /// Waits of those who wait for the end.
    pub joiners: Vec<usize>,
}

impl World {
    pub fn start(&mut self, script: usize, owner: Option<usize>, later: u64) {
        let who = self.processes.len();
        self.processes.push(Process { script, owner, alive: true, ..Process::default() });
        match later {
            0 => self.urgent.push_back(Happening::Start(who)),
            _ => self.later(later, Happening::Start(who)),
        }
    }

    pub fn begin(&mut self, who: usize) {
        if self.processes[who].alive {
            self.processes[who].started = true;
            self.note(Event::Started, Whom::Process(who));
            self.turn(who);
        }
    }

    /// The event that lets a process go on, unless it has gone on already.
    pub fn wake(&mut self, wait: usize) {
        let who = self.waits[wait].who;
        if self.waits[wait].open && self.processes[who].alive {
            self.waits[wait].progress = Progress::Heard;
            self.note(Event::Resumed, Whom::Process(who));
            self.turn(who);
        }
    }

    pub fn letter(&mut self, who: usize, thing: Thing) {
        if !self.processes[who].alive {
            self.note(Event::Undeliverable, Whom::Process(who));
            return self.returns.push(thing);
        }
        let reads = self.processes[who].waiting.as_ref().is_some_and(Waiting::reads);
        self.processes[who].letters.push_back((thing, reads));
        self.arrived(who, reads);
    }

    pub fn interrupt(&mut self, who: usize, note: i64) {
        if !self.processes[who].alive {
            return self.note(Event::Undeliverable, Whom::Process(who));
        }
        let listens = self.processes[who].waiting.as_ref().is_some_and(|waiting| waiting.listens);
        self.processes[who].interrupts.push_back((note, listens));
        self.arrived(who, listens);
    }

    fn arrived(&mut self, who: usize, awaited: bool) {
        if awaited { self.turn(who) } else { self.note(Event::Queued, Whom::Process(who)) }
    }

    /// What a process took that had arrived.
    pub fn taken(&mut self, who: usize, fresh: bool) {
        self.note(if fresh { Event::Handled } else { Event::Taken }, Whom::Process(who));
    }

    fn turn(&mut self, who: usize) {
        self.go_on(who);
        let Process { alive, letters, interrupts, .. } = &mut self.processes[who];
        if *alive {
            // What was awaited, and not taken: something else has come as well.
            let letter = letters.back_mut().is_some_and(|one| std::mem::take(&mut one.1));
            let interrupt = interrupts.back_mut().is_some_and(|one| std::mem::take(&mut one.1));
            for _ in 0..u32::from(letter) + u32::from(interrupt) {
                self.note(Event::Queued, Whom::Process(who));
            }
        }
    }

    /// A process looks at what it waits for, and goes on until it has to wait.
    fn go_on(&mut self, who: usize) {
        // What came before this turn counts; what comes in the course of it needs a
        // wake of its own.
        self.hear(who);
        loop {
            if let Some(mut waiting) = self.processes[who].waiting.take() {
                match self.look(who, &mut waiting) {
                    Some(came) => self.stepped(who, came),
                    None => {
                        self.processes[who].waiting = Some(waiting);
                        return;
                    }
                }
            }
            let Process { script, step, .. } = self.processes[who];
            let scripts = &self.program.scripts;
            match scripts[script % scripts.len()].get(step).cloned() {
                None | Some(Step::End) => return self.finish(who),
                Some(Step::Await(how, what)) => {
                    let waiting = self.begin_to_wait(who, step, how, &what);
                    self.processes[who].waiting = Some(waiting);
                }
                Some(other) => {
                    let came = self.act(who, &other);
                    self.stepped(who, came);
                }
            }
        }
    }

    fn stepped(&mut self, who: usize, came: Came) {
        let (at, step, books) = (self.now, self.processes[who].step, self.books());
        self.log.push(Line::Step { at, who, step, came, books });
        self.processes[who].step += 1;
    }

    fn choose(&mut self, who: usize, what: usize) -> Option<Thing> {
        let bag = &mut self.processes[who].bag;
        (!bag.is_empty()).then(|| bag.remove(chosen(what, bag.len())))
    }

    /// A step that takes no time.
    fn act(&mut self, who: usize, step: &Step) -> Came {
        let note = result_of(who, self.processes[who].step);
        let many = self.processes.len();
        match *step {
            Step::Drop(what) => match self.choose(who, what) {
                None => return Came::Nothing,
                Some(thing) => self.give_back(thing),
            },
            Step::Send { to, what } => {
                let thing = self.choose(who, what).unwrap_or(Thing::Note(note));
                self.later(0, Happening::Letter(to % many, thing));
            }
            Step::Hand { to, what } => {
                let thing = self.choose(who, what).unwrap_or(Thing::Note(note));
                self.later(0, Happening::Mail(to % ACTORS, Mail::Gift(thing)));
            }
            Step::Tell { whom, order } => {
                self.later(0, Happening::Mail(whom % ACTORS, Mail::Order(order, note)));
            }
            Step::Fire(which) => {
                let signal = &mut self.signals[which % SIGNALS];
                if signal.value.is_some() {
                    return Came::Nothing;
                }
                signal.value = Some(note);
                for wait in std::mem::take(&mut signal.waiting) {
                    self.serve_wait(wait);
                }
            }
            Step::Kill(whom) => self.later(0, Happening::Kill(whom % many)),
            Step::Interrupt(whom) => {
                self.urgent.push_back(Happening::Interrupt(whom % many, note));
            }
            Step::Spawn { script, owned, later } => {
                if many >= MOST_PROCESSES {
                    return Came::Nothing;
                }
                self.start(script, owned.then_some(who), later);
            }
            Step::Await(..) | Step::End => unreachable!("done elsewhere"),
        }
        Came::Done
    }

    /// The script has come to its end.
    fn finish(&mut self, who: usize) {
        self.processes[who].result = Some(result_of(who, self.processes[who].step));
        self.leave(who);
        self.end(who, Event::Finished);
    }

    /// A process is ended by another.
    pub fn kill(&mut self, who: usize, how: Event) {
        if self.processes[who].alive {
            self.end(who, how);
            self.remains.push(who);
        }
    }

    fn end(&mut self, who: usize, how: Event) {
        self.note(how, Whom::Process(who));
        self.processes[who].alive = false;
        if !self.processes[who].started {
            self.pending.retain(|(_, what)| *what != Happening::Start(who));
        }
        for child in 0..self.processes.len() {
            if self.processes[child].owner == Some(who) && self.processes[child].alive {
                self.later(0, Happening::OwnerDied(child));
            }
        }
        // What arrived and was not read.
        for _ in std::mem::take(&mut self.processes[who].interrupts) {
            self.note(Event::Undeliverable, Whom::Process(who));
        }
        for (thing, _) in std::mem::take(&mut self.processes[who].letters) {
            self.note(Event::Undeliverable, Whom::Process(who));
            self.returns.push(thing);
        }
    }

    /// All that a process has, and waits for, is dropped; then its end is known.
    pub fn leave(&mut self, who: usize) {
        if let Some(waiting) = self.processes[who].waiting.take() {
            self.give_up(waiting);
        }
        for thing in std::mem::take(&mut self.processes[who].bag) {
            self.give_back(thing);
        }
        self.processes[who].over = true;
        for wait in std::mem::take(&mut self.processes[who].joiners) {
            self.serve_wait(wait);
        }
    }
}
