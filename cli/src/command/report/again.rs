//! Runs of a study, made again for what its files do not hold: what happened in one, and
//! what was observed in some.

use crate::command::arguments::read_run;
use crate::command::options::Which;
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::running::{observed, run_model};
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, without_panic_messages};
use crate::report::page::{MOST_RECORDS, Recorded, WarmUp};
use crate::report::study::Study;
use crate::words::shown;
use flagfall::measure::Series;
use flagfall::{Config, Simulation};
use std::path::{Path, PathBuf};

/// So many replications are averaged for the warm-up plot.
const REPLICATIONS: u64 = 20;

/// Replications are made again for a page nobody asked to wait for up to so many events.
const MOST_EVENTS: u64 = 5_000_000;

/// What runs that were made again have shown.
pub(crate) struct Again {
    pub(crate) command: String,
    pub(crate) recorded: Result<Recorded, String>,
    /// What is to be said about the run.
    pub(crate) note: String,
    pub(crate) warm_up: Result<WarmUp, String>,
    /// What is to be said on stderr.
    pub(crate) notes: Vec<String>,
}

impl Again {
    /// Nothing was shown: why there is no timeline, and why no warm-up plot.
    fn nothing(timeline: String, warm_up: String, note: String) -> Self {
        let (recorded, warm_up) = (Err(timeline), Err(warm_up));
        let (command, notes) = (String::new(), vec![note]);
        Self { command, recorded, note: String::new(), warm_up, notes }
    }
}

/// Makes a run again, and others of its point.
pub(crate) fn run(program: &Program, study: &Study, which: Which, asked: bool) -> Again {
    let words = study.points.get(which.point).map_or(&[][..], |point| point.run.as_slice());
    let mut command = words.to_vec();
    command.push(format!("--replication={}", which.replication));
    let known = known(study, which.point);
    let seen = read_run(program, &command).map_err(Failure::Files).and_then(|scenario| {
        let files = scenario.files();
        let observe = Observe { which, asked, known: &known, reads: !files.is_empty() };
        let of_files = |failure| if files.is_empty() { failure } else { unread(&files) };
        if files.iter().any(|path| path == Path::new("-")) {
            return Err(unread(&files));
        }
        observe.runs(scenario).map_err(of_files)
    });
    let command = program.shell_line(command);
    let seen = seen.unwrap_or_else(|failure| {
        let why = failure.text();
        Again::nothing(
            format!("The run could not be made again: {why}"),
            format!("The runs could not be made again: {why}"),
            format!("no timeline and no warm-up: `{command}` cannot be run again: {why}"),
        )
    });
    Again { command, ..seen }
}

/// A study names files of whoever reports it, and nobody knows who made the study: what is
/// wrong with a file may not be told with its contents.
fn unread(files: &[PathBuf]) -> Failure {
    let names: Vec<String> = files.iter().map(shown).collect();
    Failure::Files(format!(
        "it reads {}, which cannot be read here as the study read it",
        names.join(" and ")
    ))
}

/// What the study says of the replications of a point.
struct Known {
    replication: u64,
    events: Option<u64>,
    digest: Option<String>,
    failed: bool,
}

fn known(study: &Study, point: usize) -> Vec<Known> {
    let rows = &study.rows;
    let of_point = (0..rows.len()).filter(|row| rows.point[*row] == point);
    let known = |row: usize| Known {
        replication: rows.replication[row],
        events: rows.events[row],
        digest: rows.digest[row].clone(),
        failed: rows.failed.binary_search_by_key(&row, |failed| failed.row).is_ok(),
    };
    of_point.map(known).collect()
}

struct Observe<'a> {
    which: Which,
    /// Whether somebody wants to see just this run, however long it takes.
    asked: bool,
    known: &'a [Known],
    /// Whether it reads files, which the study may name only to have them shown.
    reads: bool,
}

impl Observe<'_> {
    fn runs(self, mut scenario: Scenario) -> Result<Again, Failure> {
        let config = scenario.prepare()?;
        let model = &scenario.model;
        let Which { point, replication } = self.which;
        let nothing = |why: String| {
            let warm_up = format!("There is no warm-up plot: {why}.");
            Again::nothing(format!("There is no timeline: {why}."), warm_up, why)
        };
        let (recorded, note, digest) = record(model, &config);
        let known = self.known.iter().find(|known| known.replication == replication);
        let expected = known.and_then(|known| known.digest.clone());
        // A run that was cut has no digest to compare.
        if let (Some(expected), Some(digest)) = (&expected, &digest) {
            if expected != digest {
                return Ok(nothing(format!(
                    "replication {replication} of point {point} comes to another digest now \
                     ({digest}) than in rows.csv ({expected}): this flagfall, or a file that the \
                     run reads, is not what it was"
                )));
            }
        }
        if self.reads && !self.is_vouched_for(model, &config, (expected, digest)) {
            let why = "its command reads a file, and no digest of a whole run in rows.csv vouches \
                       that it is the file that the study read";
            return Ok(nothing(why.to_owned()));
        }
        let mut notes = Vec::new();
        let warm_up = self.warm_up(model, &config, &mut notes);
        Ok(Again { command: String::new(), recorded: Ok(recorded), note, warm_up, notes })
    }

    /// Whether the study has the digest that the run comes to, which nobody can have who does
    /// not know what is in the files that it reads.
    fn is_vouched_for(
        &self,
        model: &AnyModel,
        config: &Config,
        (expected, digest): (Option<String>, Option<String>),
    ) -> bool {
        let Some(expected) = expected else { return false };
        if let Some(digest) = digest {
            return digest == expected;
        }
        // Only its beginning was recorded.
        let mut config = config.clone();
        if !self.asked {
            config.limits.events = config.limits.events.min(MOST_EVENTS);
        }
        let ran = without_panic_messages(|| run_model(model, &mut Simulation::new(config)));
        let digest = ran.ok().and_then(|(run, _)| run.digest);
        digest.is_some_and(|digest| digest.to_string() == expected)
    }

    /// The series of the first replications, averaged.
    fn warm_up(
        &self,
        model: &AnyModel,
        config: &Config,
        notes: &mut Vec<String>,
    ) -> Result<WarmUp, String> {
        let mut runs: Vec<Vec<Series>> = Vec::new();
        let mut events = 0;
        let whole = self.known.iter().filter(|known| !known.failed);
        for known in whole.take(REPLICATIONS as usize) {
            events += known.events.unwrap_or(0);
            if events > MOST_EVENTS && !(self.asked && runs.is_empty()) {
                break;
            }
            let mut config = config.clone().replication(known.replication);
            if !self.asked {
                // Whatever the study says of its events.
                config.limits.events = config.limits.events.min(MOST_EVENTS);
            }
            let ran = without_panic_messages(|| {
                let mut simulation = Simulation::new(config);
                let (run, handles) = run_model(model, &mut simulation)?;
                Ok((
                    model.series((&simulation, &handles)),
                    run.digest.map(|digest| digest.to_string()),
                ))
            });
            let (series, digest) = ran.map_err(|failure| {
                let (replication, why) = (known.replication, failure.text());
                format!("Replication {replication} fails now, but did not in the study: {why}")
            })?;
            if digest.is_some() && known.digest.is_some() && digest != known.digest {
                let (replication, point) = (known.replication, self.which.point);
                notes.push(format!(
                    "no warm-up: replication {replication} of point {point} does not come to the \
                     digest in rows.csv: this flagfall, or a file that it reads, is not what it was"
                ));
                return Err("The runs do not come to what they came to in the study.".to_owned());
            }
            let none = series.is_empty();
            runs.push(series);
            if none {
                break;
            }
        }
        if runs.is_empty() {
            return Err(format!(
                "A run of this point has more than {MOST_EVENTS} events, or all have failed: name \
                 one by --run to make it again."
            ));
        }
        Ok(WarmUp::of(self.which.point, &runs))
    }
}

/// The first records of a run, what is to be said about it, and its digest if that is all of it.
fn record(model: &AnyModel, config: &Config) -> (Recorded, String, Option<String>) {
    let mut simulation = Simulation::new(config.clone());
    let seen = (Recorded::default(), false);
    let recorded = observed(&mut simulation, seen, |(recorded, full), record| {
        *full = *full || !recorded.add(record);
        !*full
    });
    let ran = without_panic_messages(|| run_model(model, &mut simulation));
    let (mut recorded, full) = recorded.take();
    match ran {
        _ if full => (recorded, format!("Its first {MOST_RECORDS} records."), None),
        Ok((run, _)) => {
            recorded.end_at(run.virtual_time);
            (recorded, String::new(), run.digest.map(|digest| digest.to_string()))
        }
        Err(failure) => (recorded, format!("It fails: {}", failure.text()), None),
    }
}
