//! The head of a cell, in one word: what the event does, and its receiver.

use crate::actor::ActorId;
use std::fmt;

/// What the event in a cell does.
///
/// The kernel knows the ops here. Features add their own in `features/op.rs`. The bits say what the
/// kernel must know of any op, so that it need not name those.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Op(u16);

/// A message arrives, and nothing else has to be done.
const MERE: u16 = 0x100;

impl Op {
    /// A message that was sent arrives. Ties must not reorder messages of one sender to one
    /// receiver.
    pub(crate) const ARRIVES: u16 = 0x200;
    /// It belongs to one incarnation of its actor; the next incarnation does not get it.
    pub(crate) const OF_ONE_LIFE: u16 = 0x400;
    /// A link may have carried it: later messages must not overtake it.
    pub(crate) const TRAVELS: u16 = 0x800;

    pub(crate) const DELIVER: Self = Self::new(0, MERE | Self::ARRIVES | Self::TRAVELS);
    /// A message that the actor scheduled for itself, and may cancel.
    pub(crate) const TIMER: Self = Self::new(1, MERE | Self::ARRIVES | Self::OF_ONE_LIFE);
    /// A message that comes from what an actor began itself. If the actor is restarted, the next
    /// incarnation does not get it.
    pub(crate) const OWN: Self =
        Self::new(2, MERE | Self::ARRIVES | Self::OF_ONE_LIFE | Self::TRAVELS);
    /// A free actor takes this message, the oldest, from its mailbox.
    pub(crate) const TAKE: Self = Self::new(3, 0);
    /// A hold or a start-up ends; the message, if any, continues the handler.
    pub(crate) const RESUME: Self = Self::new(4, 0);
    /// A message to an incarnation that has died. Its actor was restarted.
    pub(crate) const STALE: Self = Self::new(5, Self::ARRIVES | Self::TRAVELS);
    /// No event: the message waits in a mailbox.
    pub(crate) const WAITING: Self = Self::new(6, 0);
    /// No event: the cell is free.
    pub(crate) const FREE: Self = Self::new(7, 0);
    /// No event any more, but the event list still has an entry with this cell.
    pub(crate) const CANCELLED: Self = Self::new(8, 0);

    const fn new(number: u8, is: u16) -> Self {
        Self(number as u16 | is)
    }

    /// An op of a feature, by its number and its bits.
    pub(crate) const fn of_feature(number: u8, is: u16) -> Self {
        assert!(number >= 16, "the first sixteen are the kernel's");
        Self::new(number, is)
    }

    /// Whether it has all of the bits `what`.
    #[inline(always)]
    pub(crate) fn is(self, what: u16) -> bool {
        self.0 & what == what
    }

    #[inline(always)]
    pub(crate) fn is_mere_message(self) -> bool {
        self.is(MERE)
    }

    #[inline(always)]
    pub(super) fn code(self) -> u16 {
        self.0
    }

    #[inline(always)]
    pub(super) fn of_code(code: u16) -> Self {
        Self(code)
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {:#x}", self.0)
    }
}

/// The part of an event that does not depend on the message type, in one word. It is written and
/// read as one word, so that a read just after the write never has to combine several writes.
///
/// From the top: 32 bits of the receiver's index in the class, 16 of its generation, 16 of [`Op`].
/// That is an [`ActorId`] with the op in the place of the class, so that a mask turns one into the
/// other. While the message waits in a mailbox, the index is that of the next cell there. In a free
/// cell, it is that of the next free cell.
#[derive(Clone, Copy)]
pub(crate) struct Head(u64);

/// The bits of the [`Op`] in a [`Head`].
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

    /// A message that waits in a mailbox, and the cell of the next one.
    pub(crate) fn waiting(op: Op, next: u32) -> Self {
        Self::link_to(op, next)
    }

    /// The receiver; its class is that of the pool.
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
