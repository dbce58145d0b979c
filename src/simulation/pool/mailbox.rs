//! Messages that wait for their actor.

use super::{EventKind, Head, NONE, Pool};
use crate::actor::ActorId;

/// The messages that arrived while their actor was busy, oldest first: a
/// circle of cells, entered at the youngest.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Mailbox {
    youngest: u32,
    length: u32,
}

impl Mailbox {
    pub(in crate::simulation) const EMPTY: Self = Self { youngest: NONE, length: 0 };

    #[inline]
    pub(in crate::simulation) fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(in crate::simulation) fn len(self) -> u32 {
        self.length
    }

    /// Adds a message, which is of that kind while it waits.
    pub(in crate::simulation) fn push<M>(
        &mut self,
        pool: &mut Pool<M>,
        cell: u32,
        kind: EventKind,
    ) {
        let oldest = if self.length == 0 {
            cell
        } else {
            let youngest = &mut pool.cells[self.youngest as usize].head;
            let oldest = youngest.link();
            youngest.set_link(cell);
            oldest
        };
        pool.cells[cell as usize].head = Head::waiting(kind, oldest);
        self.youngest = cell;
        self.length += 1;
    }

    /// The cell of the youngest message, or `NONE`.
    pub(in crate::simulation) fn youngest(self) -> u32 {
        self.youngest
    }

    /// The cell of the oldest message.
    pub(in crate::simulation) fn oldest<M>(self, pool: &Pool<M>) -> Option<u32> {
        (self.length > 0).then(|| pool.head(self.youngest).link())
    }

    /// Takes out the oldest message, which becomes an event of `kind` to its
    /// own actor; its cell.
    pub(in crate::simulation) fn pop<M>(
        &mut self,
        pool: &mut Pool<M>,
        actor: ActorId,
        kind: EventKind,
    ) -> Option<u32> {
        self.length = self.length.checked_sub(1)?;
        let oldest = pool.head(self.youngest).link();
        let next = pool.head(oldest).link();
        pool.cells[self.youngest as usize].head.set_link(next);
        pool.cells[oldest as usize].head = Head::new(actor, kind);
        Some(oldest)
    }
}
