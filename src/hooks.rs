//! What births and deaths mean for the features. Their order affects digests.
//!
//! A death goes in this order:
//!
//! 1. its record, and the end of the state: `handler/death.rs`, `process/class.rs` for processes;
//! 2. the state of the next life, and the news to owner and siblings: `supervision/supervised.rs`;
//! 3. requests and claims, then children, then watchers (`supervision/watch.rs`): here;
//! 4. the actor's own messages: `handler/death.rs`, `process/class.rs`;
//! 5. the CPU slot goes to the next task, the next life begins: `handler/death.rs`;
//! 6. after the event, what was dropped goes back: `kernel/run.rs`.
//!
//! `tests/reference_world/naive/` has the same rules once more.

use crate::actor::{ActorId, DeathCause, RequestId};
use crate::condition::settle;
use crate::error::ErrorKind;
use crate::features::{Features, Kernel, Return};
use crate::kernel::{Hooks, NextLife};
use crate::process::{Reason, Routine, told};
use crate::store::Op;
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

impl Hooks for Features {
    type Return = Return<Kernel>;
    type Reason = Reason;
    type Work = Routine;

    fn take_back(kernel: &mut Kernel, what: Self::Return) {
        match what {
            Return::Held { of, ticket } => kernel.release(of, ticket),
            Return::Claim(given_up) => (given_up.how)(kernel, &given_up),
            Return::Answer(request) => kernel.give_up_request(request),
            Return::Wake { process, word, cell } => {
                kernel.cancel_if(process, Op::WAKE, word, cell);
            }
        }
    }

    #[inline]
    fn born(kernel: &mut Kernel, id: ActorId, again: bool) {
        if kernel.features.links.network.faults.is_some() {
            kernel.plan_crashes(id, again);
        }
    }

    fn ends(kernel: &mut Kernel, id: ActorId, op: Op, word: u64) -> Option<DeathCause> {
        match op {
            Op::KILL => Some(DeathCause::Killed),
            Op::OWNER_DIED => Some(DeathCause::OwnerDied),
            Op::CRASH => Some(DeathCause::Crashed),
            Op::DISMISS => {
                kernel.forget_supervised(id);
                Some(DeathCause::Killed)
            }
            Op::ESCALATE => {
                let meant = word == u64::from(kernel.entities.life(id).incarnation);
                meant.then_some(DeathCause::Escalated)
            }
            Op::TOGETHER => {
                let owed = kernel.features.supervised.owes(id, word);
                owed.then_some(DeathCause::SiblingRestarted)
            }
            // Ops that end nobody are in `handler/effect.rs`, or with the class of their feature.
            _ => unreachable!("every event that is due has somebody who knows it: {op:?}"),
        }
    }

    fn next_life(kernel: &mut Kernel, id: ActorId, cause: DeathCause) -> Option<NextLife> {
        // Do not ask whether the map is empty. Other events change that, and a search for ties
        // would take events for independent that are not.
        let is_supervised = kernel.features.supervised.actors.contains_key(&id);
        if is_supervised { kernel.supervised_died(id, cause) } else { None }
    }

    fn died(kernel: &mut Kernel, id: ActorId, cause: DeathCause) {
        mark_death(kernel, id);
        kernel.fail_requests_to(id, cause);
        kernel.abandon_claims(id, false);
        if !kernel.features.background.is_empty() {
            kernel.features.background.remove(&id);
        }
        end_life(kernel, id, cause, false);
    }

    fn restarts(kernel: &mut Kernel, id: ActorId, cause: DeathCause) {
        mark_death(kernel, id);
        // Its requests to others fail only if those died before.
        kernel.ties.marks.sees(Thing::Lives);
        // Its own requests are closed first, so that a request to itself does not fail.
        kernel.give_up_requests_of(id);
        kernel.fail_requests_to(id, cause);
        kernel.abandon_claims(id, true);
        end_life(kernel, id, cause, true);
    }

    fn cause_of_death(kernel: &Kernel, id: ActorId) -> DeathCause {
        let last = || kernel.features.supervised.actors.get(&id).and_then(|actor| actor.last);
        kernel.entities.cause_of_death(id).or_else(last).unwrap_or(DeathCause::Forgotten)
    }

    fn unhandled(kernel: &mut Kernel, to: ActorId, rider: u64) {
        let cause = Self::cause_of_death(kernel, to);
        kernel.fail_request(RequestId::of_word(rider), to, cause);
    }

    fn explain(kernel: &Rc<RefCell<Kernel>>, panic: &str) -> Option<ErrorKind> {
        told(kernel, panic)
    }

    fn is_failure(kernel: &mut Kernel, id: ActorId, panic: &str) -> bool {
        let supervised = kernel.features.supervised.actors.get(&id);
        let is_failure = supervised.is_some_and(|supervised| supervised.policy.on_panic);
        if is_failure {
            kernel.set_reason(panic.to_owned());
        }
        is_failure
    }

    #[inline]
    fn has_changed(kernel: &Kernel) -> bool {
        kernel.features.conditions.have_changed()
    }

    fn between_events(kernel: &mut Kernel) -> bool {
        settle(kernel)
    }

    fn begin_anew(kernel: &mut Kernel, at: VirtualTime) {
        kernel.features.collectors.gauges.get_mut().begin_anew(at);
        for resource in kernel.features.resources.all.iter_mut().flatten() {
            resource.begin_anew(at);
        }
    }

    fn take_all(&mut self) -> Vec<Box<dyn Any>> {
        let mut all = self.resources.take_all();
        all.append(&mut self.conditions.take_all());
        all
    }
}

/// Sends the notices of a death, and then drops the streams from which their latencies were drawn.
fn end_life(kernel: &mut Kernel, id: ActorId, cause: DeathCause, restarted: bool) {
    if kernel.entities.has_children(id) {
        tell_children(kernel, id);
    }
    kernel.tell_watchers(id, cause, restarted);
    if kernel.features.links.network.needs_paths() {
        kernel.features.links.network.forget(kernel.entities.life(id));
    }
}

#[inline(never)]
fn tell_children(kernel: &mut Kernel, id: ActorId) {
    for child in kernel.entities.children(id) {
        kernel.post_death(id, child, Op::OWNER_DIED);
    }
}

/// Notes what a death or a restart touches besides what it marks itself.
fn mark_death(kernel: &Kernel, id: ActorId) {
    let marks = &kernel.ties.marks;
    if !marks.are_on() {
        return;
    }
    marks.changes(Thing::Lives);
    marks.uses(Thing::Places);
    marks.changes(Thing::Children(kernel.entities.owner(id)));
    marks.sees(Thing::Children(id));
    if !kernel.travels_alike() {
        // The number of notices decides the order of draws.
        marks.sees(Thing::Lives);
    }
}
