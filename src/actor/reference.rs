//! Typed references: small, copyable, and free to travel inside messages.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::atomic::{self, AtomicU32};

/// Names one actor of a run, whatever its message type.
///
/// Identifiers are given out in the order of spawning, so they are the same
/// on every run. A dead actor's place may be used again; the generation
/// tells the two apart.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(from = "Parts", into = "Parts"))]
pub struct ActorId(
    /// From the top: 32 bits of the index in the class, 16 of the generation, 16 of
    /// the class. One word, always written and read as one: a read of it just after a
    /// write of its parts would have to wait.
    u64,
);

/// An identifier's three numbers, in the order of comparison.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
struct Parts {
    class: u16,
    generation: u16,
    index: u32,
}

impl From<Parts> for ActorId {
    fn from(parts: Parts) -> Self {
        Self::new(parts.class, parts.generation, parts.index)
    }
}

impl From<ActorId> for Parts {
    fn from(id: ActorId) -> Self {
        Self { class: id.class(), generation: id.generation(), index: id.index() }
    }
}

impl ActorId {
    /// The sender of messages that come from outside the simulation.
    pub const OUTSIDE: Self = Self(u64::MAX);

    /// Before all others in their order.
    pub(crate) const FIRST: Self = Self(0);

    #[inline(always)]
    pub(crate) const fn new(class: u16, generation: u16, index: u32) -> Self {
        Self((index as u64) << 32 | (generation as u64) << 16 | class as u64)
    }

    /// Which class of actors it is in.
    #[inline(always)]
    pub(crate) fn class(self) -> u16 {
        self.0 as u16
    }

    /// How many had its place before.
    #[inline(always)]
    pub(crate) fn generation(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Its place in the class.
    #[inline(always)]
    pub(crate) fn index(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The three numbers in a word.
    #[inline(always)]
    pub(crate) fn word(self) -> u64 {
        self.0
    }

    /// The identifier with that [`word`](Self::word).
    #[inline(always)]
    pub(crate) fn of_word(word: u64) -> Self {
        Self(word)
    }
}

impl PartialOrd for ActorId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ActorId {
    fn cmp(&self, other: &Self) -> Ordering {
        Parts::from(*self).cmp(&Parts::from(*other))
    }
}

impl Hash for ActorId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Parts::from(*self).hash(state);
    }
}

impl fmt::Debug for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::OUTSIDE {
            return write!(f, "outside");
        }
        write!(f, "actor {}.{}", self.class(), self.index())?;
        if self.generation() > 0 { write!(f, "#{}", self.generation()) } else { Ok(()) }
    }
}

/// A reference to an actor that takes messages of type `M`.
///
/// Two kinds of actor with the same message type are reached through the
/// same type of reference, so a test can put its own actor in the place of a
/// real one. References can be copied, kept, compared and sent; one to a dead
/// actor is harmless: what is sent to it becomes undeliverable.
///
/// A reference is for the simulation that made it, and for what was branched or
/// resumed from that. Used in another, where it would name whoever has the same
/// number, it ends the run with
/// [`ForeignReference`](crate::ErrorKind::ForeignReference); to read with it panics.
/// Only a simulation that was read from a file takes references of any, and what was
/// read from a file goes anywhere: a file does not say whose they are.
// Packed, it takes 12 bytes and not 16, which messages would carry along.
#[repr(Rust, packed(4))]
pub struct ActorRef<M> {
    id: ActorId,
    family: Family,
    message: PhantomData<fn(M)>,
}

impl<M> ActorRef<M> {
    #[inline(always)]
    pub(crate) fn new(id: ActorId, family: Family) -> Self {
        Self { id, family, message: PhantomData }
    }

    /// Which simulation it is of.
    #[inline(always)]
    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// The identifier without the message type, and without which simulation it is of:
    /// it is the same in every run of the same program.
    #[inline(always)]
    #[must_use]
    pub fn id(&self) -> ActorId {
        self.id
    }
}

// Derives would ask the same of `M`, which a reference does not hold.
impl<M> Clone for ActorRef<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for ActorRef<M> {}
impl<M> PartialEq for ActorRef<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}
impl<M> Eq for ActorRef<M> {}
impl<M> Hash for ActorRef<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}
impl<M> fmt::Debug for ActorRef<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id().fmt(f)
    }
}

/// Which simulation something belongs to, among all of this program; branches of
/// a run are one family.
///
/// It only tells one's own from another's: it stands in no file, no text and
/// no digest, and makes no two things different that else are equal.
#[derive(Clone, Copy, Default)]
pub(crate) struct Family(u32);

impl Family {
    /// Of a new simulation.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        loop {
            let number = NEXT.fetch_add(1, atomic::Ordering::Relaxed);
            let family = Self(number);
            if !family.is(Self::ANY) && !family.is(Self::NOBODY) {
                return family;
            }
        }
    }

    /// Of what is read from a file, and of whoever takes things of any simulation.
    pub(crate) const ANY: Self = Self(0);

    /// Of no simulation.
    pub(crate) const NOBODY: Self = Self(u32::MAX);

    /// Whether it is that very one.
    #[inline(always)]
    pub(crate) fn is(self, other: Self) -> bool {
        self.0 == other.0
    }

    /// Whether what has this mark may be used in that simulation. What comes
    /// from a file has none, and may be used in any.
    #[inline]
    pub(crate) fn fits(self, simulation: Self) -> bool {
        self.is(simulation) || self.is(Self::ANY)
    }
}

impl PartialEq for Family {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Family {}

impl Hash for Family {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Names an open request; stale once it was answered or failed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RequestId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl RequestId {
    /// In one word, to be kept beside a message; all bits set is none.
    pub(crate) fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    pub(crate) fn of_word(word: u64) -> Self {
        Self { slot: word as u32, generation: (word >> 32) as u32 }
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {}", self.slot)
    }
}

/// Where the answer to a request goes: travels inside the request and is
/// used up by [`Context::reply`](crate::Context::reply).
///
/// [`Context::forward`](crate::Context::forward) hands it on to another actor,
/// which then answers. There is no way to answer twice: the type cannot be
/// copied. A request whose `ReplyTo` is dropped is never answered; a run that
/// gets stuck on it names it in
/// [`Simulation::unanswered`](crate::Simulation::unanswered).
pub struct ReplyTo<R> {
    pub(crate) request: RequestId,
    pub(crate) family: Family,
    answer: PhantomData<fn(R)>,
}

impl<R> ReplyTo<R> {
    pub(crate) fn new(request: RequestId, family: Family) -> Self {
        Self { request, family, answer: PhantomData }
    }
}

impl<R> fmt::Debug for ReplyTo<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}
