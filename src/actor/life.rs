//! Hashes of actor paths, and the number of an actor's life.

use crate::actor::reference::ActorId;
use crate::random::{hash_child, hash_text};

/// Hash of an actor path. The network identifies actors by it.
pub(crate) type PathHash = u64;

/// What names the random streams of an actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Life {
    /// The hash of its path and of the later lives of its owners. The same path
    /// in another life of an owner has another lineage.
    pub(crate) lineage: u64,
    /// How many actors of that name lived before in this life of the owner.
    pub(crate) incarnation: u32,
}

impl Life {
    /// The lineage to which its children add their names. In a first life it is
    /// the actor's own lineage.
    pub(crate) fn below(self) -> u64 {
        match self.incarnation {
            0 => self.lineage,
            again => hash_child(self.lineage, LATER_LIFE, Some(again)),
        }
    }
}

/// Marks a later life of an actor, in place of a name.
const LATER_LIFE: u64 = 0x6c69_6665;

/// One end of a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) id: ActorId,
    pub(crate) path: PathHash,
    pub(crate) life: Life,
}

impl End {
    /// An end whose path does not matter, or is not known anymore.
    #[inline]
    pub(crate) fn without_path(id: ActorId) -> Self {
        Self { id, path: 0, life: Life::default() }
    }
}

/// The word [`actor`](crate::random::StreamName::actor) of the streams of an actor with that
/// path, in its first life and in the first lives of its owners. The empty path is the run itself.
///
/// # Examples
/// ```
/// use flagfall::actor::stream_word;
/// use flagfall::random::{Stream, StreamName};
/// use flagfall::{Config, Process, Simulation};
/// use rand::Rng;
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let drawn = simulation.process(("till", 7), async |p: Process| p.stream("breaks").next_u64());
/// simulation.run()?;
/// let actor = stream_word("till[7]");
/// let name = StreamName { seed: 42, replication: 0, actor, incarnation: 0, purpose: "breaks" };
/// assert_eq!(drawn.result(), Some(Stream::open(&name).next_u64()));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[must_use]
pub fn stream_word(path: &str) -> u64 {
    if path.is_empty() { 0 } else { path_hash(path) }
}

/// The hash of a whole path such as `driver/dispatcher/taxi[7]`. It is equal to
/// the hash that the actor gets when it is spawned.
pub(crate) fn path_hash(path: &str) -> PathHash {
    path.split('/').fold(0, |owner, name| {
        let (label, ordinal) = name_parts(name);
        hash_child(owner, hash_text(label), ordinal)
    })
}

/// The text of a name such as `taxi[7]`, and its number if it has one.
pub(crate) fn name_parts(name: &str) -> (&str, Option<u32>) {
    let numbered = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    match numbered.map(|(label, number)| (label, number.parse())) {
        Some((label, Ok(ordinal))) => (label, Some(ordinal)),
        _ => (name, None),
    }
}
