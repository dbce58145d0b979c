//! The procedure of Kim and Nelson: the best of several systems, replication by replication.

use super::replications::{MOST, UNVARIED};
use super::{Best, StatisticsError, Tally, Zone};

/// The fully sequential procedure KN of Kim and Nelson, with c = 1. After each replication, systems
/// that are clearly worse than another are left out, until one is left.
///
/// It is right under common random numbers: it uses the variances of differences, so that it takes
/// the fewer replications, the more the systems have in common. Results of replications are taken
/// to be normally distributed, with any variances and correlations.
///
/// Where all differences of a pair are equal in the first stage, they do not tell a variance. Such a
/// pair waits for one that differs, up to 300 replications; other pairs go on.
///
/// Source: S.-H. Kim, B. L. Nelson, "A fully sequential procedure for indifference-zone selection
/// in simulation", ACM Transactions on Modeling and Computer Simulation 11 (2001), 251-273.
///
/// # Cost
/// Memory for the square of the number of systems; a replication takes as many steps as there are
/// pairs of those that are left.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Best, KimNelson, Zone};
///
/// let zone = Zone { indifference: 0.5, chance: 0.95, first: 10 };
/// let mut rule = KimNelson::new(3, Best::Max, zone)?;
/// let mut day = 0;
/// while rule.selected().is_none() {
///     // In place of runs: all three have the same luck, and a little of their own.
///     let luck = f64::from(day * 7 % 10);
///     let own = [day % 3, day * 2 % 5, day * 3 % 4].map(|number| f64::from(number) / 10.0);
///     rule.add(&[luck + own[0], luck + 1.0 + own[1], luck + own[2]])?;
///     day += 1;
/// }
/// assert_eq!((rule.selected(), rule.count()), (Some(1), 10));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct KimNelson {
    zone: Zone,
    best: Best,
    /// h² / δ².
    scale: f64,
    systems: usize,
    /// The replications so far, until the variances of all pairs that are left are known.
    first: Vec<Box<[f64]>>,
    tallies: Vec<Tally>,
    /// h² S² / δ² of each pair: from that number of replications on, the means alone decide. It is
    /// infinite as long as it is not known. None are there before the end of the first stage.
    reach: Vec<f64>,
    left: Vec<usize>,
    count: u64,
}

impl KimNelson {
    /// The procedure for that many systems.
    ///
    /// # Errors
    /// As [`Rinott::new`](super::Rinott::new).
    pub fn new(systems: usize, best: Best, zone: Zone) -> Result<Self, StatisticsError> {
        let zone = zone.check(systems)?;
        let degrees = (zone.first - 1) as f64;
        let tail = 2.0 * (1.0 - zone.chance) / (systems - 1) as f64;
        // h² = 2 η ν with η = ((2 α / (k - 1))^(-2 / ν) - 1) / 2.
        let squared = degrees * libm::expm1(-2.0 / degrees * libm::log(tail));
        Ok(Self {
            zone,
            best,
            scale: squared / (zone.indifference * zone.indifference),
            systems,
            first: Vec::new(),
            tallies: vec![Tally::new(); systems],
            reach: Vec::new(),
            left: (0..systems).collect(),
            count: 0,
        })
    }

    /// Adds a replication: the value of each system. Those of systems that were left out are
    /// ignored.
    ///
    /// # Errors
    /// [`StatisticsError::DifferentLengths`] if there are not as many values as systems,
    /// [`StatisticsError::Unusable`] for a value that cannot be used, or whose difference from
    /// another cannot. Then nothing is changed.
    pub fn add(&mut self, values: &[f64]) -> Result<(), StatisticsError> {
        let (one, other) = (values.len(), self.systems);
        if one != other {
            return Err(StatisticsError::DifferentLengths { one, other });
        }
        let mut range = Tally::new();
        self.left.iter().try_for_each(|system| range.add(values[*system] / 4.0))?;
        for system in &self.left {
            self.tallies[*system].add(values[*system])?;
        }
        self.count += 1;
        if self.reach.is_empty() || !self.first.is_empty() {
            self.first.push(values.into());
        }
        if self.count >= self.zone.first {
            if !self.first.is_empty() {
                self.find_variances();
            }
            self.leave_out();
        }
        Ok(())
    }

    /// Adds a replication if all systems that are left have a value in it that can be used.
    pub(crate) fn add_if_known(&mut self, value: impl Fn(usize) -> Option<f64>) {
        let mut values = vec![0.0; self.systems];
        for system in &self.left {
            let Some(value) = value(*system) else { return };
            values[*system] = value;
        }
        // Numbers that are too large for any statistic count as undefined.
        let _ = self.add(&values);
    }

    /// Finds the variances that are not known yet.
    fn find_variances(&mut self) {
        let (systems, first) = (self.systems, std::mem::take(&mut self.first));
        if self.reach.is_empty() {
            self.reach = vec![f64::INFINITY; systems * systems];
        }
        let mut is_open = false;
        for (at, one) in self.left.iter().enumerate() {
            for other in &self.left[at + 1..] {
                if self.reach[one * systems + other].is_finite() {
                    continue;
                }
                let mut differences = Tally::new();
                for values in &first {
                    // Both are a quarter of the largest number at most.
                    let _ = differences.add(values[*one] - values[*other]);
                }
                if differences.min() == differences.max() && self.count < UNVARIED {
                    is_open = true;
                    continue;
                }
                let of_pair = self.scale * differences.variance().unwrap_or(0.0);
                self.reach[one * systems + other] = of_pair;
                self.reach[other * systems + one] = of_pair;
            }
        }
        if is_open {
            self.first = first;
        }
    }

    /// Leaves out those that are clearly worse than another.
    fn leave_out(&mut self) {
        let (count, systems) = (self.count as f64, self.systems);
        let merit = |system: usize| self.best.merit(self.tallies[system].mean().unwrap_or(0.0));
        let is_worse = |one: usize, other: usize| {
            let room = self.reach[one * systems + other] / count - 1.0;
            merit(one) < merit(other) - (self.zone.indifference / 2.0 * room).max(0.0)
        };
        let stays = |one: &usize| !self.left.iter().any(|other| is_worse(*one, *other));
        let mut left: Vec<usize> = self.left.iter().copied().filter(stays).collect();
        let pairs = left.iter().enumerate();
        let pairs = pairs.flat_map(|(at, one)| left[at + 1..].iter().map(|other| (*one, *other)));
        let longest = pairs.map(|(one, other)| self.reach[one * systems + other]);
        // Beyond all of them, only equal means are left.
        if longest.fold(0.0, f64::max) < count {
            left.truncate(1);
        }
        self.left = left;
    }

    /// How many replications there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Those that are not left out, in their order.
    #[must_use]
    pub fn left(&self) -> &[usize] {
        &self.left
    }

    /// The choice, if it is made. Of equal ones, it is the first.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        match self.left[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The results of a system, up to the replication that left it out.
    #[must_use]
    pub fn tally(&self, system: usize) -> &Tally {
        &self.tallies[system]
    }

    /// About how many replications it takes in all, if the means stay as they are.
    #[must_use]
    pub fn expected(&self) -> u64 {
        if self.reach.is_empty() {
            return self.zone.first.max(self.count + 1);
        }
        let merit = |system: &usize| self.best.merit(self.tallies[*system].mean().unwrap_or(0.0));
        let leader = self
            .left
            .iter()
            .copied()
            .reduce(|best, other| if merit(&other) > merit(&best) { other } else { best });
        let Some(leader) = leader.filter(|_| self.left.len() > 1) else { return self.count };
        let ends = self.left.iter().filter(|other| **other != leader).map(|other| {
            let gap = merit(&leader) - merit(other);
            self.reach[leader * self.systems + other] / (1.0 + 2.0 * gap / self.zone.indifference)
        });
        let unknown = |end: f64| if end.is_finite() { end } else { UNVARIED as f64 };
        let end = ends.map(unknown).fold(0.0, f64::max).min(MOST as f64);
        (libm::ceil(end) as u64).max(self.count + 1)
    }
}
