//! One rule of a fault plan.

use super::Latency;
use crate::actor::Pattern;
use crate::time::VirtualTime;
use std::fmt;
use std::ops::Range;

/// One rule of a [`FaultPlan`](super::FaultPlan). It prints as a line that is read as the
/// same rule.
///
/// The plan's methods make it, or it is read from text.
///
/// # Examples
/// ```
/// use flagfall::network::Rule;
///
/// let rule: Rule = "slow driver/taxi[*]  by 2.50 from 10s to 20s  # roadworks".parse()?;
/// assert_eq!(rule.to_string(), "slow driver/taxi[*] by 2.5 from 10s to 20s");
/// # Ok::<(), flagfall::network::ParsePlanError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Rule(pub(super) Kind);

#[derive(Clone, PartialEq)]
pub(super) enum Kind {
    Link { from: Pattern, to: Pattern, faults: LinkFaults },
    Partition { sides: [Vec<Pattern>; 2], window: Window },
    Crash { who: Pattern, since: Since, span: Latency },
    Slow { who: Pattern, factor: Factor, window: Window },
}

/// The start from which the time of a crash is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Start,
    Birth,
}

/// A range of time, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: VirtualTime,
    /// [`VirtualTime::MAX`] is never reached: the window does not end.
    pub(super) to: VirtualTime,
}

impl Window {
    pub(super) const ALWAYS: Self = Self { from: VirtualTime::ZERO, to: VirtualTime::MAX };

    pub(super) fn new(range: Range<VirtualTime>) -> Self {
        let Range { start: from, end: to } = range;
        assert!(from < to, "no instant is from {from} and before {to}");
        Self { from, to }
    }

    pub(super) fn contains(self, time: VirtualTime) -> bool {
        self.from <= time && time < self.to
    }
}

impl fmt::Display for Window {
    /// With a space before it; empty if the window is always open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALWAYS {
            return Ok(());
        }
        write!(f, " from {}", self.from)?;
        if self.to == VirtualTime::MAX { Ok(()) } else { write!(f, " to {}", self.to) }
    }
}

/// The factor of a slowdown, in thousandths, so that virtual time needs no floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Factor(pub(super) u64);

impl Factor {
    pub(super) const ONE: u64 = 1_000;
    /// The largest factor, in thousandths.
    const MOST: u64 = 1_000_000 * Self::ONE;

    pub(super) fn new(factor: f64) -> Self {
        // What is not a number becomes 0, which is refused.
        let thousandths = libm::rint(factor * 1e3) as u64;
        Self::of_thousandths(thousandths).unwrap_or_else(|| {
            panic!("{factor} is not how much slower something gets: from 1 to 1000000")
        })
    }

    pub(super) fn of_thousandths(thousandths: u64) -> Option<Self> {
        (Self::ONE..=Self::MOST).contains(&thousandths).then_some(Self(thousandths))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / Self::ONE, self.0 % Self::ONE);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        f.write_str(format!("{whole}.{rest:03}").trim_end_matches('0'))
    }
}

/// The faults of a link: the part of a [`FaultPlan::link`](super::FaultPlan::link) rule
/// after the two ends.
///
/// Parts that are not set stay as they are without the rule.
///
/// # Examples
/// ```
/// use flagfall::{FaultPlan, network::LinkFaults};
///
/// let slow_line = LinkFaults::new().latency("40ms".parse()?).bandwidth(1_000_000).loss(0.01);
/// let plan = FaultPlan::new().link("shop", "bank", slow_line);
/// assert_eq!(plan.to_string(), "link shop -> bank latency 40ms bandwidth 1MB/s loss 0.01");
/// # Ok::<(), flagfall::network::ParseLatencyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LinkFaults {
    pub(super) latency: Option<Latency>,
    pub(super) bandwidth: Option<u64>,
    pub(super) size: Option<u64>,
    pub(super) loss: Option<f64>,
    pub(super) duplicate: Option<f64>,
    pub(super) window: Option<Window>,
}

impl LinkFaults {
    /// A rule without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The latency of messages.
    #[must_use]
    pub fn latency(self, latency: Latency) -> Self {
        Self { latency: Some(latency), ..self }
    }

    /// How many bytes per second the link transmits, one message after the other. A
    /// message of n bytes keeps it busy for n / bandwidth, rounded up to a whole
    /// nanosecond. Its latency begins after that.
    ///
    /// # Panics
    /// If it is 0; a link that transmits nothing is a partition.
    #[must_use]
    pub fn bandwidth(self, bytes_per_second: u64) -> Self {
        assert!(bytes_per_second > 0, "a bandwidth of 0: write a partition");
        Self { bandwidth: Some(bytes_per_second), ..self }
    }

    /// How many bytes each message takes, in place of
    /// [`Message::size`](trait@crate::Message).
    #[must_use]
    pub fn size(self, bytes: u64) -> Self {
        Self { size: Some(bytes), ..self }
    }

    /// The probability that a message is lost.
    ///
    /// # Panics
    /// If it is not in [0, 1].
    #[must_use]
    pub fn loss(self, probability: f64) -> Self {
        Self { loss: Some(checked(probability)), ..self }
    }

    /// The probability that a message that is not lost arrives twice.
    ///
    /// # Panics
    /// If it is not in [0, 1].
    #[must_use]
    pub fn duplicate(self, probability: f64) -> Self {
        Self { duplicate: Some(checked(probability)), ..self }
    }

    /// When the rule applies: to messages sent from the start of the range and before its
    /// end. By default it always applies.
    ///
    /// # Panics
    /// If the range is empty.
    #[must_use]
    pub fn during(self, range: Range<VirtualTime>) -> Self {
        let window = Some(Window::new(range)).filter(|window| *window != Window::ALWAYS);
        Self { window, ..self }
    }

    pub(super) fn applies(&self, time: VirtualTime) -> bool {
        self.window.is_none_or(|window| window.contains(time))
    }
}

fn checked(probability: f64) -> f64 {
    assert!((0.0..=1.0).contains(&probability), "{probability} is not a probability");
    // -0.0 would print with its sign.
    probability.abs()
}

impl fmt::Display for LinkFaults {
    /// With a space before each part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(latency) = &self.latency {
            write!(f, " latency {latency}")?;
        }
        if let Some(bandwidth) = self.bandwidth {
            write!(f, " bandwidth {}/s", Bytes(bandwidth))?;
        }
        if let Some(size) = self.size {
            write!(f, " size {}", Bytes(size))?;
        }
        if let Some(loss) = self.loss {
            write!(f, " loss {loss}")?;
        }
        if let Some(duplicate) = self.duplicate {
            write!(f, " duplicate {duplicate}")?;
        }
        self.window.map_or(Ok(()), |window| window.fmt(f))
    }
}

/// Units of size: powers of 1000, as usual for bandwidths.
pub(super) const UNITS: [(&str, u64); 4] =
    [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1)];

/// Prints a size in the largest unit that is exact.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = |(_, bytes): &&(&str, u64)| self.0 > 0 && self.0 % bytes == 0;
        let (unit, bytes) = UNITS.iter().find(exact).unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / bytes)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Link { from, to, faults } => write!(f, "link {from} -> {to}{faults}"),
            Kind::Partition { sides, window } => {
                let list = |side: &Vec<Pattern>| {
                    side.iter().map(Pattern::to_string).collect::<Vec<_>>().join(",")
                };
                let [one, other] = sides.each_ref().map(list);
                write!(f, "partition {one} | {other}{window}")
            }
            Kind::Crash { who, since: Since::Start, span } => write!(f, "crash {who} at {span}"),
            Kind::Crash { who, since: Since::Birth, span } => write!(f, "crash {who} after {span}"),
            Kind::Slow { who, factor, window } => write!(f, "slow {who} by {factor}{window}"),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
