//! The open requests: who asked whom, and how the answer becomes a message.

use crate::actor::{ActorId, RequestError, RequestId};
use crate::event_list::Lane;
use crate::kernel::AsAny;
use crate::store::Op;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::any::Any;

/// The answer for a continuation that knows its type: an `Option<R>` to take it from, or the error.
pub(crate) type Answered<'a> = Result<&'a mut dyn Any, RequestError>;

/// Turns an answer into a message for the asker.
///
/// A box of a plain function, such as the constructor of an enum variant, allocates nothing.
pub(crate) trait Continuation<K>: AsAny {
    fn resume(self: Box<Self>, kernel: &mut K, route: Route, answer: Answered<'_>);
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
}

/// The sender and receiver of an answer, and when it arrives.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) from: ActorId,
    pub(crate) asker: ActorId,
    pub(crate) op: Op,
    /// When the answer arrives; `None` is past the end of time.
    pub(crate) due: Option<(VirtualTime, Lane)>,
}

pub(crate) struct Open<K> {
    /// Numbers the requests in the order in which they were made.
    pub(crate) number: u64,
    pub(crate) asker: ActorId,
    pub(crate) target: ActorId,
    /// How the answer reaches the asker: as the end of its wait, or as an ordinary message.
    pub(crate) op: Op,
    pub(crate) since: VirtualTime,
    pub(crate) continuation: Box<dyn Continuation<K>>,
    /// Neighbours in the list of open requests to `target`.
    pub(crate) next: u32,
    pub(crate) previous: u32,
}

pub(crate) struct Slot<K> {
    pub(crate) generation: u32,
    pub(crate) open: Option<Open<K>>,
}

pub(crate) struct Requests<K> {
    pub(crate) slots: Vec<Slot<K>>,
    pub(crate) free: Vec<u32>,
    /// The youngest open request to each actor that has been asked.
    pub(crate) heads: FxHashMap<ActorId, u32>,
    /// The number of requests that were made, which is the number of the next.
    pub(crate) made: u64,
}

pub(crate) fn typed<R: 'static>(answer: Answered<'_>) -> Result<R, RequestError> {
    answer.map(|any| {
        let answer = any.downcast_mut::<Option<R>>().expect("ReplyTo fixes the answer's type");
        answer.take().expect("an answer is given once")
    })
}

impl<K> Default for Requests<K> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), heads: FxHashMap::default(), made: 0 }
    }
}

impl<K> Requests<K> {
    pub(crate) fn open(&mut self, open: Open<K>) -> RequestId {
        if let Some(slot) = self.free.pop() {
            let place = &mut self.slots[slot as usize];
            place.open = Some(open);
            return RequestId { slot, generation: place.generation };
        }
        let slot = self.slots.len() as u32;
        self.slots.push(Slot { generation: 0, open: Some(open) });
        RequestId { slot, generation: 0 }
    }

    pub(crate) fn is_open(&self, request: RequestId) -> bool {
        self.find(request).is_some()
    }

    /// `None` if it was answered, has failed, or was given up.
    pub(crate) fn find(&self, request: RequestId) -> Option<&Open<K>> {
        let slot = self.slots.get(request.slot as usize)?;
        slot.open.as_ref().filter(|_| slot.generation == request.generation)
    }

    pub(crate) fn at(&mut self, slot: u32) -> &mut Open<K> {
        self.slots[slot as usize].open.as_mut().expect("listed requests are open")
    }
}
