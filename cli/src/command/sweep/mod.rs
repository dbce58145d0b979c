//! `flagfall sweep`: a study of a system at the points of a grid.

mod points;

use points::independent_points;
pub(crate) use points::{HIDDEN, Point, points};

use super::options::{Plan, SweepArgs};
use super::program::Program;
use super::scenario::Scenario;
use super::studying::{Replicates, Study, default_path};
use super::talk::Failure;
use crate::study::{Manifest, SelectionEntry};
use flagfall::experiment::{Finished, Grid, Procedure, Row};
use std::collections::BTreeMap;

pub(crate) fn sweep(
    scenario: &Scenario,
    args: &SweepArgs,
    program: &Program,
) -> Result<(), Failure> {
    let options = &scenario.options;
    options.check_for_replications("a study", &program.name)?;
    let grid = Grid::new(args.set.clone()).map_err(|error| Failure::Usage(error.to_string()))?;
    let plan = args.plan(grid.points()).map_err(Failure::Usage)?;
    if options.antithetic {
        plan.check_pairs().map_err(Failure::Usage)?;
    }
    let procedure = plan.selection.as_ref().map(|entry| entry.selection().procedure);
    let points = match procedure {
        Some(Procedure::Rinott) => independent_points(scenario, &grid, program)?,
        _ => points(scenario, &grid, program)?,
    };
    let manifest = manifest(scenario, args, (&grid, &points, &plan))?;
    let path = args.out.clone().unwrap_or_else(|| default_path(&manifest));
    let (quiet, json, again) = (options.quiet, options.json, &program.again);
    let runs = Scenarios { points, program };
    let (how, Plan { replications, questions, .. }) = (args.how(), plan);
    Study { how, quiet, json, manifest, replications, questions, path, again, runs }.run()
}

/// The scenarios of the points.
struct Scenarios<'a> {
    points: Vec<Point>,
    program: &'a Program,
}

impl Replicates for Scenarios<'_> {
    fn run(
        &self,
        point: usize,
        replication: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Finished, String> {
        self.points[point].run(replication, goes_on)
    }

    fn again(&self, row: &Row) -> String {
        self.points[row.point].command(self.program, row.replication)
    }
}

/// The options that are given, with their values.
pub(crate) fn parameters(scenario: &Scenario) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let shown = |name: &str| !HIDDEN.contains(&name);
    for given in scenario.given.iter().filter(|given| shown(&given.name)) {
        // An option may be given several times.
        values
            .entry(given.name.clone())
            .and_modify(|values| *values += &format!("; {}", given.value()))
            .or_insert_with(|| given.value());
    }
    values
}

fn manifest(
    scenario: &Scenario,
    args: &SweepArgs,
    (grid, points, plan): (&Grid, &[Point], &Plan),
) -> Result<Manifest, Failure> {
    let (model, seed) = (scenario.model.name(), scenario.options.seed);
    let mut scenarios: Vec<String> = points.iter().map(Point::scenario).collect();
    scenarios.extend(plan.selection.as_ref().map(SelectionEntry::decisive));
    let mut manifest = Manifest::new(model, seed, grid, &scenarios, &plan.replications, args.level);
    manifest.selection.clone_from(&plan.selection);
    manifest.antithetic = scenario.options.antithetic;
    manifest.parameters = parameters(scenario);
    manifest.command = scenario.words(&HIDDEN, "a study")?.split_off(1);
    for factor in grid.factors() {
        manifest.command.push(format!("--set={factor}"));
    }
    manifest.command.extend(args.words());
    for (entry, point) in manifest.points.iter_mut().zip(points) {
        entry.run.clone_from(&point.words);
    }
    Ok(manifest)
}
