//! `flagfall report`: shows a finished study as text and as a page.

mod again;
mod files;
mod parameters;

use again::Again;
pub(crate) use files::read_summary;

use super::options::{ReportArgs, Which};
use super::program::Program;
use super::talk::{Failure, print, replace, talk};
use crate::report::page::{self, Page};
use crate::report::study::{self, Answers, Questions, Study};
use crate::study::Manifest;
use crate::words::{counted, one_line, shown};
use flagfall::experiment::Goal;
use std::io::{self, Write};
use std::path::Path;

/// The width of lines without a terminal.
const WIDTH: usize = 100;

/// The least width, as narrower tables are hard to read.
const LEAST_WIDTH: usize = 40;

pub(crate) fn report(args: &ReportArgs, program: &Program) -> Result<(), Failure> {
    let mut study = files::read(program, &args.dir, args.even_if_changed)?;
    let of_study = study.manifest.selection.as_ref();
    let best = match (args.best, &args.of) {
        (Some(best), Some(of)) => Some((best.into(), of.clone())),
        // A comparison has one point, and says itself which scenario is the best.
        _ if study.manifest.comparison.is_some() => None,
        _ => of_study.map(|entry| (entry.best, entry.of.clone())),
    };
    check_of_comparison(args, &study)?;
    let controlled = args.of.clone().filter(|_| !args.control.is_empty());
    let controlled = controlled.map(|of| (of, args.control.clone()));
    let questions = Questions { goals: args.goal.clone(), best, controlled };
    let answers = Answers::of(&study, &questions).map_err(Failure::Usage)?;
    let measure = match &args.of {
        Some(name) => named(name, study.summary.measures.iter().map(|m| &*m.name), "measure")?,
        None => answers.measure().unwrap_or_else(|| study.telling_measure()),
    };
    study.note_saved(measure);
    let factor = args.against.as_ref().map(|name| {
        named(name, study.manifest.factors.iter().map(|of| of.name.as_str()), "factor")
    });
    let factors = match factor {
        Some(factor) => vec![factor?],
        None => (0..study.manifest.factors.len().max(1)).collect(),
    };
    if let Some(path) = &args.html {
        write_page((args, program), &study, (&answers, measure), path)?;
    }
    if args.html.as_deref() == Some(Path::new("-")) {
        return Ok(());
    }
    print(|out| text(out, &study, &answers, (measure, &factors)))?;
    if study.summary.failed() > 0 && !args.quiet {
        let failed = study.rows.failed.first();
        let first = failed.map_or_else(String::new, |failed| {
            let (error, replay) = (&failed.error, &failed.replay);
            format!("; the first: {}\nagain: {}", one_line(error), one_line(replay))
        });
        talk(format_args!(
            "note: {} of {} failed and are in no mean{first}",
            study.summary.failed(),
            counted(study.rows.len(), "replication")
        ));
    }
    Ok(())
}

/// Checks that a comparison, whose measures have the numbers of their scenarios before them, is asked
/// what it can answer here.
fn check_of_comparison(args: &ReportArgs, study: &Study) -> Result<(), Failure> {
    if study.manifest.comparison.is_none() {
        return Ok(());
    }
    if args.best.is_some() {
        let path = shown(&args.dir);
        return Err(Failure::Usage(format!(
            "--best: {path} is of a comparison: give --best to `compare`, with {path} as --out"
        )));
    }
    let is_there = |name: &str| study.summary.measures.iter().any(|column| column.name == *name);
    let of_scenario =
        |goal: &&Goal| !is_there(&goal.measure) && is_there(&format!("0.{}", goal.measure));
    match args.goal.iter().find(of_scenario) {
        None => Ok(()),
        Some(Goal { measure, .. }) => Err(Failure::Usage(format!(
            "--goal: {} is of a comparison, which has {measure} of each scenario: write 0.{measure} \
             for that of the first",
            shown(&args.dir)
        ))),
    }
}

/// The width of tables: that of the terminal, if there is one.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(WIDTH, |(width, _)| usize::from(width.0)).max(LEAST_WIDTH)
}

fn text(
    out: &mut dyn Write,
    study: &Study,
    answers: &Answers,
    (measure, factors): (usize, &[usize]),
) -> io::Result<()> {
    let width = width();
    let level = study::number(study.manifest.level * 100.0, 4);
    answers.write(out, study, width)?;
    writeln!(
        out,
        "{}: {}, {}, mean ± half-width of the {level} % interval\n",
        study.manifest.model,
        study.size(),
        study.manifest.seeds()
    )?;
    study::table(out, study, width)?;
    for note in &study.notes {
        writeln!(out, "{note}")?;
    }
    if study.summary.measures.is_empty() {
        return Ok(());
    }
    for factor in factors {
        writeln!(out)?;
        study::means(out, study, answers, (measure, *factor), width)?;
    }
    writeln!(out)?;
    study::distribution(out, study, measure)
}

/// The place of a name in a list. An error has a suggestion.
fn named<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    what: &str,
) -> Result<usize, Failure> {
    if let Some(at) = known.clone().position(|known| known == name) {
        return Ok(at);
    }
    let near = known.clone().map(|known| (strsim::jaro_winkler(known, name), known));
    let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(near, _)| *near > 0.8);
    let hint = near.map_or_else(
        || match known.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => String::from("there is none"),
            all => format!("there are {all}"),
        },
        |(_, near)| format!("did you mean `{near}`?"),
    );
    Err(Failure::Usage(format!("the study has no {what} `{name}`: {hint}")))
}

fn write_page(
    (args, program): (&ReportArgs, &Program),
    study: &Study,
    (answers, measure): (&Answers, usize),
    path: &Path,
) -> Result<(), Failure> {
    let which = args.run.unwrap_or_default();
    args.run.map_or(Ok(()), |which| check_run(study, which))?;
    let without_timeline = match &study.manifest {
        Manifest { function: true, .. } => Some("of a Python function"),
        Manifest { comparison: Some(_), .. } => Some("a comparison"),
        _ => None,
    };
    let again = match (without_timeline, args.run) {
        (Some(what), None) => again::without_timeline(what),
        (Some(what), Some(_)) => {
            return Err(Failure::Usage(format!(
                "--run: the study is {what}, which has no timeline: leave it out"
            )));
        }
        (None, _) => again::run(program, study, which, args.run.is_some()),
    };
    let Again { command: again, recorded, note, resources, warm_up, notes } = again;
    for note in notes.iter().filter(|_| !args.quiet) {
        talk(format_args!("note: {note}"));
    }
    let Which { point, replication } = which;
    let command = match &study.manifest {
        manifest if manifest.function => manifest.call(),
        manifest => program.shell_line(manifest.words()),
    };
    let parameters = parameters::of(program, study, &recorded);
    let run = recorded.as_ref().map_err(Clone::clone);
    let (resources, resources_note) = (resources.0.as_slice(), resources.1);
    let run = run.map(|recorded| page::Run {
        point,
        replication,
        command: again,
        recorded,
        note,
        resources,
        resources_note,
    });
    let page = Page { study, command, parameters, answers, measure, run, warm_up };
    let write = |out: &mut dyn Write| page::write(out, &page);
    if path == Path::new("-") { print(write) } else { replace(path, write) }
}

/// Checks that the study has a run.
fn check_run(study: &Study, which: Which) -> Result<(), Failure> {
    let Which { point, replication } = which;
    let Some(known) = study.summary.points.get(point) else {
        let last = study.summary.points.len().saturating_sub(1);
        return Err(Failure::Usage(format!("the study has no point {point}: its last is {last}")));
    };
    if replication >= known.replications {
        let last = known.replications.saturating_sub(1);
        return Err(Failure::Usage(format!(
            "point {point} has no replication {replication}: its last is {last}"
        )));
    }
    Ok(())
}
