//! The course of a level over virtual time, in bounded memory.

use super::TimeAverage;
use crate::time::{Span, VirtualTime};

/// How many cells a history has at most.
const CELLS: usize = 512;

/// A level over virtual time, in cells of equal length: at most 512, however long the run. When
/// they are full, two neighbours become one, so cells are twice as long. The integral, the lowest
/// and the highest level of each cell stay exact.
///
/// # Examples
/// ```
/// use flagfall::statistics::LevelHistory;
/// use flagfall::{Span, VirtualTime};
///
/// let at = VirtualTime::from_secs;
/// let mut line = LevelHistory::new(at(0));
/// line.pass(at(3_000), 2); // two waited for 3,000 s
/// line.pass(at(4_000), 0);
/// let cells: Vec<_> = line.cells().collect();
/// assert!(cells.len() > 200 && cells.len() <= 512);
/// assert_eq!(cells[0].1.mean(), Some(2.0));
/// let integral: i128 = cells.iter().map(|(_, cell)| cell.integral()).sum();
/// assert_eq!(integral, 6_000_000_000_000); // unit-nanoseconds, exactly
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelHistory {
    start: VirtualTime,
    last: VirtualTime,
    width: Span,
    /// The last of them may not be full.
    cells: Vec<TimeAverage>,
}

impl LevelHistory {
    /// A history that begins at `start`.
    #[must_use]
    pub const fn new(start: VirtualTime) -> Self {
        Self { start, last: start, width: Span::from_nanos(1), cells: Vec::new() }
    }

    /// The level was `level` from the last call until `until`; nothing is done if that is not
    /// later. Cost: O(1) in the mean, as a cell is filled once and halved as often as time doubles.
    pub fn pass(&mut self, until: VirtualTime, level: i64) {
        while self.last < until {
            let width = self.width.as_nanos();
            let passed = (self.last - self.start).as_nanos();
            let at = passed / width;
            if at >= CELLS as u64 || (until - self.start).as_nanos() / width >= CELLS as u64 {
                self.halve();
                continue;
            }
            let left = Span::from_nanos((at + 1).saturating_mul(width) - passed);
            let span = (until - self.last).min(left);
            let cell = TimeAverage::constant(level, span);
            match self.cells.get_mut(at as usize) {
                // Together they are no longer than the run.
                Some(there) => there.merge(&cell).expect("time does not end"),
                None => self.cells.push(cell),
            }
            self.last += span;
        }
    }

    fn halve(&mut self) {
        for pair in 0..self.cells.len().div_ceil(2) {
            let mut cell = self.cells[2 * pair];
            if let Some(second) = self.cells.get(2 * pair + 1) {
                cell.merge(second).expect("time does not end");
            }
            self.cells[pair] = cell;
        }
        self.cells.truncate(self.cells.len().div_ceil(2));
        self.width = self.width * 2;
    }

    /// The cells in order, each with its beginning. All but the last are as long as
    /// [`width`](Self::width).
    pub fn cells(&self) -> impl Iterator<Item = (VirtualTime, &TimeAverage)> {
        (0..).zip(&self.cells).map(|(number, cell)| {
            (self.start + Span::from_nanos(number * self.width.as_nanos()), cell)
        })
    }

    /// How long a full cell is now.
    #[must_use]
    pub const fn width(&self) -> Span {
        self.width
    }

    /// Up to when the history goes.
    #[must_use]
    pub const fn end(&self) -> VirtualTime {
        self.last
    }
}
