//! `flagfall sweep`: a study of a system at the points of a grid.

mod points;
mod threads;

pub(crate) use points::{Point, points};

use points::HIDDEN;

use super::options::{RunOptions, SweepArgs, percent, threads_or_cores};
use super::program::Program;
use super::report::width;
use super::scenario::Scenario;
use super::talk::{
    Failure, Interrupt, done_here, host_ends, host_goes_on, print, talk, without_panic_messages,
};
use crate::report::study;
use crate::study::{Folder, Manifest, Opened, Reopen, StudyError, Summary};
use crate::words::{counted, shown};
use flagfall::experiment::{
    Column, Experiment, ExperimentError, Grid, Replications, Results, Row, Shortage, Stored,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub(crate) fn sweep(
    scenario: &Scenario,
    args: &SweepArgs,
    program: &Program,
) -> Result<(), Failure> {
    let options = &scenario.options;
    options.check_for_replications("a study", &program.name)?;
    let grid = Grid::new(args.set.clone()).map_err(|error| Failure::Usage(error.to_string()))?;
    let points = points(scenario, &grid, program)?;
    let replications = args.asked().map_err(Failure::Usage)?;
    let manifest = manifest(scenario, args, (&grid, &points, &replications))?;
    let path = args.out.clone().unwrap_or_else(|| default_path(&manifest));
    let study = Study { args, options, manifest, points, replications, path, program };
    without_panic_messages(|| study.run())
}

/// Notes that there are fewer threads than wanted, even with `--quiet`.
pub(crate) fn tell_shortage(shortage: &Shortage) {
    talk(format_args!("note: {shortage}"));
}

/// The default folder; it depends only on the command.
fn default_path(manifest: &Manifest) -> PathBuf {
    format!("{}-{}", manifest.model, &manifest.study[..8]).into()
}

fn manifest(
    scenario: &Scenario,
    args: &SweepArgs,
    (grid, points, replications): (&Grid, &[Point], &Replications),
) -> Result<Manifest, Failure> {
    let (model, seed) = (scenario.model.name(), scenario.options.seed);
    let scenarios: Vec<String> = points.iter().map(Point::scenario).collect();
    let mut manifest = Manifest::new(model, seed, grid, &scenarios, replications, args.level);
    let shown = |name: &str| !HIDDEN.contains(&name);
    for given in scenario.given.iter().filter(|given| shown(&given.name)) {
        // An option may be given several times.
        let values: &mut BTreeMap<String, String> = &mut manifest.parameters;
        values
            .entry(given.name.clone())
            .and_modify(|values| *values += &format!("; {}", given.value()))
            .or_insert_with(|| given.value());
    }
    manifest.command = scenario.words(&HIDDEN, "a study")?.split_off(1);
    for factor in grid.factors() {
        manifest.command.extend(["--set".to_owned(), factor.to_string()]);
    }
    manifest.command.extend(args.words());
    for (entry, point) in manifest.points.iter_mut().zip(points) {
        entry.run.clone_from(&point.words);
    }
    Ok(manifest)
}

struct Study<'a> {
    args: &'a SweepArgs,
    options: &'a RunOptions,
    manifest: Manifest,
    points: Vec<Point>,
    replications: Replications,
    path: PathBuf,
    program: &'a Program,
}

impl Study<'_> {
    fn run(&self) -> Result<(), Failure> {
        let start = Instant::now();
        // A host makes several studies in one process.
        let counted_before = threads::counted();
        let Self { manifest, path, options, .. } = self;
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
        let replay =
            |point: usize, replication: u64| self.points[point].command(self.program, replication);
        let summary = folder.finish(manifest, &results, &replay)?;
        self.tell_cut_short(&summary);
        if !options.quiet {
            let secs = start.elapsed().as_secs_f64();
            talk(format_args!(
                "{}: {}, {} at {}, {} failed; {new} of them now, wall \
                 {secs:.3} s, {:.0}/s on {}; study {} in {}",
                manifest.model,
                manifest.seeds(),
                counted(summary.replications(), "replication"),
                counted(summary.points.len(), "point"),
                summary.failed(),
                new as f64 / secs.max(1e-9),
                counted(threads::counted() - counted_before, "thread"),
                manifest.study,
                shown(path),
            ));
        }
        self.show(&summary)
    }

    /// Checks by a first replication that the measures of the precision exist, before there is a
    /// folder.
    fn check_measures(&self) -> Result<(), Failure> {
        let Replications::UntilPrecise(until) = &self.replications else { return Ok(()) };
        let first = (!until.of.is_empty()).then(|| self.points.first()).flatten();
        // If it fails, its row says so, as for all others.
        let mut goes_on = host_goes_on();
        let first = first.map(|point| point.run(0, &mut goes_on));
        if !goes_on() {
            return Err(Failure::Ended);
        }
        let Some(Ok(finished)) = first else { return Ok(()) };
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
        if !self.options.quiet {
            talk(format_args!(
                "{} has {} already: nothing was run",
                shown(path),
                match stored.rows.len() {
                    1 => "its 1 row".to_owned(),
                    rows => format!("all {rows} rows"),
                }
            ));
        }
        self.show(&summary)
    }

    fn tell_begun(&self, stored: &Stored, cut: u64, changed: &[String]) {
        if self.options.quiet {
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
        let points = &self.points;
        let bar = self.bar(stored.rows.len() as u64);
        let kept = AtomicU64::new(stored.rows.len() as u64);
        let told = || {
            let rows = counted(kept.load(Ordering::Relaxed), "row");
            format!("{rows} kept in {}\ncontinue: {}", shown(&self.path), self.program.again)
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
            points[point].run(replication, &mut &goes_on)
        };
        let experiment = Experiment::new(self.replications.clone())
            .threads(threads_or_cores(self.args.threads))
            .on_shortage(tell_shortage);
        let results = experiment.run_into(points.len(), stored, run, keep);
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
            Replications::Fixed(count) => Some((self.points.len() as u64).saturating_mul(count)),
            _ => None,
        }
    }

    /// The progress bar, which is only drawn on a terminal.
    fn bar(&self, known: u64) -> ProgressBar {
        // A host shows its own.
        if self.options.quiet || host_ends().is_some() {
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

    fn show(&self, summary: &Summary) -> Result<(), Failure> {
        if self.options.json {
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
                "{failed} of {} failed: {} has their errors, and the commands that run them again",
                counted(summary.replications(), "replication"),
                shown(self.path.join("rows.csv"))
            ))),
        }
    }
}
