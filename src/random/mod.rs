//! Random streams: independent sequences, named by their purpose.
//!
//! A stream is named by four words: the seed of the run, the replication, the
//! actor's path and a purpose ("durations", "latency"). The four words *are* the
//! 256-bit key of a ChaCha8 generator (D. J. Bernstein, "ChaCha, a variant of
//! Salsa20", 2008). Distinct names therefore give unrelated sequences, and no table
//! of streams is needed. If an actor draws once more, or there is one more actor, the
//! draws of other actors stay the same: scenarios share common random numbers.
//!
//! Ranges, shuffles, floats and exponentials are implemented here, on `next_u64` and a
//! logarithm of our own. The raw output of ChaCha8 has been stable since rand 0.8, but the
//! distributions of `rand` have not, and `ln` differs between C libraries.
//! `fixtures/random.json` holds the golden vectors.

mod chacha;
mod distribution;
mod ledger;
mod samplers;
#[cfg(feature = "snapshot")]
mod saved;

pub(crate) use distribution::items;
pub use distribution::{Distribution, DistributionError, observations};
pub(crate) use ledger::{Drawn, Ledger, Origin};

use crate::digest::finish;
use chacha::WORDS;
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
    /// The words around the position, computed when the first of them is drawn.
    words: [u32; WORDS],
    /// How many words have been drawn, and [`OF_ENGINE`] and [`MIRRORED`].
    place: u64,
    key: [u64; 4],
    ledger: Arc<Ledger>,
    /// The state of the ledger for which key and words are valid, while draws are not
    /// recorded.
    seen: u32,
    incarnation: u32,
    /// The actor and purpose under which its draws are recorded, if they are.
    origin: Option<Arc<Origin>>,
}

// Two lines of a cache: a simulation can have many streams that draw seldom.
const _: () = assert!(size_of::<Stream>() <= 128);

/// In [`Stream::place`]: the stream is one of the engine. It is in the upper half of its
/// stream number, so that no name of a model opens it.
const OF_ENGINE: u64 = 1 << 63;

/// In [`Stream::place`]: each word is the complement of that of the plain stream.
const MIRRORED: u64 = 1 << 62;

/// Both, besides the position.
const FLAGS: u64 = OF_ENGINE | MIRRORED;

/// Which streams a run draws from: those of its replication, or the mirror images of those of the
/// replication before ([`Config::antithetic`](crate::Config::antithetic)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Half {
    /// The replication that names the streams.
    pub replication: u64,
    /// Whether they are [mirrored](Stream::mirrored).
    pub is_mirrored: bool,
}

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
    /// takes 128 bytes.
    ///
    /// The stream belongs to no simulation. A [change of the
    /// seed](crate::Simulation::reseed) does not reach it; it reaches only streams that a
    /// simulation, an actor or a process opens.
    #[must_use]
    pub fn open(name: &StreamName<'_>) -> Self {
        Self::named(name, Ledger::nobodys())
    }

    /// A stream of the engine.
    pub(crate) fn of_engine(name: &StreamName<'_>, half: Half) -> Self {
        Self { place: OF_ENGINE, ..Self::named(name, Ledger::nobodys()) }.half(half)
    }

    /// The mirror image of a stream at the same position: each word is the complement (`!word`) of the
    /// one that the stream would draw. So a draw by inversion uses 1 - u where the stream uses u: a
    /// long span for a short one. The mirror image of the mirror image is the stream itself.
    ///
    /// Cost: a mirrored stream computes a block of 16 words with 4 more instructions or so. Others
    /// pay for one comparison per block.
    ///
    /// # Examples
    /// ```
    /// use flagfall::random::{Stream, StreamName};
    ///
    /// let name = StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "durations" };
    /// let (mut plain, mut mirrored) = (Stream::open(&name), Stream::open(&name).mirrored());
    /// // The multiples of 2^-53 below 1, from the other end.
    /// let last = 1.0 - (0.5_f64).powi(53);
    /// assert_eq!(plain.unit() + mirrored.unit(), last);
    /// ```
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        // The draws before may have been under another seed.
        self.follow();
        self.place ^= MIRRORED;
        self.compute();
        self
    }

    /// The stream that belongs to that half of a pair; it is opened under the name of the half.
    pub(crate) fn half(self, half: Half) -> Self {
        if half.is_mirrored { self.mirrored() } else { self }
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
        self.key[0] = seed;
        self.compute();
    }

    /// Computes the words around the position, if one of them is drawn next.
    fn compute(&mut self) {
        if self.place as usize % WORDS > 0 {
            self.refill();
        }
    }

    fn named(name: &StreamName<'_>, ledger: Arc<Ledger>) -> Self {
        let key = [name.seed, name.replication, name.actor, hash_text(name.purpose)];
        Self::of(key, 0, name.incarnation, ledger)
    }

    fn of(key: [u64; 4], place: u64, incarnation: u32, ledger: Arc<Ledger>) -> Self {
        let seen = ledger.changes();
        Self { words: [0; WORDS], place, key, ledger, seen, incarnation, origin: None }
    }

    /// How many words have been drawn.
    pub(crate) fn position(&self) -> u64 {
        self.place & !FLAGS
    }

    /// The number of the stream under its key.
    fn number(&self) -> u64 {
        (self.place & OF_ENGINE) >> 31 | u64::from(self.incarnation)
    }

    fn is_mirrored(&self) -> bool {
        self.place & MIRRORED != 0
    }

    /// Opens a stream of the simulation with that ledger. If draws are recorded, its draws
    /// are recorded as those of `actor`.
    pub(crate) fn of_simulation(name: &StreamName<'_>, ledger: Arc<Ledger>, actor: u64) -> Self {
        let origin = ledger.tells().then(|| Origin { actor, purpose: Arc::from(name.purpose) });
        let stream = Self::named(name, ledger);
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

    fn key_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(self.key) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// The generator at the position of the stream.
    fn generator(&self) -> ChaCha8Rng {
        let mut generator = ChaCha8Rng::from_seed(self.key_bytes());
        generator.set_stream(self.number());
        generator.set_word_pos(u128::from(self.position()));
        generator
    }

    #[inline]
    fn draw_u32(&mut self) -> u32 {
        let place = self.place as usize % WORDS;
        if place == 0 {
            self.refill();
        }
        self.place += 1;
        self.words[place]
    }

    #[inline]
    fn draw_u64(&mut self) -> u64 {
        let place = self.place as usize % WORDS;
        if place == 0 {
            self.refill();
        } else if place == WORDS - 1 {
            return self.draw_across();
        }
        self.place += 2;
        u64::from(self.words[place + 1]) << 32 | u64::from(self.words[place])
    }

    /// A word whose halves are in two blocks, after an odd number of halves.
    #[cold]
    #[inline(never)]
    fn draw_across(&mut self) -> u64 {
        let (low, high) = (self.draw_u32(), self.draw_u32());
        u64::from(high) << 32 | u64::from(low)
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
        self.words = chacha::block(&self.key, self.number(), self.position() / WORDS as u64);
        if self.is_mirrored() {
            self.words.iter_mut().for_each(|word| *word = !*word);
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
        if self.is_mirrored() {
            bytes.iter_mut().for_each(|byte| *byte = !*byte);
        }
        self.place = self.place & FLAGS | generator.get_word_pos() as u64;
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
        write!(f, "Stream(word {})", self.position())
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
