//! `flagfall compare`: scenarios under common random numbers.

mod kept;
mod scenarios;

use super::comparing::{Shown, comparison};
use super::options::{CompareArgs, CompareOptions, check_selection, threads_or_cores};
use super::program::Program;
use super::scenario::Scenario;
use super::studying::tell_shortage;
use super::sweep::Point;
use super::talk::{Failure, Interrupt, done_here, talk, without_panic_messages};
use crate::study::{ComparisonEntry, SelectionEntry};
use crate::words::counted;
use flagfall::experiment::{Compared, Comparison, ExperimentError, Replications, Row};

/// A comparison that is ready to run.
struct Comparing<'a> {
    options: &'a CompareOptions,
    program: &'a Program,
    asked: ComparisonEntry,
    comparison: Comparison,
    selection: Option<SelectionEntry>,
    points: Vec<Point>,
    is_json: bool,
    is_quiet: bool,
}

pub(crate) fn compare(
    scenario: Option<&Scenario>,
    args: &CompareArgs,
    program: &Program,
) -> Result<(), Failure> {
    let options = &args.options;
    if let (None, Some(name)) = (&options.out, options.of_folder()) {
        return Err(Failure::Usage(format!(
            "{name} needs --out DIR: a comparison without a folder keeps nothing"
        )));
    }
    let candidates = scenarios::of(scenario, args, program)?;
    let (scenarios, points): (_, Vec<_>) =
        candidates.into_iter().map(|one| (one.entry, one.point)).unzip();
    let CompareOptions { level, against_first, .. } = *options;
    let best = options.best.asked(&options.of).map_err(Failure::Usage)?.map(|(best, _)| best);
    let asked = ComparisonEntry { level, against_first, of: options.of.clone(), best, scenarios };
    let selection = options.selection().map_err(Failure::Usage)?;
    if let Some(entry) = &selection {
        check_selection(entry, points.len(), "scenarios").map_err(Failure::Usage)?;
    }
    let comparison = comparison(&asked, selection.as_ref());
    let comparison = comparison.map_err(|error| Failure::Usage(format!("--level: {error}")))?;
    let replications = replications(options, &comparison)?;
    let of_scenario = scenario.map(|scenario| &scenario.options);
    let is_json = args.json || of_scenario.is_some_and(|options| options.json);
    let is_quiet = args.quiet || of_scenario.is_some_and(|options| options.quiet);
    let comparing =
        Comparing { options, program, asked, comparison, selection, points, is_json, is_quiet };
    match &options.out {
        Some(path) => comparing.keep(path, (scenario, &args.files), replications),
        None => comparing.show(&replications),
    }
}

impl Comparing<'_> {
    /// Makes all replications, and shows them. Nothing is kept.
    fn show(&self, replications: &Replications) -> Result<(), Failure> {
        let compared = self.run(replications, threads_or_cores(self.options.threads))?;
        let replay = |row: &Row| self.again(row);
        let (asked, comparison, compared) = (&self.asked, &self.comparison, &compared);
        let selection = self.selection.as_ref();
        let shown = Shown { asked, comparison, selection, compared, replay: &replay };
        shown.check()?;
        self.tell_seeds();
        shown.print(self.is_json)?;
        self.tell(compared);
        shown.failures()
    }

    /// Makes replications, which are not kept.
    fn run(&self, replications: &Replications, threads: usize) -> Result<Compared, Failure> {
        let interrupt = Interrupt::watch();
        let told = || format!("no replication is kept\nagain: {}", self.program.again);
        let goes_on = || {
            interrupt.check(told);
            !interrupt.host_ends()
        };
        let done = done_here();
        done.begin(0, total(replications, self.points.len()));
        without_panic_messages(|| {
            let comparison = self.comparison.clone().on_shortage(tell_shortage);
            let run = |scenario: usize, replication| {
                if !goes_on() {
                    return Err("it did not begin".to_owned());
                }
                let ran = self.points[scenario].run(replication, &mut &goes_on);
                done.add(1);
                ran
            };
            let ended = || if goes_on() { Ok(()) } else { Err("it was ended") };
            let compared = comparison.run_while(replications, threads, run, ended);
            compared.map_err(|error| match error {
                ExperimentError::Keep(_) => Failure::Ended,
                error => Failure::Usage(known_as(&error.to_string())),
            })
        })
    }

    /// The command that runs the scenario again that failed.
    fn again(&self, row: &Row) -> String {
        let failed = row.outcome.as_ref().err().and_then(|error| self.asked.failed(error));
        let words = failed.map_or(&self.points[0].words, |scenario| &scenario.run);
        let words = words.iter().cloned();
        self.program.shell_line(words.chain([format!("--replication={}", row.replication)]))
    }

    fn have_one_seed(&self) -> bool {
        self.points.iter().all(|point| point.seed() == self.points[0].seed())
    }

    fn tell_seeds(&self) {
        if !self.have_one_seed() {
            talk(format_args!(
                "note: the scenarios have different seeds, and so no random numbers in common: \
                 their differences are those of independent runs"
            ));
        }
    }

    /// Notes that a precision may not be reached, and the number of replications.
    fn tell(&self, compared: &Compared) {
        let (options, all) = (self.options, compared.replications);
        if options.precision.is_some() && all >= options.most {
            talk(format_args!(
                "note: {} replications are the most (--most): the precision may not be reached",
                options.most
            ));
        }
        if !self.is_quiet {
            let (count, all) = (self.points.len(), counted(all, "replication"));
            talk(format_args!("compared: {count} scenarios, {all} of each"));
        }
    }
}

fn replications(
    options: &CompareOptions,
    comparison: &Comparison,
) -> Result<Replications, Failure> {
    if let Some(replications) = comparison.until_selected() {
        return Ok(replications);
    }
    let Some(precision) = options.precision else {
        return Ok(Replications::Fixed(options.replications));
    };
    if options.of.is_empty() {
        return Err(Failure::Usage(
            "--precision needs --of MEASURE, like --of refused_share".to_owned(),
        ));
    }
    comparison
        .until(precision, &options.of, options.most)
        .map_err(|error| Failure::Usage(format!("--precision: {error}")))
}

/// How many runs there are in all, if that is known.
fn total(replications: &Replications, scenarios: usize) -> Option<u64> {
    match replications {
        Replications::Fixed(count) => Some(count.saturating_mul(scenarios as u64)),
        _ => None,
    }
}

/// An error with the names of measures, without the pairs of scenarios before them.
fn known_as(error: &str) -> String {
    // The name that was given is before them.
    let Some((given, known)) = error.split_once("; there are ") else { return error.to_owned() };
    let mut names: Vec<&str> = Vec::new();
    for word in known.split(", ") {
        let name = match word.split_once('.') {
            Some((of, name)) if of.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                name
            }
            _ => word,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let given = given.replace("measure 0-1.", "measure ");
    // Measures are named by this option alone.
    let option = if given.starts_with("there is no measure") { "--of: " } else { "" };
    format!("{option}{given}; there are {}", names.join(", "))
}
