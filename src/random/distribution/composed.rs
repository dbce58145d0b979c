//! Distributions that are made of others.

use super::numeric::{least, mean_over_unit};

/// What a distribution asks of those that it is made of.
pub(super) trait Part {
    fn of_word(&self, word: u64) -> f64;
    /// The quantile of a probability in (0, 1).
    fn inverted(&self, p: f64) -> f64;
    fn cdf(&self, x: f64) -> f64;
    fn support(&self) -> (f64, f64);
    fn mean(&self) -> f64;
    fn variance(&self) -> f64;
    fn is_whole(&self) -> bool;
}

/// One of several distributions, each with a weight.
#[derive(Debug, PartialEq)]
pub(super) struct Mixture<P> {
    /// The weights as they were given.
    pub(super) parts: Vec<(f64, P)>,
    /// The first word that belongs to the next part.
    ends: Vec<u64>,
    all: f64,
}

impl<P: Part> Mixture<P> {
    pub(super) fn new(parts: Vec<(f64, P)>) -> Self {
        let all: f64 = parts.iter().map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        let ends = parts.iter().map(|(weight, _)| {
            sum += weight;
            // 2^64; a cast of a float saturates.
            (sum / all * 18_446_744_073_709_551_616.0) as u64
        });
        let mut ends: Vec<u64> = ends.collect();
        if let Some(last) = ends.last_mut() {
            *last = u64::MAX;
        }
        Self { parts, ends, all }
    }

    /// The place of the word among those of its part gives the draw.
    pub(super) fn of_word(&self, word: u64) -> f64 {
        let at = self.ends.partition_point(|end| *end <= word).min(self.parts.len() - 1);
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let width = u128::from((self.ends[at] - begin).max(1));
        let place = (u128::from(word - begin) << 64) / width;
        self.parts[at].1.of_word(u64::try_from(place).unwrap_or(u64::MAX))
    }

    /// The parts with their probabilities.
    fn shares(&self) -> impl Iterator<Item = (f64, &P)> {
        self.parts.iter().map(|(weight, part)| (weight / self.all, part))
    }

    pub(super) fn support(&self) -> (f64, f64) {
        let of = |part: &(f64, P)| part.1.support();
        let low = self.parts.iter().map(|part| of(part).0).fold(f64::INFINITY, f64::min);
        let high = self.parts.iter().map(|part| of(part).1).fold(f64::NEG_INFINITY, f64::max);
        (low, high)
    }

    pub(super) fn mean(&self) -> f64 {
        self.shares().map(|(share, part)| share * part.mean()).sum()
    }

    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        if mean.is_infinite() {
            return f64::INFINITY;
        }
        let of = |part: &P| {
            let away = part.mean() - mean;
            part.variance() + away * away
        };
        self.shares().map(|(share, part)| share * of(part)).sum()
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        self.shares().map(|(share, part)| share * part.cdf(x)).sum::<f64>().min(1.0)
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        let of = |part: &(f64, P)| part.1.inverted(p);
        let low = self.parts.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = self.parts.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        least(low, high, p, |x| self.cdf(x))
    }
}

/// A distribution that is moved and stretched; the factor is positive.
#[derive(Debug, PartialEq)]
pub(super) struct Affine<P> {
    pub(super) of: P,
    pub(super) factor: f64,
    pub(super) shift: f64,
}

impl<P: Part> Affine<P> {
    pub(super) fn support(&self) -> (f64, f64) {
        let (low, high) = self.of.support();
        (self.shift + self.factor * low, self.shift + self.factor * high)
    }
}

/// A distribution under the condition that the number is in a range, both ends included.
#[derive(Debug, PartialEq)]
pub(super) struct Truncated<P> {
    pub(super) of: P,
    pub(super) low: f64,
    pub(super) high: f64,
    /// The probability to be below the range.
    below: f64,
    /// The probability to be in it.
    within: f64,
}

impl<P: Part> Truncated<P> {
    pub(super) fn new(of: P, low: f64, high: f64) -> Self {
        let below = of.cdf(before(low));
        let within = of.cdf(high) - below;
        Self { of, low, high, below, within }
    }

    /// The probability of the range in the distribution itself.
    pub(super) const fn within(&self) -> f64 {
        self.within
    }

    pub(super) fn support(&self) -> (f64, f64) {
        let (low, high) = self.of.support();
        (low.max(self.low), high.min(self.high))
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        if x < self.low {
            return 0.0;
        }
        if x >= self.high {
            return 1.0;
        }
        ((self.of.cdf(x) - self.below) / self.within).clamp(0.0, 1.0)
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        let (low, high) = self.support();
        // The sum may be rounded to an end.
        let p = (self.below + p * self.within).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        self.of.inverted(p).clamp(low, high)
    }

    pub(super) fn mean(&self) -> f64 {
        self.moment(self.of.mean(), |x| x)
    }

    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        if mean.is_infinite() {
            return f64::INFINITY;
        }
        let away = self.of.mean() - mean;
        self.moment(self.of.variance() + away * away, |x| (x - mean) * (x - mean))
    }

    /// The mean of a function of the number; `whole` is that of the distribution that is cut.
    fn moment(&self, whole: f64, of: impl Fn(f64) -> f64) -> f64 {
        // Quantiles of whole numbers have steps: so number by number, if they are few.
        let (low, high) = (self.quantile(f64::MIN_POSITIVE), self.quantile(1.0 - f64::EPSILON));
        if self.of.is_whole() && high - low <= 1e6 {
            return self.sum(low, high, of);
        }
        if self.support().1 < f64::INFINITY {
            return mean_over_unit(|p| of(self.quantile(p)));
        }
        // Close to 1 there are too few numbers for the quantiles that count in a long tail. What is
        // cut off below has no such tail.
        let cut = |p: f64| of(self.of.inverted(p * self.below));
        let cut = if self.below > 0.0 { self.below * mean_over_unit(cut) } else { 0.0 };
        (whole - cut) / self.within
    }

    fn sum(&self, low: f64, high: f64, of: impl Fn(f64) -> f64) -> f64 {
        let (mut sum, mut x, mut before) = (0.0, low, 0.0);
        while x <= high {
            let passed = self.cdf(x);
            sum += (passed - before) * of(x);
            before = passed;
            x += 1.0;
        }
        sum
    }
}

/// The next smaller number.
fn before(value: f64) -> f64 {
    let bits = value.to_bits();
    match value {
        f64::NEG_INFINITY => value,
        0.0 => -f64::from_bits(1),
        _ if value > 0.0 => f64::from_bits(bits - 1),
        _ => f64::from_bits(bits + 1),
    }
}
