//! Distributions as values: drawn from, parsed and printed, with their moments, probabilities and
//! quantiles.

mod composed;
mod continuous;
mod counts;
mod error;
mod given;
mod make;
mod numeric;
mod text;
mod values;
mod whole;
mod words;

pub use error::DistributionError;
pub(crate) use text::items;
pub use text::observations;

use super::Stream;
use super::samplers::rounded;
use crate::time::Span;
use composed::{Affine, Mixture, Part, Truncated};
use continuous::Continuous;
use counts::Counts;
use given::Given;
use rand::Rng;
use std::sync::Arc;
use values::Values;
use whole::Whole;

/// The distribution of a random number, such as a service time.
///
/// It is a value: it can be compared, printed, read from a text, and given to a model as a
/// parameter. Numbers that mean a time are in seconds.
///
/// # Draws
/// Each draw takes one word of the stream, whatever the distribution is. It is the
/// [quantile](Self::quantile) of a number u in (0, 1) that the word gives (inversion). So two
/// scenarios with a common stream have common random numbers even if the parameters differ, and the
/// complement of the word gives the antithetic draw, the quantile of 1 - u. Gamma, Erlang, beta and
/// PERT distributions are not drawn by inversion, which would take a microsecond: their rejection
/// methods make all that they need from the one word. Nor are mixtures, but their components are.
///
/// Draws have the same bits on all machines: all functions are those of the pinned `libm`, or take
/// operations of IEEE 754 alone.
///
/// # Cost
/// A clone copies at most a pointer. `benches/distributions.rs` measures what a draw costs.
///
/// # Examples
/// ```
/// use flagfall::random::{Distribution, Stream, StreamName};
///
/// # fn main() -> Result<(), flagfall::random::DistributionError> {
/// let service = Distribution::lognormal(240.0, 0.5)?;
/// assert_eq!("lognormal(mean=4min, cv=0.5)".parse(), Ok(service.clone()));
///
/// let name = StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "service" };
/// let mut stream = Stream::open(&name);
/// let spans: Vec<_> = (0..3).map(|_| service.draw_span(&mut stream)).collect();
/// assert!(spans.iter().all(|span| span.as_secs_f64() > 0.0));
/// assert!((service.cdf(service.quantile(0.9)) - 0.9).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    law: Law,
}

#[derive(Clone, Debug, PartialEq)]
enum Law {
    Continuous(Continuous, Given),
    Whole(Whole, Given),
    Counts(Arc<Counts>, Given),
    Weighted(Arc<Values>),
    Empirical(Arc<Values>),
    /// Observed values with straight lines between them.
    Interpolated(Arc<Values>),
    Mixture(Arc<Mixture<Distribution>>),
    Affine(Arc<Affine<Distribution>>),
    Truncated(Arc<Truncated<Distribution>>),
}

impl Distribution {
    /// A number of this distribution. Takes one word.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        self.of_word(stream.next_u64())
    }

    /// A span of this distribution, in seconds, rounded to nanoseconds; above [`Span::MAX`] it is
    /// `Span::MAX`. Takes one word.
    ///
    /// # Panics
    /// If the distribution can give a negative number, whether this one is or not.
    #[inline]
    pub fn draw_span(&self, stream: &mut Stream) -> Span {
        let low = self.support().0;
        assert!(
            low >= 0.0,
            "{self} can be negative, and a span cannot: give truncated({self}, low=0)"
        );
        Span::from_nanos(rounded(self.draw(stream) * 1e9))
    }

    /// A whole number of this distribution. Takes one word.
    ///
    /// # Panics
    /// If the distribution can give other numbers: see [`is_whole`](Self::is_whole).
    #[inline]
    pub fn draw_whole(&self, stream: &mut Stream) -> i64 {
        assert!(self.is_whole(), "{self} has numbers that are not whole");
        self.draw(stream) as i64
    }

    /// Whether all its numbers are whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let whole = |value: f64| libm::trunc(value) == value;
        match &self.law {
            Law::Continuous(Continuous::Constant { value }, _) => whole(*value),
            Law::Continuous(..) | Law::Interpolated(_) => false,
            Law::Whole(..) | Law::Counts(..) => true,
            Law::Weighted(values) | Law::Empirical(values) => {
                values.values.iter().all(|value| whole(*value))
            }
            Law::Mixture(mixture) => mixture.parts.iter().all(|(_, part)| part.is_whole()),
            Law::Affine(affine) => {
                affine.of.is_whole() && whole(affine.factor) && whole(affine.shift)
            }
            Law::Truncated(truncated) => truncated.of.is_whole(),
        }
    }

    /// The draw that a word gives.
    #[inline]
    fn of_word(&self, word: u64) -> f64 {
        match &self.law {
            Law::Continuous(law, _) => law.of_word(word),
            _ => self.of_word_by_call(word),
        }
    }

    #[inline(never)]
    fn of_word_by_call(&self, word: u64) -> f64 {
        match &self.law {
            Law::Mixture(mixture) => mixture.of_word(word),
            Law::Affine(affine) => affine.shift + affine.factor * affine.of.of_word(word),
            _ => self.inverted(words::to_unit(word)),
        }
    }

    /// The smallest and the largest number that it can give; they may be infinite.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        match &self.law {
            Law::Continuous(law, _) => law.support(),
            Law::Whole(law, _) => law.support(),
            Law::Counts(counts, _) => counts.support(),
            Law::Weighted(values) | Law::Empirical(values) | Law::Interpolated(values) => {
                values.support()
            }
            Law::Mixture(mixture) => mixture.support(),
            Law::Affine(affine) => affine.support(),
            Law::Truncated(truncated) => truncated.support(),
        }
    }

    /// The mean. It is infinite for Pareto and log-logistic distributions of a shape up to 1.
    ///
    /// # Cost
    /// A formula, or 449 quantiles for truncated distributions and the bounded distribution of
    /// Johnson. The error of these is about 1e-13 of the whole, divided by the probability of what
    /// is left by a truncation; for whole numbers in a range of over a million, about 1e-6.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match &self.law {
            Law::Continuous(law, _) => law.mean(),
            Law::Whole(law, _) => law.mean(),
            Law::Counts(counts, _) => counts.law.mean(),
            Law::Weighted(values) | Law::Empirical(values) => values.mean(),
            Law::Interpolated(values) => values.line_mean(),
            Law::Mixture(mixture) => mixture.mean(),
            Law::Affine(affine) => affine.shift + affine.factor * affine.of.mean(),
            Law::Truncated(truncated) => truncated.mean(),
        }
    }

    /// The variance. It is infinite for Pareto and log-logistic distributions of a shape up to 2.
    ///
    /// # Cost
    /// As that of the [mean](Self::mean).
    #[must_use]
    pub fn variance(&self) -> f64 {
        match &self.law {
            Law::Continuous(law, _) => law.variance(),
            Law::Whole(law, _) => law.variance(),
            Law::Counts(counts, _) => counts.law.variance(),
            Law::Weighted(values) | Law::Empirical(values) => values.variance(),
            Law::Interpolated(values) => values.line_variance(),
            Law::Mixture(mixture) => mixture.variance(),
            Law::Affine(affine) => affine.factor * affine.factor * affine.of.variance(),
            Law::Truncated(truncated) => truncated.variance(),
        }
    }

    /// The probability that a draw is at most `x`. It is NaN if `x` is.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return f64::NAN;
        }
        match &self.law {
            Law::Continuous(law, _) => law.cdf(x),
            Law::Whole(law, _) => law.cdf(x),
            Law::Counts(counts, _) => counts.cdf(x),
            Law::Weighted(values) | Law::Empirical(values) => values.cdf(x),
            Law::Interpolated(values) => values.line_cdf(x),
            Law::Mixture(mixture) => mixture.cdf(x),
            Law::Affine(affine) => affine.of.cdf((x - affine.shift) / affine.factor),
            Law::Truncated(truncated) => truncated.cdf(x),
        }
    }

    /// The smallest number that a draw does not exceed with probability `p` at least. For 0 and 1,
    /// the ends of the [support](Self::support); NaN outside of [0, 1].
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let (low, high) = self.support();
        match p {
            0.0 => low,
            1.0 => high,
            _ if p > 0.0 && p < 1.0 => self.inverted(p).clamp(low, high),
            _ => f64::NAN,
        }
    }

    /// The quantile of a probability in (0, 1).
    #[inline]
    fn inverted(&self, p: f64) -> f64 {
        match &self.law {
            Law::Continuous(law, _) => law.quantile(p),
            Law::Whole(law, _) => law.quantile(p),
            Law::Counts(counts, _) => counts.quantile(p),
            Law::Weighted(values) | Law::Empirical(values) => values.quantile(p),
            Law::Interpolated(values) => values.line_quantile(p),
            Law::Mixture(mixture) => mixture.quantile(p),
            Law::Affine(affine) => affine.shift + affine.factor * affine.of.inverted(p),
            Law::Truncated(truncated) => truncated.quantile(p),
        }
    }
}

impl Part for Distribution {
    fn of_word(&self, word: u64) -> f64 {
        self.of_word(word)
    }

    fn inverted(&self, p: f64) -> f64 {
        self.inverted(p)
    }

    fn cdf(&self, x: f64) -> f64 {
        self.cdf(x)
    }

    fn support(&self) -> (f64, f64) {
        self.support()
    }

    fn mean(&self) -> f64 {
        self.mean()
    }

    fn variance(&self) -> f64 {
        self.variance()
    }

    fn is_whole(&self) -> bool {
        self.is_whole()
    }
}
