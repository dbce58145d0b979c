//! A comparison that is kept: a study of one point, at which a replication is one of all scenarios.

use super::{Comparing, known_as};
use crate::command::comparing::Shown;
use crate::command::scenario::Scenario;
use crate::command::studying::{Replicates, Study};
use crate::command::sweep::{HIDDEN, Point, parameters};
use crate::command::talk::Failure;
use crate::limits;
use crate::report::study::Questions;
use crate::study::{Manifest, ScenarioEntry, SelectionEntry};
use crate::words::shown;
use flagfall::Limits;
use flagfall::experiment::{Finished, Grid, Replications, Row};
use std::path::{Path, PathBuf};

/// The model that varies, or the files of the scenarios.
type Asked<'a> = (Option<&'a Scenario>, &'a [PathBuf]);

impl Comparing<'_> {
    /// Makes the replications that the folder does not have, and shows all.
    pub(super) fn keep(
        &self,
        path: &Path,
        asked: Asked<'_>,
        replications: Replications,
    ) -> Result<(), Failure> {
        let manifest = self.manifest(asked, &replications)?;
        self.tell_seeds();
        if !Manifest::is_in(path) && !self.options.of.is_empty() {
            self.check_measures()?;
        }
        let study = Study {
            how: self.options.how(),
            quiet: self.is_quiet,
            json: self.is_json,
            manifest,
            replications,
            questions: Questions::default(),
            path: path.to_owned(),
            again: &self.program.again,
            runs: self,
        };
        study.run().map_err(|failure| match failure {
            Failure::Usage(text) => Failure::Usage(known_as(&text)),
            failure => failure,
        })
    }

    /// Checks by a first replication that the measures exist, before there is a folder.
    fn check_measures(&self) -> Result<(), Failure> {
        let first = self.run(&Replications::Fixed(1), 1)?;
        // If it fails, its row says so, as for all others.
        if !first.failed.is_empty() {
            return Ok(());
        }
        let (asked, comparison, compared) = (&self.asked, &self.comparison, &first);
        let selection = self.selection.as_ref();
        Shown { asked, comparison, selection, compared, replay: &|_| String::new() }.check()
    }

    fn manifest(
        &self,
        (scenario, files): Asked<'_>,
        replications: &Replications,
    ) -> Result<Manifest, Failure> {
        let grid = Grid::new(Vec::new()).map_err(|error| Failure::Bug(error.to_string()))?;
        let (model, seed) = (&self.asked.scenarios[0].model, self.points[0].seed());
        let level = self.comparison.pair_level();
        let mut manifest = Manifest::new(model, seed, &grid, &self.decisive(), replications, level);
        manifest.seed = self.have_one_seed().then_some(seed);
        if let Some(scenario) = scenario {
            manifest.parameters = parameters(scenario);
            manifest.command = scenario.words(&HIDDEN, "a comparison")?.split_off(1);
            let sets = self.options.set.iter().map(|factor| format!("--set={factor}"));
            manifest.command.extend(sets);
        }
        for file in files {
            let name = file.to_str().ok_or_else(|| {
                let name = shown(file);
                Failure::Usage(format!("`{name}` is not UTF-8, which --out wants: rename the file"))
            })?;
            manifest.command.push(name.to_owned());
        }
        for (name, value) in self.limits() {
            manifest.parameters.remove(name);
            manifest.parameters.extend(value.map(|value| (name.to_owned(), value)));
        }
        manifest.command.extend(self.options.words());
        manifest.comparison = Some(self.asked.clone());
        manifest.selection.clone_from(&self.selection);
        Ok(manifest)
    }

    /// The limits of the runs. `None` is the usual one; others stand for all scenarios, or one after
    /// the other if they differ.
    fn limits(&self) -> Vec<(&'static str, Option<String>)> {
        let of_each: Vec<_> = self.points.iter().map(Point::limits).collect();
        let limit = |(at, (name, usual)): (usize, (&'static str, String))| {
            let mut values: Vec<&str> = of_each.iter().map(|limits| &*limits[at].1).collect();
            if values.iter().all(|value| *value == values[0]) {
                values.truncate(1);
            }
            (name, (values != [usual.as_str()]).then(|| values.join("; ")))
        };
        limits::texts(&Limits::default()).into_iter().enumerate().map(limit).collect()
    }

    /// All that decides the rows, and what is compared.
    fn decisive(&self) -> Vec<String> {
        let entries = self.asked.scenarios.iter().zip(&self.points);
        let of_scenario = |(entry, point): (&ScenarioEntry, &Point)| {
            format!("{} seed {} {}", entry.model, point.seed(), point.scenario())
        };
        let what = format!(
            "comparison at level {:?} against the first {:?}",
            self.asked.level, self.asked.against_first
        );
        let selection = self.selection.as_ref().map(SelectionEntry::decisive);
        [what].into_iter().chain(entries.map(of_scenario)).chain(selection).collect()
    }
}

impl Replicates for &Comparing<'_> {
    fn run(
        &self,
        _: usize,
        replication: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Finished, String> {
        self.comparison.replication(|scenario| self.points[scenario].run(replication, goes_on))
    }

    fn again(&self, row: &Row) -> String {
        Comparing::again(self, row)
    }
}
