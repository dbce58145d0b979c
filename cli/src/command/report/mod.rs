//! `flagfall report`: a finished study as text and as a page.

mod again;
mod files;

pub(super) use files::of_summary;

use super::exit::Failure;
use super::output::{Stdout, replace, talk};
use crate::report::page::{self, Page};
use crate::report::study::{self, Study};
use crate::words::{counted, one_line};
use clap::Args;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where there is no terminal, lines have this width.
const WIDTH: usize = 100;

/// Narrower tables are hard to read.
const LEAST_WIDTH: usize = 40;

/// Shown at the end of `flagfall report --help`.
pub(super) const HELP: &str = "\
DIR is what `flagfall sweep ... --out DIR` has finished. The page is one file that works
without a network: parameters, summary, means with intervals against each factor,
distributions, warm-up, all replications, and the timeline of one run, which is made again
for it. The same study gives the same bytes.

Examples:
  flagfall sweep taxi --set fleet=2,4,8 --replications 100 --out study
  flagfall report study
  flagfall report study --of refused_share --against fleet
  flagfall report study --html study.html
  flagfall report study --html study.html --run 2:17";

/// The command line of `flagfall report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The folder of a finished study
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Write a page with tables, plots and a timeline to this file, which is replaced; - is
    /// standard output, which then has the page alone
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The measure to plot [default: the first share that is not the same everywhere, or else
    /// the first measure that is not]
    #[arg(long, value_name = "MEASURE")]
    of: Option<String>,
    /// The factor to plot against [default: each in turn]
    #[arg(long, value_name = "FACTOR")]
    against: Option<String>,
    /// The run whose timeline is on the page, and whose point has the warm-up plot [default: 0:0]
    #[arg(long, value_name = "POINT:REPLICATION", requires = "html")]
    run: Option<Which>,
    /// Report files even if they were changed after the study was finished; the report says so
    #[arg(long)]
    even_if_changed: bool,
    /// Only what was asked for: no notes on standard error
    #[arg(short, long)]
    quiet: bool,
}

/// One run of a study.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Which {
    point: usize,
    replication: u64,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("`{text}` is not POINT:REPLICATION, like 2:17");
        let (point, replication) = text.split_once(':').ok_or_else(error)?;
        let point = point.parse().map_err(|_| error())?;
        Ok(Self { point, replication: replication.parse().map_err(|_| error())? })
    }
}

/// Reports the study in a folder.
pub(super) fn report(args: &ReportArgs) -> Result<(), Failure> {
    let study = files::read(&args.dir, args.even_if_changed)?;
    let measure = match &args.of {
        Some(name) => named(name, study.measures.iter().map(|m| m.name.as_str()), "measure")?,
        None => study.telling_measure(),
    };
    let factor = args
        .against
        .as_ref()
        .map(|name| named(name, study.factors.iter().map(|factor| factor.name.as_str()), "factor"));
    let factors = match factor {
        Some(factor) => vec![factor?],
        None => (0..study.factors.len().max(1)).collect(),
    };
    if let Some(path) = &args.html {
        write_page(args, &study, path)?;
    }
    if args.html.as_deref() == Some(Path::new("-")) {
        return Ok(());
    }
    let mut out = Stdout::new();
    out.report(|out| text(out, &study, measure, &factors))?;
    out.finish()?;
    if study.failed() > 0 && !args.quiet {
        let failed = study.rows.failed.first();
        let first = failed.map_or_else(String::new, |failed| {
            let (error, replay) = (&failed.error, &failed.replay);
            format!("; the first: {}\nagain: {}", one_line(error), one_line(replay))
        });
        talk(format_args!(
            "note: {} of {} failed and are in no mean{first}",
            study.failed(),
            counted(study.rows.len(), "replication")
        ));
    }
    Ok(())
}

/// How wide a table may be: what the terminal says; a pipe is as wide as is usual, and the
/// same everywhere.
pub(super) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(WIDTH, |(width, _)| usize::from(width.0)).max(LEAST_WIDTH)
}

fn text(out: &mut dyn Write, study: &Study, measure: usize, factors: &[usize]) -> io::Result<()> {
    let width = width();
    let level = study::number(study.level * 100.0, 4);
    writeln!(
        out,
        "{}: {}, {}, mean ± half-width of the {level} % interval\n",
        study.model,
        study.size(),
        study.seeds()
    )?;
    study::table(out, study, width)?;
    for note in &study.notes {
        writeln!(out, "{note}")?;
    }
    if study.measures.is_empty() {
        return Ok(());
    }
    for factor in factors {
        writeln!(out)?;
        study::means(out, study, measure, *factor, width)?;
    }
    writeln!(out)?;
    study::distribution(out, study, measure)
}

/// Where a name stands among those that there are.
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

fn write_page(args: &ReportArgs, study: &Study, path: &Path) -> Result<(), Failure> {
    let which = args.run.unwrap_or_default();
    check_run(study, which, args.run.is_some())?;
    let again = again::run(study, which, args.run.is_some());
    if !args.quiet {
        for note in &again.notes {
            talk(format_args!("note: {note}"));
        }
    }
    let run = again.recorded.as_ref().map_err(Clone::clone).map(|recorded| page::Run {
        point: which.point,
        replication: which.replication,
        command: again.command.clone(),
        recorded,
        note: again.note.clone(),
    });
    let page = Page { study, run, warm_up: again.warm_up.clone() };
    if path == Path::new("-") {
        let mut out = Stdout::new();
        out.report(|out| page::write(out, &page))?;
        return out.finish();
    }
    replace(path, |out| page::write(out, &page))
}

/// What was asked for has to be there; what was not is left out where it is not.
fn check_run(study: &Study, which: Which, asked: bool) -> Result<(), Failure> {
    let Which { point, replication } = which;
    let Some(known) = study.points.get(point).filter(|_| asked) else {
        if !asked {
            return Ok(());
        }
        let last = study.points.len().saturating_sub(1);
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
