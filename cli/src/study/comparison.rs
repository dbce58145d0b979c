//! What a comparison asks, besides what every study does.
//!
//! It is a study of one point, at which each replication is one of all scenarios: so pairs stay
//! together wherever they are run.

use flagfall::experiment::Comparison;
use flagfall::statistics::{Best, StatisticsError};
use serde::{Deserialize, Serialize};

/// A comparison, as the manifest has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparisonEntry {
    /// The confidence level of all differences of one measure together. That of each is the level
    /// of the study.
    pub level: f64,
    /// Whether only the first scenario is compared with each other.
    pub against_first: bool,
    /// The measures that are shown; none stands for all.
    pub of: Vec<String>,
    /// Whether the best is asked for: the largest mean of the measure, or the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<Best>,
    /// The scenarios, in order.
    pub scenarios: Vec<ScenarioEntry>,
}

/// A scenario of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioEntry {
    /// What it is called: its levels, or its file.
    pub name: String,
    /// The name of its model.
    pub model: String,
    /// The words of the command line that runs its replication 0.
    pub run: Vec<String>,
}

impl ComparisonEntry {
    /// Which scenarios are compared.
    ///
    /// # Errors
    /// As [`Comparison::of_all_pairs`].
    pub fn comparison(&self) -> Result<Comparison, StatisticsError> {
        match self.against_first {
            true => Comparison::with_first(self.scenarios.len(), self.level),
            false => Comparison::of_all_pairs(self.scenarios.len(), self.level),
        }
    }

    /// The scenario with which a replication failed. Its error begins with the number.
    pub(crate) fn failed(&self, error: &str) -> Option<&ScenarioEntry> {
        let number = error.strip_prefix("scenario ")?.split(':').next()?;
        self.scenarios.get(number.parse::<usize>().ok()?.checked_sub(1)?)
    }

    /// How it differs from another one, in words.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let told = |what: &str, one: String, other: String| {
            (one != other).then(|| format!("{what} {one} there, {other} here"))
        };
        let count = |entry: &Self| entry.scenarios.len().to_string();
        let pairs = |entry: &Self| match entry.against_first {
            true => "with the first".to_owned(),
            false => "all".to_owned(),
        };
        let run = |entry: &ScenarioEntry| format!("`{}`", entry.run.join(" "));
        let scenarios = self.scenarios.iter().zip(&other.scenarios).enumerate();
        let each = scenarios
            .map(|(at, (one, other))| told(&format!("scenario {}", at + 1), run(one), run(other)));
        let all = [
            told("the level of all pairs", self.level.to_string(), other.level.to_string()),
            told("number of scenarios", count(self), count(other)),
            told("pairs", pairs(self), pairs(other)),
        ];
        all.into_iter().chain(each).flatten().collect()
    }
}
