//! Rinott's procedure: the best of several independent systems, in two stages.

use super::replications::{MOST, UNVARIED};
use super::special::normal_cdf;
use super::{StatisticsError, Tally, Zone};

/// Where the logarithm of a density is so far below its maximum, nothing is left to add.
const NOTHING: f64 = 42.0;

/// Rinott's two-stage procedure. The first stage estimates the variance of each system, and from it
/// how many replications the system takes. Then the one with the best mean is the choice.
///
/// The systems must be independent: none may share random numbers with another. For common random
/// numbers there is [`KimNelson`](super::KimNelson). Results of replications are taken to be
/// normally distributed, with any variances.
///
/// Source: Y. Rinott, "On two-stage selection procedures and related probability-inequalities",
/// Communications in Statistics A7 (1978), 799-811.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Rinott, Tally, Zone};
///
/// let rule = Rinott::new(10, Zone { indifference: 1.0, chance: 0.95, first: 20 })?;
/// assert_eq!(format!("{:.3}", rule.constant()), "3.875");
/// // The variance of these twenty is 4.21: 3.875² · 4.21 = 63.2.
/// let first = Tally::of(&[1.0, 5.0].repeat(10))?;
/// assert_eq!(rule.replications(&first), 64);
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rinott {
    zone: Zone,
    constant: f64,
}

impl Rinott {
    /// The procedure for that many systems.
    ///
    /// # Cost
    /// That of [`rinott_constant`].
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] for fewer than two systems or two replications in the first
    /// stage, [`StatisticsError::Indifference`], [`StatisticsError::Probability`] and
    /// [`StatisticsError::Chance`] for numbers out of range.
    pub fn new(systems: usize, zone: Zone) -> Result<Self, StatisticsError> {
        let zone = zone.check(systems)?;
        let constant = rinott_constant(systems, zone.first - 1, zone.chance)?;
        Ok(Self { zone, constant })
    }

    /// Rinott's constant, often called h.
    #[must_use]
    pub const fn constant(&self) -> f64 {
        self.constant
    }

    /// How many replications a system takes in all, with the results of its first stage in `first`.
    /// If all of them are equal, there is no variance to go by, and it takes 300 at least.
    #[must_use]
    pub fn replications(&self, first: &Tally) -> u64 {
        let Some(variance) = first.variance().filter(|_| first.min() != first.max()) else {
            return self.zone.first.max(UNVARIED);
        };
        let ratio = self.constant / self.zone.indifference;
        let wanted = libm::ceil(ratio * ratio * variance);
        (wanted.min(MOST as f64) as u64).max(self.zone.first)
    }
}

/// Rinott's constant h for a number of systems, the degrees of freedom of the first stage
/// (replications less one), and the chance of a right choice: the root of
///
/// ∫ \[∫ Φ(h / √(ν (1/x + 1/y))) f(x) dx\]^(k - 1) f(y) dy = chance,
///
/// where f is the density of chi-square with ν degrees of freedom. Both integrals are sums over
/// equal steps of the logarithm, where f falls off fast on both sides, so that they are exact
/// except for rounding. The relative error is below 1e-9.
///
/// # Cost
/// Some 50,000 values of the normal distribution with 20 degrees of freedom or more; 2,000,000
/// with one.
///
/// # Errors
/// [`StatisticsError::TooFew`] for fewer than two systems or one degree of freedom,
/// [`StatisticsError::Probability`] and [`StatisticsError::Chance`] if the chance is not between
/// that of a guess and 1 - 1e-9. [`StatisticsError::OutOfReach`] if the constant is above a million.
///
/// # Examples
/// ```
/// use flagfall::statistics::rinott_constant;
///
/// // As in tables for two systems, twenty replications and 95 %.
/// assert_eq!(format!("{:.3}", rinott_constant(2, 19, 0.95)?), "2.452");
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
pub fn rinott_constant(systems: usize, degrees: u64, chance: f64) -> Result<f64, StatisticsError> {
    let first = degrees.saturating_add(1);
    let zone = Zone { indifference: 1.0, chance, first };
    zone.check(systems)?;
    if chance > 1.0 - 1e-9 {
        return Err(StatisticsError::Probability { value: chance });
    }
    let law = ChiSquare::new(degrees as f64);
    let (mut low, mut high) = (0.0, 2.0);
    while law.chance(systems, high) < chance {
        if high > 1e6 {
            return Err(StatisticsError::OutOfReach);
        }
        low = high;
        high *= 2.0;
    }
    // The method of Illinois: a secant, whose end is halved if it stays.
    let miss = |h: f64| law.chance(systems, h) - chance;
    let (mut of_low, mut of_high) = (miss(low), miss(high));
    let mut stayed = 0;
    for _ in 0..100 {
        let next = (low * of_high - high * of_low) / (of_high - of_low);
        let of_next = miss(next);
        let step = (high - low).abs();
        if of_next < 0.0 {
            (low, of_low) = (next, of_next);
            if stayed == -1 {
                of_high /= 2.0;
            }
            stayed = -1;
        } else {
            (high, of_high) = (next, of_next);
            if stayed == 1 {
                of_low /= 2.0;
            }
            stayed = 1;
        }
        if of_next.abs() < 1e-14 || (high - low).abs() < 1e-12 * high || step == (high - low).abs()
        {
            return Ok(next);
        }
    }
    Ok(low + (high - low) / 2.0)
}

/// The distribution of chi-square, as points that are ν over its values, with their weights.
struct ChiSquare(Vec<(f64, f64)>);

impl ChiSquare {
    fn new(degrees: f64) -> Self {
        // The logarithm of the density of log(x / ν), less that at its maximum.
        let depth = |s: f64| degrees / 2.0 * (libm::expm1(s) - s);
        let step = (0.4 * libm::sqrt(2.0 / degrees)).min(0.3);
        let side = |direction: f64| {
            let steps = (1_u32..).map(move |at| direction * f64::from(at) * step);
            steps.take_while(|s| depth(*s) < NOTHING).collect::<Vec<_>>()
        };
        let places = side(-1.0).into_iter().chain([0.0]).chain(side(1.0));
        let mut points: Vec<(f64, f64)> =
            places.map(|s| (libm::exp(0.0 - s), libm::exp(0.0 - depth(s)))).collect();
        let all = points.iter().fold(0.0, |all, (_, weight)| all + weight);
        points.iter_mut().for_each(|(_, weight)| *weight /= all);
        Self(points)
    }

    /// The chance of a right choice.
    fn chance(&self, systems: usize, h: f64) -> f64 {
        let Self(points) = self;
        let others = systems as f64 - 1.0;
        let inner = |y: f64| -> f64 {
            let term = |(x, weight): &(f64, f64)| weight * normal_cdf(h / libm::sqrt(x + y));
            points.iter().map(term).fold(0.0, std::ops::Add::add)
        };
        let term = |(y, weight): &(f64, f64)| weight * libm::exp(others * libm::log(inner(*y)));
        points.iter().map(term).fold(0.0, std::ops::Add::add)
    }
}
