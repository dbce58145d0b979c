//! What is held of a resource, by processes and by actors.

use super::facility::State;
use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::line::Ticket;
use crate::simulation::Process;
use crate::simulation::process::{Either, EngineWait, Reason, Sealed, Wait, either};
use crate::simulation::returns::{GiveBack, Return};
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A grant was taken away by a more urgent claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preempted {
    /// Path of whoever has it now.
    pub by: String,
    /// Since when it had been held.
    pub since: VirtualTime,
    /// When it was taken away.
    pub at: VirtualTime,
}

/// Work that was not finished because its resource was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What is left to do.
    pub remaining: Span,
    /// Who took the resource, and when.
    pub preempted: Preempted,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { remaining, preempted } = self;
        write!(f, "preempted by {} at {}, {remaining} left", preempted.by, preempted.at)
    }
}

impl std::error::Error for Unfinished {}

/// What an actor holds; given back by [`Resource::release`](super::Resource::release), or when the
/// actor dies.
///
/// # Examples
/// A grant cannot be given back twice:
/// ```compile_fail
/// # use flagfall::{Context, Resource, resource::Grant};
/// # fn handler(pump: Resource, grant: Grant, context: &mut Context<'_, u64>) {
/// pump.release(context, grant);
/// pump.release(context, grant); // error: use of moved value
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "what is held is given back by `Resource::release`"]
pub struct Grant {
    pub(super) resource: ActorId,
    pub(super) ticket: Ticket,
}

impl Grant {
    /// Giving back takes the permission to give back.
    pub(super) fn use_up(self) -> (ActorId, Ticket) {
        (self.resource, self.ticket)
    }
}

impl Message for Grant {
    fn digest(&self, digest: &mut Digest) {
        self.resource.digest(digest);
        digest.write_u64(self.ticket.number);
    }
}

impl Message for Preempted {
    fn digest(&self, digest: &mut Digest) {
        self.by.digest(digest);
        self.since.digest(digest);
        self.at.digest(digest);
    }
}

/// Waits for units of a resource; see [`Resource::acquire`](super::Resource::acquire).
#[must_use = "a claim is withdrawn when it is dropped: write `.await`"]
pub struct Acquire {
    /// `None` once it was granted and handed out.
    pub(super) wait: Option<Wait>,
    pub(super) lost: Option<Wait>,
    pub(super) resource: ActorId,
    pub(super) ticket: Option<Ticket>,
}

impl Future for Acquire {
    type Output = Held;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<Held> {
        self.poll_look(context)
    }
}

impl Sealed for Acquire {
    fn look(&self, context: &mut std::task::Context<'_>) -> bool {
        let wait = self.wait.as_ref().expect("a future is not polled after its end");
        wait.poll(context).is_ready() && self.ticket.is_some()
    }

    fn is_decided(&self) -> bool {
        self.wait.as_ref().is_some_and(Wait::is_decided) && self.ticket.is_some()
    }

    fn take(&mut self) -> Held {
        let (wait, lost) = (self.wait.take(), self.lost.take());
        let (wait, ticket) = wait.zip(self.ticket).expect("what came is taken once");
        Held { wait, lost, resource: self.resource, ticket }
    }
}

impl EngineWait for Acquire {}

impl Drop for Acquire {
    fn drop(&mut self) {
        let (Some(wait), Some(ticket)) = (&self.wait, self.ticket) else { return };
        let how: GiveBack = |core, of, ticket, _| {
            if !core.withdraw(of, ticket) {
                // It was granted at this very instant.
                core.release(of, ticket);
            }
        };
        wait.returns().give(Return::Place { how, of: self.resource, ticket, amount: 0 });
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acquire")
    }
}

/// What a process holds; given back when it is dropped, at the latest when
/// the process ends.
#[must_use = "what is held is given back when it is dropped"]
pub struct Held {
    wait: Wait,
    lost: Option<Wait>,
    resource: ActorId,
    ticket: Ticket,
}

impl Held {
    /// Gives it back; the same as dropping it.
    pub fn release(self) {}

    /// Whether it was taken away.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.lost.as_ref().is_some_and(Wait::is_decided)
    }

    /// Waits until it is taken away; for ever, if the claim does not yield.
    pub async fn preempted(&self) -> Preempted {
        let Some(lost) = &self.lost else {
            let never = self.wait.another(Reason::Loss);
            return poll_fn(|context| never.poll(context).map(|()| unreachable!())).await;
        };
        poll_fn(|context| lost.poll(context)).await;
        let core = lost.returns().kernel().expect("a process that goes on has a kernel");
        let core = core.borrow();
        let state = core.resource::<State>(self.resource);
        let preempted = state.and_then(|state| state.lost.get(&self.ticket)).cloned();
        preempted.expect("a loss is kept until what was held is dropped")
    }

    /// Works for `span`, unless it is taken away first.
    ///
    /// # Errors
    /// What is left to do. To resume, claim again and work for what remains;
    /// to start over, work for the whole span.
    ///
    /// # Examples
    /// A job that gives way and is resumed:
    /// ```
    /// use flagfall::resource::Claim;
    /// use flagfall::{Config, Process, Resource, Simulation, Span};
    ///
    /// async fn job(p: Process, lathe: Resource) -> String {
    ///     let mut left = Span::from_secs(10);
    ///     loop {
    ///         let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
    ///         match held.work(&p, left).await {
    ///             Ok(()) => return p.now().to_string(),
    ///             Err(unfinished) => left = unfinished.remaining,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let lathe = Resource::new(&mut simulation, "lathe", 1);
    /// let job = simulation.process("job", move |p: Process| job(p, lathe));
    /// simulation.process("urgent", move |p: Process| async move {
    ///     p.sleep(Span::from_secs(4)).await;
    ///     let _lathe = lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await;
    ///     p.sleep(Span::from_secs(3)).await;
    /// });
    /// simulation.run()?;
    /// assert_eq!(job.result().as_deref(), Some("13s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub async fn work<M: Message>(
        &self,
        process: &Process<M>,
        span: Span,
    ) -> Result<(), Unfinished> {
        let start = process.now();
        match either(self.preempted(), process.sleep(span)).await {
            Either::Second(()) => Ok(()),
            Either::First(preempted) => {
                // Awaited late, the work may have been over before the loss.
                let done = (preempted.at - start).as_nanos();
                match span.as_nanos().checked_sub(done) {
                    None => Ok(()),
                    Some(left) => Err(Unfinished { remaining: Span::from_nanos(left), preempted }),
                }
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let how: GiveBack = |core, of, ticket, _| core.release(of, ticket);
        let (of, ticket) = (self.resource, self.ticket);
        self.wait.returns().give(Return::Place { how, of, ticket, amount: 0 });
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held {:?}", self.ticket)
    }
}
