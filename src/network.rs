//! Links: how long a message travels.
//!
//! Whatever the latency, one sender's messages to one receiver arrive in the
//! order they were sent; messages of different senders may overtake. Kills
//! and notices of death travel at the same latency but outside that order,
//! as they do on real Ray.

use crate::actor::ActorId;
use crate::random::{Stream, StreamName, hash_text};
use crate::time::{ParseTimeError, Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::fmt;
use std::str::FromStr;

/// How long a message travels from its sender to its receiver.
///
/// Drawn latencies come from a stream of the sender's own, which no model can
/// open; another sender's traffic never changes them.
///
/// # Examples
/// ```
/// use flagfall::{Latency, Span};
///
/// let latency: Latency = "uniform:1ms..3ms".parse()?;
/// assert_eq!(latency, Latency::Uniform { low: Span::from_millis(1), high: Span::from_millis(3) });
/// assert_eq!(latency.to_string(), "uniform:1ms..3ms");
/// # Ok::<(), flagfall::network::ParseLatencyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Fixed(Span),
    /// Any nanosecond between the two, ends included, equally likely. The
    /// first message of a run with `low` above `high` ends it with an error.
    Uniform {
        /// The shortest latency.
        low: Span,
        /// The longest latency.
        high: Span,
    },
    /// Exponentially distributed.
    Exponential {
        /// The mean latency.
        mean: Span,
    },
}

impl Latency {
    /// The ideal world: messages arrive at the instant they are sent.
    pub const ZERO: Self = Self::Fixed(Span::ZERO);

    /// A span that a message seldom exceeds: the longest latency, or ten
    /// means of an exponential one.
    #[must_use]
    pub fn allowance(self) -> Span {
        match self {
            Self::Fixed(span) | Self::Uniform { high: span, .. } => span,
            Self::Exponential { mean } => mean.checked_mul(10).unwrap_or(Span::MAX),
        }
    }

    fn draw(self, stream: &mut Stream) -> Span {
        match self {
            Self::Fixed(span) => span,
            Self::Uniform { low, high } => stream.span(low..=high),
            Self::Exponential { mean } => stream.exponential(mean),
        }
    }
}

/// Why a text is not a latency; prints the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseLatencyError {
    /// A span in it cannot be read.
    Time(ParseTimeError),
    /// The model's name or shape is unknown.
    Unknown(String),
    /// The shortest latency is longer than the longest.
    Empty(String),
}

impl fmt::Display for ParseLatencyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(error) => error.fmt(f),
            Self::Unknown(text) => write!(
                f,
                "`{text}` is not a latency: write 1ms, uniform:1ms..3ms or exponential:2ms"
            ),
            Self::Empty(text) => write!(f, "`{text}` is empty: write the shorter latency first"),
        }
    }
}

impl std::error::Error for ParseLatencyError {}

impl From<ParseTimeError> for ParseLatencyError {
    fn from(error: ParseTimeError) -> Self {
        Self::Time(error)
    }
}

impl FromStr for Latency {
    type Err = ParseLatencyError;

    /// Reads `1ms`, `uniform:1ms..3ms` or `exponential:2ms`.
    fn from_str(text: &str) -> Result<Self, ParseLatencyError> {
        let Some((model, parameters)) = text.split_once(':') else {
            if !text.contains(|c: char| c.is_ascii_digit()) && !text.trim().is_empty() {
                return Err(ParseLatencyError::Unknown(text.to_owned()));
            }
            return Ok(Self::Fixed(text.parse()?));
        };
        match model.trim() {
            "uniform" => {
                let (low, high) = parameters
                    .split_once("..")
                    .ok_or_else(|| ParseLatencyError::Unknown(text.to_owned()))?;
                let (low, high) = (low.parse()?, high.trim_start_matches('=').parse()?);
                if low > high {
                    return Err(ParseLatencyError::Empty(text.to_owned()));
                }
                Ok(Self::Uniform { low, high })
            }
            "exponential" => Ok(Self::Exponential { mean: parameters.parse()? }),
            _ => Err(ParseLatencyError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(span) => span.fmt(f),
            Self::Uniform { low, high } => write!(f, "uniform:{low}..{high}"),
            Self::Exponential { mean } => write!(f, "exponential:{mean}"),
        }
    }
}

/// Hash of an actor path, as the network knows actors.
pub(crate) type PathHash = u64;

/// One end of a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) id: ActorId,
    pub(crate) path: PathHash,
    pub(crate) incarnation: u32,
}

impl End {
    /// An end whose path does not matter, or is not known any more.
    #[inline]
    pub(crate) fn without_path(id: ActorId) -> Self {
        Self { id, path: 0, incarnation: 0 }
    }
}

/// The latencies of a run and what has to be remembered to apply them.
#[derive(Debug)]
pub(crate) struct Network {
    seed: u64,
    replication: u64,
    latency: Latency,
    links: FxHashMap<(PathHash, PathHash), Latency>,
    streams: FxHashMap<PathHash, Stream>,
    /// When the last message of each pair arrives; kept for drawn latencies
    /// only, since a fixed one cannot reorder.
    last_arrival: FxHashMap<(ActorId, ActorId), VirtualTime>,
    /// Size of `last_arrival` at which arrivals that have passed are dropped.
    prune_at: usize,
}

/// Below this many pairs nothing is pruned.
const PRUNE_MIN: usize = 1024;

impl Network {
    pub(crate) fn new(seed: u64, replication: u64, latency: Latency) -> Self {
        Self {
            seed,
            replication,
            latency,
            links: FxHashMap::default(),
            streams: FxHashMap::default(),
            last_arrival: FxHashMap::default(),
            prune_at: PRUNE_MIN,
        }
    }

    /// Gives messages from `from` to `to` a latency of their own.
    pub(crate) fn set_link(&mut self, from: PathHash, to: PathHash, latency: Latency) {
        self.links.insert((from, to), latency);
    }

    /// Whether the paths of the ends matter; looking them up costs.
    #[inline]
    pub(crate) fn needs_paths(&self) -> bool {
        !self.links.is_empty() || !matches!(self.latency, Latency::Fixed(_))
    }

    /// When a message sent `now` arrives; never before one that `from` sent
    /// to `to` earlier. `None` past the end of virtual time.
    #[inline]
    pub(crate) fn arrival(&mut self, now: VirtualTime, from: End, to: End) -> Option<VirtualTime> {
        match self.link(from.path, to.path) {
            Latency::Fixed(span) => now.checked_add(span),
            drawn => self.drawn_arrival(now, from, to, drawn),
        }
    }

    /// When a kill or a notice of death sent `now` arrives; it may overtake.
    pub(crate) fn unordered_arrival(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
    ) -> Option<VirtualTime> {
        let latency = self.link(from.path, to.path);
        now.checked_add(self.draw(from, latency))
    }

    #[inline]
    fn link(&self, from: PathHash, to: PathHash) -> Latency {
        if self.links.is_empty() {
            return self.latency;
        }
        self.links.get(&(from, to)).copied().unwrap_or(self.latency)
    }

    #[cold]
    fn drawn_arrival(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
        latency: Latency,
    ) -> Option<VirtualTime> {
        let drawn = now.checked_add(self.draw(from, latency))?;
        if self.last_arrival.len() >= self.prune_at {
            // What has arrived cannot be overtaken: memory follows the
            // messages under way, at constant cost per message on average.
            self.last_arrival.retain(|_, last| *last > now);
            self.prune_at = PRUNE_MIN.max(2 * self.last_arrival.len());
        }
        let last = self.last_arrival.entry((from.id, to.id)).or_insert(drawn);
        *last = (*last).max(drawn);
        Some(*last)
    }

    /// Forgets what was kept for a sender that died; a successor of the same
    /// path draws from a stream of its own.
    pub(crate) fn forget(&mut self, path: PathHash) {
        self.streams.remove(&path);
    }

    fn draw(&mut self, from: End, latency: Latency) -> Span {
        if let Latency::Fixed(span) = latency {
            return span;
        }
        let (seed, replication) = (self.seed, self.replication);
        let stream = self.streams.entry(from.path).or_insert_with(|| {
            let (actor, incarnation) = (from.path, from.incarnation);
            let purpose = "latency";
            Stream::of_engine(&StreamName { seed, replication, actor, incarnation, purpose })
        });
        latency.draw(stream)
    }
}

/// The hash of a whole path such as `driver/dispatcher/taxi[7]`, equal to
/// the one its actor gets when it is spawned.
pub(crate) fn path_hash(path: &str) -> PathHash {
    path.split('/').fold(0, |owner, name| {
        let numbered = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
        let (label, ordinal) = match numbered.map(|(label, number)| (label, number.parse())) {
            Some((label, Ok(ordinal))) => (label, Some(ordinal)),
            _ => (name, None),
        };
        crate::random::hash_child(owner, hash_text(label), ordinal)
    })
}
