//! CPU slots for tasks.

use crate::actor::ActorId;
use crate::event_list::Lane;
use crate::features::Kernel;
use crate::tie::Thing;

impl Kernel {
    /// Notes that slots were asked for, taken or given back. Without a bound no task waits, and the
    /// order does not matter.
    fn mark_slots(&self) {
        if self.features.cpu.free.is_some() {
            self.ties.marks.uses(Thing::Cpu);
        }
    }

    /// Takes a slot for a task that is ready, if one is free and no other task waits for it.
    pub(crate) fn take_slot(&mut self) -> bool {
        self.mark_slots();
        self.features.cpu.try_take()
    }

    /// Lets a task wait for a slot, with the cell of its first message.
    pub(crate) fn await_slot(&mut self, task: ActorId, first: u32) {
        self.features.cpu.enqueue(task, first, self.now);
    }

    /// Takes the slot again for a task whose answer came, even if none is free.
    pub(crate) fn reclaim_slot(&mut self) {
        self.mark_slots();
        self.features.cpu.reclaim();
    }

    /// Takes a task that died out of the queue. Returns the cell of its first message, if it was
    /// there. It is marked in both cases, because absence matters, too. Cost: O(waiting tasks).
    pub(crate) fn leave_slots(&mut self, task: ActorId) -> Option<u32> {
        self.mark_slots();
        self.features.cpu.withdraw(task)
    }

    pub(crate) fn free_slot(&mut self) {
        self.mark_slots();
        self.features.cpu.release();
    }

    /// Gives a free slot to the task that has waited longest.
    pub(crate) fn start_next_task(&mut self) {
        while let Some((task, cell)) = self.features.cpu.grant_next() {
            self.schedule(self.now, Lane::Now, task.class(), cell);
        }
    }
}
