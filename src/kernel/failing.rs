//! How a run fails, and which actor a reference names.

use crate::actor::{ActorId, ActorRef, Family};
use crate::error::{ErrorKind, Limit, SimulationError};
use crate::kernel::state::{Hooks, Kernel};

/// The panic payload that unwinds from a handler whose run has failed. The error itself is in
/// [`Kernel::failure`].
pub(super) struct RunFailed;

impl<F: Hooks> Kernel<F> {
    /// Ends the run; the first failure counts. Inside a handler this does not return, because a
    /// handler that continued past a limit would make the limit useless. (Where panics abort, it
    /// returns and the handler runs to its end.)
    #[cold]
    #[inline(never)]
    pub(crate) fn fail(&mut self, kind: ErrorKind) {
        if self.failure.is_none() {
            self.failure = Some(self.error(kind));
        }
        self.want_attention();
        if self.current != ActorId::OUTSIDE && !self.quiet && cfg!(panic = "unwind") {
            // `resume_unwind` calls no panic hook: this only leaves the handler.
            std::panic::resume_unwind(Box::new(RunFailed));
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> SimulationError {
        SimulationError {
            kind,
            actor: self.entities.brief_path(self.current).to_string(),
            event: self.event,
            time: self.now,
            seed: self.config.seed,
            replication: self.config.replication,
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn limit(&mut self, limit: Limit, allowed: u64) {
        self.fail(ErrorKind::Limit { limit, allowed });
    }

    #[inline]
    pub(crate) fn check_mailbox(&mut self, length: u32) {
        if u64::from(length) > self.config.limits.mailbox_length {
            self.limit(Limit::MailboxLength, self.config.limits.mailbox_length);
        }
    }

    /// Whether something belongs to this simulation; fails the run if not.
    #[inline]
    pub(crate) fn owns(&mut self, family: Family) -> bool {
        let owns = family.fits(self.family);
        if !owns {
            self.fail(ErrorKind::ForeignReference);
        }
        owns
    }

    /// The actor that a reference names. A reference of another simulation fails the run. It then
    /// names no actor, so that a caller that continues does nothing.
    #[inline(always)]
    pub(crate) fn named<M>(&mut self, actor: &ActorRef<M>) -> ActorId {
        let own = actor.family().is(self.family);
        if own { actor.id() } else { self.named_elsewhere(actor.id(), actor.family()) }
    }

    #[cold]
    #[inline(never)]
    fn named_elsewhere(&mut self, id: ActorId, family: Family) -> ActorId {
        if self.takes(family) {
            return id;
        }
        self.fail(ErrorKind::ForeignReference);
        ActorId::OUTSIDE
    }

    /// The same, to read.
    ///
    /// # Panics
    /// If the reference is of another simulation: it would name another actor here.
    #[track_caller]
    pub(crate) fn seen<M>(&self, actor: &ActorRef<M>) -> ActorId {
        assert!(
            self.takes(actor.family()),
            "an actor was read with another simulation: each is read with the one that made it"
        );
        actor.id()
    }

    /// Whether references of that family may be used here.
    pub(crate) fn takes(&self, family: Family) -> bool {
        let kin = |kin: &Family| kin.is(family) || kin.is(Family::ANY);
        family.fits(self.family) || self.kin.iter().any(kin)
    }
}
