//! What is given back by dropping it, also while the kernel is in use.

use super::core::Core;
use super::process::{Quietly, WaitKey};
use crate::actor::{ActorId, Family, RequestId};
use crate::line::{Served, Ticket};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

/// Where everything is given back that is dropped: at once if the kernel is
/// free; else, as in a handler or where a message is dropped, right after the
/// current event, in the order of the drops.
///
/// It does not keep the kernel, so that what is stored in the kernel may hold
/// it. Once the kernel is gone, there is nothing to give back to.
#[derive(Default)]
pub(super) struct Returns {
    /// That of the kernel, to be asked for while that is in use.
    family: Cell<Family>,
    core: OnceCell<Weak<RefCell<Core>>>,
    queue: RefCell<VecDeque<Return>>,
    /// Something besides the next event wants to be looked at: returns,
    /// newborns, a process to go on, a failure, the end. It stands here, and
    /// not in the kernel, so that one load per event is enough.
    attention: Cell<bool>,
}

/// A claim that is given up: its place in the line, or what was got by it and nobody has
/// heard of.
pub(super) struct GivenUp {
    pub(super) how: fn(&mut Core, &Self),
    pub(super) of: ActorId,
    pub(super) ticket: Ticket,
    /// How much it was for, where that is needed.
    pub(super) amount: u64,
    /// When it was served, if it was.
    pub(super) served: Served,
}

/// Something that is given back.
pub(super) enum Return {
    /// What is held.
    Held { of: ActorId, ticket: Ticket },
    /// What was claimed.
    Claim(GivenUp),
    /// An answer that nobody waits for any more.
    Answer(RequestId),
    /// A wake that nobody waits for any more.
    Wake { process: ActorId, key: WaitKey, cell: u32 },
}

impl Returns {
    /// Makes it known which kernel it is for.
    pub(super) fn serve(&self, core: &Rc<RefCell<Core>>) {
        // It is for one kernel, from its beginning.
        _ = self.core.set(Rc::downgrade(core));
        self.family.set(core.borrow().family);
    }

    /// Of the kernel of a copy, which looks for whatever there is to look after.
    pub(super) fn of_copy() -> Self {
        Self { attention: Cell::new(true), ..Self::default() }
    }

    pub(super) fn family(&self) -> Family {
        self.family.get()
    }

    pub(super) fn kernel(&self) -> Option<Rc<RefCell<Core>>> {
        self.core.get()?.upgrade()
    }

    #[inline]
    pub(super) fn wants_attention(&self) -> bool {
        self.attention.get()
    }

    pub(super) fn set_attention(&self, wanted: bool) {
        self.attention.set(wanted);
    }

    /// Gives something back.
    pub(super) fn give(&self, what: Return) {
        let Some(kernel) = self.kernel() else { return };
        let Some(mut core) = Quietly::borrow(&kernel) else {
            self.queue.borrow_mut().push_back(what);
            return self.attention.set(true);
        };
        core.take_back_all();
        what.happen(&mut core);
    }

    /// The sum of something over the places of a resource that are given back
    /// right after the current event, and are none any more to whoever looks.
    pub(super) fn sum(&self, resource: ActorId, part: impl Fn(Ticket) -> u64) -> u64 {
        let queue = self.queue.borrow();
        let parts = queue.iter().map(|one| match one {
            Return::Held { of, ticket, .. } | Return::Claim(GivenUp { of, ticket, .. })
                if *of == resource =>
            {
                part(*ticket)
            }
            _ => 0,
        });
        parts.sum()
    }
}

impl Return {
    fn happen(self, core: &mut Core) {
        match self {
            Self::Held { of, ticket } => core.release(of, ticket),
            Self::Claim(given_up) => (given_up.how)(core, &given_up),
            Self::Answer(request) => core.give_up_request(request),
            Self::Wake { process, key, cell } => core.cancel_wake(process, key, cell),
        }
    }
}

impl Core {
    /// Has the loop look after what there is besides the next event.
    #[inline]
    pub(super) fn want_attention(&self) {
        self.returns.set_attention(true);
    }

    /// Takes back the first of what was dropped while the kernel was in use;
    /// `false` if there is nothing.
    pub(super) fn take_back(&mut self) -> bool {
        let Some(next) = self.returns.queue.borrow_mut().pop_front() else { return false };
        let quiet = std::mem::replace(&mut self.quiet, true);
        next.happen(self);
        self.quiet = quiet;
        true
    }

    pub(super) fn take_back_all(&mut self) {
        while self.take_back() {}
    }

    /// To be asked before something is claimed or transferred: what the same handler
    /// has dropped before is free by then.
    #[inline]
    pub(super) fn take_back_first(&mut self) {
        if self.returns.wants_attention() {
            self.take_back_all();
        }
    }
}
