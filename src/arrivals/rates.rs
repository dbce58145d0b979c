//! Rates that change over time, and their exact inversion.

use super::ArrivalError;
use crate::schedule::Schedule;
use crate::time::{Span, VirtualTime};

/// How many arrivals there are in a unit of time, over time.
///
/// Rates are given for a span, such as "30 in an hour". They are constant between the steps of a
/// schedule, or straight lines between its points.
///
/// # Examples
/// ```
/// use flagfall::arrivals::Rates;
/// use flagfall::{Span, VirtualTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hour = Span::from_hours(1);
/// let rates = Rates::steps(hour, "daily(0: 2, 8h: 30, 20h: 5)".parse()?)?;
/// // 8 hours of 2, 12 of 30, 4 of 5.
/// let day = VirtualTime::from_hours(24);
/// assert_eq!(rates.expected(VirtualTime::ZERO, day), 16.0 + 360.0 + 20.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    /// As they were given, for the text.
    pub(super) given: Schedule<f64>,
    pub(super) per: Span,
    pub(super) is_linear: bool,
    pieces: Schedule<Piece>,
    /// The expected number in a period without exceptions, if there is a period.
    of_period: f64,
}

/// A rate in a second, and how much it rises in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    /// At the beginning of the piece.
    rate: f64,
    slope: f64,
}

impl Rates {
    /// Rates that are constant between steps: so many in a span of `per`.
    ///
    /// # Errors
    /// A rate is not in 0 to 1e12, or `per` is 0.
    pub fn steps(per: Span, rates: Schedule<f64>) -> Result<Self, ArrivalError> {
        Self::new(per, rates, false)
    }

    /// Rates that are straight lines between points: at the time of each step the rate is that of
    /// the step. If they repeat, the last line ends at the first point of the next period; otherwise
    /// the last rate holds for ever. Exceptions have constant rates.
    ///
    /// # Errors
    /// As [`steps`](Self::steps).
    pub fn lines(per: Span, rates: Schedule<f64>) -> Result<Self, ArrivalError> {
        Self::new(per, rates, true)
    }

    fn new(per: Span, given: Schedule<f64>, is_linear: bool) -> Result<Self, ArrivalError> {
        if per.is_zero() {
            return Err(ArrivalError::PerNothing);
        }
        if let Some(rate) = given.values().find(|rate| !(0.0..=1e12).contains(*rate)) {
            return Err(ArrivalError::Rate { rate: *rate });
        }
        let steps = given.steps();
        let secs = per.as_secs_f64();
        let wrapped = given.period().map(|period| (period, steps[0].1));
        let slope = |begin: Span, rate: f64| {
            let next = steps.iter().find(|step| step.0 > begin).copied().or(wrapped);
            next.map_or(0.0, |(end, next)| (next - rate) / secs / (end - begin).as_secs_f64())
        };
        let pieces = given.map(|begin, rate| {
            let slope = begin.filter(|_| is_linear).map_or(0.0, |begin| slope(begin, *rate));
            Piece { rate: rate / secs, slope }
        });
        let of_period = given.period().map_or(0.0, |period| {
            let ends = steps.iter().skip(1).map(|step| step.0).chain([period]);
            let widths = steps.iter().zip(ends).map(|(step, end)| (end - step.0).as_secs_f64());
            pieces
                .steps()
                .iter()
                .zip(widths)
                .map(|((_, piece), width)| piece.number(0.0, width))
                .sum()
        });
        Ok(Self { given, per, is_linear, pieces, of_period })
    }

    /// The expected number of arrivals from one time up to another.
    ///
    /// # Cost
    /// That of the steps between them.
    #[must_use]
    pub fn expected(&self, from: VirtualTime, until: VirtualTime) -> f64 {
        let (mut at, mut sum) = (from, 0.0);
        while at < until {
            let part = self.pieces.part(at);
            let end = part.until.map_or(until, |end| end.min(until));
            sum += part.value.number(part.into.as_secs_f64(), (end - at).as_secs_f64());
            at = end;
        }
        sum
    }

    /// The time up to which so many arrivals are expected from `from` on; none if there never are.
    ///
    /// With numbers of an exponential distribution of mean 1, these are the arrivals of a Poisson
    /// process with those rates: E. Çinlar, "Introduction to Stochastic Processes", 1975, chapter 4.
    ///
    /// # Cost
    /// That of the steps that are passed. Whole periods are passed at once.
    #[must_use]
    pub fn after(&self, from: VirtualTime, expected: f64) -> Option<VirtualTime> {
        let (mut at, mut left) = (from, expected);
        loop {
            if left <= 0.0 {
                return Some(at);
            }
            let part = self.pieces.part(at);
            let into = part.into.as_secs_f64();
            let rate = part.value.at(into);
            let Some(end) = part.until else {
                return if rate > 0.0 { later(at, left / rate) } else { None };
            };
            let number = part.value.number(into, (end - at).as_secs_f64());
            if left <= number {
                // The root of the quadratic equation, in the form without cancellation.
                let square = rate * rate + 2.0 * part.value.slope * left;
                let span = 2.0 * left / (rate + libm::sqrt(square.max(0.0)));
                return later(at, span).map(|time| time.min(end));
            }
            left -= number;
            (at, left) = self.without_whole_periods(end, left)?;
        }
    }

    /// Goes on by as many whole periods as surely pass; none if no arrival can come any more.
    fn without_whole_periods(&self, at: VirtualTime, left: f64) -> Option<(VirtualTime, f64)> {
        let Some(period) = self.pieces.period() else { return Some((at, left)) };
        let free = self.pieces.exception_after(at).map(|exception| exception - at);
        let room = free.map_or(f64::INFINITY, |free| libm::floor(free / period));
        let passed = libm::floor(left / self.of_period);
        // Nothing is left of 0 by 0, and of all others too much.
        let count = if self.of_period > 0.0 { passed.min(room) } else { room };
        if count < 1.0 {
            return Some((at, left));
        }
        if count >= 1e15 {
            return None;
        }
        let at = at.checked_add(period.checked_mul(count as u64)?)?;
        // Rounding may leave a little less than nothing.
        Some((at, (left - count * self.of_period).max(0.0)))
    }
}

impl Piece {
    /// The rate so many seconds after the beginning.
    fn at(self, into: f64) -> f64 {
        (self.rate + self.slope * into).max(0.0)
    }

    /// The expected number in a span that begins so many seconds after the beginning.
    fn number(self, into: f64, width: f64) -> f64 {
        (width * (self.at(into) + self.slope * width / 2.0)).max(0.0)
    }
}

fn later(at: VirtualTime, secs: f64) -> Option<VirtualTime> {
    at.checked_add(Span::try_from_secs_f64(secs).ok()?)
}
