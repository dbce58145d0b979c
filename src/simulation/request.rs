//! Requests and their answers.
//!
//! A request is a message that carries a [`ReplyTo`]. The record kept here
//! knows who waits and how to turn the answer, or the news that none will
//! come, into a message for the asker; answering uses the record up, so each
//! request has exactly one outcome.

mod kept;
#[cfg(feature = "snapshot")]
mod saved;

#[cfg(feature = "snapshot")]
pub(super) use saved::RequestsPicture;

use super::core::Core;
use super::outcome::Unanswered;
use super::pool::EventKind;
use super::process::WaitKey;
use crate::actor::{ActorId, DeathCause, Message, ReplyTo, RequestError, RequestId};
use crate::event_list::Lane;
use crate::tie::Thing;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::any::{Any, type_name};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

const NONE: u32 = u32::MAX;

/// The answer on its way to a continuation that knows its type: an
/// `Option<R>` to take it from, or why there is none.
pub(super) type Answer<'a> = Result<&'a mut dyn Any, RequestError>;

/// Turns an answer into a message for the asker.
///
/// Boxes of continuations allocate nothing when they hold a plain function,
/// such as the constructor of an enum variant.
pub(super) trait Continuation: Any {
    fn resume(self: Box<Self>, core: &mut Core, route: Route, answer: Answer<'_>);
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
}

/// Who answers whom.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) from: ActorId,
    pub(super) asker: ActorId,
    pub(super) kind: EventKind,
    /// When the answer arrives; `None` is past the end of time.
    pub(super) due: Option<(VirtualTime, Lane)>,
}

struct Open {
    /// Counts requests in the order they were made.
    number: u64,
    asker: ActorId,
    target: ActorId,
    /// How the answer reaches the asker: as the end of its wait, or as a
    /// message like any other.
    kind: EventKind,
    since: VirtualTime,
    continuation: Box<dyn Continuation>,
    /// Neighbours in the list of open requests to `target`.
    next: u32,
    previous: u32,
}

struct Slot {
    generation: u32,
    open: Option<Open>,
}

#[derive(Default)]
pub(super) struct Requests {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// The youngest open request to each actor that has been asked.
    heads: FxHashMap<ActorId, u32>,
    made: u64,
}

/// One request alone.
pub(super) struct Single<F, R, M> {
    pub(super) wrap: F,
    pub(super) types: PhantomData<fn(R) -> M>,
}

impl<F, R, M> Continuation for Single<F, R, M>
where
    F: FnOnce(Result<R, RequestError>) -> M + 'static,
    R: 'static,
    M: Message,
{
    fn resume(self: Box<Self>, core: &mut Core, route: Route, answer: Answer<'_>) {
        let message = (self.wrap)(typed(answer));
        core.post(route.due, route.from, route.asker, route.kind, message);
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The request of a process: the answer is put down for it, and it is woken
/// when that has arrived.
struct Awaited<R> {
    key: WaitKey,
    place: Rc<RefCell<Option<Result<R, RequestError>>>>,
}

impl<R: 'static> Continuation for Awaited<R> {
    fn resume(self: Box<Self>, core: &mut Core, route: Route, answer: Answer<'_>) {
        *self.place.borrow_mut() = Some(typed(answer));
        core.wake(route.due, route.asker, self.key);
    }

    fn function(&self) -> &'static str {
        type_name::<Self>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(super) fn typed<R: 'static>(answer: Answer<'_>) -> Result<R, RequestError> {
    answer.map(|any| {
        let answer = any.downcast_mut::<Option<R>>().expect("ReplyTo fixes the answer's type");
        answer.take().expect("an answer is given once")
    })
}

impl Requests {
    fn open(&mut self, open: Open) -> RequestId {
        if let Some(slot) = self.free.pop() {
            let place = &mut self.slots[slot as usize];
            place.open = Some(open);
            return RequestId { slot, generation: place.generation };
        }
        let slot = self.slots.len() as u32;
        self.slots.push(Slot { generation: 0, open: Some(open) });
        RequestId { slot, generation: 0 }
    }

    /// How many have been made: the number of the next.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    fn is_open(&self, request: RequestId) -> bool {
        self.find(request).is_some()
    }

    /// `None` if it was answered, has failed, or was given up.
    fn find(&self, request: RequestId) -> Option<&Open> {
        let slot = self.slots.get(request.slot as usize)?;
        slot.open.as_ref().filter(|_| slot.generation == request.generation)
    }

    fn at(&mut self, slot: u32) -> &mut Open {
        self.slots[slot as usize].open.as_mut().expect("listed requests are open")
    }
}

impl Core {
    /// Opens a request whose answer `wrap` turns into a message for `asker`.
    pub(super) fn open_request<R: 'static, M: Message>(
        &mut self,
        asker: ActorId,
        target: ActorId,
        kind: EventKind,
        wrap: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) -> ReplyTo<R> {
        let continuation = Box::new(Single { wrap, types: PhantomData });
        ReplyTo::new(self.list_request(asker, target, kind, continuation), self.family)
    }

    /// Opens the request of a process.
    pub(super) fn open_awaited<R: 'static>(
        &mut self,
        asker: ActorId,
        target: ActorId,
        key: WaitKey,
        place: Rc<RefCell<Option<Result<R, RequestError>>>>,
    ) -> ReplyTo<R> {
        let continuation = Box::new(Awaited { key, place });
        ReplyTo::new(self.list_request(asker, target, EventKind::Wake, continuation), self.family)
    }

    /// Sends the message that carries a request.
    pub(super) fn post_request<N: Message>(
        &mut self,
        asker: ActorId,
        to: ActorId,
        request: RequestId,
        message: N,
    ) {
        let cell = self.send(asker, to, EventKind::Request, message);
        if let (true, Some(pool)) = (cell != NONE, self.pool::<N>(to.class())) {
            pool.borrow_mut().set_request(cell, request);
        }
    }

    pub(super) fn list_request(
        &mut self,
        asker: ActorId,
        target: ActorId,
        kind: EventKind,
        continuation: Box<dyn Continuation>,
    ) -> RequestId {
        self.mark_request(target);
        let (since, next, previous) = (self.now, NONE, NONE);
        let number = self.requests.made;
        self.requests.made += 1;
        let open = Open { number, asker, target, kind, since, continuation, next, previous };
        let request = self.requests.open(open);
        self.link_request(request.slot);
        request
    }

    /// Puts an open request at the head of its target's list.
    fn link_request(&mut self, slot: u32) {
        let target = self.requests.at(slot).target;
        let next = self.requests.heads.insert(target, slot).unwrap_or(NONE);
        self.requests.at(slot).next = next;
        if next != NONE {
            self.requests.at(next).previous = slot;
        }
    }

    /// Takes an open request off its target's list.
    fn unlink_request(&mut self, slot: u32) {
        let open = self.requests.at(slot);
        let next = std::mem::replace(&mut open.next, NONE);
        let previous = std::mem::replace(&mut open.previous, NONE);
        let target = open.target;
        if next != NONE {
            self.requests.at(next).previous = previous;
        }
        if previous != NONE {
            self.requests.at(previous).next = next;
        } else if next != NONE {
            self.requests.heads.insert(target, next);
        } else {
            self.requests.heads.remove(&target);
        }
    }

    /// Ties an open request to the life of another actor.
    pub(super) fn redirect<R>(&mut self, to: &ReplyTo<R>, target: ActorId) {
        self.mark_request(target);
        let request = to.request;
        if self.owns(to.family) && self.requests.is_open(request) {
            self.unlink_request(request.slot);
            self.requests.at(request.slot).target = target;
            self.link_request(request.slot);
        }
    }

    fn close_request(&mut self, slot: u32) -> Open {
        self.unlink_request(slot);
        let place = &mut self.requests.slots[slot as usize];
        place.generation = place.generation.wrapping_add(1);
        self.requests.free.push(slot);
        place.open.take().expect("only open requests are closed")
    }

    /// Closes a request whose answer nobody waits for any more.
    pub(super) fn give_up_request(&mut self, request: RequestId) {
        if self.requests.is_open(request) {
            self.close_request(request.slot);
        }
    }

    /// Answers a request, unless it failed before. One whose answer is lost
    /// on its way stays open: its asker knows of none.
    #[allow(clippy::needless_pass_by_value)] // Answering takes the permission to answer.
    pub(super) fn answer<R: 'static>(&mut self, from: ActorId, to: ReplyTo<R>, answer: R) {
        let ReplyTo { request, family, .. } = to;
        self.ties.marks.sees(Thing::Lives);
        if !self.owns(family) {
            return self.drop_later(answer);
        }
        let Some(asker) = self.requests.find(request).map(|open| open.asker) else {
            return self.drop_later(answer);
        };
        let Ok(due) = self.answer_arrival(from, asker, size_of::<R>() as u64) else {
            return self.drop_later(answer);
        };
        let open = self.close_request(request.slot);
        let route = Route { from, asker, kind: open.kind, due };
        let mut answer = Some(answer);
        open.continuation.resume(self, route, Ok(&mut answer));
    }

    /// Fails the request of a message that met a dead actor, unless the death
    /// itself failed it already.
    pub(super) fn fail_request(&mut self, request: RequestId, from: ActorId, cause: DeathCause) {
        self.ties.marks.sees(Thing::Lives);
        // The place of the dead actor may be another's soon.
        self.ties.marks.sees(Thing::Names);
        if self.requests.is_open(request) {
            let actor = self.directory.path(from).to_string();
            self.fail_open(request.slot, from, RequestError { actor, cause });
        }
    }

    fn fail_open(&mut self, slot: u32, from: ActorId, error: RequestError) {
        let open = self.close_request(slot);
        let due = self.arrival(from, open.asker);
        let route = Route { from, asker: open.asker, kind: open.kind, due };
        open.continuation.resume(self, route, Err(error));
    }

    /// Fails every open request to an actor that dies, oldest first.
    pub(super) fn fail_requests_to(&mut self, target: ActorId, cause: DeathCause) {
        let mut slots = Vec::new();
        let mut next = self.requests.heads.get(&target).copied().unwrap_or(NONE);
        while next != NONE {
            slots.push(next);
            next = self.requests.at(next).next;
        }
        if slots.is_empty() {
            return;
        }
        let actor = self.directory.path(target).to_string();
        for slot in slots.into_iter().rev() {
            self.fail_open(slot, target, RequestError { actor: actor.clone(), cause });
        }
    }

    /// Closes the requests that an incarnation made: its successor does not
    /// know of them. Cost: O(open requests).
    pub(super) fn give_up_requests_of(&mut self, asker: ActorId) {
        for slot in 0..self.requests.slots.len() as u32 {
            let open = self.requests.slots[slot as usize].open.as_ref();
            if open.is_some_and(|open| open.asker == asker) {
                self.close_request(slot);
            }
        }
    }

    /// What has been asked by the living and not answered yet: who asked whom,
    /// and when.
    pub(super) fn open_requests_of_living(
        &self,
    ) -> Vec<(ActorId, ActorId, VirtualTime, EventKind)> {
        let open = self.requests.slots.iter().filter_map(|slot| slot.open.as_ref());
        let mut open: Vec<&Open> =
            open.filter(|open| self.directory.is_alive(open.asker)).collect();
        open.sort_by_key(|open| open.number);
        open.iter().map(|open| (open.asker, open.target, open.since, open.kind)).collect()
    }

    pub(super) fn unanswered(&self) -> Vec<Unanswered> {
        let unanswered = |(asker, asked, since, _)| Unanswered {
            asker: self.directory.path(asker).to_string(),
            asked: self.directory.path(asked).to_string(),
            since,
        };
        self.open_requests_of_living().into_iter().map(unanswered).collect()
    }
}
