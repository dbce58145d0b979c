//! Parts of a search, joined to what one machine finds.

use super::division::{Item, TieDivision};
use super::found::{Outcomes, SearchError};
use super::part::{PartEnd, PartRun, TiePart};
use super::searching::{Explored, Searching, Tallies};

use crate::tie::{TieLog, TiePolicy};

/// Goes through the runs of all parts in the order in which one machine makes them:
/// [`TieDivision::joining`].
#[derive(Clone, Debug)]
pub struct TieJoining<T> {
    division: TieDivision<T>,
    tallies: Tallies<T>,
    explored: Explored,
    /// The next item of the division, and the number of the next part.
    item: usize,
    part: usize,
    runs: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All classes so far were run, but for those of instants that have too many events.
    Going { overfull: bool },
    /// The budget is used up.
    Enough,
    /// The search has to begin anew.
    Anew,
}

impl<T: Ord + Clone> TieDivision<T> {
    /// Begins to join the parts.
    #[must_use]
    pub fn joining(&self) -> TieJoining<T> {
        TieJoining::new(self.clone())
    }
}

impl<T: Ord + Clone> TieJoining<T> {
    fn new(division: TieDivision<T>) -> Self {
        let (tallies, explored) = (division.tallies.clone(), Explored::default());
        let (item, part, runs) = (0, 0, 0);
        let state = State::Going { overfull: false };
        let mut joining = Self { division, tallies, explored, item, part, runs, state };
        joining.skip();
        joining
    }

    /// The number of the part that comes next. `None` if no more are needed: there are none, the
    /// budget is used up, or the search has to [begin anew](Self::begins_anew).
    #[must_use]
    pub fn wants(&self) -> Option<usize> {
        let is_going = matches!(self.state, State::Going { .. });
        (is_going && self.item < self.division.items.len()).then_some(self.part)
    }

    /// How many more runs the budget allows.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.division.settings.most_runs() - self.runs
    }

    /// Whether the search has to begin anew: in one of its runs, an actor took the place of a
    /// dead one, so that it matters in which order actors died. [`anew`](Self::anew) divides it
    /// then.
    #[must_use]
    pub fn begins_anew(&self) -> bool {
        self.state == State::Anew
    }

    /// Adds the part that [`wants`](Self::wants) names.
    ///
    /// # Errors
    /// [`SearchError::WrongPart`] if it is another one, or does not fit.
    pub fn add(&mut self, part: TiePart<T>) -> Result<(), SearchError> {
        if self.wants() != Some(part.number) {
            return Err(SearchError::WrongPart);
        }
        for run in part.runs {
            if !self.counts_one() {
                return Ok(());
            }
            let PartRun::Class { result, orders, ties } = run else {
                self.explored.redundant += 1;
                continue;
            };
            let result = part.results.get(result).ok_or(SearchError::WrongPart)?.clone();
            self.explored.classes += 1;
            self.explored.orders = self.explored.orders.plus(orders);
            match ties {
                Some(ties) => self.tallies.enter(result, orders, 0, ties),
                None if self.tallies.add(&result, orders) => {}
                None => return Err(SearchError::WrongPart),
            }
        }
        let overfull = match (part.end, self.state) {
            (PartEnd::Complete, State::Going { overfull }) => overfull,
            (PartEnd::Overfull, _) => true,
            (PartEnd::Budget, _) if self.left() == 0 => {
                self.state = State::Enough;
                return Ok(());
            }
            (PartEnd::Reuse, _) => {
                if self.counts_one() {
                    self.state = State::Anew;
                }
                return Ok(());
            }
            _ => return Err(SearchError::WrongPart),
        };
        self.state = State::Going { overfull };
        (self.item, self.part) = (self.item + 1, self.part + 1);
        self.skip();
        Ok(())
    }

    /// Counts the next run, unless the budget is used up.
    fn counts_one(&mut self) -> bool {
        if self.left() == 0 {
            self.state = State::Enough;
            return false;
        }
        self.runs += 1;
        true
    }

    /// Goes on to the next part. Runs between the parts led to nothing new.
    fn skip(&mut self) {
        while let Some(Item::Redundant) = self.division.items.get(self.item) {
            if !self.counts_one() {
                return;
            }
            self.explored.redundant += 1;
            self.item += 1;
        }
        if self.left() == 0 && self.item < self.division.items.len() {
            self.state = State::Enough;
        }
    }

    /// Divides the search that begins anew.
    ///
    /// # Errors
    /// As [`TieSearch::run`](super::TieSearch::run); [`SearchError::WrongPart`] if it does not
    /// begin anew.
    pub fn anew(
        self,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<TieDivision<T>, SearchError> {
        if !self.begins_anew() {
            return Err(SearchError::WrongPart);
        }
        self.division.anew(self.runs, self.tallies, program)
    }

    /// Makes the runs that are left, and returns what was found. They are the swaps of single
    /// ties, and the samples if the budget was used up.
    ///
    /// # Errors
    /// As [`TieSearch::run`](super::TieSearch::run); [`SearchError::WrongPart`] if parts are
    /// missing.
    pub fn finish(
        mut self,
        program: impl FnMut(&TiePolicy) -> (T, TieLog),
    ) -> Result<Outcomes<T>, SearchError> {
        if self.wants().is_some() || self.begins_anew() {
            return Err(SearchError::WrongPart);
        }
        self.explored.complete = self.state == State::Going { overfull: false };
        let mut searching = Searching::new(program);
        let TieDivision { settings, usual, log, before, .. } = self.division;
        // The usual run was made once.
        searching.runs = if before > 0 { before + self.runs - 1 } else { self.runs };
        searching.tallies = self.tallies;
        searching.finish(settings, usual, &log, self.explored)
    }
}
