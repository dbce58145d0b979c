//! Which replication runs next.

use super::Replications;
use std::collections::BTreeSet;
use std::ops::Range;

/// Replications of a point that one thread runs one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) point: usize,
    pub(super) replications: Range<u64>,
}

/// What a thread is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Run(Task),
    /// Nothing now: it depends on what is running.
    Wait,
    /// Nothing any more.
    End,
}

/// A thread gets about so many events at once: some milliseconds, so that short runs do
/// not spend their time on being handed out. Counted in events because the clock would
/// tell something else each time.
const EVENTS_AT_ONCE: u64 = 30_000;
/// And at most so many replications.
const MOST_AT_ONCE: u64 = 256;
/// So many rows may wait for one before them.
const MOST_AHEAD: u64 = 1 << 14;

/// How far one point is.
#[derive(Clone, Debug)]
struct Progress {
    /// Replications below have been handed out, or are known.
    issued: u64,
    /// No replication from here on is handed out yet.
    limit: u64,
}

/// Hands out replications in order: of the first point that wants any.
#[derive(Debug)]
pub(super) struct Dispatch {
    points: Vec<Progress>,
    /// Points below have nothing to hand out.
    front: usize,
    /// Points below want no more.
    settled: usize,
    /// Rows that are kept from before.
    known: BTreeSet<(usize, u64)>,
    /// Handed out, and neither taken up nor thrown away.
    ahead: u64,
    /// Replications handed out at once.
    at_once: u64,
    /// Those that take part.
    threads: u64,
    open: bool,
}

impl Dispatch {
    pub(super) fn new(
        points: usize,
        replications: &Replications,
        known: BTreeSet<(usize, u64)>,
        threads: usize,
    ) -> Self {
        let limit = match replications {
            Replications::Fixed(count) => *count,
            Replications::UntilPrecise(until) => until.rule.least().min(until.most),
        };
        let points = vec![Progress { issued: 0, limit }; points];
        let threads = threads as u64;
        Self { points, front: 0, settled: 0, known, ahead: 0, at_once: 1, threads, open: true }
    }

    /// Only so many threads take part.
    pub(super) fn use_threads(&mut self, threads: usize) {
        self.threads = threads.max(1) as u64;
    }

    /// What the thread of that number does next.
    pub(super) fn next(&mut self, number: usize) -> Next {
        if !self.open || number as u64 >= self.threads || self.settled == self.points.len() {
            return Next::End;
        }
        while self.front < self.points.len() {
            let point = self.front;
            let progress = &mut self.points[point];
            while progress.issued < progress.limit && self.known.contains(&(point, progress.issued))
            {
                progress.issued += 1;
            }
            let left = progress.limit.saturating_sub(progress.issued);
            if left == 0 {
                self.front += 1;
                continue;
            }
            // What the others wait for is never held back.
            if self.ahead >= MOST_AHEAD && point > self.settled {
                return Next::Wait;
            }
            // The last ones are shared out among all threads.
            let count = self.at_once.min(left.div_ceil(self.threads));
            let from = progress.issued;
            let to = (from..from + count)
                .find(|replication| self.known.contains(&(point, *replication)))
                .unwrap_or(from + count);
            progress.issued = to;
            self.ahead += to - from;
            return Next::Run(Task { point, replications: from..to });
        }
        Next::Wait
    }

    /// So many runs have finished, which took so many events together; at least one.
    pub(super) fn arrived(&mut self, rows: u64, events: u64) {
        let each = (events / rows).max(1);
        self.at_once = (EVENTS_AT_ONCE / each).clamp(1, MOST_AT_ONCE);
    }

    /// So many rows that were handed out have been taken up, or thrown away.
    pub(super) fn settle(&mut self, rows: u64) {
        self.ahead -= rows;
    }

    /// Replications of the point below `taken` have been taken up, and it wants about
    /// `wanted` in all, but no more than `most`.
    pub(super) fn want(&mut self, point: usize, taken: u64, wanted: u64, most: u64) {
        // Idle cores run ahead of the decision: a little, because it may be in vain.
        let ahead = taken + 2 * self.threads * self.at_once;
        let limit = wanted.max(ahead).min(most);
        if limit > self.points[point].limit {
            self.points[point].limit = limit;
            self.front = self.front.min(point);
        }
    }

    /// The point, and those before it, want no more.
    pub(super) fn done(&mut self, point: usize) {
        self.points[point].limit = 0;
        self.settled = point + 1;
    }

    /// Nothing is handed out any more.
    pub(super) fn close(&mut self) {
        self.open = false;
    }
}
