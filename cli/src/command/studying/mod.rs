//! A study from its manifest to its summary: what is missing is run, each row is kept, and the
//! results are shown. How a replication is made, it is told by [`Replicates`].

mod threads;

use super::options::{SweepArgs, percent, threads_or_cores};
use super::report::width;
use super::talk::{
    Failure, Interrupt, done_here, host_ends, host_goes_on, print, talk, without_panic_messages,
};
use crate::report::study;
use crate::study::{Folder, Manifest, Opened, Reopen, StudyError, Summary};
use crate::words::{counted, one_line, shown};
use flagfall::experiment::{
    Column, Experiment, ExperimentError, Finished, Replications, Results, Row, Shortage, Stored,
};
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

    /// What the user writes to make it again.
    fn again(&self, point: usize, replication: u64) -> String;

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
    pub(crate) args: &'a SweepArgs,
    /// Whether only results and notes are printed.
    pub(crate) quiet: bool,
    /// Whether the summary is printed as JSON.
    pub(crate) json: bool,
    pub(crate) manifest: Manifest,
    pub(crate) replications: Replications,
    pub(crate) path: PathBuf,
    /// What the user writes to go on with it.
    pub(crate) again: &'a str,
    pub(crate) runs: R,
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
    /// Runs what is missing, and shows the results.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        without_panic_messages(|| self.run_missing())
    }

    fn run_missing(&self) -> Result<(), Failure> {
        let start = Instant::now();
        // A host makes several studies in one process.
        let counted_before = threads::counted();
        let Self { manifest, path, .. } = self;
        if !path.exists() {
            self.check_measures()?;
        }
        let how = Reopen { retry_failed: self.args.retry_failed, repair: self.args.repair };
        let opened = Folder::open(path, manifest, how)?;
        let (mut folder, stored) = match opened {
            Opened::Complete(stored) => return self.known(&stored, path),
            Opened::Begun { folder, stored, cut, changed } => {
                self.tell_begun(&stored, cut, &changed);
                (folder, stored)
            }
            Opened::New(folder) => (folder, Stored::default()),
        };
        let (results, new) = self.experiment(&mut folder, stored)?;
        let first = first_error(&results.rows).map(str::to_owned);
        let replay = |point: usize, replication: u64| self.runs.again(point, replication);
        let summary = folder.finish(manifest, results, &replay)?;
        self.tell_cut_short(&summary);
        if !self.quiet {
            let secs = start.elapsed().as_secs_f64();
            let threads = || counted(threads::counted() - counted_before, "thread");
            talk(format_args!(
                "{}: {}, {} at {}, {} failed; {new} of them now, wall \
                 {secs:.3} s, {:.0}/s on {}; study {} in {}",
                manifest.model,
                manifest.seeds(),
                counted(summary.replications(), "replication"),
                counted(summary.points.len(), "point"),
                summary.failed(),
                new as f64 / secs.max(1e-9),
                self.runs.ran_on().unwrap_or_else(threads),
                manifest.study,
                shown(path),
            ));
        }
        self.show(&summary, first.as_deref())
    }

    /// Checks by a first replication that the measures of the precision exist, before there is a
    /// folder.
    fn check_measures(&self) -> Result<(), Failure> {
        let Replications::UntilPrecise(until) = &self.replications else { return Ok(()) };
        if until.of.is_empty() {
            return Ok(());
        }
        // If it fails, its row says so, as for all others.
        let mut goes_on = host_goes_on();
        let first = self.runs.run(0, 0, &mut goes_on);
        if !goes_on() {
            return Err(Failure::Ended);
        }
        let Ok(finished) = first else { return Ok(()) };
        let known = finished.measures.as_slice().iter();
        let known: Vec<String> = known.map(|measure| measure.name.to_string()).collect();
        match until.of.iter().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let error: ExperimentError<StudyError> =
                    ExperimentError::NoMeasure { name: name.clone(), known };
                Err(Failure::Usage(format!("--of: {error}")))
            }
        }
    }

    /// Reports that a study is complete already.
    fn known(&self, stored: &Stored, path: &Path) -> Result<(), Failure> {
        let (_, _, summary) = Folder::read(path)?;
        if !self.quiet {
            talk(format_args!(
                "{} has {} already: nothing was run",
                shown(path),
                match stored.rows.len() {
                    1 => "its 1 row".to_owned(),
                    rows => format!("all {rows} rows"),
                }
            ));
        }
        self.show(&summary, first_error(&stored.rows))
    }

    fn tell_begun(&self, stored: &Stored, cut: u64, changed: &[String]) {
        if self.quiet {
            return;
        }
        let path = shown(&self.path);
        talk(format_args!("{path} has {} already: going on", counted(stored.rows.len(), "row")));
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

    /// Notes which points stopped at --most. Their precision may not be reached.
    fn tell_cut_short(&self, summary: &Summary) {
        let Replications::UntilPrecise(until) = &self.replications else { return };
        let cut = summary.points.iter().filter(|point| point.replications >= until.most);
        let cut: Vec<String> = cut.map(|point| point.point.to_string()).collect();
        if !cut.is_empty() {
            talk(format_args!(
                "note: {} replications are the most (--most): the precision may not be reached at \
                 point {}",
                until.most,
                cut.join(", ")
            ));
        }
    }

    /// Makes the missing replications: returns all rows, and how many of them are new.
    fn experiment(&self, folder: &mut Folder, stored: Stored) -> Result<(Results, usize), Failure> {
        let bar = self.bar(stored.rows.len() as u64);
        let kept = AtomicU64::new(stored.rows.len() as u64);
        let told = || {
            let rows = counted(kept.load(Ordering::Relaxed), "row");
            format!("{rows} kept in {}\ncontinue: {}", shown(&self.path), self.again)
        };
        let interrupt = Interrupt::watch();
        let done = done_here();
        done.begin(stored.rows.len() as u64, self.total());
        let mut new = 0;
        let keep = |columns: &[Column], rows: &[Row]| {
            // Some of the rows may be of runs that did not begin, or did not end.
            if interrupt.host_ends() {
                return Err(StudyError::interrupted(&self.path));
            }
            bar.inc(rows.len() as u64);
            done.add(rows.len() as u64);
            new += rows.len();
            folder.keep(columns, rows)?;
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
            self.runs.run(point, replication, &mut &goes_on)
        };
        let experiment = Experiment::new(self.replications.clone())
            .threads(threads_or_cores(self.args.threads))
            .on_shortage(tell_shortage);
        let experiment = self.runs.tuned(experiment);
        let results = experiment.run_into(self.manifest.points.len(), stored, run, keep);
        bar.finish_and_clear();
        let results = results.map_err(|error: ExperimentError<StudyError>| match error {
            ExperimentError::Keep(error) => error.into(),
            error @ ExperimentError::NoMeasure { .. } => Failure::Usage(format!("--of: {error}")),
            error => Failure::Several(error.to_string()),
        })?;
        Ok((results, new))
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
    fn bar(&self, known: u64) -> ProgressBar {
        // A host shows its own.
        if self.quiet || host_ends().is_some() {
            return ProgressBar::hidden();
        }
        let length = self.total();
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

    /// Prints the summary as a table, as wide as the terminal at most.
    fn table(&self, summary: &Summary) -> Result<(), Failure> {
        let study = study::Study::new(self.manifest.clone(), summary.clone());
        let study = study.map_err(|what| Failure::Files(format!("summary.json: {what}")))?;
        let (model, size, level) =
            (&study.manifest.model, study.size(), percent(study.manifest.level));
        print(|out| {
            writeln!(out, "{model}: {size}, mean ± half-width of the {level} % interval\n")?;
            study::table(out, &study, width())?;
            study.notes.iter().try_for_each(|note| writeln!(out, "{note}"))
        })
    }

    /// Prints the summary. If replications failed, that is the outcome, with the first error if
    /// there is one.
    fn show(&self, summary: &Summary, first: Option<&str>) -> Result<(), Failure> {
        if self.json {
            print(|out| {
                serde_json::to_writer(&mut *out, summary)?;
                out.write_all(b"\n")
            })?;
        } else {
            self.table(summary)?;
        }
        match summary.failed() {
            0 => Ok(()),
            failed => Err(Failure::Several(format!(
                "{failed} of {} failed: {} has their errors, and the {} that run them again{}",
                counted(summary.replications(), "replication"),
                shown(self.path.join("rows.csv")),
                if self.manifest.function { "calls" } else { "commands" },
                first.map_or_else(String::new, |error| format!("; the first: {}", one_line(error))),
            ))),
        }
    }
}

/// The error of the first row that failed.
fn first_error(rows: &[Row]) -> Option<&str> {
    rows.iter().find_map(|row| row.outcome.as_ref().err()).map(String::as_str)
}
