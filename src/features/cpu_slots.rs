//! CPU slots, like Ray's `num_cpus`.
//!
//! A task holds one slot from its start to its end, asleep or not. While it waits for an answer
//! (`ray.get`), the slot is free for another task. When the answer comes, the task goes on at once.
//! Then there may be fewer slots than running tasks until another task ends, as Ray's raylet lets
//! its CPU count go negative. Actors hold no slot.

use crate::actor::ActorId;
use crate::time::VirtualTime;
use std::collections::VecDeque;

#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct CpuSlots {
    /// Free slots; negative while more are used than there are. `None`: no bound.
    pub(crate) free: Option<i64>,
    /// Tasks that wait for a slot, the longest wait first, with the cell of their first message and
    /// since when.
    pub(crate) waiting: VecDeque<(ActorId, u32, VirtualTime)>,
}

impl CpuSlots {
    pub(crate) fn new(slots: Option<u32>) -> Self {
        Self { free: slots.map(i64::from), waiting: VecDeque::new() }
    }

    /// Takes a slot for a task that is ready, if one is free and no other task waits for one.
    pub(crate) fn try_take(&mut self) -> bool {
        match &mut self.free {
            None => true,
            Some(free) if *free > 0 && self.waiting.is_empty() => {
                *free -= 1;
                true
            }
            Some(_) => false,
        }
    }

    pub(crate) fn enqueue(&mut self, task: ActorId, payload: u32, now: VirtualTime) {
        self.waiting.push_back((task, payload, now));
    }

    /// Takes a killed task out of the queue. Returns the cell of its first message, if it was
    /// there. Cost: O(waiting tasks).
    pub(crate) fn withdraw(&mut self, task: ActorId) -> Option<u32> {
        let position = self.waiting.iter().position(|&(waiting, ..)| waiting == task)?;
        self.waiting.remove(position).map(|(_, payload, _)| payload)
    }

    pub(crate) fn release(&mut self) {
        if let Some(free) = &mut self.free {
            *free += 1;
        }
    }

    /// Takes the slot again for a task whose answer came, even if none is free.
    pub(crate) fn reclaim(&mut self) {
        if let Some(free) = &mut self.free {
            *free -= 1;
        }
    }

    /// Gives a free slot to the first task in the queue.
    pub(crate) fn grant_next(&mut self) -> Option<(ActorId, u32)> {
        let free = self.free.as_mut()?;
        if *free <= 0 {
            return None;
        }
        let (task, payload, _) = self.waiting.pop_front()?;
        *free -= 1;
        Some((task, payload))
    }
}
