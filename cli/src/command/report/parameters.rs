//! What the runs of a study were given, defaults included.

use crate::command::arguments::read_run;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::talk::Failure;
use crate::report::page::{Parameters, Recorded};
use crate::report::study::Study;
use crate::scenario::of_run;
use std::collections::{BTreeMap, BTreeSet};

/// For studies with more points, only the parameters that are given are shown: each point is read
/// as a command line.
const MOST_POINTS: usize = 1_000;

/// The parameters of a study, read from the command lines of its runs. `recorded` is one of them
/// made again, which says whether they still are what they were.
///
/// The study may be of somebody else and name private files: of runs that read files, only the names
/// of these are shown.
pub(super) fn of(
    program: &Program,
    study: &Study,
    recorded: &Result<Recorded, String>,
) -> Parameters {
    let manifest = &study.manifest;
    let given = |why: &str| {
        let note = match why {
            "" => String::new(),
            why => format!("Only what was given is shown, without defaults: {why}."),
        };
        Parameters {
            same: manifest.parameters.clone().into_iter().collect(),
            note,
            ..Parameters::default()
        }
    };
    if manifest.function {
        return given("");
    }
    let runs: Vec<&[String]> = match &manifest.comparison {
        Some(comparison) => comparison.scenarios.iter().map(|of| &*of.run).collect(),
        None if recorded.is_err() => return given("the run could not be made again"),
        None => manifest.points.iter().map(|of| &*of.run).collect(),
    };
    if runs.len() > MOST_POINTS {
        return given("the grid is large");
    }
    let read = |run: &&[String]| read_run(program, run);
    let Ok(mut scenarios) = runs.iter().map(read).collect::<Result<Vec<_>, _>>() else {
        return given("a run of it cannot be read here");
    };
    if scenarios.iter().any(|scenario| !scenario.files().is_empty()) {
        let mut found = sorted(scenarios.iter_mut().map(named).collect(), study);
        let Parameters { same, differ, .. } = &found;
        let names = same.iter().map(|(name, _)| name).chain(differ.iter().map(|(name, _)| name));
        let names: BTreeSet<String> = names.cloned().collect();
        let more = given("").same.into_iter().filter(|(name, _)| !names.contains(name));
        found.same.extend(more);
        return found;
    }
    let prepared = scenarios.iter_mut().map(|scenario| {
        let config = scenario.prepare()?;
        Ok(scenario.model.parameters(&config))
    });
    match prepared.collect::<Result<_, Failure>>() {
        Ok(all) => sorted(all, study),
        Err(failure) => given(&failure.text()),
    }
}

/// The parameters of a run that reads files, without anything that is in them.
fn named(scenario: &mut Scenario) -> Vec<(String, String)> {
    scenario.options.faults = None;
    let config = scenario.options.config().ok();
    scenario.model.options().chain(config.iter().flat_map(of_run)).collect()
}

/// Puts the parameters of all points together. The factors are shown elsewhere.
fn sorted(of_points: Vec<Vec<(String, String)>>, study: &Study) -> Parameters {
    let is_factor = |name: &str| study.manifest.factors.iter().any(|factor| factor.name == name);
    let mut names: Vec<String> = Vec::new();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let points = of_points.len();
    for (point, all) in of_points.into_iter().enumerate() {
        for (name, value) in all.into_iter().filter(|(name, _)| !is_factor(name)) {
            if !values.contains_key(&name) {
                names.push(name.clone());
            }
            let of_name = values.entry(name).or_default();
            // Where other points have none.
            of_name.resize(point, "–".to_owned());
            of_name.push(value);
        }
    }
    let mut found = Parameters::default();
    for name in names {
        let mut values = values.remove(&name).unwrap_or_default();
        values.resize(points, "–".to_owned());
        if values.iter().all(|value| *value == values[0]) {
            found.same.push((name, values.swap_remove(0)));
        } else {
            found.differ.push((name, values));
        }
    }
    found
}
