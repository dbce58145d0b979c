//! The number of deaths of each name, which numbers the incarnations.
//!
//! A name is remembered for as long as its owner lives. It must be remembered exactly: the next
//! actor of that name draws from other streams. Memory still stays flat where names are numbered
//! and the numbers are used in order. Names that differ only in their number are kept together: 60
//! neighbours in one word, and neighbours with the same number of deaths in one entry.

use crate::entities::entry::Place;
use crate::entities::recent::{RECENT, Recent, is_late, recent_place};
use crate::entities::series::{ALL, BLOCK, First, Run, Series};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

/// One name: owner, text, number.
type Single = (u64, u64, u32);

#[derive(Clone, Debug, Default)]
pub(crate) struct Deaths {
    runs: BTreeMap<First, Run>,
    /// Deaths that the runs do not contain, of names that died more often than their neighbours.
    beyond: BTreeMap<Single, u32>,
    /// Copies of the entries that were used last, by owner and text. What they count is written
    /// back when another entry of their place here is used.
    recent: [Option<Recent>; RECENT],
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
        let recent = self.recent[recent_place(at)].filter(|recent| recent.at == at);
        // Only for the block of a copy can the lists be out of date.
        let run = match recent {
            Some(recent) => recent.run,
            None => match self.find(at) {
                Some((_, run)) => run,
                None => return 0,
            },
        };
        if run.once_more >> (number % BLOCK) & 1 == 0 {
            return run.all;
        }
        let single = recent.and_then(|recent| recent.single).filter(|single| single.0 == number);
        let beyond = match single {
            Some((_, beyond)) => beyond,
            None => self.beyond.get(&(at.owner, at.text, number)).copied().unwrap_or(0),
        };
        run.all.saturating_add(1).saturating_add(beyond)
    }

    /// Counts one more death. Cost: a few instructions while the names of a family die in the order
    /// of their numbers, or one of them again and again; else O(log of the entries).
    pub(crate) fn add(&mut self, owner: Place, name: Series) {
        let number = name.number.unwrap_or(0);
        let at = First { owner: word(owner), text: name.text, block: number / BLOCK };
        let place = recent_place(at);
        if let Some(recent) = self.recent[place].as_mut().filter(|recent| recent.at == at) {
            if recent.add(name.number) || self.add_to_recent(place, number) {
                return;
            }
        }
        self.write_back(place);
        self.add_to_lists(at, name.number);
        self.recent[place] = self.read(at, number);
    }

    /// Counts a death in a block that was used last, reading what the copy does not have; `false` if
    /// the run of the block ends.
    #[inline(never)]
    fn add_to_recent(&mut self, place: usize, number: u32) -> bool {
        let Some(mut recent) = self.recent[place] else { return false };
        let single = |number| (recent.at.owner, recent.at.text, number);
        if recent.has_died(number) {
            if let Some((other, beyond)) = recent.single {
                self.beyond.insert(single(other), beyond);
            }
            let beyond = self.beyond.entry(single(number)).or_default();
            recent.single = Some((number, *beyond));
        } else if recent.beside.is_none() {
            let block = recent.at.block;
            recent.beside = Some([block.checked_sub(1), block.checked_add(1)].map(|block| {
                let (_, run) = self.find(First { block: block?, ..recent.at })?;
                Some((run.all, run.once_more))
            }));
        }
        let is_counted = recent.add(Some(number));
        self.recent[place] = Some(recent);
        is_counted
    }

    fn add_to_lists(&mut self, at: First, number: Option<u32>) {
        let Some((first, run)) = self.find(at) else {
            let (all, once_more) = match number {
                None => (1, 0),
                Some(number) => (0, 1 << (number % BLOCK)),
            };
            self.runs.insert(at, Run { last: at.block, all, once_more });
            return;
        };
        let Some(number) = number else {
            self.runs.insert(at, Run { all: run.all.saturating_add(1), ..run });
            return;
        };
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
        if block.once_more == 0 || is_late(number) {
            self.join(at);
        }
    }

    /// A copy of the run of one block, and of what one of its names has beyond it.
    fn read(&self, at: First, number: u32) -> Option<Recent> {
        let run = *self.runs.get(&at)?;
        if run.last > at.block {
            return None;
        }
        let single = self.beyond.get(&(at.owner, at.text, number)).map(|beyond| (number, *beyond));
        Some(Recent { at, run, beside: None, single })
    }

    /// Writes what a copy has counted into the lists, and forgets the copy.
    fn write_back(&mut self, place: usize) {
        let Some(Recent { at, run, single, .. }) = self.recent[place].take() else { return };
        if let Some(place) = self.runs.get_mut(&at) {
            *place = run;
        }
        if let Some((number, beyond)) = single {
            self.beyond.insert((at.owner, at.text, number), beyond);
        }
    }

    pub(crate) fn forget(&mut self, owner: Place) {
        let owner = word(owner);
        for recent in &mut self.recent {
            recent.take_if(|recent| recent.at.owner == owner);
        }
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
        let mut written = self.clone();
        (0..RECENT).for_each(|place| written.write_back(place));
        DeathsPicture {
            runs: written.runs.into_iter().collect(),
            beyond: written.beyond.into_iter().collect(),
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
            recent: Default::default(),
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

#[cfg(test)]
mod tests {
    use super::{BLOCK, Deaths};
    use crate::entities::entry::Place;
    use crate::entities::series::Series;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Deed {
        /// A name dies so many times: its owner, text and number.
        Die(u32, u64, Option<u32>, u32),
        /// Names with neighbouring numbers die in their order.
        DieInOrder(u32, u64, u32, u32),
        Forget(u32),
        /// The counts go on in a copy, which was written and read where that can be.
        Copy,
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let number = prop_oneof![1 => Just(None), 6 => (0..4 * BLOCK).prop_map(Some)];
        prop_oneof![
            20 => (0..2_u32, 0..6_u64, number, 1..4_u32).prop_map(|(o, t, n, m)| Deed::Die(o, t, n, m)),
            8 => (0..2_u32, 0..6_u64, 0..2 * BLOCK, 1..2 * BLOCK)
                .prop_map(|(o, t, n, m)| Deed::DieInOrder(o, t, n, m)),
            1 => (0..2_u32).prop_map(Deed::Forget),
            1 => Just(Deed::Copy),
        ]
    }

    fn name(text: u64, number: Option<u32>) -> Series {
        match number {
            None => Series::of(&"abcdef"[text as usize..]),
            Some(number) => Series::numbered(text, number),
        }
    }

    proptest! {
        /// It counts what a plain map counts, whatever was used last.
        #[test]
        fn each_death_of_a_name_is_counted(deeds in prop::collection::vec(deed(), 1..60)) {
            let (mut deaths, mut plain) = (Deaths::default(), BTreeMap::new());
            let place = |owner| Place { class: 0, index: owner };
            for (at, deed) in deeds.iter().cloned().enumerate() {
                let is_last = at + 1 == deeds.len();
                let mut last = None;
                let mut die = |owner, text, number| {
                    deaths.add(place(owner), name(text, number));
                    *plain.entry((owner, text, number)).or_insert(0) += 1;
                    last = Some((owner, text));
                };
                match deed {
                    Deed::Die(owner, text, number, times) => {
                        (0..times).for_each(|_| die(owner, text, number));
                    }
                    Deed::DieInOrder(owner, text, first, many) => {
                        (first..first + many).for_each(|number| die(owner, text, Some(number)));
                    }
                    Deed::Forget(owner) => {
                        deaths.forget(place(owner));
                        plain.retain(|key, _| key.0 != owner);
                    }
                    #[cfg(feature = "snapshot")]
                    Deed::Copy => {
                        deaths = deaths.picture().restore().map_err(TestCaseError::fail)?;
                    }
                    #[cfg(not(feature = "snapshot"))]
                    Deed::Copy => deaths = deaths.clone(),
                }
                // All in the end, and before that those that may have changed.
                let all = (0..2).flat_map(|owner| (0..6).map(move |text| (owner, text)));
                for (owner, text) in all.filter(|one| is_last || last == Some(*one)) {
                    for number in (0..4 * BLOCK).map(Some).chain([None]) {
                        let counted = deaths.count(place(owner), name(text, number));
                        let known = plain.get(&(owner, text, number)).copied().unwrap_or(0);
                        prop_assert_eq!(counted, known, "{} {} {:?}", owner, text, number);
                    }
                }
            }
        }
    }
}
