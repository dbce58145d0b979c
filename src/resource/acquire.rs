//! Waiting for units of a resource.

use crate::actor::ActorId;
use crate::features::{GivenUp, Kernel};
use crate::line::Ticket;
use crate::process::{Sealed, Wait, spent};
use crate::resource::held::Held;
use crate::resource::units::Units;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for units of a resource; see [`Resource::acquire`](super::Resource::acquire).
///
/// Without `.await` nothing is held. Units that are awaited and not kept go back at once:
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # use flagfall::{Process, Resource, Span};
/// async fn customer(p: Process, till: Resource) {
///     till.acquire(&p).await; // error: units go back when this is dropped
///     p.sleep(Span::from_secs(60)).await;
/// }
/// ```
#[must_use = "a claim that nobody awaits holds nothing: write \
              `let _unit = resource.acquire(&p).await;`"]
pub struct Acquire {
    pub(crate) wait: Wait,
    pub(crate) resource: ActorId,
    pub(crate) ticket: Option<Ticket>,
    pub(crate) handed_out: bool,
}

impl Acquire {
    /// Stops waiting: leaves the line. Units that were granted at this very instant go back. It
    /// does the same as dropping the future.
    pub fn give_up(self) {}
}

impl Future for Acquire {
    type Output = Held;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Held> {
        self.poll_look(context)
    }
}

impl Sealed for Acquire {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready() && self.ticket.is_some()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided() && self.ticket.is_some()
    }

    fn take(&mut self) -> Held {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.wait.place());
        }
        let mut place = (self.resource, self.ticket.expect("what has come has a ticket"));
        if self.wait.state.has_moved.get() {
            let last = |kernel: &mut Kernel| kernel.features.resources.last_place_of(place);
            place = self.wait.with_kernel(last).unwrap_or(place);
        }
        Held::new(self.wait.returns(), place.0, place.1)
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| !self.handed_out) else { return };
        self.wait.leave(self.resource, ticket, 0, give_up);
    }
}

pub(super) fn give_up(kernel: &mut Kernel, &GivenUp { of, ticket, served, .. }: &GivenUp<Kernel>) {
    let (of, ticket) = kernel.features.resources.last_place_of((of, ticket));
    if !kernel.withdraw(of, ticket) {
        // It was granted, and the process has not noticed.
        kernel.with_resource(of, |state: &mut Units, kernel| {
            state.facility.take_back(kernel.now, ticket, served);
        });
        kernel.release(of, ticket);
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acquire")
    }
}
