//! `flagfall compare`: scenarios under common random numbers.

mod json;
mod scenarios;
mod text;

use super::options::{CompareArgs, CompareOptions, threads_or_cores};
use super::program::Program;
use super::scenario::Scenario;
use super::studying::tell_shortage;
use super::talk::{Failure, Interrupt, done_here, print, talk, without_panic_messages};
use crate::words::{counted, one_line};
use flagfall::experiment::{Compared, Comparison, ExperimentError, Replications};
use scenarios::Candidate;
use text::Shown;

pub(crate) fn compare(
    scenario: Option<&Scenario>,
    args: &CompareArgs,
    program: &Program,
) -> Result<(), Failure> {
    let options = &args.options;
    let scenarios = scenarios::of(scenario, args, program)?;
    let comparison = if options.against_first {
        Comparison::with_first(scenarios.len(), options.level)
    } else {
        Comparison::of_all_pairs(scenarios.len(), options.level)
    };
    let comparison = comparison.map_err(|error| Failure::Usage(format!("--level: {error}")))?;
    let threads = threads_or_cores(options.threads);
    let replications = replications(options, &comparison)?;
    let interrupt = Interrupt::watch();
    let told = || format!("no replication is kept\nagain: {}", program.again);
    let goes_on = || {
        interrupt.check(told);
        !interrupt.host_ends()
    };
    let done = done_here();
    done.begin(0, total(&replications, scenarios.len()));
    let compared = without_panic_messages(|| {
        let comparison = comparison.clone().on_shortage(tell_shortage);
        let run = |scenario: usize, replication| {
            if !goes_on() {
                return Err("it did not begin".to_owned());
            }
            let ran = scenarios[scenario].point.run(replication, &mut &goes_on);
            done.add(1);
            ran
        };
        let ended = || if goes_on() { Ok(()) } else { Err("it was ended") };
        let compared = comparison.run_while(&replications, threads, run, ended);
        compared.map_err(|error| match error {
            ExperimentError::Keep(_) => Failure::Ended,
            error => Failure::Usage(known_as(&error.to_string())),
        })
    })?;
    check(&compared, options, &scenarios, program)?;
    if scenarios.iter().any(|scenario| scenario.point.seed() != scenarios[0].point.seed()) {
        talk(format_args!(
            "note: the scenarios have different seeds, and so no random numbers in common: their \
             differences are those of independent runs"
        ));
    }
    let shown =
        Shown { scenarios: &scenarios, options, comparison: &comparison, compared: &compared };
    let of_scenario = scenario.map(|scenario| &scenario.options);
    let is_json = args.json || of_scenario.is_some_and(|options| options.json);
    let is_quiet = args.quiet || of_scenario.is_some_and(|options| options.quiet);
    print(|out| if is_json { json::write(out, &shown) } else { text::write(out, &shown) })?;
    tell(&shown, is_quiet);
    failures(&shown, program)
}

fn replications(
    options: &CompareOptions,
    comparison: &Comparison,
) -> Result<Replications, Failure> {
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
        Replications::UntilPrecise(_) => None,
    }
}

/// An error with the names of measures, without the pairs of scenarios before them.
fn known_as(error: &str) -> String {
    let words = error.split(' ').filter_map(|word| match word.split_once('.') {
        Some((of, name)) if of == "0-1" || of == "0" => Some(name),
        Some((of, _)) if of.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => None,
        _ => Some(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn check(
    compared: &Compared,
    options: &CompareOptions,
    scenarios: &[Candidate],
    program: &Program,
) -> Result<(), Failure> {
    let known =
        || compared.measures.iter().map(|measure| measure.name.as_str()).collect::<Vec<_>>();
    if let (true, Some((replication, error))) = (known().is_empty(), compared.failed.first()) {
        return Err(Failure::Several(format!(
            "all {} failed; {}",
            counted(compared.replications, "replication"),
            first_failed(scenarios, (*replication, error), program)
        )));
    }
    match options.of.iter().find(|name| compared.measure(name).is_none()) {
        Some(name) => {
            let known = known().join(", ");
            Err(Failure::Usage(format!("there is no measure {name}; there are {known}")))
        }
        None => Ok(()),
    }
}

/// Notes that a precision may not be reached, and the number of replications.
fn tell(shown: &Shown<'_>, is_quiet: bool) {
    let (compared, options) = (shown.compared, shown.options);
    let in_vain = options.precision.is_some() && compared.replications >= options.most;
    if in_vain {
        talk(format_args!(
            "note: {} replications are the most (--most): the precision may not be reached",
            options.most
        ));
    }
    if !is_quiet {
        let (count, all) = (shown.scenarios.len(), compared.replications);
        talk(format_args!("compared: {count} scenarios, {} of each", counted(all, "replication")));
    }
}

/// A failure if replications failed: the means are without them, and may be biased.
fn failures(shown: &Shown<'_>, program: &Program) -> Result<(), Failure> {
    let compared = shown.compared;
    let Some((replication, error)) = compared.failed.first() else { return Ok(()) };
    let (failed, all) = (compared.failed.len(), compared.replications);
    Err(Failure::Several(format!(
        "{failed} of {} failed and are left out of all scenarios; the means may be biased if \
         failures are not random; {}",
        counted(all, "replication"),
        first_failed(shown.scenarios, (*replication, error), program)
    )))
}

/// One replication that failed, and the command that repeats it.
fn first_failed(
    scenarios: &[Candidate],
    (replication, error): (u64, &str),
    program: &Program,
) -> String {
    // The error begins with the number of its scenario, from 1.
    let number = error.strip_prefix("scenario ").and_then(|rest| rest.split(':').next());
    let number = number.and_then(|number| number.parse::<usize>().ok()).unwrap_or_default();
    let Candidate { name, point, .. } =
        &scenarios[number.saturating_sub(1).min(scenarios.len() - 1)];
    let again = point.command(program, replication);
    let (name, error) = (one_line(name), one_line(error));
    format!("replication {replication} of {name}: {error}\nagain: {again}")
}
