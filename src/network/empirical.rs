//! Latencies drawn from recorded spans.

use crate::random::Stream;
use crate::time::Span;
use std::fmt;
use std::sync::Arc;

/// The empirical distribution of recorded spans. Draws are independent, and each span
/// has a probability proportional to its weight.
///
/// Only recorded spans are drawn, never a span between two of them. A draw costs one
/// random word and O(log n) comparisons. Clones share the list.
///
/// # Examples
/// ```
/// use flagfall::network::Empirical;
/// use flagfall::{Latency, Span};
///
/// let recorded = Empirical::new([1, 2, 5].map(Span::from_millis)).expect("there are some");
/// assert_eq!(recorded.longest(), Span::from_millis(5));
/// let latency = Latency::Empirical(recorded);
/// assert_eq!(latency.to_string(), "empirical:1ms,2ms,5ms");
/// assert_eq!("empirical:1ms,2ms,5ms".parse(), Ok(latency));
/// # Ok::<(), flagfall::network::ParseLatencyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Empirical {
    /// Each span with the cumulative weight up to and including it.
    spans: Arc<[(Span, u64)]>,
}

impl Empirical {
    /// Spans of equal weight; `None` if there are none.
    #[must_use]
    pub fn new(spans: impl IntoIterator<Item = Span>) -> Option<Self> {
        Self::weighted(spans.into_iter().map(|span| (span, 1)))
    }

    /// Spans with their weights: how often each was recorded. `None` if there are none,
    /// if a weight is 0, or if the sum is 2^64 or more.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Span, network::Empirical};
    ///
    /// let spans = [(Span::from_millis(1), 9), (Span::from_millis(40), 1)];
    /// assert_eq!(Empirical::weighted(spans).unwrap().to_string(), "1ms*9,40ms");
    /// assert_eq!(Empirical::weighted([(Span::ZERO, 0)]), None);
    /// ```
    #[must_use]
    pub fn weighted(spans: impl IntoIterator<Item = (Span, u64)>) -> Option<Self> {
        let mut total = 0_u64;
        let mut add = |(span, weight): (Span, u64)| {
            total = total.checked_add(weight).filter(|_| weight > 0)?;
            Some((span, total))
        };
        let spans: Option<Arc<[_]>> = spans.into_iter().map(&mut add).collect();
        spans.filter(|spans| !spans.is_empty()).map(|spans| Self { spans })
    }

    /// The longest span recorded. Cost: O(n).
    #[must_use]
    pub fn longest(&self) -> Span {
        self.spans.iter().map(|(span, _)| *span).max().unwrap_or_default()
    }

    /// The spans with their weights, in the order they were given.
    pub fn spans(&self) -> impl Iterator<Item = (Span, u64)> {
        let before = std::iter::once(0).chain(self.spans.iter().map(|(_, up_to)| *up_to));
        self.spans.iter().zip(before).map(|((span, up_to), before)| (*span, up_to - before))
    }

    pub(super) fn draw(&self, stream: &mut Stream) -> Span {
        let (_, total) = self.spans[self.spans.len() - 1];
        let drawn = stream.below(total);
        self.spans[self.spans.partition_point(|(_, up_to)| *up_to <= drawn)].0
    }
}

impl fmt::Display for Empirical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spans = self.spans().map(|(span, weight)| match weight {
            1 => span.to_string(),
            weight => format!("{span}*{weight}"),
        });
        f.write_str(&spans.collect::<Vec<_>>().join(","))
    }
}

impl fmt::Debug for Empirical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Empirical({self})")
    }
}
