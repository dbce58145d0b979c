//! `flagfall sweep`: a study of a system at the points of a grid.

mod args;
mod points;
mod threads;

pub(super) use args::{MOST_REPLICATIONS, PrecisionArg, SWEEP_HELP, SweepArgs, level, percent};
pub(super) use points::{Point, Points, Words, prepared};

use points::HIDDEN;

use super::args::{Common, System};
use super::exit::Failure;
use super::interrupt::Interrupt;
use super::output::{Stdout, talk};
use super::own::program;
use super::report::{of_summary, width};
use super::run::{command_line, shell_line, without_panic_messages};
use crate::report::study;
use crate::study::{Folder, Manifest, Opened, Reopen, StudyError, Summary};
use crate::words::{counted, shown};
use flagfall::experiment::{
    Column, Experiment, ExperimentError, Grid, Replications, Results, Row, Shortage, Stored,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub(super) fn sweep(
    system: &System,
    args: &SweepArgs,
    arguments: &[OsString],
) -> Result<(), Failure> {
    for_many_runs(system.common(), "a study")?;
    let words = Words::of(arguments, system.name())?;
    let grid = Grid::new(args.set.clone()).map_err(|error| Failure::Usage(error.to_string()))?;
    let points = Points::of(&words, &grid)?;
    let replications = args.asked().map_err(Failure::Usage)?;
    let common = system.common();
    let manifest = manifest(system, args, (&words, &grid, &points, &replications));
    let path = args.out.clone().unwrap_or_else(|| default_path(&manifest));
    let study = Study { args, common, manifest, points, replications, path };
    without_panic_messages(|| study.run())
}

/// Refuses options of single runs, which mean nothing for the many of `what`.
pub(super) fn for_many_runs(common: &Common, what: &str) -> Result<(), Failure> {
    let refused = [
        (common.trace, "--trace"),
        (common.record.is_some(), "--record"),
        (common.pace.is_some(), "--pace"),
        (common.snapshot.file.is_some(), "--snapshot"),
        (common.replication != 0, "--replication"),
    ];
    match refused.into_iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, option)) => Err(Failure::Usage(format!(
            "{option} is for one run, and {what} makes many: give it to `{} run`",
            program().name()
        ))),
    }
}

/// Fewer threads are said in any case: who asked for a thousand waits longer.
pub(super) fn tell_shortage(shortage: &Shortage) {
    talk(format_args!("note: {shortage}"));
}

/// The same command finds the same folder again.
fn default_path(manifest: &Manifest) -> PathBuf {
    format!("{}-{}", manifest.model, &manifest.study[..8]).into()
}

fn manifest(
    system: &System,
    args: &SweepArgs,
    (words, grid, points, replications): (&Words, &Grid, &Points, &Replications),
) -> Manifest {
    let scenarios: Vec<String> =
        points.models.iter().map(|model| model.scenario().to_owned()).collect();
    let seed = system.common().seed;
    let mut manifest =
        Manifest::new(system.name(), seed, grid, &scenarios, replications, args.level);
    let varies = |name: &str| grid.factors().iter().any(|factor| factor.name == name);
    let parameters = words.parameters();
    manifest.parameters =
        parameters.filter(|(name, _)| !HIDDEN.contains(&name.as_str()) && !varies(name)).fold(
            Default::default(),
            |mut all: std::collections::BTreeMap<String, String>, (name, value)| {
                // An option may be given several times.
                all.entry(name)
                    .and_modify(|values| *values += &format!("; {value}"))
                    .or_insert(value);
                all
            },
        );
    manifest.command = words.study(grid, args);
    for (entry, words) in manifest.points.iter_mut().zip(&points.words) {
        entry.run.clone_from(words);
    }
    manifest
}

struct Study<'a> {
    args: &'a SweepArgs,
    common: &'a Common,
    manifest: Manifest,
    points: Points,
    replications: Replications,
    path: PathBuf,
}

impl Study<'_> {
    fn run(&self) -> Result<(), Failure> {
        let start = Instant::now();
        let Self { manifest, path, common, .. } = self;
        let files = |error: StudyError| Failure::of_study(&error, "");
        if !path.exists() {
            self.check_measures()?;
        }
        let how = Reopen { retry_failed: self.args.retry_failed, repair: self.args.repair };
        let opened = Folder::open(path, manifest, how).map_err(files)?;
        let (mut folder, stored) = match opened {
            Opened::Complete(stored) => return self.known(&stored, path),
            Opened::Begun { folder, stored, cut, changed } => {
                self.tell_begun(&stored, cut, &changed);
                (folder, stored)
            }
            Opened::New(folder) => (folder, Stored::default()),
        };
        let (results, new) = self.experiment(&mut folder, stored)?;
        let replay = |point: usize, replication: u64| self.replay(point, replication);
        let summary = folder.finish(manifest, &results, &replay).map_err(files)?;
        self.tell_cut_short(&summary);
        if !common.quiet {
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
                counted(threads::counted(), "thread"),
                manifest.study,
                shown(path),
            ));
        }
        self.show(&summary)
    }

    /// That the measures of the precision exist, by a first replication: a folder begun with a
    /// name that does not would be in the way of the right one.
    fn check_measures(&self) -> Result<(), Failure> {
        let Replications::UntilPrecise(until) = &self.replications else { return Ok(()) };
        let first = (!until.of.is_empty()).then(|| self.points.models.first()).flatten();
        // One that fails is told as the others are, in its row.
        let Some(Ok(finished)) = first.map(|point| point.run(0)) else { return Ok(()) };
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

    /// Says what is there already, and nothing more.
    fn known(&self, stored: &Stored, path: &Path) -> Result<(), Failure> {
        let (_, _, summary) = Folder::read(path).map_err(|error| Failure::of_study(&error, ""))?;
        if !self.common.quiet {
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
        if self.common.quiet {
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

    /// A precision that was not reached is no answer.
    fn tell_cut_short(&self, summary: &Summary) {
        let Replications::UntilPrecise(until) = &self.replications else { return };
        let cut = summary.points.iter().filter(|point| point.replications >= until.most);
        let cut: Vec<String> = cut.map(|point| point.point.to_string()).collect();
        if !cut.is_empty() {
            talk(format_args!(
                "note: {} replications are the most (--most), and were used up before the precision \
                 was reached at point {}",
                until.most,
                cut.join(", ")
            ));
        }
    }

    /// All rows, and how many of them are new.
    fn experiment(&self, folder: &mut Folder, stored: Stored) -> Result<(Results, usize), Failure> {
        let models = &self.points.models;
        let bar = self.bar(stored.rows.len() as u64);
        let kept = AtomicU64::new(stored.rows.len() as u64);
        let told = || {
            let rows = counted(kept.load(Ordering::Relaxed), "row");
            format!("{rows} kept in {}\ncontinue: {}", shown(&self.path), command_line())
        };
        let interrupt = Interrupt::watch();
        let mut new = 0;
        let keep = |columns: &[Column], rows: &[Row]| {
            bar.inc(rows.len() as u64);
            new += rows.len();
            folder.keep(columns, rows)?;
            kept.fetch_add(rows.len() as u64, Ordering::Relaxed);
            Ok(())
        };
        let run = |point: usize, replication| {
            interrupt.check(told);
            threads::count();
            models[point].run(replication)
        };
        let experiment = Experiment::new(self.replications.clone())
            .threads(self.args.threads())
            .on_shortage(tell_shortage);
        let results = experiment.run_into(models.len(), stored, run, keep);
        bar.finish_and_clear();
        let results = results.map_err(|error| match error {
            ExperimentError::Keep(error) => Failure::of_study(&error, ""),
            error @ ExperimentError::NoMeasure { .. } => Failure::Usage(format!("--of: {error}")),
            error => Failure::Several(error.to_string()),
        })?;
        Ok((results, new))
    }

    /// On a terminal only; elsewhere it draws nothing.
    fn bar(&self, known: u64) -> ProgressBar {
        if self.common.quiet {
            return ProgressBar::hidden();
        }
        let points = self.points.models.len() as u64;
        let (bar, style) = match self.replications {
            Replications::Fixed(count) => (
                ProgressBar::with_draw_target(
                    Some(points.saturating_mul(count)),
                    ProgressDrawTarget::stderr(),
                ),
                "{bar:30} {human_pos}/{human_len} replications, {rate}, {eta} left",
            ),
            _ => (
                ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()),
                "{spinner} {human_pos} replications, {rate}, {elapsed}",
            ),
        };
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

    /// The command that runs a replication by itself.
    fn replay(&self, point: usize, replication: u64) -> String {
        let words = self.points.words[point].iter().cloned();
        shell_line(words.chain([format!("--replication={replication}")]))
    }

    /// The summary as a table that is no wider than the terminal.
    fn table(&self, out: &mut Stdout, summary: &Summary) -> Result<(), Failure> {
        let study = of_summary(self.manifest.clone(), summary.clone());
        let study = study.map_err(|what| Failure::Files(format!("summary.json: {what}")))?;
        let (model, count, failed) = (&summary.model, summary.replications(), summary.failed());
        let failed = if failed == 0 { String::new() } else { format!(" ({failed} failed)") };
        let level = percent(summary.level);
        out.report(|out| {
            writeln!(
                out,
                "{model}: {}, {}{failed}, mean ± half-width of the {level} % \
                 interval\n",
                counted(summary.points.len(), "point"),
                counted(count, "replication")
            )?;
            study::table(out, &study, width())?;
            study.notes.iter().try_for_each(|note| writeln!(out, "{note}"))
        })
    }

    fn show(&self, summary: &Summary) -> Result<(), Failure> {
        let mut out = Stdout::new();
        if self.common.json {
            out.report(|out| {
                serde_json::to_writer(&mut *out, summary)?;
                out.write_all(b"\n")
            })?;
        } else {
            self.table(&mut out, summary)?;
        }
        out.finish()?;
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
