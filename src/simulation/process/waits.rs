//! What a process can wait for.

use super::all::{EngineWait, Sealed};
use super::handle::{Place, Used, in_use, misused};
use super::shell::{Reason, Shell, WaitKey};
use super::{Process, Reply};
use crate::actor::{ActorId, ActorRef, Message, ReplyTo, RequestId};
use crate::event_list::{EventId, Lane};
use crate::line::Ticket;
use crate::simulation::core::Core;
use crate::simulation::pool::{EventKind, NONE};
use crate::simulation::returns::{GivenUp, Return, Returns};
use crate::simulation::tell::stow;
use crate::time::VirtualTime;
use std::cell::{RefCell, RefMut};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Something that a process waits for, until it is dropped.
pub(in crate::simulation) struct Wait {
    pub(super) shell: Rc<Shell>,
    pub(in crate::simulation) process: ActorId,
    pub(in crate::simulation) key: WaitKey,
}

impl Wait {
    /// A wait, and the kernel, borrowed once for all that begins here. Fails the run
    /// if the handle is another's.
    #[track_caller]
    #[inline]
    pub(in crate::simulation) fn begin<M>(process: &Process<M>) -> (Self, RefMut<'_, Core>) {
        Self::begin_at(process, Location::caller())
    }

    /// The same, for what was asked for at that place: no function that is polled, and no
    /// closure, knows who has called it.
    #[inline]
    pub(in crate::simulation) fn begin_at<M>(
        process: &Process<M>,
        place: Place,
    ) -> (Self, RefMut<'_, Core>) {
        let core = process.act_at(place);
        let shell = Rc::clone(&process.shell);
        let key = shell.open(Reason::Known, core.now, place);
        (Self { shell, process: process.id, key }, core)
    }

    pub(in crate::simulation) fn open_for<M>(
        process: &Process<M>,
        reason: Reason,
        place: Place,
    ) -> Self {
        let now = process.act_at(place).now;
        let shell = Rc::clone(&process.shell);
        let key = shell.open(reason, now, place);
        Self { shell, process: process.id, key }
    }

    /// The same, for what has happened already.
    pub(super) fn done<M>(process: &Process<M>, place: Place) -> Self {
        let wait = Self::open_for(process, Reason::Known, place);
        wait.shell.finish(wait.key);
        wait
    }

    /// Another wait of the same process, begun at the same place, which stands
    /// for both: nobody has forgotten this one who has not forgotten that one.
    pub(super) fn another(&self, reason: Reason) -> Self {
        let now = self.with_kernel(|core| core.now);
        let now = now.unwrap_or(VirtualTime::ZERO);
        let key = self.shell.open(reason, now, self.place());
        self.shell.excuse(key);
        Self { shell: Rc::clone(&self.shell), process: self.process, key }
    }

    /// Lets the kernel do something for this wait; `None` if the simulation is
    /// no more.
    pub(in crate::simulation) fn with_kernel<T>(
        &self,
        work: impl FnOnce(&mut Core) -> T,
    ) -> Option<T> {
        let core = self.shell.returns.kernel()?;
        let Ok(mut core) = core.try_borrow_mut() else {
            in_use(&self.shell, self.process, self.place())
        };
        Some(work(&mut core))
    }

    /// For whoever serves it.
    pub(in crate::simulation) fn waiter(&self) -> Waiter {
        Waiter { process: self.process, key: self.key, shell: Rc::clone(&self.shell) }
    }

    /// Fails the run if another process awaits it.
    #[inline]
    pub(in crate::simulation) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        if !self.shell.may_act() {
            misused(&self.shell, self.process, Used::Wait, self.place());
        }
        if self.shell.poll(self.key, context.waker()) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Whether it has happened, the process may not have heard of it yet.
    pub(in crate::simulation) fn is_decided(&self) -> bool {
        self.shell.is_decided(self.key)
    }

    /// Where it was begun.
    #[cold]
    pub(in crate::simulation) fn place(&self) -> Place {
        self.shell.place(self.key)
    }

    /// Where what has not come is taken back.
    pub(in crate::simulation) fn returns(&self) -> &Rc<Returns> {
        &self.shell.returns
    }

    /// Gives up what it waits for by that ticket; what of it nobody has heard of goes back.
    pub(in crate::simulation) fn leave(
        &self,
        of: ActorId,
        ticket: Ticket,
        amount: u64,
        how: fn(&mut Core, &GivenUp),
    ) {
        let served = self.shell.served(self.key);
        self.returns().give(Return::Claim(GivenUp { how, of, ticket, amount, served }));
    }
}

/// The end of who awaits something again that has handed out what came: there is
/// nothing more to come, and nothing to wait for.
#[cold]
pub(in crate::simulation) fn spent(place: Place) -> ! {
    panic!("what was waited for at {place} was awaited again after it had come: it comes once")
}

/// A wait, as whoever serves it knows it.
pub(in crate::simulation) struct Waiter {
    pub(in crate::simulation) process: ActorId,
    key: WaitKey,
    shell: Rc<Shell>,
}

impl Waiter {
    /// Whether anybody still waits.
    pub(in crate::simulation) fn is_open(&self) -> bool {
        self.shell.is_open(self.key)
    }

    pub(super) fn is(&self, wait: &Wait) -> bool {
        self.process == wait.process && self.key == wait.key
    }
}

/// The kernel for destructors, in which failures unwind nothing.
pub(in crate::simulation) struct Quietly<'a>(RefMut<'a, Core>);

impl<'a> Quietly<'a> {
    /// `None` if it is in use, as it is while the kernel itself drops things.
    pub(in crate::simulation) fn borrow(core: &'a RefCell<Core>) -> Option<Self> {
        let mut core = core.try_borrow_mut().ok()?;
        core.quiet = true;
        Some(Self(core))
    }
}

impl Drop for Quietly<'_> {
    fn drop(&mut self) {
        self.0.quiet = false;
    }
}

impl Deref for Quietly<'_> {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.0
    }
}

impl DerefMut for Quietly<'_> {
    fn deref_mut(&mut self) -> &mut Core {
        &mut self.0
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.shell.close(self.key);
    }
}

/// Waits for the answer to a request; see [`Process::ask`].
#[must_use = "the answer is lost if nobody awaits it"]
pub struct Answer<R> {
    wait: Wait,
    request: RequestId,
    answer: Rc<RefCell<Option<Reply<R>>>>,
}

impl<R> Drop for Answer<R> {
    fn drop(&mut self) {
        if !self.wait.is_decided() {
            self.wait.returns().give(Return::Answer(self.request));
        }
    }
}

impl<R: 'static> Answer<R> {
    #[track_caller]
    pub(super) fn ask<M, N: Message>(
        process: &Process<M>,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) -> Self {
        let (wait, core) = Wait::begin(process);
        drop(core);
        let answer = Rc::new(RefCell::new(None));
        let (asker, place) = (process.id, Rc::clone(&answer));
        let mut core = process.act();
        let to = core.named(to);
        let reply = core.open_awaited(asker, to, wait.key, place);
        drop(core);
        // The program's own code runs while the kernel is free.
        let request = reply.request;
        let message = ask(reply);
        process.act().post_request(asker, to, request, message);
        Self { wait, request, answer }
    }
}

impl<R> Future for Answer<R> {
    type Output = Reply<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply<R>> {
        self.get_mut().poll_look(context)
    }
}

impl<R> Sealed for Answer<R> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> Reply<R> {
        self.answer.take().unwrap_or_else(|| spent(self.wait.place()))
    }
}

impl<R> EngineWait for Answer<R> {}

impl<R> fmt::Debug for Answer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

impl Core {
    /// Wakes a process later; the cell of the event.
    pub(in crate::simulation) fn wake(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        process: ActorId,
        key: WaitKey,
    ) -> u32 {
        let Some((time, lane)) = due else { return NONE };
        let cell = self.put_word(process, EventKind::Wake, key.word());
        self.schedule(time, lane, process.class(), cell);
        cell
    }

    /// Serves a wait: what is waited for has happened, from here on, and the
    /// process goes on by an event of the current instant.
    pub(in crate::simulation) fn wake_now(&mut self, waiter: &Waiter) {
        waiter.shell.serve(waiter.key, self.now);
        self.wake(Some((self.now, Lane::Now)), waiter.process, waiter.key);
    }

    /// The same, by an event right after the current one.
    pub(in crate::simulation) fn wake_urgent(&mut self, waiter: &Waiter) {
        waiter.shell.serve(waiter.key, self.now);
        let cell = self.put_word(waiter.process, EventKind::Wake, waiter.key.word());
        self.make_urgent(waiter.process.class(), cell);
    }

    /// An event without a message right after the current one.
    pub(super) fn urgent_plain(&mut self, to: ActorId, kind: EventKind) {
        let cell = self.put_plain(to, kind);
        self.make_urgent(to.class(), cell);
    }

    /// Interrupts a process: right after the current event if there is no
    /// latency.
    pub(super) fn interrupt<M: Message>(&mut self, from: ActorId, to: ActorId, message: M) {
        match self.plain_arrival() {
            Some(due) => self.post_on_link(due, from, to, EventKind::Interrupt, message),
            None => self.send_by_link(from, to, EventKind::Interrupt, message),
        };
    }

    /// Sends what a link has let through: an interrupt that arrives now is
    /// urgent, whatever the link.
    pub(in crate::simulation) fn post_on_link<M: Message>(
        &mut self,
        due: (VirtualTime, Lane),
        from: ActorId,
        to: ActorId,
        kind: EventKind,
        message: M,
    ) -> u32 {
        let is_urgent = kind == EventKind::Interrupt && due.0 == self.now;
        if !is_urgent || self.pool::<M>(to.class()).is_none() {
            return self.post(Some(due), from, to, kind, message);
        }
        let pool = self.shared_pool::<M>(to.class());
        let cell = stow(&pool, self, from, to, kind, message);
        self.counts.sent += 1;
        self.make_urgent(to.class(), cell);
        cell
    }

    fn make_urgent(&mut self, class: u16, cell: u32) {
        self.urgent.push_back(EventId { pool: class, cell });
        self.want_attention();
    }

    /// Takes a wake off the list, unless it has come and found nobody: then
    /// the cell may be another's.
    pub(in crate::simulation) fn cancel_wake(&mut self, process: ActorId, key: WaitKey, cell: u32) {
        let pool = &self.pools[process.class() as usize].any;
        if pool.is_wake(cell, process, key.word()) {
            pool.cancel(cell);
            self.cancel(process.class(), cell);
        }
    }
}
