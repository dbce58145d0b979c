//! The replications of a shard, one after the other.

use super::Part;
use std::ops::Range;

/// The replications that a shard has, in order: of the first point, of the second, and so on.
#[derive(Clone, Debug)]
pub struct Tasks {
    part: Part,
    /// The first replication of each point.
    firsts: Vec<u64>,
    /// How many there are of all points before each point, and of all.
    before: Vec<u64>,
}

impl Tasks {
    /// Those of a part, in those ranges of replications of the points.
    pub(super) fn new(part: Part, ranges: &[Range<u64>]) -> Self {
        let (mut firsts, mut before) = (Vec::with_capacity(ranges.len()), vec![0]);
        for (point, range) in ranges.iter().enumerate() {
            let (first, count) = part.among(point, range);
            firsts.push(first);
            before.push(before[point] + count);
        }
        Self { part, firsts, before }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.before[self.firsts.len()]
    }

    /// The point and the replication of that number.
    #[must_use]
    pub fn at(&self, number: u64) -> (usize, u64) {
        let point = self.before.partition_point(|before| *before <= number) - 1;
        (point, self.firsts[point] + (number - self.before[point]) * self.part.of())
    }

    /// The number of a replication of a point, if it is one of them.
    #[must_use]
    pub fn number(&self, point: usize, replication: u64) -> Option<u64> {
        let along = replication.checked_sub(*self.firsts.get(point)?)?;
        let number = self.before[point] + along / self.part.of();
        let is_one = along % self.part.of() == 0 && number < self.before[point + 1];
        is_one.then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_replications_belong_together() {
        let part = Part::new(3, 4).expect("a part");
        let tasks = Tasks::new(part, &[0..9, 5..5, 5..6, 0..40]);
        let all: Vec<_> = (0..tasks.count()).map(|number| tasks.at(number)).collect();
        let ranges = [0..9, 5..5, 5..6, 0..40].into_iter().enumerate();
        let wanted = ranges.flat_map(|(point, range)| range.map(move |r| (point, r)));
        let wanted: Vec<_> = wanted.filter(|(point, r)| part.has(*point, *r)).collect();
        assert_eq!(all, wanted);
        for (number, (point, replication)) in all.into_iter().enumerate() {
            assert_eq!(tasks.number(point, replication), Some(number as u64));
            assert_eq!(tasks.number(point, replication + 1), None);
        }
        assert_eq!(tasks.number(0, 12), None);
        assert_eq!(tasks.number(9, 0), None);
    }
}
