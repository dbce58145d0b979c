//! A ladder of buckets for the events of the far future. A bucket is sorted only when its
//! events are next.
//!
//! After Tang, Goh and Thng, "Ladder queue: an O(1) priority queue structure
//! for large-scale discrete event simulation" (2005). Events beyond all rungs wait in an
//! unordered top. When they are needed, they are distributed to the buckets of a rung. A
//! bucket with too many entries becomes a finer rung.
//!
//! There are three differences. Widths are powers of two, so that the bucket is found by a
//! shift. Widths depend on the mean time of the events, not on the last one: one event in the
//! far future does not make all buckets wide. A rung ends with its buckets; later events stay
//! in its parent's bucket or the top.

use super::arena::{Arena, Bucket};
use super::cancelled::Cancelled;
use super::entry::Entry;

/// A bucket with more entries becomes a rung of its own.
const DIVIDE_ABOVE: usize = 96;

/// A top with at most this number of entries is sorted without a rung.
const HAND_OVER: usize = 16;

/// How many entries a bucket gets on average if times are uniformly distributed, and at most twice
/// as many if exponentially. Because widths are powers of two, it may be down to half as many.
const ENTRIES_A_BUCKET: u128 = 16;

#[derive(Clone, Debug)]
struct Rung {
    start: u64,
    /// Binary logarithm of a bucket's width.
    shift: u32,
    /// The first bucket that may have entries.
    current: usize,
    last: u64,
    buckets: Vec<Bucket>,
}

impl Rung {
    fn bucket_last(&self) -> u64 {
        let offset = (self.current as u128 + 1) << self.shift;
        let end = u128::from(self.start) + offset - 1;
        self.last.min(u64::try_from(end).unwrap_or(u64::MAX))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Ladder {
    /// From coarse to fine: each covers the time before the rung before it in the list.
    rungs: Vec<Rung>,
    /// Bucket tables of finished rungs, to be used again.
    spare: Vec<Vec<Bucket>>,
    /// Empty between calls.
    scratch: Vec<Entry>,
    top: Bucket,
    top_len: usize,
    /// First, last and summed time of the top.
    top_first: u64,
    top_last: u64,
    top_sum: u128,
}

impl Ladder {
    pub(super) fn new() -> Self {
        Self {
            rungs: Vec::new(),
            spare: Vec::new(),
            scratch: Vec::new(),
            top: Bucket::EMPTY,
            top_len: 0,
            top_first: u64::MAX,
            top_last: 0,
            top_sum: 0,
        }
    }

    /// Adds an entry that is due after the near future. Cost: O(log rungs); it nearly always
    /// goes to the finest rung.
    #[inline(never)]
    pub(super) fn add(&mut self, arena: &mut Arena, time: u64, sequence: u64, event: u64) {
        let entry = Entry { time, sequence, event };
        let rungs = match self.rungs.last() {
            Some(finest) if time <= finest.last => self.rungs.len(),
            _ => self.rungs.partition_point(|rung| time <= rung.last),
        };
        if let Some(rung) = rungs.checked_sub(1).and_then(|rung| self.rungs.get_mut(rung)) {
            let bucket = ((time - rung.start) >> rung.shift) as usize;
            return arena.add(&mut rung.buckets[bucket], entry);
        }
        self.top_len += 1;
        self.top_first = self.top_first.min(entry.time);
        self.top_last = self.top_last.max(entry.time);
        self.top_sum += u128::from(entry.time);
        arena.add(&mut self.top, entry);
    }

    /// Moves the next bucket into the empty `run`, in descending order, without cancelled
    /// entries. `run` stays empty only if no entries are left. Returns the end of the near future:
    /// all events due up to this instant are in the run.
    pub(super) fn refill(
        &mut self,
        arena: &mut Arena,
        run: &mut Vec<Entry>,
        cancelled: &mut Cancelled,
    ) -> u64 {
        loop {
            let Some(rung) = self.rungs.last_mut() else {
                let is_crowd = self.top_len > HAND_OVER;
                // Events that are all due at one instant need no buckets.
                let last = self.top_last;
                if is_crowd && self.top_first < last {
                    self.deal_top(arena, cancelled);
                    continue;
                }
                let mut top = self.take_top();
                while arena.take_chunk(&mut top, run) {}
                cancelled.filter(run);
                sort(run);
                let until = is_crowd && last < u64::MAX && !run.is_empty();
                return if until { last } else { u64::MAX };
            };
            let Some(skipped) = rung.buckets[rung.current..].iter().position(|b| !b.is_empty())
            else {
                let rung = self.rungs.pop().expect("the rung just looked at");
                self.spare.push(rung.buckets);
                continue;
            };
            rung.current += skipped;
            let last = rung.bucket_last();
            let bucket = &mut rung.buckets[rung.current];
            if arena.entries(*bucket).nth(DIVIDE_ABOVE).is_some() {
                let times = Times::of(arena.entries(*bucket)).filter(|t| t.first < t.last);
                if let Some(times) = times {
                    // This bucket keeps the events after the finer rung.
                    let crowded = std::mem::replace(bucket, Bucket::EMPTY);
                    self.spawn(times, last);
                    self.deal_bucket(arena, crowded, cancelled);
                    continue;
                }
            }
            while arena.take_chunk(bucket, run) {}
            cancelled.filter(run);
            rung.current += 1;
            if last == u64::MAX {
                // No event is due after this bucket. The near future then has no end, and the
                // ladder must be empty.
                self.spare.extend(self.rungs.drain(..).map(|rung| rung.buckets));
            }
            if !run.is_empty() {
                sort(run);
                return last;
            }
        }
    }

    /// Makes a rung for `entries` and distributes them. They are due no later than `last`,
    /// and before everything in the ladder.
    pub(super) fn deal(&mut self, arena: &mut Arena, entries: &mut Vec<Entry>, last: u64) {
        let Some(mut times) = Times::of(entries.iter()) else { return };
        if last != u64::MAX {
            // The ladder is not empty, and this rung must end where the ladder begins.
            times.mean = times.first + (last - times.first) / 2;
            times.last = last;
            // A smaller count would give a single bucket, which may be too short.
            times.count = times.count.max(4);
        }
        self.spawn(times, last);
        entries
            .drain(..)
            .for_each(|entry| self.add(arena, entry.time, entry.sequence, entry.event));
    }

    fn deal_top(&mut self, arena: &mut Arena, cancelled: &mut Cancelled) {
        let mean = (self.top_sum / self.top_len as u128) as u64;
        let (first, last) = (self.top_first, self.top_last);
        self.spawn(Times { first, mean, last, count: self.top_len }, u64::MAX);
        let top = self.take_top();
        self.deal_bucket(arena, top, cancelled);
    }

    /// Distributes the entries of a bucket to the ladder again. It goes chunk by chunk, so
    /// that freed chunks are used again.
    fn deal_bucket(&mut self, arena: &mut Arena, mut bucket: Bucket, cancelled: &mut Cancelled) {
        let mut chunk = std::mem::take(&mut self.scratch);
        while arena.take_chunk(&mut bucket, &mut chunk) {
            cancelled.filter(&mut chunk);
            chunk
                .drain(..)
                .for_each(|entry| self.add(arena, entry.time, entry.sequence, entry.event));
        }
        self.scratch = chunk;
    }

    fn take_top(&mut self) -> Bucket {
        (self.top_len, self.top_first, self.top_last, self.top_sum) = (0, u64::MAX, 0, 0);
        std::mem::replace(&mut self.top, Bucket::EMPTY)
    }

    /// Adds an empty rung for entries of such times. It may end after them, but not after `last`.
    fn spawn(&mut self, times: Times, last: u64) {
        let Times { first, mean, last: last_due, count } = times;
        let width = u128::from(mean - first) * ENTRIES_A_BUCKET / count as u128 * 2;
        // The largest power of two not above it.
        let shift = (width | 1).ilog2().min(u64::BITS - 1);
        let mut buckets = (u128::from(last_due - first) >> shift) + 1;
        if last == u64::MAX {
            // Room for later events, which would otherwise be distributed twice.
            buckets *= 2;
        }
        // Events of the far future stay in the top or in the parent's bucket.
        buckets = buckets.min(count as u128 / 2).max(1);
        let end = u128::from(first) + (buckets << shift) - 1;
        let last = last.min(u64::try_from(end).unwrap_or(u64::MAX));
        let mut table = self.spare.pop().unwrap_or_default();
        table.clear();
        table.resize(buckets as usize, Bucket::EMPTY);
        self.rungs.push(Rung { start: first, shift, current: 0, last, buckets: table });
    }

    /// Drops the entries of cancelled events. Cost: O(entries + buckets). Rungs that are
    /// mostly empty are removed, because otherwise every sweep would read them.
    pub(super) fn sweep(&mut self, arena: &mut Arena, cancelled: &mut Cancelled) {
        let (mut buckets, mut left) = (0, 0);
        for rung in &mut self.rungs {
            let ahead = rung.buckets.get_mut(rung.current..).unwrap_or_default();
            buckets += ahead.len();
            for bucket in ahead {
                left += filter(arena, bucket, cancelled, &mut self.scratch);
            }
        }
        let top = self.take_top();
        if buckets > 4 * (left + 64) {
            for rung in std::mem::take(&mut self.rungs) {
                for bucket in rung.buckets.into_iter().skip(rung.current) {
                    self.deal_bucket(arena, bucket, cancelled);
                }
            }
        }
        self.deal_bucket(arena, top, cancelled);
    }
}

/// Drops the cancelled entries of a bucket, and returns how many are left.
fn filter(
    arena: &mut Arena,
    bucket: &mut Bucket,
    cancelled: &mut Cancelled,
    scratch: &mut Vec<Entry>,
) -> usize {
    let (mut kept, mut left) = (Bucket::EMPTY, 0);
    while arena.take_chunk(bucket, scratch) {
        cancelled.filter(scratch);
        left += scratch.len();
        scratch.drain(..).for_each(|entry| arena.add(&mut kept, entry));
    }
    *bucket = kept;
    left
}

/// The times that determine the buckets of a rung.
#[derive(Clone, Copy)]
struct Times {
    first: u64,
    mean: u64,
    last: u64,
    count: usize,
}

impl Times {
    /// `None` if there are no entries.
    fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<Self> {
        let (mut first, mut last, mut sum, mut count) = (u64::MAX, 0, 0_u128, 0);
        for entry in entries {
            first = first.min(entry.time);
            last = last.max(entry.time);
            sum += u128::from(entry.time);
            count += 1;
        }
        let mean = sum.checked_div(count as u128)? as u64;
        Some(Self { first, mean, last, count })
    }
}

/// Latest first, so that the next event is at the end.
fn sort(run: &mut [Entry]) {
    run.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.key()));
}
