//! The engine's side of a wait.

use crate::actor::ActorId;
use crate::event_list::Lane;
use crate::features::{GivenUp, Kernel, Return, Returns};
use crate::line::Ticket;
use crate::process::handle::{Used, in_use, misused};
use crate::process::interface::Process;
use crate::process::key::{Reason, WaitKey};
use crate::process::place::Place;
use crate::process::reference::Waiter;
use crate::process::state::ProcessState;
use crate::store::{NONE, Op};
use crate::time::VirtualTime;
use std::cell::RefMut;
use std::panic::Location;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Something that a process waits for. Dropping it closes the wait.
pub(crate) struct Wait {
    pub(crate) state: Rc<ProcessState>,
    pub(crate) process: ActorId,
    pub(crate) key: WaitKey,
}

impl Wait {
    /// Begins a wait, and returns it with the borrowed kernel. Fails the run if the handle is that
    /// of another process.
    #[track_caller]
    #[inline]
    pub(crate) fn begin<M>(process: &Process<M>) -> (Self, RefMut<'_, Kernel>) {
        Self::begin_at(process, Location::caller())
    }

    /// The same, for a call at that place: functions that are polled, and closures, do not know
    /// their caller.
    #[inline]
    pub(crate) fn begin_at<M>(process: &Process<M>, place: Place) -> (Self, RefMut<'_, Kernel>) {
        Self::begin_for(process, Reason::Known, place)
    }

    #[inline(always)]
    fn begin_for<M>(
        process: &Process<M>,
        reason: Reason,
        place: Place,
    ) -> (Self, RefMut<'_, Kernel>) {
        let kernel = process.act_at(place);
        let state = Rc::clone(&process.state);
        let key = state.open(reason, kernel.now, place);
        (Self { state, process: process.id, key }, kernel)
    }

    pub(crate) fn open_for<M>(process: &Process<M>, reason: Reason, place: Place) -> Self {
        Self::begin_for(process, reason, place).0
    }

    /// A wait that is woken together with those in `waiting`, which is `None` if the thing has
    /// already happened.
    pub(crate) fn with_others<M>(
        process: &Process<M>,
        reason: Reason,
        place: Place,
        waiting: Option<&mut Vec<Waiter>>,
    ) -> Self {
        let wait = Self::open_for(process, reason, place);
        match waiting {
            Some(waiting) => waiting.push(wait.waiter()),
            None => _ = wait.state.finish(wait.key),
        }
        wait
    }

    /// Another wait of the same process, begun at the same place. The first stands for both: this
    /// one need not be polled.
    pub(crate) fn another(&self, now: VirtualTime) -> Self {
        let key = self.state.open(Reason::Known, now, self.place());
        self.state.excuse(key);
        Self { state: Rc::clone(&self.state), process: self.process, key }
    }

    /// The same wait, begun anew: what it was woken for has passed.
    pub(crate) fn again(&self) -> Self {
        let key = self.state.reopen(self.key);
        Self { state: Rc::clone(&self.state), process: self.process, key }
    }

    /// Lets the kernel do something for this wait; `None` if the simulation is gone.
    pub(crate) fn with_kernel<T>(&self, work: impl FnOnce(&mut Kernel) -> T) -> Option<T> {
        let kernel = self.state.returns.kernel()?;
        let Ok(mut kernel) = kernel.try_borrow_mut() else {
            in_use(&self.state, self.process, self.place())
        };
        Some(work(&mut kernel))
    }

    pub(super) fn is_of(&self, waiter: &Waiter) -> bool {
        waiter.process == self.process && waiter.key == self.key
    }

    /// For the part of the engine that serves the wait.
    pub(crate) fn waiter(&self) -> Waiter {
        Waiter { process: self.process, key: self.key, state: Rc::clone(&self.state) }
    }

    /// Fails the run if another process awaits it.
    #[inline]
    pub(crate) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        if !self.state.may_act() {
            misused(&self.state, self.process, Used::Wait, self.place());
        }
        if self.state.poll(self.key, context.waker()) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Whether it was served, even if the process does not know it yet.
    pub(crate) fn is_decided(&self) -> bool {
        self.state.is_decided(self.key)
    }

    #[cold]
    pub(crate) fn place(&self) -> Place {
        self.state.place(self.key)
    }

    /// Where unfinished waits are given back.
    pub(crate) fn returns(&self) -> &Rc<Returns> {
        &self.state.returns
    }

    /// Gives up the claim with that ticket. What was granted and not yet noticed goes back.
    pub(crate) fn leave(
        &self,
        of: ActorId,
        ticket: Ticket,
        amount: u64,
        how: fn(&mut Kernel, &GivenUp<Kernel>),
    ) {
        let served = self.state.served(self.process, self.key);
        self.returns().give(Return::Claim(GivenUp { how, of, ticket, amount, served }));
    }
}

impl Drop for Wait {
    #[inline]
    fn drop(&mut self) {
        self.state.close(self.key);
    }
}

impl Kernel {
    /// Wakes a process later; returns the cell of the event.
    pub(crate) fn wake(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        process: ActorId,
        key: WaitKey,
    ) -> u32 {
        due.map_or(NONE, |(time, lane)| self.wake_at(time, lane, process, key))
    }

    #[inline]
    pub(crate) fn wake_at(
        &mut self,
        time: VirtualTime,
        lane: Lane,
        process: ActorId,
        key: WaitKey,
    ) -> u32 {
        let cell = self.put_word(process, Op::WAKE, key.word());
        self.schedule(time, lane, process.class(), cell);
        cell
    }

    /// Serves a wait: what it waits for has happened, and the process goes on by an event of the
    /// current instant.
    pub(crate) fn wake_now(&mut self, waiter: &Waiter) {
        waiter.state.serve(waiter.key, self.now);
        self.wake_at(self.now, Lane::Now, waiter.process, waiter.key);
    }

    /// The same, by an event right after the current one.
    pub(crate) fn wake_urgent(&mut self, waiter: &Waiter) {
        waiter.state.serve(waiter.key, self.now);
        let cell = self.put_word(waiter.process, Op::WAKE, waiter.key.word());
        self.make_urgent(waiter.process.class(), cell);
    }
}
