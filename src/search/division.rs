//! A search in parts: each is what follows one order of the first instants.

use super::explore::{Explorer, Found};
use super::found::{SearchError, Settings};
use super::part::{self, TiePart};
use super::searching::{Searching, Tallies};
use crate::digest::Digest;
use crate::tie::{TieGuide, TieLog, TiePolicy};

/// A part that may be divided further has at least so many classes, as far as that is known.
const LEAST_WORTH: u64 = 8;

/// A division takes at most this many runs for each part that there are to be, and half of that
/// for the orders of one instant. Otherwise dividing could take as long as the search.
const MOST_FOR_EACH: usize = 4;

/// A search that is divided into parts: [`TieSearch::divide`](super::TieSearch::divide).
#[derive(Clone, Debug)]
pub struct TieDivision<T> {
    pub(super) settings: Settings,
    pub(super) usual: T,
    pub(super) log: TieLog,
    pub(super) items: Vec<Item>,
    /// Whether actors take the places of dead ones.
    pub(super) places: bool,
    /// The runs of a search that had to begin anew.
    pub(super) before: u64,
    pub(super) tallies: Tallies<T>,
    wanted: usize,
    runs: u64,
}

/// What follows in the order of one machine.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A run that was given up while the search was divided.
    Redundant,
    Part(Open),
}

/// All that follows some steps.
#[derive(Clone, Debug)]
pub(super) struct Open {
    picks: Vec<u64>,
    /// An estimate of its classes; 1 if it cannot be divided.
    worth: u64,
}

impl<T: Ord + Clone> TieDivision<T> {
    pub(super) fn of(
        settings: Settings,
        wanted: usize,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<Self, SearchError> {
        let mut searching = Searching::new(program);
        let (usual, log) = searching.make(TieGuide::default())?;
        let wanted = wanted.min(usize::try_from(settings.most_runs()).unwrap_or(usize::MAX));
        let places = log.reuses_places();
        let (items, tallies) = (Vec::new(), Tallies::new());
        // The first run already showed that places matter.
        let before = u64::from(places);
        let mut division =
            Self { settings, usual, log, items, places, before, tallies, wanted, runs: 0 };
        division.cut(&mut searching)?;
        Ok(division)
    }

    /// The division of the same search that begins anew, because places of dead actors matter.
    pub(super) fn anew(
        self,
        before: u64,
        mut tallies: Tallies<T>,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<Self, SearchError> {
        tallies.begin_anew();
        let mut division = Self { places: true, before, tallies, ..self };
        division.cut(&mut Searching::new(program))?;
        Ok(division)
    }

    /// How many parts there are.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.open().count()
    }

    /// How many runs it took to divide the search.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// The result of the usual run.
    #[must_use]
    pub fn usual(&self) -> &T {
        &self.usual
    }

    /// A number for how the search is divided. Parts of divisions that have different ones do not
    /// belong together.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        let mut digest = Digest::default();
        digest.write_u64(u64::from(self.places));
        for item in &self.items {
            match item {
                Item::Redundant => digest.write_u64(u64::MAX),
                Item::Part(Open { picks, .. }) => {
                    digest.write_u64(picks.len() as u64);
                    picks.iter().for_each(|pick| digest.write_u64(*pick));
                }
            }
        }
        digest.value()
    }

    fn open(&self) -> impl Iterator<Item = &Open> {
        self.items.iter().filter_map(|item| match item {
            Item::Part(open) => Some(open),
            Item::Redundant => None,
        })
    }

    /// Runs the part of that number, from 0, with at most `most` runs. More than the
    /// [limit](super::TieSearch::most_runs) of the search are never needed, and fewer if some parts
    /// before it were run.
    ///
    /// # Errors
    /// As [`TieSearch::run`](super::TieSearch::run).
    ///
    /// # Panics
    /// If there is no part of that number.
    pub fn run_part(
        &self,
        number: usize,
        most: u64,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<TiePart<T>, SearchError> {
        let open = self.open().nth(number).expect("a part of the division");
        part::run(number, &open.picks, most, self.places, program)
    }

    /// Divides what has the most classes, until there are enough parts.
    fn cut<P: FnMut(&TiePolicy) -> (T, TieLog)>(
        &mut self,
        searching: &mut Searching<P, T>,
    ) -> Result<(), SearchError> {
        self.items = vec![Item::Part(Open { picks: Vec::new(), worth: u64::MAX })];
        let worth = |item: &Item| match item {
            Item::Part(open) => open.worth,
            Item::Redundant => 0,
        };
        let all = self.wanted.saturating_mul(MOST_FOR_EACH);
        while self.parts() < self.wanted {
            // The first of the largest ones.
            let places = (0..self.items.len()).rev();
            let Some(at) = places.max_by_key(|at| worth(&self.items[*at])) else { break };
            let Item::Part(open) = &mut self.items[at] else { break };
            if open.worth < LEAST_WORTH {
                break;
            }
            let made = usize::try_from(searching.runs).unwrap_or(usize::MAX);
            let most = all.saturating_sub(made).min(all / 2);
            if most == 0 {
                break;
            }
            match divided(&open.picks, self.places, most, searching)? {
                Some(items) => _ = self.items.splice(at..=at, items),
                None => open.worth = 1,
            }
        }
        self.runs += searching.runs;
        Ok(())
    }
}

/// What follows some steps, divided at the next instant that has several orders. `None` if there
/// is none, or it has too many, or the places of dead actors turn out to matter: whoever runs the
/// part finds that out at the same run as a search on one machine.
fn divided<T: Ord + Clone, P: FnMut(&TiePolicy) -> (T, TieLog)>(
    picks: &[u64],
    places: bool,
    most: usize,
    searching: &mut Searching<P, T>,
) -> Result<Option<Vec<Item>>, SearchError> {
    let mut explorer = Explorer::below(picks.len());
    let (_, mut log) = searching.make_below(picks)?;
    let mut items = Vec::new();
    let mut cut = None;
    loop {
        if !places {
            if log.reuses_places() {
                return Ok(None);
            }
            log.forget_places();
        }
        let goes_on = log.cut || cut.is_none();
        let found = explorer.take(log);
        let (until, worth) = match cut {
            Some(cut) => cut,
            None => match explorer.cut() {
                Some(first) => *cut.insert(first),
                None => return Ok(None),
            },
        };
        items.push(match found {
            Found::Redundant => Item::Redundant,
            Found::Class { .. } => {
                let worth = if goes_on { worth } else { 1 };
                Item::Part(Open { picks: explorer.picks(), worth })
            }
        });
        let Some(guide) = explorer.next_guide() else { return Ok(Some(items)) };
        if items.len() >= most {
            return Ok(None);
        }
        (_, log) = searching.make(TieGuide { until: Some(until), ..guide })?;
    }
}
