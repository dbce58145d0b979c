//! What a process waits for, in which way, and what becomes of it.

use super::part::{Kind, Part};
use super::store::Lying;
use super::{Happening, World};
use crate::log::Came;
use crate::program::{self, How, What};

/// Something that a process waits for.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub who: usize,
    /// Whether it is still waited for.
    pub open: bool,
    pub progress: Progress,
    /// When it began, and when it came.
    pub begun: u64,
    pub served: u64,
    /// The item that waits to be fetched.
    pub given: Option<Lying>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    Open,
    /// It has come; the process has not had a turn since.
    Served,
    Heard,
}

/// What a step waits for, all in all.
#[derive(Clone, Debug)]
pub struct Waiting {
    how: How,
    mode: Mode,
    parts: Vec<Part>,
    timer: Option<usize>,
    /// Whether interrupts are heard.
    pub listens: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    One,
    Any,
    /// Nothing is taken before all have come.
    All,
    /// The same, and what has come is taken when the patience ends.
    Gather,
    /// Each is taken when it comes.
    Together,
}

impl Waiting {
    /// Whether it waits for a message.
    pub(super) fn reads(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.kind, Kind::Receive { reads: true }))
    }
}

impl World {
    pub(super) fn open(&mut self, who: usize) -> usize {
        let (begun, progress) = (self.now, Progress::Open);
        self.waits.push(Wait { who, open: true, progress, begun, served: begun, given: None });
        self.waits.len() - 1
    }

    pub(super) fn timer(&mut self, who: usize, span: u64) -> usize {
        let wait = self.open(who);
        self.later(span, Happening::Wake(wait));
        wait
    }

    pub(super) fn stop_timer(&mut self, timer: usize) {
        self.waits[timer].open = false;
        self.pending.retain(|(_, what)| *what != Happening::Wake(timer));
    }

    pub(super) fn is_heard(&self, wait: usize) -> bool {
        self.waits[wait].progress == Progress::Heard
    }

    pub(super) fn begin_to_wait(
        &mut self,
        who: usize,
        step: usize,
        how: How,
        what: &What,
    ) -> Waiting {
        let alike = |one: program::Wait, two| one.are_alike(two, who, self.processes.len());
        let (mode, waits) = match *what {
            What::One(one) => (Mode::One, vec![one]),
            What::Any(one, two) => (Mode::Any, vec![one, two]),
            What::All(one, two) if alike(one, two) => (Mode::All, vec![one, two]),
            What::Gather(one, two) if alike(one, two) => (Mode::Gather, vec![one, two]),
            What::All(one, two) | What::Gather(one, two) => (Mode::Together, vec![one, two]),
        };
        let begin = |(part, wait)| Part {
            kind: self.begin_part(who, (who * 1_000 + step) * 2 + part, wait),
            came: None,
            looked: false,
        };
        let parts = waits.into_iter().enumerate().map(begin).collect();
        Waiting { how, mode, parts, timer: None, listens: false }
    }

    /// What a step came to, if it has come. The work counts before the interrupt,
    /// the interrupt before the end of the patience.
    pub(super) fn look(&mut self, who: usize, waiting: &mut Waiting) -> Option<Came> {
        if let (How::Within(span) | How::InterruptiblyWithin(span), None) =
            (waiting.how, waiting.timer)
        {
            waiting.timer = Some(self.timer(who, span));
        }
        let mut came = self.look_at_parts(who, waiting);
        let hears = matches!(waiting.how, How::Interruptibly | How::InterruptiblyWithin(_));
        if came.is_none() && hears {
            if !self.processes[who].interrupts.is_empty() {
                came = self.last_look(who, waiting);
            }
            if came.is_none() {
                let note = self.processes[who].interrupts.pop_front();
                waiting.listens = note.is_none();
                if let Some((note, fresh)) = note {
                    self.taken(who, fresh);
                    came = Some(Came::Interrupted(note));
                }
            }
        }
        if came.is_none() && waiting.timer.is_some_and(|timer| self.is_heard(timer)) {
            came = self.look_when_time_is_up(who, waiting).or(Some(Came::TimedOut));
        }
        if matches!(came, Some(Came::TimedOut | Came::Interrupted(_)))
            && waiting.mode == Mode::Gather
        {
            let parts = std::mem::take(&mut waiting.parts);
            let some = parts.into_iter().map(|part| self.gather(who, part)).collect();
            came = Some(Came::Some(some));
        }
        if came.is_some() {
            self.give_up(waiting.clone());
        }
        came
    }

    /// What has come so far counts, also what came in the course of this turn.
    pub(super) fn hear(&mut self, who: usize) -> Vec<usize> {
        let is_new = |wait: &Wait| wait.who == who && wait.progress == Progress::Served;
        let new: Vec<usize> = (0..self.waits.len()).filter(|at| is_new(&self.waits[*at])).collect();
        new.iter().for_each(|wait| self.waits[*wait].progress = Progress::Heard);
        new
    }

    /// Looks once more before something is given up.
    pub(super) fn last_look(&mut self, who: usize, waiting: &mut Waiting) -> Option<Came> {
        let new = self.hear(who);
        let came = self.look_at_parts(who, waiting);
        new.into_iter().for_each(|wait| self.waits[wait].progress = Progress::Served);
        came
    }

    /// The same, and spans count that are over now.
    fn look_when_time_is_up(&mut self, who: usize, waiting: &mut Waiting) -> Option<Came> {
        let over = self.hear_what_is_over(who);
        let came = self.last_look(who, waiting);
        over.into_iter().for_each(|wait| self.waits[wait].progress = Progress::Open);
        came
    }

    /// The timers that are due now, though their events have not happened.
    fn hear_what_is_over(&mut self, who: usize) -> Vec<usize> {
        let is_due = |wait| self.pending.contains(&(self.now, Happening::Wake(wait)));
        let is_over = |wait: usize| {
            let Wait { who: whose, open, progress, .. } = self.waits[wait];
            whose == who && open && progress == Progress::Open && is_due(wait)
        };
        let over: Vec<usize> = (0..self.waits.len()).filter(|wait| is_over(*wait)).collect();
        over.iter().for_each(|wait| self.waits[*wait].progress = Progress::Heard);
        over
    }

    /// Takes what has come of a part that is given up.
    pub(super) fn gather(&mut self, who: usize, mut part: Part) -> Option<Came> {
        let (over, new) = (self.hear_what_is_over(who), self.hear(who));
        let came = self.look_at_part(who, &mut part.kind);
        new.into_iter().for_each(|wait| self.waits[wait].progress = Progress::Served);
        over.into_iter().for_each(|wait| self.waits[wait].progress = Progress::Open);
        match came {
            None => {
                self.give_up_part(&part);
                None
            }
            Some((came, thing)) => {
                self.processes[who].bag.extend(thing);
                Some(came)
            }
        }
    }

    pub(super) fn look_at_parts(&mut self, who: usize, waiting: &mut Waiting) -> Option<Came> {
        let parts = &mut waiting.parts;
        let keeps = matches!(waiting.mode, Mode::All | Mode::Gather);
        parts.iter_mut().for_each(|part| part.looked |= keeps);
        if keeps && !parts.iter().all(|part| self.has_come(&part.kind)) {
            return None;
        }
        for part in parts.iter_mut().filter(|part| part.came.is_none()) {
            part.looked = true;
            part.came = self.look_at_part(who, &mut part.kind);
            if part.came.is_some() && matches!(waiting.mode, Mode::One | Mode::Any) {
                break;
            }
        }
        let is_there = |part: &Part| part.came.is_some();
        if matches!(waiting.mode, Mode::One | Mode::Any) {
            let place = parts.iter().position(is_there)?;
            let (came, thing) = parts[place].came.take()?;
            parts[place].kind = Kind::Nothing;
            self.processes[who].bag.extend(thing);
            let is_single = waiting.mode == Mode::One;
            return Some(if is_single { came } else { Came::First(place, Box::new(came)) });
        }
        if !parts.iter().all(is_there) {
            return None;
        }
        let mut all = Vec::new();
        for (came, thing) in parts.drain(..).filter_map(|part| part.came) {
            all.push(came);
            self.processes[who].bag.extend(thing);
        }
        Some(Came::All(all))
    }

    /// Drops what is waited for, in its order.
    pub(super) fn give_up(&mut self, waiting: Waiting) {
        waiting.timer.into_iter().for_each(|timer| self.stop_timer(timer));
        for part in waiting.parts {
            self.give_up_part(&part);
        }
    }

    /// Whether a process waits for an end or a signal, and for no work beside that.
    pub(super) fn waits_for_a_sign(&self, who: usize) -> bool {
        let Some(waiting) = &self.processes[who].waiting else { return false };
        let is_open = |wait: usize| self.waits[wait].progress == Progress::Open;
        let signs = |part: &Part| match part.kind {
            Kind::Join { wait, .. } | Kind::Signal { wait, .. } => {
                part.came.is_none() && wait.is_some_and(is_open)
            }
            _ => false,
        };
        let works = |part: &Part| match part.kind {
            Kind::Receive { reads } => reads,
            Kind::Get { wait, .. } => part.came.is_none() && is_open(wait),
            _ => false,
        };
        waiting.parts.iter().any(signs) && !waiting.parts.iter().any(works)
    }
}
