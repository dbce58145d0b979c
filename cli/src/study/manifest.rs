//! What was asked of a study.

use super::comparison::ComparisonEntry;
use super::error::{StudyError, StudyProblem};
use super::names::MANIFEST;
use super::selection::SelectionEntry;
use super::{FORMAT, MOST_JSON};
use crate::disk;
use crate::limits;
use crate::words::seeds;
use flagfall::experiment::{Factor, Grid, Replications, Row, Selection, UntilPrecise};
use flagfall::statistics::{Precision, StatisticsError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use twox_hash::XxHash3_128;

/// The option that seeds all streams.
const SEED: &str = "seed";

/// The parameter that has the hash of a function's source.
const SOURCE: &str = "source";

/// Whether an option only decides which runs fail.
fn is_limit(option: &str) -> bool {
    limits::names().any(|name| name == option)
}

/// `manifest.json`: all that decides the rows of a study, and how to run each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the folder: [`FORMAT`].
    pub format: u32,
    /// The version of flagfall that runs it.
    pub flagfall: String,
    /// The name of the model.
    pub model: String,
    /// Whether the model is a function of Python. Then `command` has the arguments of the call
    /// that makes the study, and `run` of each point has the function and its arguments.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub function: bool,
    /// What is compared, if the study is a comparison. Its one point has no words in `run`: the
    /// scenarios have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<ComparisonEntry>,
    /// 32 hexadecimal digits: a hash (XXH3) of all that decides rows and summary.
    pub study: String,
    /// The words after `sweep` or `compare` on the command line, without options that do not affect
    /// results.
    pub command: Vec<String>,
    /// The seed of all streams; none where the grid varies it, or scenarios have different ones.
    pub seed: Option<u64>,
    /// The confidence level of the intervals.
    pub level: f64,
    /// How many replications each point gets, if that is given.
    pub replications: Option<u64>,
    /// The precision that they go on to, if that is given.
    pub precision: Option<PrecisionEntry>,
    /// The choice that they go on to, if that is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<SelectionEntry>,
    /// Whether replications 2k and 2k+1 are an antithetic pair. Then intervals are of the means of
    /// pairs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub antithetic: bool,
    /// The parameters that are given, and equal at all points.
    pub parameters: BTreeMap<String, String>,
    /// What varies.
    pub factors: Vec<Factor>,
    /// The points, in order.
    pub points: Vec<PointEntry>,
}

/// A precision, as the manifest has it: one of `relative` and `absolute` is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PrecisionEntry {
    /// As a share of the mean.
    pub relative: Option<f64>,
    /// In the unit of the measure.
    pub absolute: Option<f64>,
    /// The measures that are asked about; none stands for all.
    pub of: Vec<String>,
    /// The fewest replications of a point.
    pub fewest: u64,
    /// The most replications of a point.
    pub most: u64,
}

/// A point of the grid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointEntry {
    /// Its number.
    pub point: usize,
    /// The level of each factor.
    pub levels: Vec<String>,
    /// The words of the command line that runs its replication 0; with `--replication=I`
    /// after them, replication I.
    pub run: Vec<String>,
}

impl Manifest {
    /// The manifest of a study of a model at the points of a grid. `scenarios` has all
    /// that decides the runs of each point, and goes into the hash with what is asked of
    /// them.
    #[must_use]
    pub fn new(
        model: &str,
        seed: u64,
        grid: &Grid,
        scenarios: &[String],
        replications: &Replications,
        level: f64,
    ) -> Self {
        let entry = |point| PointEntry {
            point,
            levels: grid.levels(point).into_iter().map(str::to_owned).collect(),
            run: Vec::new(),
        };
        let (count, precision) = match replications {
            Replications::Fixed(count) => (Some(*count), None),
            Replications::UntilPrecise(until) => (None, Some(PrecisionEntry::of(until))),
            Replications::UntilSelected(_) | Replications::Each(_) => (None, None),
        };
        let mut manifest = Self {
            format: FORMAT,
            flagfall: env!("CARGO_PKG_VERSION").to_owned(),
            model: model.to_owned(),
            function: false,
            comparison: None,
            study: String::new(),
            command: Vec::new(),
            seed: (!grid.factors().iter().any(|factor| factor.name == SEED)).then_some(seed),
            level,
            replications: count,
            precision,
            selection: None,
            antithetic: false,
            parameters: BTreeMap::new(),
            factors: grid.factors().to_vec(),
            points: (0..grid.points()).map(entry).collect(),
        };
        manifest.study = manifest.hash(scenarios);
        manifest
    }

    /// Whether a folder has a study, complete or not.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(MANIFEST).exists()
    }

    /// The manifest of the study in a folder, complete or not, and how many replications it asks
    /// for.
    ///
    /// # Errors
    /// [`StudyError`] if there is none, or if it is of another version.
    pub fn of(folder: &Path) -> Result<(Self, Replications), StudyError> {
        let manifest = Self::read(folder)?;
        let Self { format, flagfall, .. } = &manifest;
        if flagfall != env!("CARGO_PKG_VERSION") {
            let made_by = format!("flagfall {flagfall} (format {format})");
            return Err(StudyProblem::Version(made_by).at(folder));
        }
        let replications = manifest.replications();
        let replications =
            replications.map_err(|what| StudyProblem::Damaged(what).at(&folder.join(MANIFEST)))?;
        Ok((manifest, replications))
    }

    /// The manifest in a folder, of this format and of any version.
    pub(super) fn read(folder: &Path) -> Result<Self, StudyError> {
        let path = folder.join(MANIFEST);
        if !path.exists() {
            // A folder that cannot be read is another mistake.
            drop(std::fs::read_dir(folder).map_err(StudyError::io(folder, "read"))?);
            return Err(StudyProblem::NoManifest.at(folder));
        }
        let text = disk::text(&path, MOST_JSON).map_err(StudyError::io(&path, "read"))?;
        let manifest: Self = serde_json::from_str(&text)
            .map_err(|error| StudyProblem::Damaged(error.to_string()).at(&path))?;
        manifest.check_format(folder)?;
        Ok(manifest)
    }

    /// Checks that it is of this format; its errors are about `folder`.
    pub(super) fn check_format(&self, folder: &Path) -> Result<(), StudyError> {
        if self.format == FORMAT {
            return Ok(());
        }
        let made_by = format!("flagfall {} (format {})", self.flagfall, self.format);
        Err(StudyProblem::Version(made_by).at(folder))
    }

    /// How many replications each point gets.
    ///
    /// # Errors
    /// What makes no sense, in words.
    pub fn replications(&self) -> Result<Replications, String> {
        if let Some(selection) = &self.selection {
            return self.until_selected(&selection.selection()).map_err(|error| error.to_string());
        }
        let Some(PrecisionEntry { relative, absolute, of, fewest, most }) = &self.precision else {
            return self.replications.map(Replications::Fixed).ok_or_else(|| {
                "it says neither how many replications there are, nor how precise".to_owned()
            });
        };
        let precision = relative.map(Precision::Relative).or(absolute.map(Precision::Absolute));
        let precision = precision.ok_or("its precision has no number")?;
        let mut until =
            UntilPrecise::new(precision, self.level).map_err(|error| error.to_string())?;
        until.rule = until.rule.fewest(*fewest);
        (until.of, until.most) = (of.clone(), *most);
        Ok(Replications::UntilPrecise(until))
    }

    /// Of a comparison, all scenarios go on together. Of a sweep, each round has its own numbers, and
    /// these are those of the first.
    fn until_selected(&self, selection: &Selection) -> Result<Replications, StatisticsError> {
        let Some(compared) = &self.comparison else {
            return Ok(Replications::Each(vec![selection.first(); self.points.len()]));
        };
        let Selection { best, zone, of, most, .. } = selection;
        let comparison = compared.comparison()?.selecting(*best, *zone, of, *most)?;
        comparison.until_selected().ok_or(StatisticsError::OutOfReach)
    }

    /// Length-prefixed, so the hash input is unambiguous.
    fn hash(&self, scenarios: &[String]) -> String {
        let mut hash = XxHash3_128::new();
        let mut text = |text: &str| {
            hash.write(&(text.len() as u64).to_le_bytes());
            hash.write(text.as_bytes());
        };
        text(&format!("flagfall study {FORMAT}"));
        text(&self.model);
        text(&format!(
            "{} {:?} {:?} {:?}",
            self.seed.unwrap_or_default(),
            self.level,
            self.replications,
            self.precision
        ));
        for Factor { name, levels } in &self.factors {
            text(name);
            text(&levels.len().to_string());
            levels.iter().for_each(|level| text(level));
        }
        scenarios.iter().for_each(|scenario| text(scenario));
        format!("{:032x}", hash.finish_128())
    }

    /// The seed, or those that the grid has, in words: `seed 42`, `seeds 1, 2`.
    #[must_use]
    pub fn seeds(&self) -> String {
        if self.comparison.is_some() && self.seed.is_none() {
            return "different seeds".to_owned();
        }
        let varied = self.factors.iter().find(|factor| factor.name == SEED);
        seeds(self.seed, varied.map_or(&[], |factor| &factor.levels))
    }

    /// What makes a replication again that failed: the call of a function, or else what `shell`
    /// makes of the words of a command line. Of a comparison, it is the scenario that failed.
    pub(crate) fn again(&self, row: &Row, shell: impl FnOnce(Vec<String>) -> String) -> String {
        let Row { point, replication, outcome } = row;
        let failed = self.comparison.as_ref().zip(outcome.as_ref().err());
        let failed = failed.and_then(|(compared, error)| compared.failed(error));
        let mut words = failed.map_or(&self.points[*point].run, |one| &one.run).clone();
        if self.function {
            words.push(format!("replication={replication}"));
            return format!("{}({})", words[0], words[1..].join(", "));
        }
        words.push(format!("--replication={replication}"));
        shell(words)
    }

    /// The call of Python that makes a study of a function.
    pub(crate) fn call(&self) -> String {
        format!("flagfall.study({})", self.command.join(", "))
    }

    /// The words of the command that makes the study, without its folder.
    pub(crate) fn words(&self) -> Vec<String> {
        let name = if self.comparison.is_some() { "compare" } else { "sweep" };
        [name.to_owned()].into_iter().chain(self.command.iter().cloned()).collect()
    }

    /// What makes studies of its kind: what they are of, and the command or the call.
    pub(super) fn maker(&self) -> (&'static str, &'static str) {
        match (self.function, &self.comparison) {
            (true, _) => ("a study of the Python function", "`flagfall.study`"),
            (false, None) => ("a study of the model", "`flagfall sweep`"),
            (false, Some(_)) => ("a comparison of scenarios of", "`flagfall compare`"),
        }
    }

    /// The differences from another manifest, in words.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |name: &str, one: String, other: String| {
            if one != other {
                found.push(format!("{name} {one} there, {other} here"));
            }
        };
        compare("model", self.model.clone(), other.model.clone());
        let seed =
            |manifest: &Self| manifest.seed.map_or("varied".to_owned(), |seed| seed.to_string());
        compare("seed", seed(self), seed(other));
        compare("level", self.level.to_string(), other.level.to_string());
        compare("replications", self.asked(), other.asked());
        compare("grid", self.grid(), other.grid());
        if let (Some(there), Some(here)) = (&self.comparison, &other.comparison) {
            found.extend(there.differences(here));
        }
        found.extend(self.parameters_that_differ(other, |_| true));
        found
    }

    /// The limits of runs that another manifest of the same study has, where they are not
    /// the same: limits are not part of the study, as they decide only which runs fail.
    pub(super) fn limits_that_differ(&self, other: &Self) -> Vec<String> {
        self.parameters_that_differ(other, is_limit)
    }

    /// The limits of runs that were given.
    pub(super) fn limits(&self) -> BTreeMap<String, String> {
        let limits = self.parameters.iter().filter(|(name, _)| is_limit(name));
        limits.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn parameters_that_differ(&self, other: &Self, which: impl Fn(&str) -> bool) -> Vec<String> {
        let names: BTreeSet<&String> =
            self.parameters.keys().chain(other.parameters.keys()).collect();
        let text = |manifest: &Self, name: &str| {
            let value = manifest.parameters.get(name);
            value.map_or_else(|| "not given".to_owned(), |value| format!("`{value}`"))
        };
        let told = |name: &String| {
            if self.function && name == SOURCE {
                let differs = self.parameters.get(name) != other.parameters.get(name);
                return differs.then(|| format!("{} was changed since", self.model));
            }
            let (there, here) = (text(self, name), text(other, name));
            (there != here).then(|| format!("{name} {there} there, {here} here"))
        };
        names.into_iter().filter(|name| which(name)).filter_map(told).collect()
    }

    fn asked(&self) -> String {
        match (&self.replications, &self.precision) {
            (Some(count), _) => count.to_string(),
            (None, Some(PrecisionEntry { relative, absolute, of, fewest, most })) => {
                let precision = relative.or(*absolute).unwrap_or_default();
                let kind = if relative.is_some() { "relative" } else { "absolute" };
                format!(
                    "to a {kind} precision of {precision} of [{}], at least {fewest}, at most {most}",
                    of.join(", ")
                )
            }
            (None, None) => match &self.selection {
                Some(selection) => selection.decisive(),
                None => "none".to_owned(),
            },
        }
    }

    fn grid(&self) -> String {
        let factor = |factor: &Factor| format!("{}={}", factor.name, factor.levels.join(","));
        let factors: Vec<_> = self.factors.iter().map(factor).collect();
        if factors.is_empty() { "of one point".to_owned() } else { factors.join(" ") }
    }
}

impl PrecisionEntry {
    fn of(until: &UntilPrecise) -> Self {
        let (relative, absolute) = match until.rule.precision() {
            Precision::Relative(share) => (Some(share), None),
            Precision::Absolute(widest) => (None, Some(widest)),
        };
        let (of, fewest) = (until.of.clone(), until.rule.least());
        Self { relative, absolute, of, fewest, most: until.most }
    }
}
