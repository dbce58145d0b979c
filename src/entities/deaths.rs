//! The number of deaths of each name, which numbers the incarnations.
//!
//! A name is remembered for as long as its owner lives. It must be remembered exactly: the next
//! actor of that name draws from other streams. Memory still stays flat where names are numbered
//! and the numbers are used in order. Names that differ only in their number are kept together: 60
//! neighbours in one word, and neighbours with the same number of deaths in one entry.

use crate::entities::entry::Place;
use crate::random::{hash_child, hash_text};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// A name, split into its number and the part that it shares with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    /// The hash of the text around the number.
    text: u64,
    number: Option<u32>,
}

impl Series {
    /// For a text and the number given beside it: `("taxi", 7)`.
    pub(crate) fn numbered(hash: u64, ordinal: u32) -> Self {
        Self { text: hash_child(1, hash, None), number: Some(ordinal) }
    }

    /// For a text alone. Its number is the last one that is written in it: `taxi-7`, `taxi-007 of
    /// Bern`.
    pub(crate) fn of(text: &str) -> Self {
        /// A number of that many digits is below 2^60.
        const DIGITS: usize = 18;
        let Some(last) = text.rfind(|c: char| c.is_ascii_digit()) else {
            return Self { text: hash_child(2, hash_text(text), None), number: None };
        };
        let end = last + 1;
        let digits = text[..end].bytes().rev().take_while(u8::is_ascii_digit).count().min(DIGITS);
        let (before, after) = (&text[..end - digits], &text[end..]);
        let number = text[end - digits..end].bytes().fold(0, |n, b| 10 * n + u64::from(b - b'0'));
        // With the count of leading zeros, different texts have different parts.
        let zeros = digits as u32 - number.checked_ilog10().unwrap_or(0) - 1;
        let before = hash_child(3, hash_text(before), Some(zeros));
        let high = (number >> 32) as u32;
        Self { text: hash_child(before, hash_text(after), Some(high)), number: Some(number as u32) }
    }
}

/// The key of a run: owner, text, number / 60 of its first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct First {
    owner: u64,
    text: u64,
    block: u32,
}

/// Consecutive blocks of 60 numbers with the same deaths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Run {
    /// The last block of the run.
    last: u32,
    /// How often each of the numbers has died at least.
    all: u32,
    /// Which of each 60 numbers have died once more.
    once_more: u64,
}

/// How many numbers a block has. 60 is divisible by most step sizes in which numbers are used.
const BLOCK: u32 = 60;

/// The bits of all numbers of a block.
const ALL: u64 = (1 << BLOCK) - 1;

/// One name: owner, text, number.
type Single = (u64, u64, u32);

#[derive(Clone, Debug, Default)]
pub(crate) struct Deaths {
    runs: BTreeMap<First, Run>,
    /// Deaths that the runs do not contain, of names that died more often than their neighbours.
    beyond: BTreeMap<Single, u32>,
}

fn word(owner: Place) -> u64 {
    u64::from(owner.index) << 16 | u64::from(owner.class)
}

impl Deaths {
    /// How often an actor of that name has died under that owner.
    pub(crate) fn count(&self, owner: Place, name: Series) -> u32 {
        if self.runs.is_empty() {
            return 0;
        }
        let number = name.number.unwrap_or(0);
        let at = First { owner: word(owner), text: name.text, block: number / BLOCK };
        let Some((_, run)) = self.find(at) else { return 0 };
        if run.once_more >> (number % BLOCK) & 1 == 0 {
            return run.all;
        }
        let beyond = self.beyond.get(&(at.owner, at.text, number)).copied().unwrap_or(0);
        run.all.saturating_add(1).saturating_add(beyond)
    }

    /// Counts one more death. Cost: O(log of the entries).
    pub(crate) fn add(&mut self, owner: Place, name: Series) {
        let number = name.number.unwrap_or(0);
        let at = First { owner: word(owner), text: name.text, block: number / BLOCK };
        let Some((first, run)) = self.find(at) else {
            let (all, once_more) = match name.number {
                None => (1, 0),
                Some(number) => (0, 1 << (number % BLOCK)),
            };
            self.runs.insert(at, Run { last: at.block, all, once_more });
            return;
        };
        if name.number.is_none() {
            self.runs.insert(at, Run { all: run.all.saturating_add(1), ..run });
            return;
        }
        let bit = 1 << (number % BLOCK);
        if run.once_more & bit > 0 {
            let beyond = self.beyond.entry((at.owner, at.text, number)).or_default();
            *beyond = beyond.saturating_add(1);
            return;
        }
        // The block is split off its run.
        if first.block < at.block {
            self.runs.insert(first, Run { last: at.block - 1, ..run });
        }
        if run.last > at.block {
            self.runs.insert(First { block: at.block + 1, ..at }, run);
        }
        let block = self.level(at, Run { last: at.block, once_more: run.once_more | bit, ..run });
        self.runs.insert(at, block);
        // Not after every death: that would cost more than it saves.
        const LATE: u32 = BLOCK - BLOCK / 4;
        if block.once_more == 0 || number % BLOCK >= LATE {
            self.join(at);
        }
    }

    pub(crate) fn forget(&mut self, owner: Place) {
        let owner = word(owner);
        let first = First { owner, text: 0, block: 0 };
        while let Some((&key, _)) =
            self.runs.range(first..).next().filter(|(k, _)| k.owner == owner)
        {
            self.runs.remove(&key);
        }
        let first = (owner, 0, 0);
        while let Some((&key, _)) = self.beyond.range(first..).next().filter(|(k, _)| k.0 == owner)
        {
            self.beyond.remove(&key);
        }
    }

    pub(crate) fn entries(&self) -> u64 {
        (self.runs.len() + self.beyond.len()) as u64
    }

    fn find(&self, at: First) -> Option<(First, Run)> {
        let (first, run) = self.runs.range(..=at).next_back()?;
        let same = (first.owner, first.text) == (at.owner, at.text) && run.last >= at.block;
        same.then_some((*first, *run))
    }

    /// If all numbers of a block have died once more, this raises their common count. Further
    /// deaths of single numbers then become their once more.
    fn level(&mut self, at: First, mut run: Run) -> Run {
        while run.once_more == ALL {
            (run.all, run.once_more) = (run.all.saturating_add(1), 0);
            if self.beyond.is_empty() {
                break;
            }
            for place in 0..BLOCK {
                let Some(number) = (at.block * BLOCK).checked_add(place) else { break };
                let single = (at.owner, at.text, number);
                let Some(beyond) = self.beyond.get_mut(&single) else { continue };
                run.once_more |= 1 << place;
                *beyond -= 1;
                if *beyond == 0 {
                    self.beyond.remove(&single);
                }
            }
        }
        run
    }

    /// Joins a run of one block with equal runs beside it.
    fn join(&mut self, at: First) {
        let Some(mut run) = self.runs.get(&at).copied() else { return };
        let alike = |other: &Run| (other.all, other.once_more) == (run.all, run.once_more);
        let next = self.runs.range((Excluded(at), Unbounded)).next();
        let next = next.filter(|(first, other)| {
            (first.owner, first.text) == (at.owner, at.text)
                && Some(first.block) == run.last.checked_add(1)
                && alike(other)
        });
        let next = next.map(|(first, other)| (*first, other.last));
        let before = at.block.checked_sub(1).and_then(|block| self.find(First { block, ..at }));
        let before = before.filter(|(_, other)| alike(other));
        if let Some((first, last)) = next {
            self.runs.remove(&first);
            run.last = last;
        }
        match before {
            None => _ = self.runs.insert(at, run),
            Some((first, _)) => {
                self.runs.remove(&at);
                self.runs.insert(first, run);
            }
        }
    }
}

#[cfg(feature = "snapshot")]
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct DeathsPicture {
    runs: Vec<(First, Run)>,
    beyond: Vec<(Single, u32)>,
}

#[cfg(feature = "snapshot")]
impl Deaths {
    pub(crate) fn picture(&self) -> DeathsPicture {
        DeathsPicture {
            runs: self.runs.iter().map(|(first, run)| (*first, *run)).collect(),
            beyond: self.beyond.iter().map(|(single, n)| (*single, *n)).collect(),
        }
    }
}

#[cfg(feature = "snapshot")]
impl DeathsPicture {
    pub(crate) fn restore(self) -> Result<Deaths, &'static str> {
        let wrong = "deaths are counted wrongly";
        for pair in self.runs.windows(2) {
            let [(one, run), (next, _)] = pair else { unreachable!("windows of two") };
            let same = (one.owner, one.text) == (next.owner, next.text);
            if one >= next || same && run.last >= next.block {
                return Err(wrong);
            }
        }
        let blocks = 0..=u32::MAX / BLOCK;
        let whole = |(first, run): &(First, Run)| {
            first.block <= run.last && blocks.contains(&run.last) && run.once_more < ALL
        };
        let sorted = self.beyond.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !sorted || !self.runs.iter().all(whole) {
            return Err(wrong);
        }
        let deaths = Deaths {
            runs: self.runs.into_iter().collect(),
            beyond: self.beyond.into_iter().collect(),
        };
        for ((owner, text, number), beyond) in &deaths.beyond {
            let at = First { owner: *owner, text: *text, block: number / BLOCK };
            let found =
                deaths.find(at).is_some_and(|(_, run)| run.once_more >> (number % BLOCK) & 1 > 0);
            if *beyond == 0 || !found {
                return Err(wrong);
            }
        }
        Ok(deaths)
    }
}
