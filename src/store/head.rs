//! What the event in a cell does, and to whom: one word.

use crate::actor::ActorId;
use crate::store::op::Op;
use std::fmt;

/// The part of an event that does not depend on the message type, in one
/// word: it is written and read as one, so that a read just after the write
/// never waits for its parts to come together.
///
/// From the top: 32 bits of the receiver's index in the class, 16 of its generation,
/// 16 of [`Op`]: an [`ActorId`] in memory with the kind in the place of the class,
/// so that one comes from the other by a mask. While the message waits in a mailbox the
/// index is that of the next cell there; in a free cell, of the next free one.
#[derive(Clone, Copy)]
pub(crate) struct Head(u64);

/// What of a [`Head`] is the [`Op`].
const OP: u64 = 0xFFFF;

impl Head {
    #[inline(always)]
    pub(crate) fn new(to: ActorId, op: Op) -> Self {
        Self(to.word() & !OP | u64::from(op.code()))
    }

    #[inline(always)]
    pub(crate) fn free(next: u32) -> Self {
        Self::link_to(Op::FREE, next)
    }

    #[inline(always)]
    pub(crate) fn op(self) -> Op {
        Op::of_code(self.0 as u16)
    }

    fn link_to(op: Op, next: u32) -> Self {
        Self(u64::from(next) << 32 | u64::from(op.code()))
    }

    /// A message that waits before another.
    pub(crate) fn waiting(op: Op, next: u32) -> Self {
        Self::link_to(op, next)
    }

    /// The receiver, which is of the pool's class.
    #[inline(always)]
    pub(crate) fn target(self, class: u16) -> ActorId {
        ActorId::of_word(self.0 & !OP | u64::from(class))
    }

    #[inline(always)]
    pub(crate) fn link(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(crate) fn set_link(&mut self, cell: u32) {
        self.0 = self.0 << 32 >> 32 | u64::from(cell) << 32;
    }

    pub(crate) fn set_op(&mut self, op: Op) {
        self.0 = self.0 & !OP | u64::from(op.code());
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.op(), self.link())
    }
}
