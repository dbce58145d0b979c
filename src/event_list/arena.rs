//! Unordered buckets and queues of entries, made of small chunks from one arena.
//!
//! A bucket takes the chunk that was freed last. Memory is therefore proportional to the
//! pending events, and is not allocated again once it has grown.

use super::entry::Entry;

/// Entries in a chunk: few, so that a sparse bucket wastes little; but enough that a bucket
/// is read in long pieces.
const CHUNK: usize = 4;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    entries: [Entry; CHUNK],
    length: u32,
    /// The next chunk of the same bucket or queue, or the next free one.
    next: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Arena {
    chunks: Vec<Chunk>,
    free: u32,
}

/// An unordered collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// The chunk that is being filled; the others are full.
    head: u32,
}

impl Bucket {
    pub(super) const EMPTY: Self = Self { head: NONE };

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.head == NONE
    }
}

/// A first-in-first-out queue whose entries come in ascending order.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// The first entry, so that a queue with one entry needs no chunk; vacant if the queue
    /// is empty.
    front: Entry,
    /// The key of the last entry, if it is not the front.
    back: u128,
    head: u32,
    tail: u32,
    /// How many entries of the head chunk were removed.
    taken: u32,
}

impl Arena {
    /// An empty arena in that memory.
    pub(super) fn new(chunks: Vec<Chunk>) -> Self {
        Self { chunks, free: NONE }
    }

    /// Takes out its memory; nothing is in it any more.
    pub(super) fn take_memory(&mut self) -> Vec<Chunk> {
        std::mem::take(&mut self.chunks)
    }

    #[inline]
    fn take(&mut self, entry: Entry, next: u32) -> u32 {
        let index = self.free;
        let Some(chunk) = self.chunks.get_mut(index as usize) else {
            return self.grow(entry, next);
        };
        self.free = chunk.next;
        chunk.entries[0] = entry.words();
        (chunk.length, chunk.next) = (1, next);
        index
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, entry: Entry, next: u32) -> u32 {
        let index = u32::try_from(self.chunks.len()).expect("2^34 pending events");
        let mut entries = [Entry::VACANT; CHUNK];
        entries[0] = entry;
        self.chunks.push(Chunk { entries, length: 1, next });
        index
    }

    #[inline]
    fn give_back(&mut self, index: u32) {
        self.chunks[index as usize].next = self.free;
        self.free = index;
    }

    #[inline]
    pub(super) fn add(&mut self, bucket: &mut Bucket, entry: Entry) {
        if !self.push(bucket.head, entry) {
            bucket.head = self.take(entry, bucket.head);
        }
    }

    /// Adds an entry to a chunk; `false` if it is full, or no chunk.
    #[inline(always)]
    fn push(&mut self, chunk: u32, entry: Entry) -> bool {
        let Some(chunk) = self.chunks.get_mut(chunk as usize) else { return false };
        let Some(place) = chunk.entries.get_mut(chunk.length as usize) else { return false };
        *place = entry.words();
        chunk.length += 1;
        true
    }

    /// Moves the newest chunk of a bucket to `to`, its newest entry first;
    /// `false` if the bucket is empty.
    #[inline]
    pub(super) fn take_chunk(&mut self, bucket: &mut Bucket, to: &mut Vec<Entry>) -> bool {
        let Some(chunk) = self.chunks.get(bucket.head as usize) else { return false };
        to.extend(chunk.entries[..chunk.length as usize].iter().rev());
        let next = chunk.next;
        self.give_back(bucket.head);
        bucket.head = next;
        true
    }

    /// The entries of a bucket, newest chunk first.
    pub(super) fn entries(&self, bucket: Bucket) -> impl Iterator<Item = &Entry> {
        let first = self.chunks.get(bucket.head as usize);
        std::iter::successors(first, |chunk| self.chunks.get(chunk.next as usize))
            .flat_map(|chunk| &chunk.entries[..chunk.length as usize])
    }

    /// Appends an entry that comes after the last one; otherwise does nothing and returns `false`.
    #[inline]
    pub(super) fn append(&mut self, queue: &mut Queue, entry: Entry) -> bool {
        if queue.is_empty() {
            queue.fill(entry);
            return true;
        }
        let back = if queue.head == NONE { queue.front.key() } else { queue.back };
        let key = entry.key();
        if key >= back {
            self.append_behind(queue, entry);
            queue.back = key;
        }
        key >= back
    }

    fn append_behind(&mut self, queue: &mut Queue, entry: Entry) {
        if self.push(queue.tail, entry) {
            return;
        }
        let new = self.take(entry, NONE);
        match self.chunks.get_mut(queue.tail as usize) {
            Some(tail) => tail.next = new,
            None => (queue.head, queue.taken) = (new, 0),
        }
        queue.tail = new;
    }

    #[inline(always)]
    pub(super) fn pop(&mut self, queue: &mut Queue) {
        queue.front.sequence = u64::MAX;
        queue.front.time = u64::MAX;
        if queue.head != NONE {
            self.advance(queue);
        }
    }

    /// Fills the vacant front of a queue that has a chunk.
    #[inline(never)]
    fn advance(&mut self, queue: &mut Queue) {
        let chunk = &self.chunks[queue.head as usize];
        queue.front = chunk.entries[queue.taken as usize];
        queue.taken += 1;
        if queue.taken == chunk.length {
            let next = chunk.next;
            self.give_back(queue.head);
            (queue.head, queue.taken) = (next, 0);
            if next == NONE {
                queue.tail = NONE;
            }
        }
    }
}

impl Queue {
    pub(super) const EMPTY: Self =
        Self { front: Entry::VACANT, back: 0, head: NONE, tail: NONE, taken: 0 };

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.front.is_vacant()
    }

    /// Gives an empty queue its first entry.
    #[inline(always)]
    pub(super) fn fill(&mut self, entry: Entry) {
        self.front.time = entry.time;
        self.front.sequence = entry.sequence;
        self.front.event = entry.event;
    }

    /// The first entry. An empty queue has a vacant one, which comes after all others.
    #[inline]
    pub(super) fn first(&self) -> &Entry {
        &self.front
    }
}
