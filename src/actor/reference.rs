//! Identifiers of actors, and typed references to them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::atomic::{self, AtomicU32};

/// Names one actor of a run, without its message type.
///
/// Identifiers are given in the order of spawning, so they are the same
/// on every run. A dead actor's place may be used again, with another generation.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(from = "Parts", into = "Parts"))]
pub struct ActorId(
    /// From the top: 32 bits of the index in the class, 16 of the generation, 16 of
    /// the class. It is always written and read as one word: a read of the word just
    /// after a write of its parts would stall.
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

    /// The lowest identifier in their order.
    pub(crate) const FIRST: Self = Self(0);

    #[inline(always)]
    pub(crate) const fn new(class: u16, generation: u16, index: u32) -> Self {
        Self((index as u64) << 32 | (generation as u64) << 16 | class as u64)
    }

    #[inline(always)]
    pub(crate) fn class(self) -> u16 {
        self.0 as u16
    }

    /// How many actors had its place before.
    #[inline(always)]
    pub(crate) fn generation(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Its place in the class.
    #[inline(always)]
    pub(crate) fn index(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The three numbers in one word.
    #[inline(always)]
    pub(crate) fn word(self) -> u64 {
        self.0
    }

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
/// Actors of different types with the same message type have the same type of reference, so a test
/// can replace a real actor with its own. References can be copied, kept, compared and sent. A
/// reference to a dead actor is harmless: messages sent to it become undeliverable.
///
/// A reference is valid in the simulation that made it, and in simulations that were forked or
/// resumed from that one. In another simulation it would name a different actor, so its use ends
/// the run with [`ForeignReference`](crate::ErrorKind::ForeignReference); reading with it panics. A
/// file does not say to which simulation a reference belongs. Therefore a simulation read from a
/// file takes all references, and all simulations take references from files.
// Packed, it takes 12 bytes instead of 16, and messages that hold it are smaller.
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

    #[inline(always)]
    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// The identifier, without the message type and the simulation. It is the same in
    /// every run of the same program.
    #[inline(always)]
    #[must_use]
    pub fn id(&self) -> ActorId {
        self.id
    }
}

handle!(ActorRef<M>, "", reference => reference.id());

/// Names a simulation among all simulations of this program. Branches of a run have
/// the same family.
///
/// It only finds references of other simulations. It is in no file, no text and no
/// digest, and comparisons ignore it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Family(u32);

impl Family {
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

    /// The family of references read from a file, and of a simulation that takes all.
    pub(crate) const ANY: Self = Self(0);

    /// The family of no simulation.
    pub(crate) const NOBODY: Self = Self(u32::MAX);

    /// Whether both are the same; unlike [`fits`](Self::fits), `ANY` is only itself.
    #[inline(always)]
    pub(crate) fn is(self, other: Self) -> bool {
        self.0 == other.0
    }

    /// Whether a reference of this family may be used in that simulation. References
    /// from a file may be used in all simulations.
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

/// Names an open request. It is stale after the request was answered or failed.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RequestId {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

impl RequestId {
    /// As one word, to be kept beside a message. All bits set means no request.
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

/// The place to which the answer to a request goes. The request holds it, and
/// [`Context::reply`](crate::Context::reply) consumes it.
///
/// [`Context::forward`](crate::Context::forward) passes it to another actor, which then answers. A
/// request cannot be answered twice, because the type cannot be copied. If a `ReplyTo` is dropped,
/// its request is never answered. [`Simulation::unanswered`](crate::Simulation::unanswered) names
/// such requests of a stuck run.
// Snapshots hold open requests. That allows no two answers: the second answer is dropped.
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(transparent, bound = ""))]
pub struct ReplyTo<R> {
    pub(crate) request: RequestId,
    #[cfg_attr(feature = "snapshot", serde(skip))]
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
