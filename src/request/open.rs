//! Requests and their answers.
//!
//! A request is a message that carries a [`ReplyTo`]. Its entry here knows who asked, and how to
//! turn the answer or the error into a message. The first answer or error removes the entry, so
//! each request has exactly one outcome.

use crate::actor::{ActorId, DeathCause, Message, ReplyTo, RequestError, RequestId};
use crate::features::{Answered, Continuation, Kernel, Open, Route, typed};
use crate::outcome::Unanswered;
use crate::store::{NONE, Op};
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::type_name;
use std::marker::PhantomData;

/// A request to one actor.
pub(crate) struct Single<F, R, M> {
    pub(crate) wrap: F,
    pub(crate) types: PhantomData<fn(R) -> M>,
}

impl<F, R, M> Continuation<Kernel> for Single<F, R, M>
where
    F: FnOnce(Result<R, RequestError>) -> M + 'static,
    R: 'static,
    M: Message,
{
    fn resume(self: Box<Self>, kernel: &mut Kernel, route: Route, answer: Answered<'_>) {
        let message = (self.wrap)(typed(answer));
        kernel.post(route.due, route.from, route.asker, route.op, message);
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }
}

impl Kernel {
    /// Notes what opening or passing on a request touches. Requests to one actor fail in the order
    /// in which they were made or passed on. That order decides the order of draws. If nothing is
    /// drawn, it decides which error an asker gets first.
    fn mark_request(&self, asker: ActorId, target: ActorId) {
        self.ties.marks.sees(Thing::Lives);
        let order = match self.travels_alike() {
            true => Thing::RequestsOf(asker),
            false => Thing::RequestsTo(target),
        };
        self.ties.marks.uses(order);
    }

    pub(crate) fn post_request<N: Message>(
        &mut self,
        asker: ActorId,
        to: ActorId,
        request: RequestId,
        message: N,
    ) {
        let cell = self.send(asker, to, Op::REQUEST, message);
        if let (true, Some(pool)) = (cell != NONE, self.pool::<N>(to.class())) {
            pool.borrow_mut().set_rider(cell, request.word());
        }
    }

    pub(crate) fn open_request(
        &mut self,
        asker: ActorId,
        target: ActorId,
        op: Op,
        continuation: Box<dyn Continuation<Self>>,
    ) -> RequestId {
        self.mark_request(asker, target);
        let (since, next, previous) = (self.now, NONE, NONE);
        let number = self.features.requests.made;
        self.features.requests.made += 1;
        let open = Open { number, asker, target, op, since, continuation, next, previous };
        let request = self.features.requests.open(open);
        self.link_request(request.slot);
        request
    }

    /// Puts an open request at the head of its target's list.
    fn link_request(&mut self, slot: u32) {
        let target = self.features.requests.at(slot).target;
        let next = self.features.requests.heads.insert(target, slot).unwrap_or(NONE);
        self.features.requests.at(slot).next = next;
        if next != NONE {
            self.features.requests.at(next).previous = slot;
        }
    }

    fn unlink_request(&mut self, slot: u32) {
        let open = self.features.requests.at(slot);
        let next = std::mem::replace(&mut open.next, NONE);
        let previous = std::mem::replace(&mut open.previous, NONE);
        let target = open.target;
        if next != NONE {
            self.features.requests.at(next).previous = previous;
        }
        if previous != NONE {
            self.features.requests.at(previous).next = next;
        } else if next != NONE {
            self.features.requests.heads.insert(target, next);
        } else {
            self.features.requests.heads.remove(&target);
        }
    }

    /// Makes an open request depend on the life of another actor.
    pub(crate) fn redirect<R>(&mut self, to: &ReplyTo<R>, target: ActorId) {
        self.ties.marks.sees(Thing::Lives);
        let request = to.request;
        if !self.owns(to.family) {
            return;
        }
        let asker = self.features.requests.find(request).map(|open| open.asker);
        if let Some(asker) = asker {
            self.mark_request(asker, target);
            self.unlink_request(request.slot);
            self.features.requests.at(request.slot).target = target;
            self.link_request(request.slot);
        }
    }

    fn close_request(&mut self, slot: u32) -> Open<Kernel> {
        self.unlink_request(slot);
        let place = &mut self.features.requests.slots[slot as usize];
        place.generation = place.generation.wrapping_add(1);
        self.features.requests.free.push(slot);
        place.open.take().expect("only open requests are closed")
    }

    /// Closes a request whose answer is no longer awaited.
    pub(crate) fn give_up_request(&mut self, request: RequestId) {
        if self.features.requests.is_open(request) {
            self.close_request(request.slot);
        }
    }

    /// Answers a request, unless it failed before. If a link loses the answer, the request stays
    /// open: the asker has not got one.
    #[allow(clippy::needless_pass_by_value)] // Answering takes the permission to answer.
    pub(crate) fn answer<R: 'static>(&mut self, from: ActorId, to: ReplyTo<R>, answer: R) {
        let ReplyTo { request, family, .. } = to;
        self.ties.marks.sees(Thing::Lives);
        if !self.owns(family) {
            return self.drop_later(answer);
        }
        let Some(asker) = self.features.requests.find(request).map(|open| open.asker) else {
            return self.drop_later(answer);
        };
        let Ok(due) = self.answer_arrival(from, asker, size_of::<R>() as u64) else {
            return self.drop_later(answer);
        };
        let open = self.close_request(request.slot);
        let route = Route { from, asker, op: open.op, due };
        let mut answer = Some(answer);
        open.continuation.resume(self, route, Ok(&mut answer));
    }

    /// Fails the request of a message to a dead actor, unless the death has failed it already.
    pub(crate) fn fail_request(&mut self, request: RequestId, from: ActorId, cause: DeathCause) {
        self.ties.marks.sees(Thing::Lives);
        // Another actor may soon use the place of the dead one.
        self.ties.marks.sees(Thing::Names);
        if self.features.requests.is_open(request) {
            let actor = self.entities.path(from).to_string();
            self.fail_open(request.slot, from, RequestError { actor, cause });
        }
    }

    fn fail_open(&mut self, slot: u32, from: ActorId, error: RequestError) {
        let open = self.close_request(slot);
        let due = self.arrival(from, open.asker);
        let route = Route { from, asker: open.asker, op: open.op, due };
        open.continuation.resume(self, route, Err(error));
    }

    /// Fails every open request to an actor that dies, oldest first.
    #[inline]
    pub(crate) fn fail_requests_to(&mut self, target: ActorId, cause: DeathCause) {
        if !self.features.requests.heads.is_empty() {
            self.fail_all_to(target, cause);
        }
    }

    #[inline(never)]
    fn fail_all_to(&mut self, target: ActorId, cause: DeathCause) {
        let mut slots = Vec::new();
        let mut next = self.features.requests.heads.get(&target).copied().unwrap_or(NONE);
        while next != NONE {
            slots.push(next);
            next = self.features.requests.at(next).next;
        }
        if slots.is_empty() {
            return;
        }
        let actor = self.entities.path(target).to_string();
        for slot in slots.into_iter().rev() {
            self.fail_open(slot, target, RequestError { actor: actor.clone(), cause });
        }
    }

    /// Closes the requests of an incarnation that ended: the next one does not know them. Cost:
    /// O(open requests).
    pub(crate) fn give_up_requests_of(&mut self, asker: ActorId) {
        for slot in 0..self.features.requests.slots.len() as u32 {
            let open = self.features.requests.slots[slot as usize].open.as_ref();
            if open.is_some_and(|open| open.asker == asker) {
                self.close_request(slot);
            }
        }
    }

    /// The unanswered requests of living actors: who asked whom, and when.
    pub(crate) fn open_requests_of_living(&self) -> Vec<(ActorId, ActorId, VirtualTime, Op)> {
        let open = self.features.requests.slots.iter().filter_map(|slot| slot.open.as_ref());
        let mut open: Vec<&Open<Kernel>> =
            open.filter(|open| self.entities.is_alive(open.asker)).collect();
        open.sort_by_key(|open| open.number);
        open.iter().map(|open| (open.asker, open.target, open.since, open.op)).collect()
    }

    pub(crate) fn unanswered(&self) -> Vec<Unanswered> {
        let unanswered = |(asker, asked, since, _)| Unanswered {
            asker: self.entities.path(asker).to_string(),
            asked: self.entities.path(asked).to_string(),
            since,
        };
        self.open_requests_of_living().into_iter().map(unanswered).collect()
    }
}
