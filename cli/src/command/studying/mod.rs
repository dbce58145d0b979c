//! A study from its manifest to its summary: what is missing is run, each row is kept, and the
//! results are shown. How a replication is made, it is told by [`Replicates`].

mod merging;
mod shard;
mod show;
mod threads;

pub(crate) use merging::Merging;
pub(crate) use show::Shown;

use super::options::{How, threads_or_cores};
use super::talk::{
    Failure, Interrupt, done_here, host_ends, host_goes_on, talk, without_panic_messages,
};
use crate::report::study::Questions;
use crate::study::{
    Folder, Manifest, Merged, Opened, Reopen, Replay, SelectionEntry, Shards, StudyError, Summary,
};
use crate::words::{counted, shown};
use flagfall::experiment::{
    Column, Experiment, ExperimentError, Finished, Replications, Results, Row, Shortage, Stored,
};
use flagfall::measure::Measure;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How the replications of a study are made.
pub(crate) trait Replicates: Sync {
    /// Makes one. An error is a failed row. One that takes long asks `goes_on` every few
    /// milliseconds; if that says no, the error counts for nothing.
    fn run(
        &self,
        point: usize,
        replication: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Finished, String>;

    /// What the user writes to make one again that failed.
    fn again(&self, row: &Row) -> String;

    /// The experiment with these threads, if it is not to be as usual.
    fn tuned(&self, experiment: Experiment) -> Experiment {
        experiment
    }

    /// What the replications ran on, in words, if that is not the threads.
    fn ran_on(&self) -> Option<String> {
        None
    }
}

/// A study that is ready to run.
pub(crate) struct Study<'a, R> {
    pub(crate) how: How,
    /// Whether only results and notes are printed.
    pub(crate) quiet: bool,
    /// Whether the summary is printed as JSON.
    pub(crate) json: bool,
    pub(crate) manifest: Manifest,
    pub(crate) replications: Replications,
    /// What is asked of the results.
    pub(crate) questions: Questions,
    pub(crate) path: PathBuf,
    /// What the user writes to go on with it.
    pub(crate) again: &'a str,
    pub(crate) runs: R,
}

/// Keeps rows, which have those columns.
type Keep<'a> = dyn FnMut(&[Column], &[Row]) -> Result<(), StudyError> + 'a;

/// Replications that are to be made.
struct Making<'a> {
    replications: Replications,
    points: usize,
    /// How many there are in all, if that is known.
    total: Option<u64>,
    /// Where the rows are kept.
    file: &'a Path,
}

/// Notes that there are fewer threads than wanted, even with `--quiet`.
pub(crate) fn tell_shortage(shortage: &Shortage) {
    talk(format_args!("note: {shortage}"));
}

/// The default folder; it depends only on what was asked.
pub(crate) fn default_path(manifest: &Manifest) -> PathBuf {
    format!("{}-{}", manifest.model, &manifest.study[..8]).into()
}

impl<R: Replicates> Study<'_, R> {
    /// Runs what is missing, and shows the results; of a shard, only its part.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        without_panic_messages(|| match self.how.shard {
            Some(part) => self.run_shard(part),
            None => self.run_missing(),
        })
    }

    fn shown<'s>(&'s self, replay: Replay<'s>) -> Shown<'s> {
        let Self { manifest, replications, questions, path, quiet, json, .. } = self;
        Shown { manifest, replications, questions, path, quiet: *quiet, json: *json, replay }
    }

    fn run_missing(&self) -> Result<(), Failure> {
        let start = Instant::now();
        // A host makes several studies in one process.
        let counted_before = threads::counted();
        let Self { manifest, path, .. } = self;
        if !Manifest::is_in(path) {
            self.check_measures()?;
        }
        let reopen = self.how.reopen;
        let was_finished = Folder::was_finished(path);
        // What is no folder is refused by `open`.
        let is_unfinished = path.is_dir() && !was_finished;
        if reopen.retry_failed && is_unfinished && Shards::are_in(path)? {
            return Err(self.not_merged());
        }
        let replay = |row: &Row| self.runs.again(row);
        let shown_as = self.shown(&replay);
        let opened = Folder::open(path, manifest, reopen)?;
        let (folder, mut stored) = match opened {
            Opened::Complete(_) => return shown_as.known(),
            Opened::Begun { folder, stored, cut, changed } => {
                self.tell_begun(&stored, cut, &changed);
                (folder, stored)
            }
            Opened::New(folder) => (folder, Stored::default()),
        };
        // Rows that are run again, or were to be, take the place of those of shards.
        let again = reopen != Reopen::default() || !stored.rows.is_empty();
        let mut folder = match !(was_finished && again) && Shards::are_in(path)? {
            false => folder,
            true => match self.merge(shown_as, folder, &mut stored)? {
                Ok(summary) => return shown_as.merged(&summary),
                Err(folder) => folder,
            },
        };
        let making = Making {
            replications: self.replications.clone(),
            points: manifest.points.len(),
            total: self.total(),
            file: path,
        };
        let same = |point: usize, replication: u64| (point, replication);
        let mut keep = |columns: &[Column], rows: &[Row]| folder.keep(columns, rows);
        let kept = AtomicU64::new(0);
        let (results, new) = self.make(&making, stored, &same, &mut keep, &kept)?;
        let first = first_error(&results.rows).map(str::to_owned);
        let summary = folder.finish(manifest, results, &replay)?;
        shown_as.tell_cut_short(&summary);
        if !self.quiet {
            let rate = self.rate(new, start, counted_before);
            shown_as.tell(&summary, &format!("; {rate}"));
        }
        shown_as.show(&summary, first.as_deref())
    }

    /// How many rows are new, and how fast they came.
    fn rate(&self, new: usize, start: Instant, counted_before: usize) -> String {
        let secs = start.elapsed().as_secs_f64();
        let threads = || counted(threads::counted() - counted_before, "thread");
        format!(
            "{new} of them now, wall {secs:.3} s, {:.0}/s on {}",
            new as f64 / secs.max(1e-9),
            self.runs.ran_on().unwrap_or_else(threads),
        )
    }

    /// Puts shards together that are in the folder. If rows are missing, those that are there are
    /// `stored`.
    fn merge(
        &self,
        shown_as: Shown<'_>,
        folder: Folder,
        stored: &mut Stored,
    ) -> Result<Result<Summary, Folder>, Failure> {
        let merging = Merging { shown: shown_as };
        let shards = Shards::scan(&self.path, &self.manifest, &self.replications)?;
        merging.check(&shards)?;
        match merging.merge(&shards, folder, stored)? {
            Merged::Complete(summary) => Ok(Ok(summary)),
            Merged::Short(folder, _) => {
                shards.load(self.manifest.points.len(), stored)?;
                if !self.quiet {
                    let rows = counted(stored.rows.len(), "row");
                    talk(format_args!("{} has {rows} in shards: going on", shown(&self.path)));
                }
                Ok(Err(folder))
            }
        }
    }

    /// That replications are not run again while shards have rows which that would not see.
    fn not_merged(&self) -> Failure {
        Failure::Files(format!(
            "{} has shards that are not put together, and only rows of the study itself can be run \
             again: leave out --retry-failed, which puts them together, and then give it",
            shown(&self.path)
        ))
    }

    /// Checks by a first replication that the measures of the precision exist, before there is a
    /// folder.
    fn check_measures(&self) -> Result<(), Failure> {
        let of = match &self.replications {
            Replications::UntilPrecise(until) => &until.of[..],
            _ => &[],
        };
        // Those of a comparison are checked under the names that the user knows.
        let asks = !of.is_empty() || self.questions != Questions::default();
        if !asks || self.manifest.comparison.is_some() {
            return Ok(());
        }
        // If it fails, its row says so, as for all others.
        let mut goes_on = host_goes_on();
        let first = self.runs.run(0, 0, &mut goes_on);
        if !goes_on() {
            return Err(Failure::Ended);
        }
        let Ok(finished) = first else { return Ok(()) };
        let measures = finished.measures.as_slice().iter();
        let columns: Vec<Column> = measures
            .map(|Measure { name, unit, kind, .. }| Column {
                name: name.clone(),
                unit: unit.clone(),
                kind: *kind,
            })
            .collect();
        self.questions.check(&columns).map_err(Failure::Usage)?;
        let known: Vec<String> = columns.iter().map(|column| column.name.to_string()).collect();
        match of.iter().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let error: ExperimentError<StudyError> =
                    ExperimentError::NoMeasure { name: name.clone(), known };
                Err(Failure::Usage(format!("--of: {error}")))
            }
        }
    }

    fn tell_begun(&self, stored: &Stored, cut: u64, changed: &[String]) {
        if self.quiet {
            return;
        }
        let path = shown(&self.path);
        // Shards may have begun it, without a row of its own.
        if !stored.rows.is_empty() || !Shards::folder(&self.path).exists() {
            let rows = counted(stored.rows.len(), "row");
            talk(format_args!("{path} has {rows} already: going on"));
        }
        if cut > 0 {
            talk(format_args!(
                "note: the end of rows.log, {}, was torn or damaged; its rows are run again",
                counted(cut, "byte")
            ));
        }
        if !changed.is_empty() {
            talk(format_args!(
                "note: changed, removed or never written, and written again: {}",
                changed.join(", ")
            ));
        }
    }

    /// Makes the missing replications: returns all rows, and how many of them are new. `as_asked`
    /// says which replication of which point is asked for.
    fn make(
        &self,
        making: &Making<'_>,
        stored: Stored,
        as_asked: &(dyn Fn(usize, u64) -> (usize, u64) + Sync),
        keep: &mut Keep<'_>,
        kept: &AtomicU64,
    ) -> Result<(Results, usize), Failure> {
        let bar = self.bar(stored.rows.len() as u64, making.total);
        kept.store(stored.rows.len() as u64, Ordering::Relaxed);
        let told = || {
            let rows = counted(kept.load(Ordering::Relaxed), "row");
            format!("{rows} kept in {}\ncontinue: {}", shown(making.file), self.again)
        };
        let interrupt = Interrupt::watch();
        let done = done_here();
        done.begin(stored.rows.len() as u64, making.total);
        let mut new = 0;
        let keep = |columns: &[Column], rows: &[Row]| {
            // Some of the rows may be of runs that did not begin, or did not end.
            if interrupt.host_ends() {
                return Err(StudyError::interrupted(making.file));
            }
            bar.inc(rows.len() as u64);
            done.add(rows.len() as u64);
            new += rows.len();
            keep(columns, rows)?;
            kept.fetch_add(rows.len() as u64, Ordering::Relaxed);
            Ok(())
        };
        let goes_on = || {
            interrupt.check(told);
            !interrupt.host_ends()
        };
        let run = |point: usize, replication| {
            if !goes_on() {
                return Err("it did not begin".to_owned());
            }
            threads::count();
            let (point, replication) = as_asked(point, replication);
            self.runs.run(point, replication, &mut &goes_on)
        };
        let experiment = Experiment::new(making.replications.clone())
            .threads(threads_or_cores(self.how.threads))
            .on_shortage(tell_shortage);
        let experiment = self.runs.tuned(experiment);
        // Shards are one row of replications.
        let selection = self.manifest.selection.as_ref().filter(|_| self.is_in_rounds());
        let results = match selection.map(SelectionEntry::selection) {
            Some(selection) => experiment
                .select_into(making.points, &selection, stored, run, keep)
                .map(|(results, _)| results),
            None => experiment.run_into(making.points, stored, run, keep),
        };
        bar.finish_and_clear();
        let results = results.map_err(|error: ExperimentError<StudyError>| match error {
            ExperimentError::Keep(error) => error.into(),
            error @ ExperimentError::NoMeasure { .. } => Failure::Usage(format!("--of: {error}")),
            ExperimentError::Columns { point, replication, got, wanted } => {
                let (point, replication) = as_asked(point, replication);
                let error: ExperimentError<StudyError> =
                    ExperimentError::Columns { point, replication, got, wanted };
                Failure::Several(error.to_string())
            }
            error => Failure::Several(error.to_string()),
        })?;
        Ok((results, new))
    }

    /// Whether the points go on in rounds until one is chosen.
    const fn is_in_rounds(&self) -> bool {
        self.manifest.selection.is_some() && self.manifest.comparison.is_none()
    }

    /// How many replications there are in all, if that is known.
    fn total(&self) -> Option<u64> {
        match self.replications {
            Replications::Fixed(count) => {
                Some((self.manifest.points.len() as u64).saturating_mul(count))
            }
            _ => None,
        }
    }

    /// The progress bar, which is only drawn on a terminal.
    fn bar(&self, known: u64, length: Option<u64>) -> ProgressBar {
        // A host shows its own.
        if self.quiet || host_ends().is_some() {
            return ProgressBar::hidden();
        }
        let style = match length {
            Some(_) => "{bar:30} {human_pos}/{human_len} replications, {rate}, {eta} left",
            None => "{spinner} {human_pos} replications, {rate}, {elapsed}",
        };
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_position(known);
        bar.reset_eta();
        bar
    }
}

/// The error of the first row that failed.
fn first_error(rows: &[Row]) -> Option<&str> {
    rows.iter().find_map(|row| row.outcome.as_ref().err()).map(String::as_str)
}
