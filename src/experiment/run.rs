//! Parallel runs, taken up in order.

use super::counted::{Counted, Counter};
use super::dispatch::{AtOnce, Dispatch, Next, Task};
use super::fold::Fold;
use super::{
    Column, ExperimentError, Finished, Replications, Results, Row, Selected, Selection, Shortage,
    Stored, UntilPrecise, UntilSelected, Want,
};
use crate::panics::caught;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

/// Replications of a model at some points.
#[derive(Clone, Debug)]
pub struct Experiment {
    replications: Replications,
    threads: usize,
    /// Whether the calling thread makes the runs.
    here: bool,
    at_once: Option<AtOnce>,
    short: fn(&Shortage),
}

/// If the system cannot start all threads, so much memory is kept free for the runs, and as much
/// must be free for a thread to begin. It is less than the 64 MiB that glibc's `malloc` reserves
/// for the heap of each thread, and so much that `malloc` always asks the system for it.
const SPARE: usize = 32 << 20;

/// Memory that is never written, if there is so much. It is kept free until it is dropped.
fn room(bytes: usize) -> Option<Vec<u8>> {
    let mut room = Vec::new();
    room.try_reserve_exact(bytes).is_ok().then_some(room)
}

/// A finished task and its rows.
type Arrived = (Task, Vec<Result<Counted, String>>);

/// Rows that arrived before an earlier row, by point and replication.
type Early = BTreeMap<(usize, u64), Result<Counted, String>>;

impl Experiment {
    /// An experiment with that many replications of each point, at least one, on one thread.
    #[must_use]
    pub fn new(replications: Replications) -> Self {
        let replications = match replications {
            Replications::Fixed(count) => Replications::Fixed(count.max(1)),
            Replications::UntilPrecise(until) => {
                Replications::UntilPrecise(UntilPrecise { most: until.most.max(1), ..until })
            }
            Replications::UntilSelected(until) => {
                Replications::UntilSelected(UntilSelected { most: until.most.max(1), ..until })
            }
            Replications::Each(counts) => {
                Replications::Each(counts.into_iter().map(|count| count.max(1)).collect())
            }
        };
        Self { replications, threads: 1, here: false, at_once: None, short: |_| () }
    }

    /// Sets the number of threads, at least one. The results do not depend on it.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: threads.max(1), ..self }
    }

    /// Makes all runs on the calling thread. The results are the same.
    #[must_use]
    pub fn on_this_thread(self) -> Self {
        Self { threads: 1, here: true, ..self }
    }

    /// Sets a function that says how many replications of a point a thread takes at once. At most
    /// 256 are. Otherwise it is as many as have some ten thousand events, so this is for runs that
    /// count none. The results are the same.
    #[must_use]
    pub fn at_once(self, count: impl Fn(usize) -> u64 + Send + Sync + 'static) -> Self {
        Self { at_once: Some(AtOnce(Arc::new(count))), ..self }
    }

    /// Sets a function that is called if not all threads can be started. Runs go on with
    /// fewer threads.
    #[must_use]
    pub fn on_shortage(self, short: fn(&Shortage)) -> Self {
        Self { short, ..self }
    }

    /// Uses as many threads as the machine runs in parallel.
    #[must_use]
    pub fn all_cores(self) -> Self {
        self.threads(std::thread::available_parallelism().map_or(1, NonZero::get))
    }

    /// Runs the replications of all points. `run` gets the number of the point and that of
    /// the replication. Its error or panic becomes the error of the row.
    ///
    /// Memory: each row takes 16 bytes per measure and about 100 more.
    ///
    /// # Errors
    /// [`ExperimentError`], except `Keep`.
    pub fn run<F: fmt::Display>(
        &self,
        points: usize,
        run: impl Fn(usize, u64) -> Result<Finished, F> + Sync,
    ) -> Result<Results, ExperimentError> {
        self.run_into(points, Stored::default(), run, |_, _| Ok(()))
    }

    /// As [`run`](Self::run), but without the replications whose rows are `stored`. All new
    /// rows go in order to `keep`, some at once, with the columns.
    ///
    /// # Errors
    /// [`ExperimentError`]; `Keep` with the error of `keep`, after which no more replications
    /// are run.
    pub fn run_into<F: fmt::Display, E>(
        &self,
        points: usize,
        stored: Stored,
        run: impl Fn(usize, u64) -> Result<Finished, F> + Sync,
        mut keep: impl FnMut(&[Column], &[Row]) -> Result<(), E>,
    ) -> Result<Results, ExperimentError<E>> {
        let known: BTreeSet<_> =
            stored.rows.iter().map(|row| (row.point, row.replication)).collect();
        let dispatch = Dispatch::new(points, &self.replications, known, self.threads);
        let dispatch = dispatch.at_once(self.at_once.clone());
        let shared = Shared { dispatch: Mutex::new(dispatch), changed: Condvar::new() };
        let (sender, receiver) = channel();
        std::thread::scope(|scope| {
            // The threads end in every case, also after a panic here.
            let _closing = Closing(&shared);
            let started = if self.here { 0 } else { self.start(scope, &shared, &run, &sender) };
            drop(sender);
            let fold = Fold::new(points, &self.replications, stored);
            let mut counter = Counter::default();
            shared.take_up(fold, &mut keep, || match started {
                0 => shared.run_next(0, &run, &mut counter),
                _ => receiver.recv().ok(),
            })
        })
    }

    /// As [`run_into`](Self::run_into), but with as many replications of each point as a selection
    /// takes, and with what it comes to. The number of replications that the experiment was made
    /// with does not count.
    ///
    /// # Errors
    /// As [`run_into`](Self::run_into), and as [`Selection::judge`].
    pub fn select_into<F: fmt::Display, E>(
        &self,
        points: usize,
        selection: &Selection,
        stored: Stored,
        run: impl Fn(usize, u64) -> Result<Finished, F> + Sync,
        mut keep: impl FnMut(&[Column], &[Row]) -> Result<(), E>,
    ) -> Result<(Results, Selected), ExperimentError<E>> {
        selection.check(points).map_err(ExperimentError::Selection)?;
        let Stored { mut columns, rows: mut known } = stored;
        let mut counts = vec![selection.first(); points];
        loop {
            // Rows of later rounds, which an interrupted experiment has kept, wait for theirs.
            let (now, later) =
                known.into_iter().partition(|row| row.replication < counts[row.point]);
            let stored = Stored { columns, rows: now };
            let replications = Replications::Each(counts);
            let round = Self { replications, ..self.clone() };
            let results = round.run_into(points, stored, &run, &mut keep)?;
            match selection.judge(&results)? {
                Selected::More(next) => counts = next,
                selected => return Ok((results, selected)),
            }
            columns = results.columns;
            known = results.rows;
            known.extend::<Vec<Row>>(later);
        }
    }

    /// Starts the threads, and returns how many there are. They wait until all were tried.
    fn start<'scope, F: fmt::Display>(
        &self,
        scope: &'scope Scope<'scope, '_>,
        shared: &'scope Shared,
        run: &'scope (impl Fn(usize, u64) -> Result<Finished, F> + Sync),
        sender: &Sender<Arrived>,
    ) -> usize {
        let mut dispatch = shared.lock();
        // If there is no memory for another thread, there is none for the runs. So some memory,
        // which is never written, is kept free for them, and some threads end at once.
        let spare = room(SPARE);
        let (begin, begun) = channel();
        for number in 0..self.threads {
            let (sender, begin) = (sender.clone(), begin.clone());
            let work = move || {
                let _ = begin.send(());
                shared.work(number, run, &sender);
            };
            // A thread that is out of memory before its work begins ends the process. So there
            // must be more room than its stack takes, and nothing else takes it meanwhile.
            let has_room = spare.is_some() && room(SPARE).is_some();
            let thread = match has_room {
                true => thread::Builder::new().spawn_scoped(scope, work),
                false => Err(io::ErrorKind::OutOfMemory.into()),
            };
            let Err(error) = thread else {
                let _ = begun.recv();
                continue;
            };
            drop(spare);
            let started = number - number / 4;
            dispatch.use_threads(started);
            drop(dispatch);
            (self.short)(&Shortage { wanted: self.threads, started, error });
            return started;
        }
        self.threads
    }
}

/// What the threads share.
struct Shared {
    dispatch: Mutex<Dispatch>,
    changed: Condvar,
}

struct Closing<'a>(&'a Shared);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.lock().close();
        self.0.changed.notify_all();
    }
}

impl Shared {
    /// No code panics while it is locked, so its contents are consistent.
    fn lock(&self) -> MutexGuard<'_, Dispatch> {
        self.dispatch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self, number: usize) -> Option<Task> {
        let mut dispatch = self.lock();
        loop {
            match dispatch.next(number) {
                Next::Run(task) => return Some(task),
                Next::End => return None,
                Next::Wait => {
                    dispatch = self.changed.wait(dispatch).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// The work of thread `number`, until there is no more for it.
    fn work<F: fmt::Display>(
        &self,
        number: usize,
        run: &(impl Fn(usize, u64) -> Result<Finished, F> + Sync),
        sender: &Sender<Arrived>,
    ) {
        let mut counter = Counter::default();
        while let Some(arrived) = self.run_next(number, run, &mut counter) {
            if sender.send(arrived).is_err() {
                return;
            }
        }
    }

    fn run_next<F: fmt::Display>(
        &self,
        number: usize,
        run: &(impl Fn(usize, u64) -> Result<Finished, F> + Sync),
        counter: &mut Counter,
    ) -> Option<Arrived> {
        let task = self.next(number)?;
        let mut one = |replication| {
            // The user's `Display` of the error runs in here, too: no code of the user may end
            // this thread.
            let run = || run(task.point, replication).map_err(|error| told(&error));
            let outcome =
                caught(run).unwrap_or_else(|panic| Err(format!("panicked: {}", panic.message())));
            outcome.map(|finished| counter.count(&finished))
        };
        let rows: Vec<_> = task.replications.clone().map(&mut one).collect();
        // The number of events of a failed run is not known.
        let finished = rows.iter().flatten();
        let (count, events) =
            finished.fold((0, 0), |(count, events), row| (count + 1, events + row.numbers.events));
        if count > 0 {
            self.lock().arrived(count, events);
        }
        Some((task, rows))
    }

    /// Takes up arriving rows in order, until all points have enough.
    fn take_up<E>(
        &self,
        mut fold: Fold,
        keep: &mut impl FnMut(&[Column], &[Row]) -> Result<(), E>,
        mut arrived: impl FnMut() -> Option<Arrived>,
    ) -> Result<Results, ExperimentError<E>> {
        let mut early = Early::new();
        loop {
            let settled = self.take_up_in_order(&mut fold, &mut early, keep)?;
            self.lock().settle(settled);
            self.changed.notify_all();
            if fold.wanted().is_none() {
                return Ok(fold.results);
            }
            let Some((task, rows)) = arrived() else {
                unreachable!("threads end when all points have enough")
            };
            let mut late = 0;
            for (replication, outcome) in task.replications.zip(rows) {
                if Some((task.point, replication)) < fold.wanted() {
                    late += 1;
                } else {
                    early.insert((task.point, replication), outcome);
                }
            }
            self.lock().settle(late);
        }
    }

    /// Takes up rows up to the first missing one, and returns how many rows left `early`.
    fn take_up_in_order<E>(
        &self,
        fold: &mut Fold,
        early: &mut Early,
        keep: &mut impl FnMut(&[Column], &[Row]) -> Result<(), E>,
    ) -> Result<u64, ExperimentError<E>> {
        let count = early.len();
        // Rows from here on are new.
        let mut new = fold.results.rows.len();
        while let Some((point, replication)) = fold.wanted() {
            if fold.take_stored() {
                let taken = fold.results.rows.len();
                hand_over(&fold.results, new..taken - 1, keep)?;
                new = taken;
            } else {
                let Some(outcome) = early.remove(&(point, replication)) else { break };
                fold.take(outcome)?;
            }
            match fold.judge()? {
                Want::AsBefore => {}
                Want::About(wanted) => {
                    self.lock().want(point, replication + 1, wanted, fold.most());
                }
                Want::Nothing => {
                    // Rows beyond the decision are dropped.
                    *early = early.split_off(&(point + 1, 0));
                    self.lock().done(point);
                }
            }
        }
        hand_over(&fold.results, new..fold.results.rows.len(), keep)?;
        Ok((count - early.len()) as u64)
    }
}

fn hand_over<E>(
    results: &Results,
    rows: Range<usize>,
    keep: &mut impl FnMut(&[Column], &[Row]) -> Result<(), E>,
) -> Result<(), ExperimentError<E>> {
    if rows.is_empty() {
        return Ok(());
    }
    keep(&results.columns, &results.rows[rows]).map_err(ExperimentError::Keep)
}

/// The text of an error. It is never empty, because an empty error means a row that did not
/// fail.
fn told(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    if text.is_empty() { "an error without a message".to_owned() } else { text }
}
