//! Which replications a shard has.
//!
//! Shards take turns, at each point: replication r of a point is that of shard
//! (r + a number of the point) modulo n. So each shard has its share of each point, cheap or
//! expensive, and the shards cost the same without anybody knowing what a point costs. Nothing has
//! to be measured and agreed on before the first shard starts, as with ranges that are cut by cost.
//! The number of a point is scattered, so that points with fewer replications than there are
//! shards do not all leave out the same ones.
//!
//! Shard I of N is also shards I and I + N of 2N: any shard can be split again.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// Part `part` of `of` of all replications, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    of: u64,
    part: u64,
}

/// Why a text is not a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsePartError(String);

impl fmt::Display for ParsePartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParsePartError {}

impl Part {
    /// The most parts.
    pub const MOST: u64 = 1_000_000;

    /// All replications.
    pub const ALL: Self = Self { of: 1, part: 1 };

    /// Part `part` of `of`; `None` if there is no such part.
    #[must_use]
    pub const fn new(part: u64, of: u64) -> Option<Self> {
        let is_one = part >= 1 && part <= of && of <= Self::MOST;
        if is_one { Some(Self { of, part }) } else { None }
    }

    /// The number of the part, from 1.
    #[must_use]
    pub const fn part(self) -> u64 {
        self.part
    }

    /// How many parts there are.
    #[must_use]
    pub const fn of(self) -> u64 {
        self.of
    }

    /// Whether it has that replication of that point.
    #[must_use]
    pub fn has(self, point: usize, replication: u64) -> bool {
        (replication + scattered(point)) % self.of == self.part - 1
    }

    /// Its first replication of a point from `range.start` on, and how many it has in the range.
    pub(super) fn among(self, point: usize, range: &Range<u64>) -> (u64, u64) {
        let turn = (range.start + scattered(point)) % self.of;
        let first = range.start + (self.of + self.part - 1 - turn) % self.of;
        match first < range.end {
            true => (first, (range.end - 1 - first) / self.of + 1),
            false => (first, 0),
        }
    }

    /// The parts that are missing beside those that are there, as few as possible; `None` if the
    /// divisions have too little in common to say. That is for people: which parts a cluster of Ray
    /// runs is found by the Python package, from the parts that are done.
    pub(crate) fn missing(there: &[Self]) -> Option<Vec<Self>> {
        let mut ofs: Vec<u64> = there.iter().map(|part| part.of).collect();
        ofs.sort_unstable();
        ofs.dedup();
        let all = ofs
            .iter()
            .try_fold(1, |all, of| Some(common(all, *of)).filter(|all| *all <= Self::MOST))?;
        let turns = |part: Self| (part.part - 1..all).step_by(part.of as usize);
        let mut is_there = vec![false; all as usize];
        for part in there {
            turns(*part).for_each(|turn| is_there[turn as usize] = true);
        }
        let mut missing = Vec::new();
        // The coarsest division first.
        for of in std::iter::once(1).chain(ofs).chain([all]) {
            for part in (1..=of).map(|part| Self { of, part }) {
                if turns(part).all(|turn| !is_there[turn as usize]) {
                    turns(part).for_each(|turn| is_there[turn as usize] = true);
                    missing.push(part);
                }
            }
        }
        Some(missing)
    }

    /// Parts in words: `3/16, 5-9/16, 21/32`.
    #[must_use]
    pub fn told(parts: &[Self]) -> String {
        let mut by_of: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for part in parts {
            by_of.entry(part.of).or_default().push(part.part);
        }
        let mut words = Vec::new();
        for (of, mut numbers) in by_of {
            numbers.sort_unstable();
            let mut runs: Vec<(u64, u64)> = Vec::new();
            for number in numbers {
                match runs.last_mut() {
                    Some((_, last)) if *last + 1 == number => *last = number,
                    _ => runs.push((number, number)),
                }
            }
            words.extend(runs.into_iter().map(|(first, last)| match first == last {
                true => format!("{first}/{of}"),
                false => format!("{first}-{last}/{of}"),
            }));
        }
        words.join(", ")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl std::str::FromStr for Part {
    type Err = ParsePartError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(part, of)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let number = |text: &str| text.parse().ok().filter(|_: &u64| digits(text));
            Self::new(number(part)?, number(of)?)
        });
        numbers.ok_or_else(|| {
            ParsePartError(format!(
                "`{text}` is no shard: write I/N for part I of N, as 3/16, with I from 1 to N and N \
                 up to {}",
                Self::MOST
            ))
        })
    }
}

/// The least common multiple.
fn common(one: u64, other: u64) -> u64 {
    let (mut a, mut b) = (one, other);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    one / a * other
}

/// A number below 2^32 for a point, the same everywhere: the finaliser of `SplitMix64`.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA (2014).
fn scattered(point: usize) -> u64 {
    let mut bits = (point as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Part {
        text.parse().expect("a part")
    }

    #[test]
    fn parts_have_each_replication_once_and_can_be_split() {
        for of in [1, 2, 3, 7, 16] {
            for point in 0..5 {
                for replication in 0..60 {
                    let has = |part: &Part| part.has(point, replication);
                    let all: Vec<Part> = (1..=of).map(|n| Part::new(n, of).expect("one")).collect();
                    let owner: Vec<&Part> = all.iter().filter(|part| has(part)).collect();
                    let [owner] = owner[..] else { panic!("{owner:?}") };
                    let halves = [owner.part, owner.part + of];
                    let halves = halves.map(|n| Part::new(n, 2 * of).expect("a half"));
                    assert_eq!(halves.iter().filter(|half| has(half)).count(), 1);
                }
                for part in (1..=of).map(|n| Part::new(n, of).expect("one")) {
                    let range = 7..50;
                    let has: Vec<u64> = range.clone().filter(|r| part.has(point, *r)).collect();
                    let (first, count) = part.among(point, &range);
                    assert_eq!(count, has.len() as u64);
                    assert!(has.first().is_none_or(|known| *known == first));
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_told_in_few_words() {
        let missing = |there: &str| {
            let there: Vec<Part> = there.split_whitespace().map(part).collect();
            Part::missing(&there).map(|missing| Part::told(&missing))
        };
        assert_eq!(missing("").as_deref(), Some("1/1"));
        assert_eq!(missing("1/1").as_deref(), Some(""));
        assert_eq!(missing("1/4 3/4").as_deref(), Some("2/4, 4/4"));
        assert_eq!(missing("1/4 2/8").as_deref(), Some("3-4/4, 6/8"));
        assert_eq!(missing("1/4 2/4 3/4 4/8 8/8").as_deref(), Some(""));
        assert_eq!(missing("1/2 1/3").as_deref(), Some("2/6, 6/6"));
        assert_eq!(missing("1/999983 1/999979"), None);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["0/4", "5/4", "1/0", "3", "/4", "1/", "-1/4", "+1/4", "1/4/2", "1/1000001", ""]
        {
            let told = text.parse::<Part>().expect_err(text).to_string();
            assert!(told.starts_with(&format!("`{text}` is no shard: write I/N")), "{told}");
        }
        assert_eq!(part("3/16").to_string(), "3/16");
    }
}
