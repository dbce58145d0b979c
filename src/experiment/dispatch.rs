//! Which replication runs next.

use super::{Replications, Stopping};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Replications of a point that one thread runs one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) point: usize,
    pub(super) replications: Range<u64>,
}

/// What a thread does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Run(Task),
    /// Nothing now: more work depends on the runs under way.
    Wait,
    /// There is no more work.
    End,
}

/// A thread gets runs of about this number of events at once (some milliseconds), so that the
/// overhead of short runs is small. Events are counted, because real time is not
/// reproducible.
const EVENTS_AT_ONCE: u64 = 30_000;
/// A thread gets at most this number of replications at once.
const MOST_AT_ONCE: u64 = 256;
/// At most this number of rows waits for an earlier one.
const MOST_AHEAD: u64 = 1 << 14;

/// Says how many replications of a point are dispatched at once.
#[derive(Clone)]
pub(super) struct AtOnce(pub(super) Arc<dyn Fn(usize) -> u64 + Send + Sync>);

impl fmt::Debug for AtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtOnce")
    }
}

/// The progress of one point.
#[derive(Clone, Debug)]
struct Progress {
    /// All replications below were dispatched or are known.
    issued: u64,
    /// Replications from here on are not dispatched yet.
    limit: u64,
}

/// Dispatches replications to threads in order: those of the first point that needs any.
#[derive(Debug)]
pub(super) struct Dispatch {
    points: Vec<Progress>,
    /// Points below have nothing to dispatch.
    front: usize,
    /// Points below need no more.
    settled: usize,
    /// Rows that were stored before.
    known: BTreeSet<(usize, u64)>,
    /// Rows dispatched, and neither taken up nor dropped.
    ahead: u64,
    /// Replications dispatched at once.
    at_once: u64,
    /// Who says how many, if it is not judged by events.
    asked: Option<AtOnce>,
    /// How many threads are used.
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
        let limit = |point: usize| match replications {
            Replications::Each(counts) => counts.get(point).copied().unwrap_or(1),
            others => Stopping::first(others),
        };
        let points = (0..points).map(|point| Progress { issued: 0, limit: limit(point) }).collect();
        let threads = threads as u64;
        Self {
            points,
            front: 0,
            settled: 0,
            known,
            ahead: 0,
            at_once: 1,
            asked: None,
            threads,
            open: true,
        }
    }

    /// Lets somebody else say how many replications are dispatched at once.
    pub(super) fn at_once(self, asked: Option<AtOnce>) -> Self {
        Self { asked, ..self }
    }

    /// Uses only `threads` threads.
    pub(super) fn use_threads(&mut self, threads: usize) {
        self.threads = threads.max(1) as u64;
    }

    /// What thread `number` does next.
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
            // The first unsettled point is never held back, because the other rows wait for it.
            if self.ahead >= MOST_AHEAD && point > self.settled {
                return Next::Wait;
            }
            if let Some(AtOnce(count)) = &self.asked {
                self.at_once = count(point).clamp(1, MOST_AT_ONCE);
            }
            // The last replications are divided among all threads.
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

    /// Reports that `rows` runs, at least one, have finished, with `events` events in all.
    pub(super) fn arrived(&mut self, rows: u64, events: u64) {
        let each = (events / rows).max(1);
        self.at_once = (EVENTS_AT_ONCE / each).clamp(1, MOST_AT_ONCE);
    }

    /// Reports that `rows` dispatched rows were taken up or dropped.
    pub(super) fn settle(&mut self, rows: u64) {
        self.ahead -= rows;
    }

    /// Reports that the replications of the point below `taken` were taken up, and that it
    /// needs about `wanted` in all, but at most `most`.
    pub(super) fn want(&mut self, point: usize, taken: u64, wanted: u64, most: u64) {
        // Idle cores run a little ahead of the decision, because the runs may be dropped.
        let ahead = taken + 2 * self.threads * self.at_once;
        let limit = wanted.max(ahead).min(most);
        if limit > self.points[point].limit {
            self.points[point].limit = limit;
            self.front = self.front.min(point);
        }
    }

    /// Tells that the point and those before it need no more.
    pub(super) fn done(&mut self, point: usize) {
        self.points[point].limit = 0;
        self.settled = point + 1;
    }

    /// Stops dispatching.
    pub(super) fn close(&mut self) {
        self.open = false;
    }
}
