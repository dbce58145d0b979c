//! Runs the parts of a search, on one thread or on several.

use super::explore::{Explore, bug};
use super::kept::Kept;
use crate::command::talk::{Failure, Progress, without_panic_messages};
use crate::report::ties::RunResult;
use crate::words::counted;
use flagfall::panics::{Enough, caught};
use flagfall::search::{Outcomes, TieDivision, TieJoining, TiePart};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How many parts there are for each thread: so that the last one does not run alone for long.
const PARTS_OF_THREAD: usize = 32;

/// How often the progress is shown.
const TICK: Duration = Duration::from_millis(100);

/// Takes a part that was run, and says how many more runs the budget allows; `None` if no more
/// parts are needed.
type Take<'t> = dyn FnMut(TiePart<RunResult>) -> Result<Option<u64>, Failure> + 't;

impl Explore<'_> {
    /// Searches on this machine.
    pub(super) fn outcomes(&self) -> Result<Outcomes<RunResult>, Failure> {
        let threads = self.search.threads as usize;
        if threads > 1 {
            let division = self.divide(threads * PARTS_OF_THREAD)?;
            return self.joined(division, Kept::default());
        }
        self.watched(|run| self.settings().run(run).map_err(bug))
    }

    /// Divides the search.
    pub(super) fn divide(&self, parts: usize) -> Result<TieDivision<RunResult>, Failure> {
        self.watched(|run| self.settings().divide(parts, run).map_err(bug))
    }

    /// Does work that makes runs on this thread.
    fn watched<T>(
        &self,
        work: impl FnOnce(
            &mut dyn FnMut(&flagfall::TiePolicy) -> (RunResult, flagfall::TieLog),
        ) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let progress = RefCell::new(Progress::new(self.scenario.options.quiet));
        without_panic_messages(|| {
            work(&mut |ties| {
                progress.borrow_mut().tell(|| self.progress());
                self.run(ties)
            })
        })
    }

    fn progress(&self) -> String {
        let runs = counted(self.runs.load(Ordering::Relaxed), "run");
        format!("{}: {runs}", self.scenario.model.name())
    }

    /// Joins the parts of a division: those that are kept already, and the others, which are run.
    pub(super) fn joined(
        &self,
        mut division: TieDivision<RunResult>,
        mut kept: Kept,
    ) -> Result<Outcomes<RunResult>, Failure> {
        loop {
            let mut joining = division.joining();
            let add = |joining: &mut TieJoining<_>| {
                while let Some(number) = joining.wants() {
                    let Some(part) = kept.part(number)? else { break };
                    joining.add(part).map_err(bug)?;
                }
                Ok::<(), Failure>(())
            };
            add(&mut joining)?;
            let first = joining.wants().unwrap_or(division.parts());
            let missing: Vec<usize> =
                (first..division.parts()).filter(|number| !kept.has(*number)).collect();
            let left = joining.left();
            self.run_parts(&division, &missing, left, &mut |part| {
                joining.add(part).map_err(bug)?;
                add(&mut joining)?;
                Ok(joining.wants().map(|_| joining.left()))
            })?;
            if !joining.begins_anew() {
                return self.watched(|run| joining.finish(run).map_err(bug));
            }
            // What is kept is of the first division.
            kept = Kept::default();
            division = self.watched(|run| joining.anew(run).map_err(bug))?;
        }
    }

    /// Runs the parts of those numbers. They are taken in that order.
    pub(super) fn run_parts(
        &self,
        division: &TieDivision<RunResult>,
        numbers: &[usize],
        left: u64,
        take: &mut Take<'_>,
    ) -> Result<(), Failure> {
        let threads = (self.search.threads as usize).min(numbers.len());
        if threads > 1 {
            return without_panic_messages(|| {
                self.on_threads(division, numbers, (threads, left), take)
            });
        }
        let mut left = left;
        for number in numbers {
            let part = self.watched(|run| division.run_part(*number, left, run).map_err(bug))?;
            match take(part)? {
                Some(more) => left = more,
                None => break,
            }
        }
        Ok(())
    }

    fn on_threads(
        &self,
        division: &TieDivision<RunResult>,
        numbers: &[usize],
        (threads, left): (usize, u64),
        take: &mut Take<'_>,
    ) -> Result<(), Failure> {
        let (next, left) = (AtomicUsize::new(0), AtomicU64::new(left));
        let work = |done: std::sync::mpsc::Sender<(usize, Result<_, Failure>)>| {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(number) = numbers.get(place) else { return };
                // What is taken meanwhile only makes it less: enough runs are made.
                let most = left.load(Ordering::Relaxed);
                let run = || division.run_part(*number, most, |ties| self.run(ties)).map_err(bug);
                let part = caught(run).unwrap_or_else(|panic| match panic.get::<Enough>() {
                    Some(Enough) => Err(Failure::Ended),
                    None => Err(Failure::of_panic(&panic)),
                });
                let is_over = part.is_err();
                if done.send((place, part)).is_err() || is_over {
                    return;
                }
            }
        };
        let taken = thread::scope(|scope| {
            let (done, parts) = channel();
            for _ in 0..threads {
                let done = done.clone();
                scope.spawn(|| work(done));
            }
            drop(done);
            let taken = self.in_order(&parts, numbers.len(), &left, take);
            // Threads end before their next run.
            self.stop.store(true, Ordering::Relaxed);
            drop(parts);
            taken
        });
        self.stop.store(false, Ordering::Relaxed);
        taken
    }

    /// Takes the parts as they come, in their order.
    fn in_order(
        &self,
        parts: &std::sync::mpsc::Receiver<(usize, Result<TiePart<RunResult>, Failure>)>,
        count: usize,
        left: &AtomicU64,
        take: &mut Take<'_>,
    ) -> Result<(), Failure> {
        let mut progress = Progress::new(self.scenario.options.quiet);
        let (mut waiting, mut next) = (BTreeMap::new(), 0);
        while next < count {
            match parts.recv_timeout(TICK) {
                Ok((place, part)) => _ = waiting.insert(place, part),
                Err(RecvTimeoutError::Timeout) => {}
                // A thread says how it ended.
                Err(RecvTimeoutError::Disconnected) => break,
            }
            progress.tell(|| self.progress());
            while let Some(part) = waiting.remove(&next) {
                next += 1;
                match take(part?)? {
                    Some(more) => left.store(more, Ordering::Relaxed),
                    None => return Ok(()),
                }
            }
        }
        // The first failure, of a part that is not taken yet.
        waiting.into_values().try_for_each(|part| part.map(drop))?;
        if next < count { Err(Failure::Ended) } else { Ok(()) }
    }
}
