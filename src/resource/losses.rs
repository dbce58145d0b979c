//! Losses of units, and claims that come back to an old place.

use crate::actor::ActorId;
use crate::features::Kernel;
use crate::line::{Claim, Known, Lost, Ticket};
use crate::process::Waiter;
use crate::resource::preempted::Preempted;
use crate::resource::units::Units;
use crate::resource::user::{Displaced, User, Yielding};
use crate::store::Op;
use crate::time::VirtualTime;
use std::rc::Rc;

impl Units {
    pub(super) fn take_away(
        &mut self,
        kernel: &mut Kernel,
        id: ActorId,
        by: ActorId,
        lost: Lost<User>,
    ) {
        let Lost { who, ticket, since } = lost;
        let by = kernel.entities.path_text(by);
        let preempted = Rc::new(Preempted { by, since, at: kernel.now });
        self.lost.insert(ticket, Rc::clone(&preempted));
        let claimant = who.claimant.id();
        self.displaced.retain(|other| other.at == kernel.now);
        let Yielding { told, watching } =
            who.yielding.map(|yielding| *yielding).unwrap_or_default();
        // A process that has handed the units on no longer watches, and has no place.
        let working = watching.iter().filter(|waiter| waiter.is_open());
        for who in working.map(|waiter| waiter.process).chain([claimant]) {
            self.displaced.push(Displaced { who, ticket, at: kernel.now });
        }
        watching.iter().for_each(|waiter| kernel.wake_urgent(waiter));
        if let Some((life, told)) = told {
            let same = kernel.entities.life(claimant).incarnation == life;
            let op = if same { Op::OWN } else { Op::STALE };
            told(kernel, id, claimant, op, Rc::unwrap_or_clone(preempted));
        }
    }

    /// Lets a process be woken by a loss, if there can be one.
    pub(crate) fn watch(&mut self, ticket: Ticket, waiter: Waiter) {
        if let Some(user) = self.facility.yielding(ticket) {
            let watching = &mut user.yielding.get_or_insert_default().watching;
            watching.retain(Waiter::is_open);
            watching.push(waiter);
        }
    }

    /// The old place of a claimant that was preempted at this instant.
    pub(super) fn old_place(
        &mut self,
        now: VirtualTime,
        who: ActorId,
        claim: Claim,
    ) -> Option<Ticket> {
        if self.displaced.is_empty() {
            return None;
        }
        let own = self.displaced.iter().filter(|lost| {
            lost.who == who && lost.at == now && lost.ticket.priority == claim.priority
        });
        let old = own.map(|lost| lost.ticket).min().filter(|_| !claim.behind)?;
        self.displaced.retain(|lost| lost.ticket != old);
        Some(old)
    }
}
