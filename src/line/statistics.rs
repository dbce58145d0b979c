//! Statistics of the use of a resource.

use super::{Asked, Known, Note, ResourceHistory};
use crate::actor::ActorId;
use crate::record::RecordKind;
use crate::time::{Span, VirtualTime};

/// How much a resource was used since it was made, or since the end of the
/// [warm-up](crate::Config::warm_up) if that is later. Means of numbers (in use, waiting) are over
/// virtual time, and means of waits are over claims.
///
/// They are always computed, even if they are not read. That costs one to two percent of the
/// instructions of a process or actor that does nothing but queue.
///
/// # Examples
/// ```
/// use flagfall::{Config, Resource, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let pump = Resource::new(&mut simulation, "pump", 1);
/// for number in 0..2 {
///     simulation.process(("car", number), async move |p| {
///         let _pump = pump.acquire(&p).await;
///         p.sleep(Span::from_secs(4)).await;
///     });
/// }
/// simulation.run()?;
/// let statistics = pump.statistics(&simulation);
/// assert_eq!(statistics.utilisation, 1.0);
/// assert_eq!(statistics.mean_waiting, 0.5);
/// assert_eq!((statistics.granted, statistics.mean_wait), (2, Span::from_secs(2)));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResourceStatistics {
    /// Mean number of units in use, divided by the capacity; for a container
    /// or store: the mean level, or number of items, divided by the capacity. If the capacity
    /// changes, it is the utilisation of staffed time: use within the capacity, divided by the mean
    /// capacity.
    pub utilisation: f64,
    /// Mean capacity; that of a store without a bound is the largest number.
    pub mean_capacity: f64,
    /// Mean number of units that were in use beyond the capacity, after it fell.
    pub mean_overtime: f64,
    /// Mean number of units that were [down](crate::resource::Failures). They are not in the mean
    /// capacity. A unit that is down for two reasons counts twice.
    pub mean_down: f64,
    /// Mean number of units in use; for a container or store, the mean level or number of items.
    pub mean_in_use: f64,
    /// Mean number of claims that wait.
    pub mean_waiting: f64,
    /// Claims granted.
    pub granted: u64,
    /// Claims withdrawn: while they waited, or at the very instant of their grant, before the
    /// claimant noticed it. A grant that went back at a later instant, out of
    /// [`all`](crate::process::all), counts as granted.
    pub withdrawn: u64,
    /// Claims refused because the line was full; see
    /// [`Resource::limit_line`](crate::Resource::limit_line).
    pub refused: u64,
    /// Grants taken away: by more urgent claims, or because there were
    /// [fewer units](crate::resource::Shortage::Preempt).
    pub preempted: u64,
    /// Mean time from claim to grant, of the claims granted.
    pub mean_wait: Span,
    /// The longest time from claim to grant.
    pub longest_wait: Span,
}

/// Exact integrals over virtual time. Cost: a few additions for each change.
#[derive(Debug)]
pub(crate) struct Usage {
    start: VirtualTime,
    last: VirtualTime,
    /// Units in use times nanoseconds.
    in_use: u128,
    /// Claims waiting times nanoseconds.
    waiting: u128,
    waits: u128,
    /// The longest wait of the grants before the last instant with a record.
    longest: Span,
    /// Longer waits of the grants at that instant. Those grants can be taken back, and a maximum
    /// cannot be corrected without the other values.
    records: Vec<Span>,
    records_at: VirtualTime,
    granted: u64,
    withdrawn: u64,
    refused: u64,
    preempted: u64,
    history: Option<Box<ResourceHistory>>,
    /// The steps of claims that are not recorded yet, while records are wanted.
    notes: Option<Vec<Note>>,
}

/// Whose claim was served, when it began to wait, and when it was served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    pub(crate) who: ActorId,
    pub(crate) since: VirtualTime,
    pub(crate) at: VirtualTime,
}

impl Usage {
    pub(crate) fn new(start: VirtualTime) -> Self {
        Self {
            start,
            last: start,
            in_use: 0,
            waiting: 0,
            waits: 0,
            longest: Span::ZERO,
            records: Vec::new(),
            records_at: start,
            granted: 0,
            withdrawn: 0,
            refused: 0,
            preempted: 0,
            history: None,
            notes: None,
        }
    }

    /// Keeps the history from the last [`pass`](Self::pass) on, if it is not kept already.
    pub(crate) fn keep_history(&mut self) {
        let last = self.last;
        self.history.get_or_insert_with(|| Box::new(ResourceHistory::new(last)));
    }

    /// The history up to the last [`pass`](Self::pass).
    pub(crate) fn history(&self) -> Option<ResourceHistory> {
        self.history.as_deref().cloned()
    }

    /// Keeps the steps of claims, until they are taken.
    #[cold]
    pub(crate) fn begin_notes(&mut self) {
        self.notes.get_or_insert_default();
    }

    /// The steps since the last call.
    #[cold]
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        self.notes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Notes a step of a claim, if records are wanted.
    #[inline]
    pub(crate) fn note(
        &mut self,
        kind: RecordKind,
        who: &impl Known,
        asked: Asked,
        since: VirtualTime,
    ) {
        if self.notes.is_some() {
            self.keep_note(Note { kind, who: who.id(), asked, since });
        }
    }

    #[cold]
    pub(crate) fn keep_note(&mut self, note: Note) {
        if let Some(notes) = &mut self.notes {
            notes.push(note);
        }
    }

    /// Counts the time since the last call, with the numbers in use and waiting and the capacity
    /// during it. To be called before any changes.
    #[inline]
    pub(crate) fn pass(&mut self, now: VirtualTime, in_use: u64, waiting: usize, capacity: u64) {
        if let Some(history) = &mut self.history {
            history.pass(now, (in_use, waiting, capacity));
        }
        // A claim and its grant are mostly of one instant.
        if now == self.last {
            return;
        }
        let span = u128::from((now - self.last).as_nanos());
        self.in_use += span * u128::from(in_use);
        self.waiting += span * waiting as u128;
        self.last = now;
    }

    /// Counts a grant, at the instant of the last [`pass`](Self::pass).
    #[inline]
    pub(crate) fn grant(&mut self, wait: Span) {
        self.granted += 1;
        self.waits += u128::from(wait.as_nanos());
        if wait > self.longest {
            self.break_record(wait);
        }
    }

    #[cold]
    fn break_record(&mut self, wait: Span) {
        if self.records_at != self.last {
            self.longest = self.longest();
            self.records.clear();
            self.records_at = self.last;
        }
        if wait > self.longest {
            self.records.push(wait);
        }
    }

    fn longest(&self) -> Span {
        self.records.iter().copied().max().unwrap_or(Span::ZERO).max(self.longest)
    }

    /// Counts a grant of this very instant that was not noticed as withdrawn. A grant of an earlier
    /// instant stays a grant. Cost: O(grants of the instant).
    pub(crate) fn take_back(&mut self, now: VirtualTime, served: Served) {
        if served.at != now {
            return;
        }
        let wait = served.at - served.since;
        self.granted -= 1;
        self.withdrawn += 1;
        self.waits -= u128::from(wait.as_nanos());
        if self.records_at == now {
            let place = self.records.iter().position(|record| *record == wait);
            place.into_iter().for_each(|place| _ = self.records.swap_remove(place));
        }
    }

    /// Drops what was counted before; all is to be counted up to that time, and no grant is of it.
    #[cold]
    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        let (history, notes) = (self.history.take(), self.notes.take());
        *self = Self { history, notes, ..Self::new(at) };
    }

    /// Up to when is counted.
    pub(crate) const fn last(&self) -> VirtualTime {
        self.last
    }

    pub(crate) fn withdraw(&mut self) {
        self.withdrawn += 1;
    }

    pub(crate) fn refuse(&mut self) {
        self.refused += 1;
    }

    pub(crate) fn preempt(&mut self) {
        self.preempted += 1;
    }

    pub(crate) fn read(
        &self,
        now: VirtualTime,
        in_use: u64,
        waiting: usize,
        capacity: u64,
    ) -> ResourceStatistics {
        let passed = u128::from((now - self.last).as_nanos());
        let total_in_use = self.in_use + passed * u128::from(in_use);
        let total_waiting = self.waiting + passed * waiting as u128;
        let span = (now - self.start).as_nanos();
        let mean = |integral: u128| if span == 0 { 0.0 } else { integral as f64 / span as f64 };
        let mean_wait = self.waits.checked_div(u128::from(self.granted)).unwrap_or(0);
        ResourceStatistics {
            utilisation: if capacity == 0 { 0.0 } else { mean(total_in_use) / capacity as f64 },
            mean_capacity: capacity as f64,
            mean_overtime: 0.0,
            mean_down: 0.0,
            mean_in_use: mean(total_in_use),
            mean_waiting: mean(total_waiting),
            granted: self.granted,
            withdrawn: self.withdrawn,
            refused: self.refused,
            preempted: self.preempted,
            mean_wait: Span::from_nanos(mean_wait as u64),
            longest_wait: self.longest(),
        }
    }
}
