//! A pool in files. Cells keep their numbers, because timers contain them.

use crate::actor::ActorId;
use crate::store::head::{Head, Op};
use crate::store::mailbox::Mailbox;
use crate::store::origin::Origin;
use crate::store::pool::{Cell, EventPool, NONE};
use serde::{Deserialize, Serialize};

/// A cell without its message.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum CellPicture {
    Free,
    Used(UsedCell),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct UsedCell {
    pub(crate) op: Op,
    /// The receiver; zero for a message that waits in a mailbox.
    pub(crate) generation: u16,
    pub(crate) index: u32,
    pub(crate) message: bool,
    /// The sender, and the event in which it was scheduled, if known.
    pub(crate) origin: Option<(ActorId, u64)>,
    pub(crate) word: Option<u64>,
    pub(crate) rider: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EventPoolPicture {
    pub(crate) cells: Vec<CellPicture>,
    /// The free cells, the next to be used first.
    pub(crate) free: Vec<u32>,
}

impl EventPoolPicture {
    pub(crate) fn messages(&self) -> usize {
        let has = |cell: &&CellPicture| matches!(cell, CellPicture::Used(used) if used.message);
        self.cells.iter().filter(has).count()
    }
}

impl<M> EventPool<M> {
    /// The picture of the pool. Cells of cancelled events are free in it: the event list that is
    /// made from it has no entries of them.
    pub(crate) fn picture(&self) -> EventPoolPicture {
        let mut free = Vec::new();
        let mut next = self.free;
        while let Some(cell) = self.cells.get(next as usize) {
            free.push(next);
            next = cell.head.link();
        }
        let cells = (0..).zip(&self.cells).map(|(index, cell)| match cell.head.op() {
            Op::FREE => CellPicture::Free,
            Op::CANCELLED => {
                free.push(index);
                CellPicture::Free
            }
            op => {
                let waits = op == Op::WAITING;
                let to = cell.head.target(self.class);
                CellPicture::Used(UsedCell {
                    op,
                    generation: if waits { 0 } else { to.generation() },
                    index: if waits { 0 } else { to.index() },
                    message: cell.message.is_some(),
                    origin: self.known_origin(index).map(|from| (from.sender, from.event)),
                    word: Some(self.word(index)).filter(|word| *word != u64::MAX),
                    rider: self.rider(index),
                })
            }
        });
        EventPoolPicture { cells: cells.collect(), free }
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &M> {
        self.cells.iter().filter_map(|cell| cell.message.as_ref())
    }

    /// The cells of a mailbox, oldest first.
    pub(crate) fn waiting(&self, mailbox: Mailbox) -> Vec<u32> {
        let mut next = mailbox.oldest(self).unwrap_or(NONE);
        let step = |_| {
            let cell = next;
            next = self.head(cell).link();
            cell
        };
        (0..mailbox.len()).map(step).collect()
    }

    /// A pool from a picture that was checked, with all the messages that it needs.
    pub(crate) fn restore(class: u16, picture: &EventPoolPicture, messages: Vec<M>) -> Self {
        let mut messages = messages.into_iter();
        let mut pool = Self::new(class);
        for (index, cell) in (0..).zip(&picture.cells) {
            let CellPicture::Used(used) = cell else {
                pool.cells.push(Cell { head: Head::free(NONE), message: None });
                continue;
            };
            let to = ActorId::new(class, used.generation, used.index);
            let message = if used.message { messages.next() } else { None };
            pool.cells.push(Cell { head: Head::new(to, used.op), message });
            if let Some((sender, event)) = used.origin {
                pool.set_origin(index, Origin { sender, event });
            }
            used.word.into_iter().for_each(|word| pool.set_word(index, word));
            used.rider.into_iter().for_each(|rider| pool.set_rider(index, rider));
        }
        for cell in picture.free.iter().rev() {
            pool.cells[*cell as usize].head = Head::free(pool.free);
            pool.free = *cell;
        }
        pool
    }
}
