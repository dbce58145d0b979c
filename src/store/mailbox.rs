//! Messages that wait for their actor.

use crate::actor::ActorId;
use crate::store::head::{Head, Op};
use crate::store::pool::{EventPool, NONE};

/// The messages that arrived while their actor was busy, oldest first. They form a circular list of
/// cells, and `youngest` is its entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mailbox {
    youngest: u32,
    length: u32,
}

impl Mailbox {
    pub(crate) const EMPTY: Self = Self { youngest: NONE, length: 0 };

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(crate) fn len(self) -> u32 {
        self.length
    }

    /// Adds a message, with that op while it waits.
    pub(crate) fn push<M>(&mut self, pool: &mut EventPool<M>, cell: u32, op: Op) {
        let oldest = if self.length == 0 {
            cell
        } else {
            let youngest = &mut pool.cells[self.youngest as usize].head;
            let oldest = youngest.link();
            youngest.set_link(cell);
            oldest
        };
        pool.cells[cell as usize].head = Head::waiting(op, oldest);
        self.youngest = cell;
        self.length += 1;
    }

    /// The cell of the youngest message, or `NONE`.
    pub(crate) fn youngest(self) -> u32 {
        self.youngest
    }

    pub(crate) fn oldest<M>(self, pool: &EventPool<M>) -> Option<u32> {
        (self.length > 0).then(|| pool.head(self.youngest).link())
    }

    /// Takes out the oldest message, and makes it an event with `op` for its actor. Returns its
    /// cell.
    pub(crate) fn pop<M>(
        &mut self,
        pool: &mut EventPool<M>,
        actor: ActorId,
        op: Op,
    ) -> Option<u32> {
        self.length = self.length.checked_sub(1)?;
        let oldest = pool.head(self.youngest).link();
        let next = pool.head(oldest).link();
        pool.cells[self.youngest as usize].head.set_link(next);
        pool.cells[oldest as usize].head = Head::new(actor, op);
        Some(oldest)
    }
}
