//! Random streams: independent sequences, named by their purpose.
//!
//! A stream is named by four words: the seed of the run, the replication, the
//! actor's path and a purpose ("durations", "latency"). The four words *are* the
//! 256-bit key of a ChaCha8 generator (D. J. Bernstein, "ChaCha, a variant of
//! Salsa20", 2008). Distinct names therefore give unrelated sequences, and no table
//! of streams is needed. If an actor draws once more, or there is one more actor, the
//! draws of other actors stay the same: scenarios share common random numbers.
//!
//! Ranges, shuffles, floats and exponentials are implemented here, on `next_u64` and the
//! pinned `libm`. The raw output of ChaCha8 has been stable since rand 0.8, but the
//! distributions of `rand` have not, and `ln` differs between C libraries.
//! `fixtures/random.json` holds the golden vectors.

mod distribution;
mod ledger;
mod samplers;
#[cfg(feature = "snapshot")]
mod saved;

pub(crate) use distribution::items;
pub use distribution::{Distribution, DistributionError, observations};
pub(crate) use ledger::{Drawn, Ledger, Origin};

use crate::digest::finish;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

/// An independent random sequence.
///
/// Streams implement [`rand::Rng`], so any distribution that takes a generator works
/// with them. Flagfall keeps only the values of the methods here the same across versions
/// and machines.
///
/// An actor normally opens its streams once and keeps them in its state. Opening the same
/// name again starts the same sequence again.
///
/// # Examples
/// ```
/// use flagfall::random::{Stream, StreamName};
///
/// let name = StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "durations" };
/// let mut stream = Stream::open(&name);
/// let seconds: Vec<u64> = (0..5).map(|_| stream.range(1..=5)).collect();
/// assert!(seconds.iter().all(|s| (1..=5).contains(s)));
/// assert_eq!(Stream::open(&name).range(1..=5), seconds[0]);
/// ```
pub struct Stream {
    /// The words around `position`, computed when the first of them is drawn.
    words: [u32; WORDS],
    /// How many words have been drawn.
    position: u64,
    key: [u8; 32],
    number: u64,
    ledger: Arc<Ledger>,
    /// The state of the ledger for which key and words are valid, while draws are not
    /// recorded.
    seen: u32,
    /// The actor and purpose under which its draws are recorded, if they are.
    origin: Option<Arc<Origin>>,
}

/// Words that a stream computes ahead. `ChaCha8Rng` computes 64 at a time and keeps them
/// all. A simulation has many streams that draw seldom, so fewer words use less of the
/// cache. Half as many would make a draw 10 ns slower.
const WORDS: usize = 32;

/// The name of a stream. Equal names open equal streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamName<'a> {
    /// The seed of the run.
    pub seed: u64,
    /// Which replication of the scenario this is.
    pub replication: u64,
    /// Hash of the actor's path and of the lives of its owners; 0 stands for the run
    /// itself.
    pub actor: u64,
    /// How many actors of this name lived before in this life of the owner. It is 0 unless
    /// the name was used again or its actor was restarted.
    pub incarnation: u32,
    /// The use within the actor, such as `"durations"`.
    pub purpose: &'a str,
}

impl Stream {
    /// Opens the stream of that name at its beginning.
    ///
    /// Cost: no generator output is computed until the first draw. A stream
    /// takes 200 bytes.
    ///
    /// The stream belongs to no simulation. A [change of the
    /// seed](crate::Simulation::reseed) does not reach it; it reaches only streams that a
    /// simulation, an actor or a process opens.
    #[must_use]
    pub fn open(name: &StreamName<'_>) -> Self {
        Self::numbered(name, u64::from(name.incarnation), Ledger::nobodys())
    }

    /// A stream of the engine. Its stream number is in the upper half, so that no name of a
    /// model opens it.
    pub(crate) fn of_engine(name: &StreamName<'_>) -> Self {
        Self::numbered(name, 1 << 32 | u64::from(name.incarnation), Ledger::nobodys())
    }

    /// Changes to the stream of the same name under another seed, at the same position.
    /// [`Simulation::reseed`](crate::Simulation::reseed) does this to each stream. The
    /// seed that it already has changes nothing.
    ///
    /// # Examples
    /// ```
    /// use flagfall::random::{Stream, StreamName};
    ///
    /// let name = StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "durations" };
    /// let mut stream = Stream::open(&name);
    /// stream.below(1_000_000);
    /// stream.rekey(43);
    ///
    /// let mut other = Stream::open(&StreamName { seed: 43, ..name });
    /// other.below(1_000_000);
    /// assert_eq!(stream.below(1_000_000), other.below(1_000_000));
    /// ```
    pub fn rekey(&mut self, seed: u64) {
        self.seen = self.ledger.changes();
        self.set_seed(seed);
    }

    fn set_seed(&mut self, seed: u64) {
        self.key[..8].copy_from_slice(&seed.to_le_bytes());
        self.compute();
    }

    /// Computes the words around the position, if one of them is drawn next.
    fn compute(&mut self) {
        let position = self.position;
        let begun = position % WORDS as u64;
        if begun > 0 {
            self.position = position - begun;
            self.refill();
            self.position = position;
        }
    }

    fn numbered(name: &StreamName<'_>, number: u64, ledger: Arc<Ledger>) -> Self {
        let words = [name.seed, name.replication, name.actor, hash_text(name.purpose)];
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self::of(key, number, ledger)
    }

    fn of(key: [u8; 32], number: u64, ledger: Arc<Ledger>) -> Self {
        let seen = ledger.changes();
        Self { words: [0; WORDS], position: 0, key, number, ledger, seen, origin: None }
    }

    /// Opens a stream of the simulation with that ledger. If draws are recorded, its draws
    /// are recorded as those of `actor`.
    pub(crate) fn of_simulation(name: &StreamName<'_>, ledger: Arc<Ledger>, actor: u64) -> Self {
        let origin = ledger.tells().then(|| Origin { actor, purpose: Arc::from(name.purpose) });
        let stream = Self::numbered(name, u64::from(name.incarnation), ledger);
        Self { origin: origin.map(Arc::new), ..stream }
    }

    /// Whether the seed is the current one, and draws are not recorded.
    #[inline(always)]
    fn is_plain(&self) -> bool {
        self.ledger.state() == self.seen
    }

    /// Takes the seed that was set last, if it has changed.
    #[cold]
    #[inline(never)]
    fn follow(&mut self) {
        let changes = self.ledger.changes();
        if changes != self.seen {
            self.seen = changes;
            self.set_seed(self.ledger.seed());
        }
    }

    /// The generator at the position of the stream.
    fn generator(&self) -> ChaCha8Rng {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(self.number);
        generator.set_word_pos(u128::from(self.position));
        generator
    }

    #[inline]
    fn draw_u32(&mut self) -> u32 {
        let place = self.position as usize % WORDS;
        if place == 0 {
            self.refill();
        }
        self.position += 1;
        self.words[place]
    }

    #[inline]
    fn draw_u64(&mut self) -> u64 {
        let place = self.position as usize % WORDS;
        if place == WORDS - 1 {
            // The low half is the last word kept; the high half must be computed.
            let (low, high) = (self.draw_u32(), self.draw_u32());
            return u64::from(high) << 32 | u64::from(low);
        }
        if place == 0 {
            self.refill();
        }
        self.position += 2;
        u64::from(self.words[place + 1]) << 32 | u64::from(self.words[place])
    }

    #[cold]
    #[inline(never)]
    fn look_and_draw(&mut self) -> u64 {
        self.follow();
        let word = self.draw_u64();
        self.ledger.tell(self.origin.as_ref(), word);
        word
    }

    #[inline(never)]
    fn refill(&mut self) {
        let mut bytes = [0; 4 * WORDS];
        self.generator().fill_bytes(&mut bytes);
        for (word, bytes) in self.words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        }
    }
}

impl rand::TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.is_plain() {
            return Ok(self.draw_u32());
        }
        self.follow();
        let word = self.draw_u32();
        self.ledger.tell(self.origin.as_ref(), u64::from(word));
        Ok(word)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if self.is_plain() { Ok(self.draw_u64()) } else { Ok(self.look_and_draw()) }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.follow();
        let mut generator = self.generator();
        generator.fill_bytes(bytes);
        self.position = generator.get_word_pos() as u64;
        // The words kept belong to the old position.
        self.compute();
        for bytes in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            self.ledger.tell(self.origin.as_ref(), u64::from_le_bytes(word));
        }
        Ok(())
    }
}

impl Clone for Stream {
    /// A stream at the same position that goes on independently. While a simulation is
    /// copied, the clone belongs to the copy.
    fn clone(&self) -> Self {
        let (ledger, origin) = (self.ledger.of_clone(), self.origin.clone());
        Self { ledger, origin, ..*self }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream(word {})", self.position)
    }
}

/// A 64-bit hash of a text: FNV-1a (Fowler, Noll, Vo) with a finaliser.
pub(crate) fn hash_text(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    finish(folded)
}

/// The path hash of a child from its owner's path hash and its own name.
pub(crate) fn hash_child(owner: u64, label: u64, ordinal: Option<u32>) -> u64 {
    let ordinal = ordinal.map_or(0, |n| u64::from(n) + 1);
    finish(finish(owner.rotate_left(23) ^ label).wrapping_add(ordinal))
}
