//! Which of several means can be the largest: multiple comparisons with the best.

use super::student::two_sided;
use super::{StatisticsError, Tally, student_quantile};

/// Whether the largest mean is the best, or the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(rename_all = "kebab-case"))]
pub enum Best {
    /// The largest.
    Max,
    /// The smallest.
    Min,
}

impl Best {
    /// The name of the option's value.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Min => "min",
        }
    }

    /// The number, so that larger is better.
    #[must_use]
    pub fn merit(self, value: f64) -> f64 {
        match self {
            Self::Max => value,
            Self::Min => 0.0 - value,
        }
    }
}

/// What is known of one system, compared with the best of the others.
///
/// The ends are how much larger its mean is than the largest of the others. If the smallest is the
/// best, both are turned round: how much it is smaller. So above 0 is always better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WithBest {
    /// Its mean, less that of the best of the others, turned round if the smallest is the best.
    pub difference: f64,
    /// The lower end, at most 0. `None` if it is not known, as for a single replication.
    pub low: Option<f64>,
    /// The upper end, at least 0. `None` if it is not known.
    pub high: Option<f64>,
    /// Whether it can be the best.
    pub can_be_best: bool,
}

/// Multiple comparisons with the best (Hsu's constrained intervals) of systems whose replications
/// are correlated, as under common random numbers.
///
/// With probability `level`, all intervals cover at once, so that the best is among those that can
/// be. They need only that one-sided intervals of the true best less each other system hold
/// together. Here these are paired-t intervals, k - 1 for k systems, each at 1 - (1 - level) /
/// (k - 1) by Bonferroni's inequality. So they are right for every correlation and for unequal
/// variances, and need no assumption such as sphericity (Nelson and Matejcik's are narrower, but
/// need it). `difference` gives the differences of a pair, first less second.
///
/// Where all differences of a pair are equal, there is no interval, and an end that would be of that
/// pair is `None`. The sign test decides then whether that number of equal signs is unlikely enough,
/// and if so, the difference counts as known for what can be the best.
///
/// Sources: J. C. Hsu, "Constrained simultaneous confidence intervals for multiple comparisons with
/// the best", Annals of Statistics 12 (1984), 1136-1144. D. G. Edwards, J. C. Hsu, "Multiple
/// comparisons with the best treatment", JASA 78 (1983), 965-971 (unequal widths). G. M. Clark,
/// W. Yang, "A Bonferroni selection procedure when using common random numbers with unknown
/// variances", Proceedings of the 1986 Winter Simulation Conference, 313-315. B. L. Nelson,
/// F. J. Matejcik, "Using common random numbers for indifference-zone selection and multiple
/// comparisons in simulation", Management Science 41 (1995), 1935-1945.
///
/// # Cost
/// A pass over all pairs.
///
/// # Errors
/// [`StatisticsError::TooFew`] for fewer than two systems, or if a pair has no replication;
/// [`StatisticsError::Probability`] if the level is out of range.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Best, Tally, with_the_best};
///
/// let costs = [[11.0, 14.0, 12.0, 13.0], [9.0, 12.1, 10.0, 11.2], [9.1, 12.0, 10.1, 11.0]];
/// let difference = |one: usize, other: usize| {
///     let pairs = costs[one].iter().zip(&costs[other]);
///     Tally::of(&pairs.map(|(one, other)| one - other).collect::<Vec<_>>())
/// };
/// let compared = with_the_best(3, Best::Min, 0.95, difference)?;
/// let can_be: Vec<bool> = compared.iter().map(|one| one.can_be_best).collect();
/// // The first costs about 2 more every day; between the others, four days do not decide.
/// assert_eq!(can_be, [false, true, true]);
/// assert_eq!(compared[0].high, Some(0.0));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
pub fn with_the_best(
    systems: usize,
    best: Best,
    level: f64,
    difference: impl Fn(usize, usize) -> Result<Tally, StatisticsError>,
) -> Result<Vec<WithBest>, StatisticsError> {
    if systems < 2 {
        return Err(StatisticsError::TooFew { needed: 2, got: systems as u64 });
    }
    two_sided(1, level)?;
    let tail = (1.0 - level) / (systems - 1) as f64;
    let mut gaps = vec![Gap::default(); systems * systems];
    let mut known = (0, 0.0);
    for one in 0..systems {
        for other in one + 1..systems {
            let gap = Gap::of(&difference(one, other)?, best, tail, &mut known)?;
            gaps[one * systems + other] = gap;
            gaps[other * systems + one] = Gap { mean: 0.0 - gap.mean, ..gap };
        }
    }
    Ok(constrained(systems, &gaps))
}

/// How much better one system is than another.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    mean: f64,
    /// The distance of the end of a one-sided interval; infinite if there is none.
    width: f64,
    /// Whether all differences are equal.
    is_constant: bool,
}

impl Gap {
    /// `known` is the last quantile with its degrees of freedom: most pairs have the same.
    fn of(
        tally: &Tally,
        best: Best,
        tail: f64,
        known: &mut (u64, f64),
    ) -> Result<Self, StatisticsError> {
        let count = tally.count();
        let Some(mean) = tally.mean() else {
            return Err(StatisticsError::TooFew { needed: 1, got: 0 });
        };
        let is_constant = tally.min() == tally.max();
        let width = if is_constant {
            let chance = libm::exp2(0.0 - count as f64);
            if chance <= tail { 0.0 } else { f64::INFINITY }
        } else {
            if known.0 != count - 1 {
                *known = (count - 1, student_quantile(count - 1, 1.0 - tail)?);
            }
            known.1 * tally.standard_error().unwrap_or(f64::INFINITY)
        };
        Ok(Self { mean: best.merit(mean), width, is_constant })
    }
}

/// Edwards and Hsu's intervals from those of all pairs.
fn constrained(systems: usize, gaps: &[Gap]) -> Vec<WithBest> {
    let others = |one: usize| {
        let others = (0..systems).filter(move |other| *other != one);
        others.map(move |other| (other, &gaps[one * systems + other]))
    };
    /// The least of some ends, and whether it is of a pair without an interval.
    fn least(ends: impl Iterator<Item = (f64, bool)>) -> (f64, bool) {
        let less = |one: (f64, bool), other: (f64, bool)| if other.0 < one.0 { other } else { one };
        ends.fold((f64::INFINITY, true), less)
    }
    let upper = |one| least(others(one).map(|(_, gap)| (gap.mean + gap.width, gap.is_constant)));
    let uppers: Vec<(f64, bool)> = (0..systems).map(upper).collect();
    // Pairs with different replications need not agree: then nobody is left, and nothing is known.
    let nobody = uppers.iter().all(|(upper, _)| *upper < 0.0);
    let can_be = |one: usize| nobody || uppers[one].0 >= 0.0;
    let candidates = (0..systems).filter(|one| can_be(*one)).count();
    let known = |(end, is_constant): (f64, bool)| (!is_constant && end.is_finite()).then_some(end);
    let of = |one: usize| {
        let means = others(one).map(|(_, gap)| gap.mean);
        let of_candidates = others(one).filter(|(other, _)| can_be(*other));
        let low = least(of_candidates.map(|(_, gap)| (gap.mean - gap.width, gap.is_constant)));
        let is_alone = can_be(one) && candidates == 1;
        WithBest {
            difference: means.fold(f64::INFINITY, f64::min),
            low: if is_alone || low.0 > 0.0 { Some(0.0) } else { known(low) },
            high: if uppers[one].0 < 0.0 { Some(0.0) } else { known(uppers[one]) },
            can_be_best: can_be(one),
        }
    };
    (0..systems).map(of).collect()
}
