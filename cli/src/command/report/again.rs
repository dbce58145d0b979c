//! Makes runs of a study again, for what is not in its files: the records of one run, and the
//! series of some.

use crate::command::arguments::read_run;
use crate::command::options::Which;
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::running::{first_records, resources_of, run_model};
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, without_panic_messages};
use crate::report::page::{Recorded, WarmUp};
use crate::report::study::{Rows, Study};
use crate::words::shown;
use flagfall::measure::Series;
use flagfall::resource::ResourceReport;
use flagfall::{Config, Simulation};
use std::path::{Path, PathBuf};

/// How many replications are averaged for the warm-up plot.
const REPLICATIONS: usize = 20;

/// The most events of replications that are made again, if the user does not ask for more.
const MOST_EVENTS: u64 = 5_000_000;

pub(crate) struct Again {
    pub(crate) command: String,
    pub(crate) recorded: Result<Recorded, String>,
    /// A note about the run, for the page.
    pub(crate) note: String,
    /// The resources of the run at its end, and a note about them.
    pub(crate) resources: (Vec<ResourceReport>, String),
    pub(crate) warm_up: Result<WarmUp, String>,
    /// Notes for stderr.
    pub(crate) notes: Vec<String>,
}

impl Again {
    /// No result: why there is no timeline and no warm-up plot.
    fn nothing(timeline: String, warm_up: String, note: String) -> Self {
        let (recorded, warm_up) = (Err(timeline), Err(warm_up));
        let (command, notes) = (String::new(), vec![note]);
        let resources = (Vec::new(), String::new());
        Self { command, recorded, note: String::new(), resources, warm_up, notes }
    }
}

/// What there is to see of a study whose replications are no single runs: of a function of Python,
/// or a comparison.
pub(crate) fn without_timeline(what: &str) -> Again {
    let why = format!("The study is {what}");
    Again {
        command: String::new(),
        recorded: Err(format!("{why}: its replications have no timeline.")),
        note: String::new(),
        resources: (Vec::new(), String::new()),
        warm_up: Err(format!("{why}: its replications have no series for a warm-up plot.")),
        notes: Vec::new(),
    }
}

pub(crate) fn run(program: &Program, study: &Study, which: Which, asked: bool) -> Again {
    let words =
        study.manifest.points.get(which.point).map_or(&[][..], |point| point.run.as_slice());
    let mut command = words.to_vec();
    command.push(format!("--replication={}", which.replication));
    let seen = read_run(program, &command).map_err(Failure::Files).and_then(|scenario| {
        let files = scenario.files();
        let observe = Observe { study, which, asked, reads: !files.is_empty() };
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

/// The failure that files cannot be read. The study may be of somebody else and name private
/// files, so the message must not have their contents.
fn unread(files: &[PathBuf]) -> Failure {
    let names: Vec<String> = files.iter().map(shown).collect();
    Failure::Files(format!(
        "it reads {}, which cannot be read here as the study read it",
        names.join(" and ")
    ))
}

struct Observe<'a> {
    study: &'a Study,
    which: Which,
    /// Whether the user wants to see this run, however long it takes.
    asked: bool,
    /// Whether it reads files: a study could name private files to make them visible.
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
        let (recorded, note, digest, resources) = record(model, &config);
        let rows = &self.study.rows;
        let row = self.rows().find(|row| rows.replication[*row] == replication);
        let expected = row.and_then(|row| rows.digest[row].clone());
        // If not all of the run was made again, there is no digest to compare.
        if let (Some(expected), Some(digest)) = (&expected, &digest) {
            if expected != digest {
                return Ok(nothing(format!(
                    "replication {replication} of point {point} has another digest now \
                     ({digest}) than in rows.csv ({expected}): this flagfall, or a file that the \
                     run reads, has changed"
                )));
            }
        }
        if self.reads && !self.is_vouched_for(model, &config, (expected, digest)) {
            let why = "its command reads a file, and no digest of a whole run in rows.csv confirms \
                       that it is the file that the study read";
            return Ok(nothing(why.to_owned()));
        }
        let mut notes = Vec::new();
        let warm_up = self.warm_up(model, &config, &mut notes);
        let resources = resources.unwrap_or_else(|| self.resources(model, &config));
        let (command, recorded) = (String::new(), Ok(recorded));
        Ok(Again { command, recorded, note, resources, warm_up, notes })
    }

    fn rows(&self) -> impl Iterator<Item = usize> {
        let points = self.study.rows.point.iter().enumerate();
        points.filter(|(_, point)| **point == self.which.point).map(|(row, _)| row)
    }

    /// The settings, with a bound on events if the user did not ask for this run.
    fn bounded(&self, config: &Config) -> Config {
        let mut config = config.clone();
        if !self.asked {
            config.limits.events = config.limits.events.min(MOST_EVENTS);
        }
        config
    }

    /// Whether the study has the digest of the run: then its author knows the files that the run
    /// reads.
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
        // Only the beginning of the run was recorded.
        let config = self.bounded(config);
        let ran = without_panic_messages(|| run_model(model, &mut Simulation::new(config)));
        let digest = ran.ok().and_then(|(run, _)| run.digest);
        digest.is_some_and(|digest| digest.to_string() == expected)
    }

    /// The resources at the end of a run of which not all was recorded.
    fn resources(&self, model: &AnyModel, config: &Config) -> (Vec<ResourceReport>, String) {
        let mut simulation = Simulation::new(self.bounded(config));
        simulation.watch_resources();
        let ran = without_panic_messages(|| run_model(model, &mut simulation));
        let note = match ran {
            Err(_) if simulation.events() >= MOST_EVENTS && !self.asked => {
                format!(" The run is shown up to its event {MOST_EVENTS}; --run shows all of it.")
            }
            _ => String::new(),
        };
        resources_of(&simulation, &note)
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
        let Rows { failed, replication, digest: digests, .. } = &self.study.rows;
        let whole = |row: &usize| failed.binary_search_by_key(row, |failed| failed.row).is_err();
        for row in self.rows().filter(whole).take(REPLICATIONS) {
            let replication = replication[row];
            events += self.study.rows.events[row].unwrap_or(0);
            if events > MOST_EVENTS && !(self.asked && runs.is_empty()) {
                break;
            }
            // The study may say a wrong number of events.
            let config = self.bounded(config).replication(replication);
            let ran = without_panic_messages(|| {
                let mut simulation = Simulation::new(config);
                let (run, handles) = run_model(model, &mut simulation)?;
                Ok((
                    model.series((&simulation, &handles)),
                    run.digest.map(|digest| digest.to_string()),
                ))
            });
            let (series, digest) = ran.map_err(|failure| {
                let why = failure.text();
                format!("Replication {replication} fails now, but did not in the study: {why}")
            })?;
            if digest.is_some() && digests[row].is_some() && digest != digests[row] {
                let point = self.which.point;
                notes.push(format!(
                    "no warm-up: replication {replication} of point {point} does not have the \
                     digest in rows.csv: this flagfall, or a file that it reads, has changed"
                ));
                return Err("The runs do not have the results of the study.".to_owned());
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

/// The first records of a run, a note about it, and its digest and resources if these are all
/// records.
#[expect(clippy::type_complexity, reason = "four results of one run")]
fn record(
    model: &AnyModel,
    config: &Config,
) -> (Recorded, String, Option<String>, Option<(Vec<ResourceReport>, String)>) {
    let mut simulation = Simulation::new(config.clone());
    simulation.watch_resources();
    let recorded = first_records(&mut simulation);
    let ran = without_panic_messages(|| run_model(model, &mut simulation));
    let (mut recorded, full) = recorded.take();
    recorded.call_actors(|path| model.title(path));
    if full {
        return (recorded, Recorded::note_of_more(), None, None);
    }
    let resources = Some(resources_of(&simulation, ""));
    match ran {
        Ok((run, _)) => {
            recorded.end_at(run.virtual_time);
            let digest = run.digest.map(|digest| digest.to_string());
            (recorded, String::new(), digest, resources)
        }
        Err(failure) => (recorded, format!("It fails: {}", failure.text()), None, resources),
    }
}
