//! What a process waits for, between two of its steps.

use crate::actor::ActorId;
use crate::features::Returns;
use crate::line::Served;
use crate::process::inbox::Inbox;
use crate::process::key::{Reason, WaitKey};
use crate::process::place::Place;
use crate::process::unpolled::{FEW, Unpolled};
use crate::process::waker::NO_WAKER;
use crate::store::NONE;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;

/// What the handle of a process may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing: the process waits, or has not begun.
    Waits,
    /// The process makes a step.
    Steps,
    /// The process has ended, and its future is being dropped.
    Ends,
    Over,
}

/// The progress of a wait:
/// - `OPEN`: it was not served;
/// - a number from 1, rising with each served wait: it was served, its wake event is scheduled;
/// - `DONE`: its wake event has happened, or it needs none.
///
/// The process goes on if the progress is at most `heard`.
type Progress = u64;

const DONE: Progress = 0;
const OPEN: Progress = u64::MAX;

#[derive(Debug, Default)]
pub(crate) struct Wait {
    /// The number of waits that were closed in this slot.
    generation: u32,
    /// It was polled, and the process did not go on: a wake event has to come.
    looked: bool,
    /// It is exempt from the check for forgotten awaits: it was polled or closed, or need not be.
    pub(crate) excused: bool,
    progress: Progress,
    reason: Reason,
    since: VirtualTime,
    served: VirtualTime,
    pub(crate) place: Option<Place>,
    waker: Option<Waker>,
    /// The next free slot, if this one is free.
    next: u32,
}

/// All waits of a process, by their slots, and the first free slot.
#[derive(Debug)]
pub(crate) struct Waits {
    pub(crate) all: Vec<Wait>,
    free: u32,
}

impl Default for Waits {
    fn default() -> Self {
        Self { all: Vec::new(), free: NONE }
    }
}

impl Waits {
    /// A free slot, or a new one.
    #[inline]
    fn take(&mut self) -> u32 {
        match self.all.get(self.free as usize) {
            Some(wait) => std::mem::replace(&mut self.free, wait.next),
            None => self.grow(),
        }
    }

    /// Offers the slots in their order again. All are free.
    #[inline]
    fn begin_anew(&mut self) {
        if self.all.len() > FEW {
            self.all.clear();
            self.all.shrink_to(FEW);
        }
        self.free = NONE;
        for (slot, wait) in self.all.iter_mut().enumerate().rev() {
            wait.next = std::mem::replace(&mut self.free, slot as u32);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        if self.all.is_empty() {
            // Most processes wait for one thing at a time, or for it and a timeout.
            self.all.reserve_exact(2);
        }
        self.all.push(Wait::default());
        self.all.len() as u32 - 1
    }
}

/// Shared by the class of a process, which reports what has happened, and its handle, which waits
/// for it.
pub(crate) struct ProcessState {
    pub(crate) waits: RefCell<Waits>,
    /// The waits that the process has begun and not yet polled.
    pub(crate) unpolled: Unpolled,
    served: Cell<u64>,
    /// The number of served waits that the current step may see: those before it.
    heard: Cell<u64>,
    /// A timeout has come, and its work is polled for the last time.
    time_is_up: Cell<bool>,
    /// How many waits were polled and are not done: each needs a wake event.
    awaited: Cell<u32>,
    /// A claim of the process was moved to another place in a line.
    pub(crate) has_moved: Cell<bool>,
    pub(super) phase: Cell<Phase>,
    pub(crate) messages: Inbox,
    pub(crate) interrupts: Inbox,
    /// Where waits that are given up return what they have got.
    pub(crate) returns: Rc<Returns>,
}

impl ProcessState {
    pub(crate) fn new(returns: Rc<Returns>) -> Self {
        Self {
            waits: RefCell::default(),
            unpolled: Unpolled::default(),
            served: Cell::new(0),
            heard: Cell::new(0),
            time_is_up: Cell::new(false),
            awaited: Cell::new(0),
            has_moved: Cell::new(false),
            phase: Cell::new(Phase::Waits),
            messages: Inbox::new(),
            interrupts: Inbox::new(),
            returns,
        }
    }

    /// The same as new, in the memory that it has. All its waits are closed: nobody else has it.
    pub(crate) fn begin_anew(&mut self) {
        self.waits.get_mut().begin_anew();
        self.unpolled.begin_anew();
        self.served.set(0);
        self.heard.set(0);
        self.time_is_up.set(false);
        self.awaited.set(0);
        self.has_moved.set(false);
        self.phase.set(Phase::Waits);
        self.messages.begin_anew();
        self.interrupts.begin_anew();
    }

    // --- steps -------------------------------------------------------------

    pub(crate) fn step<T>(&self, step: impl FnOnce() -> T) -> T {
        self.heard.set(self.served.get());
        Unpolled::begin_step();
        self.phase.set(Phase::Steps);
        let result = step();
        self.phase.set(Phase::Waits);
        result
    }

    /// Whether the process itself is running, or is being dropped.
    pub(crate) fn may_act(&self) -> bool {
        matches!(self.phase.get(), Phase::Steps | Phase::Ends)
    }

    /// Polls once more before something is given up. Waits that were served in the current step
    /// count as well.
    pub(crate) fn last_look<T>(&self, look: impl FnOnce() -> T) -> T {
        let heard = self.heard.replace(self.served.get());
        let result = look();
        self.heard.set(heard);
        result
    }

    /// The same when a timeout has come: spans that are over now count as well.
    pub(crate) fn last_look_in_time<T>(&self, look: impl FnOnce() -> T) -> T {
        let before = self.time_is_up.replace(true);
        let result = self.last_look(look);
        self.time_is_up.set(before);
        result
    }

    pub(crate) fn time_is_up(&self) -> bool {
        self.time_is_up.get()
    }

    /// Whether anything will wake the process.
    pub(crate) fn is_waiting(&self) -> bool {
        self.awaited.get() > 0 || self.messages.is_awaited() || self.interrupts.is_awaited()
    }

    // --- waits -------------------------------------------------------------

    #[inline]
    pub(crate) fn open(&self, reason: Reason, now: VirtualTime, place: Place) -> WaitKey {
        let waits = &mut *self.waits.borrow_mut();
        let slot = waits.take();
        let wait = &mut waits.all[slot as usize];
        (wait.progress, wait.excused) = (OPEN, false);
        (wait.reason, wait.since, wait.place) = (reason, now, Some(place));
        self.unpolled.one_more();
        WaitKey { slot, generation: wait.generation }
    }

    /// Opens another wait with the reason of that one.
    pub(crate) fn reopen(&self, key: WaitKey) -> WaitKey {
        let Wait { reason, since, place, .. } = self.waits.borrow().all[key.slot as usize];
        self.open(reason, since, place.expect("a wait has a place"))
    }

    /// Marks a wait as served: what it waits for has happened.
    pub(crate) fn serve(&self, key: WaitKey, now: VirtualTime) {
        let served = self.served.get() + 1;
        self.served.set(served);
        self.advance(key, |wait| (wait.progress, wait.served) = (served, now));
    }

    /// Lets the process go on; `false` if the wait was closed.
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

    /// Whether the wait was not closed, served or not.
    pub(crate) fn is_open(&self, key: WaitKey) -> bool {
        let waits = self.waits.borrow();
        waits.all.get(key.slot as usize).is_some_and(|wait| wait.generation == key.generation)
    }

    pub(crate) fn is_decided(&self, key: WaitKey) -> bool {
        self.waits.borrow().all[key.slot as usize].progress != OPEN
    }

    /// Whether the process goes on. If not, `waker` is woken when it is time to poll again.
    ///
    /// A wait that was served before the current step counts, even if its wake event has not
    /// happened yet. Another reason, such as a timeout of the same instant, may have woken the
    /// process. If a wait was served as it began, only its wake event lets the process go on. So
    /// other events that are due come first.
    #[inline]
    pub(crate) fn poll(&self, key: WaitKey, waker: &Waker) -> bool {
        let mut waits = self.waits.borrow_mut();
        let wait = &mut waits.all[key.slot as usize];
        if !wait.excused {
            wait.excused = true;
            self.unpolled.one_less();
        }
        if wait.progress <= self.heard.get() {
            return true;
        }
        if !wait.looked {
            wait.looked = true;
            self.awaited.set(self.awaited.get() + 1);
        }
        drop(waits);
        // The process itself needs no waker: it is polled after its event.
        if !waker.will_wake(NO_WAKER) {
            self.keep_waker(key, waker);
        }
        false
    }

    /// Apart, so that a wait of the process itself loses no registers.
    #[cold]
    #[inline(never)]
    fn keep_waker(&self, key: WaitKey, waker: &Waker) {
        let waker = waker.clone();
        self.waits.borrow_mut().all[key.slot as usize].waker = Some(waker);
    }

    /// Exempts the wait from the check: it need not be polled, or another wait stands for it.
    pub(crate) fn excuse(&self, key: WaitKey) {
        let wait = &mut self.waits.borrow_mut().all[key.slot as usize];
        if !std::mem::replace(&mut wait.excused, true) {
            self.unpolled.one_less();
        }
    }

    /// Whether it was polled, excused or closed.
    pub(crate) fn is_excused(&self, key: WaitKey) -> bool {
        self.waits.borrow().all[key.slot as usize].excused
    }

    /// When a wait of this process was begun, and when it was served, if it was.
    pub(crate) fn served(&self, who: ActorId, key: WaitKey) -> Served {
        let wait = &self.waits.borrow().all[key.slot as usize];
        Served { who, since: wait.since, at: wait.served }
    }

    #[cold]
    pub(crate) fn place(&self, key: WaitKey) -> Place {
        let place = self.waits.borrow().all[key.slot as usize].place;
        place.expect("a wait has a place")
    }

    /// The reasons of all open waits, and when they began.
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

    #[inline]
    pub(crate) fn close(&self, key: WaitKey) {
        let Waits { all, free } = &mut *self.waits.borrow_mut();
        let wait = &mut all[key.slot as usize];
        // Each case is rare, so a write only where it is needed costs less.
        if wait.looked {
            wait.looked = false;
            self.awaited.set(self.awaited.get() - 1);
        }
        if !wait.excused {
            wait.excused = true;
            self.unpolled.one_less();
        }
        if wait.waker.is_some() {
            wait.waker = None;
        }
        wait.generation = wait.generation.wrapping_add(1);
        wait.next = std::mem::replace(free, key.slot);
    }
}
