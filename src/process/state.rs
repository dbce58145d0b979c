//! What a process waits for, between two of its steps.

use crate::actor::ActorId;
use crate::features::Returns;
use crate::line::Served;
use crate::process::place::Place;
use crate::process::unasked::Unasked;
use crate::store::Mailbox;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

/// Names something that a process waits for; stale once that has come or is
/// not waited for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WaitKey {
    slot: u32,
    generation: u32,
}

impl WaitKey {
    /// For the word beside an event's cell.
    pub(crate) fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    pub(crate) fn from_word(word: u64) -> Self {
        Self { slot: word as u32, generation: (word >> 32) as u32 }
    }
}

/// What somebody waits for that the engine does not know from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Time, an answer, a resource: an event, or a list of its own, says what.
    #[default]
    Known,
    /// The end of a process.
    End(ActorId),
    /// That what it holds of a resource is taken away.
    Loss,
    Signal,
    Message,
    Interrupt,
}

/// What its handle may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing: the process waits, or has not begun.
    Waits,
    /// It makes a step.
    Steps,
    /// It is over, and what is left of it is being dropped.
    Ends,
    Over,
}

/// How far something that is waited for has come: it has happened as the so
/// many-th of what this process waited for, and the event that lets the process
/// go on is under way; or one of the two at the ends. A process that has heard of
/// the first so many goes on if this is no more.
type Progress = u64;

/// The process goes on.
const DONE: Progress = 0;
/// It has not happened.
const OPEN: Progress = u64::MAX;

#[derive(Debug, Default)]
pub(crate) struct Wait {
    /// One more for each wait that was closed here.
    generation: u32,
    /// Somebody has looked and did not go on: a wake has to come.
    looked: bool,
    /// Somebody has looked at it, or has said that nobody will, or it is closed.
    pub(crate) excused: bool,
    progress: Progress,
    reason: Reason,
    since: VirtualTime,
    /// When it happened, if it has.
    served: VirtualTime,
    /// Where it was begun.
    pub(crate) place: Option<Place>,
    waker: Option<Waker>,
}

/// All waits of a process, by their slots, and the slots that are free.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    pub(crate) all: Vec<Wait>,
    free: Vec<u32>,
}

/// Shared by a process's class, which reports what has happened, and its
/// handle, which waits for it.
pub(crate) struct ProcessState {
    pub(crate) waits: RefCell<Waits>,
    /// What it has begun and not looked at.
    pub(crate) unasked: Unasked,
    /// How many waits were served.
    served: Cell<u64>,
    /// How many of them the process may have heard of: those before its
    /// current step.
    heard: Cell<u64>,
    /// A timeout has come, and what it ends is looked at once more.
    time_is_up: Cell<bool>,
    /// How many waits wait for their wake: were looked at, and not done.
    awaited: Cell<u32>,
    phase: Cell<Phase>,
    pub(crate) messages: Inbox,
    pub(crate) interrupts: Inbox,
    /// Where what is not waited for any more is given back.
    pub(crate) returns: Rc<Returns>,
}

/// Messages that have arrived, and who waits for them.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) mailbox: Cell<Mailbox>,
    /// How many futures wait for the next.
    readers: Cell<u32>,
    /// Since when the last of them has.
    pub(crate) since: Cell<VirtualTime>,
    wakers: RefCell<Vec<Waker>>,
}

impl Inbox {
    fn new() -> Self {
        let (readers, wakers) = (Cell::new(0), RefCell::default());
        let since = Cell::new(VirtualTime::ZERO);
        Self { mailbox: Cell::new(Mailbox::EMPTY), readers, since, wakers }
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.readers.get() > 0
    }

    /// Tells all who wait that a message is there: the first to look has it.
    pub(crate) fn wake(&self) {
        // Emptied before anyone is told, and its memory kept.
        let mut wakers = self.wakers.take();
        wakers.drain(..).for_each(Waker::wake);
        self.wakers.replace(wakers);
    }

    pub(crate) fn wait(&self, waker: &Waker) {
        if waker.will_wake(Waker::noop()) {
            return;
        }
        let mut wakers = self.wakers.borrow_mut();
        if !wakers.iter().any(|other| other.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.mailbox.get().is_empty()
    }

    pub(crate) fn enter(&self) {
        self.readers.set(self.readers.get() + 1);
    }

    pub(crate) fn leave(&self) {
        self.readers.set(self.readers.get() - 1);
    }
}

impl ProcessState {
    pub(crate) fn new(returns: Rc<Returns>) -> Self {
        let waits = RefCell::default();
        let (served, heard, time_is_up) = (Cell::new(0), Cell::new(0), Cell::new(false));
        let (awaited, phase) = (Cell::new(0), Cell::new(Phase::Waits));
        let (messages, interrupts) = (Inbox::new(), Inbox::new());
        let unasked = Unasked::default();
        Self {
            waits,
            unasked,
            served,
            heard,
            time_is_up,
            awaited,
            phase,
            messages,
            interrupts,
            returns,
        }
    }

    // --- steps -------------------------------------------------------------

    /// Lets the process make a step.
    pub(crate) fn step<T>(&self, step: impl FnOnce() -> T) -> T {
        self.heard.set(self.served.get());
        Unasked::begin_step();
        self.phase.set(Phase::Steps);
        let result = step();
        self.phase.set(Phase::Waits);
        result
    }

    /// What is left of the process is dropped from here on.
    pub(crate) fn end(&self) {
        self.phase.set(Phase::Ends);
    }

    pub(crate) fn close_for_good(&self) {
        self.phase.set(Phase::Over);
    }

    /// Whether it is the process itself that acts.
    pub(crate) fn may_act(&self) -> bool {
        matches!(self.phase.get(), Phase::Steps | Phase::Ends)
    }

    /// Looks once more before something is given up: what was served at once,
    /// in the current step, counts as well.
    pub(crate) fn last_look<T>(&self, look: impl FnOnce() -> T) -> T {
        let heard = self.heard.replace(self.served.get());
        let result = look();
        self.heard.set(heard);
        result
    }

    /// The same where time is up: spans that are over now count, too.
    pub(crate) fn last_look_in_time<T>(&self, look: impl FnOnce() -> T) -> T {
        let before = self.time_is_up.replace(true);
        let result = self.last_look(look);
        self.time_is_up.set(before);
        result
    }

    pub(crate) fn time_is_up(&self) -> bool {
        self.time_is_up.get()
    }

    /// Whether anything will wake it.
    pub(crate) fn is_waiting(&self) -> bool {
        self.awaited.get() > 0 || self.messages.is_awaited() || self.interrupts.is_awaited()
    }

    // --- waits -------------------------------------------------------------

    /// Begins to wait for something.
    #[inline]
    pub(crate) fn open(&self, reason: Reason, now: VirtualTime, place: Place) -> WaitKey {
        let Waits { all, free } = &mut *self.waits.borrow_mut();
        let slot = free.pop().unwrap_or_else(|| {
            all.push(Wait::default());
            all.len() as u32 - 1
        });
        let wait = &mut all[slot as usize];
        (wait.progress, wait.excused) = (OPEN, false);
        (wait.reason, wait.since, wait.place) = (reason, now, Some(place));
        self.unasked.one_more();
        WaitKey { slot, generation: wait.generation }
    }

    /// Marks what is waited for as having happened.
    pub(crate) fn serve(&self, key: WaitKey, now: VirtualTime) {
        let served = self.served.get() + 1;
        self.served.set(served);
        self.advance(key, |wait| (wait.progress, wait.served) = (served, now));
    }

    /// Lets the process go on; `false` if nobody waits any more.
    pub(crate) fn finish(&self, key: WaitKey) -> bool {
        self.advance(key, |wait| {
            wait.progress = DONE;
            if std::mem::take(&mut wait.looked) {
                self.awaited.set(self.awaited.get() - 1);
            }
        })
    }

    #[inline]
    fn advance(&self, key: WaitKey, advance: impl FnOnce(&mut Wait)) -> bool {
        let mut waits = self.waits.borrow_mut();
        let wait = waits.all.get_mut(key.slot as usize);
        let Some(wait) = wait.filter(|wait| wait.generation == key.generation) else {
            return false;
        };
        advance(wait);
        if let Some(waker) = wait.waker.take() {
            drop(waits);
            waker.wake();
        }
        true
    }

    /// Whether anybody waits for it, be it over or not.
    pub(crate) fn is_open(&self, key: WaitKey) -> bool {
        let waits = self.waits.borrow();
        waits.all.get(key.slot as usize).is_some_and(|wait| wait.generation == key.generation)
    }

    /// Whether it has happened.
    pub(crate) fn is_decided(&self, key: WaitKey) -> bool {
        self.waits.borrow().all[key.slot as usize].progress != OPEN
    }

    /// Whether the process goes on; if not, `waker` is told when it is time to
    /// look again.
    ///
    /// What happened before the current step counts, also if its wake is still
    /// under way: the process may be there for another reason, such as a
    /// timeout of the same instant. What was served at once, as it was begun,
    /// lets the process go on by its wake: others that are due have their turn
    /// before.
    #[inline]
    pub(crate) fn poll(&self, key: WaitKey, waker: &Waker) -> bool {
        let wait = &mut self.waits.borrow_mut().all[key.slot as usize];
        if !wait.excused {
            wait.excused = true;
            self.unasked.one_less();
        }
        let goes_on = wait.progress <= self.heard.get();
        if !goes_on {
            // Of a process itself there is nothing to wake: its event has it polled.
            if !waker.will_wake(Waker::noop()) {
                wait.waker = Some(waker.clone());
            }
            if !wait.looked {
                wait.looked = true;
                self.awaited.set(self.awaited.get() + 1);
            }
        }
        goes_on
    }

    /// Says that nobody will look at it, or that another wait stands for it.
    pub(crate) fn excuse(&self, key: WaitKey) {
        let wait = &mut self.waits.borrow_mut().all[key.slot as usize];
        if !std::mem::replace(&mut wait.excused, true) {
            self.unasked.one_less();
        }
    }

    /// Whether somebody has looked at it, or has said that nobody will.
    pub(crate) fn is_excused(&self, key: WaitKey) -> bool {
        self.waits.borrow().all[key.slot as usize].excused
    }

    /// When it was begun, and when it happened, if it has.
    pub(crate) fn served(&self, key: WaitKey) -> Served {
        let wait = &self.waits.borrow().all[key.slot as usize];
        Served { since: wait.since, at: wait.served }
    }

    /// Where it was begun.
    #[cold]
    pub(crate) fn place(&self, key: WaitKey) -> Place {
        let place = self.waits.borrow().all[key.slot as usize].place;
        place.expect("a wait has a place")
    }

    /// What is waited for, and since when.
    pub(crate) fn reasons(&self) -> Vec<(Reason, VirtualTime)> {
        let waits = self.waits.borrow();
        let open = waits.all.iter().filter(|wait| wait.looked && wait.progress == OPEN);
        let mut reasons: Vec<_> = open.map(|wait| (wait.reason, wait.since)).collect();
        let inbox = [(&self.messages, Reason::Message), (&self.interrupts, Reason::Interrupt)];
        for (inbox, reason) in inbox {
            if inbox.is_awaited() {
                reasons.push((reason, inbox.since.get()));
            }
        }
        reasons
    }

    /// Ends a wait.
    #[inline]
    pub(crate) fn close(&self, key: WaitKey) {
        let Waits { all, free } = &mut *self.waits.borrow_mut();
        let wait = &mut all[key.slot as usize];
        // Each is the exception, and costs nothing where it is not the case.
        if wait.looked {
            wait.looked = false;
            self.awaited.set(self.awaited.get() - 1);
        }
        if !wait.excused {
            wait.excused = true;
            self.unasked.one_less();
        }
        if wait.waker.is_some() {
            wait.waker = None;
        }
        wait.generation = wait.generation.wrapping_add(1);
        free.push(key.slot);
    }
}
