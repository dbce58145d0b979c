//! The options that ask for the best of several points or scenarios.

use super::values::{MOST_REPLICATIONS, level};
use crate::report::study::check_count;
use crate::study::SelectionEntry;
use clap::{Args, ValueEnum};
use flagfall::experiment::Procedure;
use flagfall::statistics::{Best, Zone};

/// The chance of a right choice, if it is not given.
const CHANCE: f64 = 0.95;

/// Which is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BestOf {
    /// The largest mean
    Max,
    /// The smallest mean
    Min,
}

impl From<BestOf> for Best {
    fn from(best: BestOf) -> Self {
        match best {
            BestOf::Max => Self::Max,
            BestOf::Min => Self::Min,
        }
    }
}

/// Whether the best is asked for, and how it is chosen.
#[derive(Debug, Args)]
pub(crate) struct BestArgs {
    /// Say which can be the best: the one with the largest or the smallest mean of the measure that
    /// --of names
    #[arg(long, value_name = "max|min", global = true, value_enum)]
    pub(crate) best: Option<BestOf>,
    /// Make as many replications as it takes to choose the best: smaller differences than this, in
    /// the unit of the measure, do not matter; needs --best
    #[arg(long, value_name = "DELTA", global = true, value_parser = indifference,
        conflicts_with_all = ["replications", "precision"])]
    pub(crate) indifference: Option<f64>,
    /// Least chance that the choice of --indifference is right [default: 0.95]
    #[arg(long, value_name = "P", global = true, requires = "indifference", value_parser = level)]
    pub(crate) chance: Option<f64>,
    /// Replications of the first stage of --indifference, by which variances are estimated
    /// [default: 20]
    #[arg(long, value_name = "N", global = true, requires = "indifference",
        value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    pub(crate) first: Option<u64>,
}

/// Reads a smallest difference that matters.
fn indifference(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0 && number.is_finite());
    number.ok_or_else(|| {
        format!("`{text}` is no difference: write a number above 0 in the unit of the measure")
    })
}

impl BestArgs {
    /// Which is the best, of which measure.
    pub(crate) fn asked(&self, of: &[String]) -> Result<Option<(Best, String)>, String> {
        match (self.best, of) {
            (None, _) if self.indifference.is_some() => {
                Err("--indifference needs --best max or --best min".to_owned())
            }
            (None, _) => Ok(None),
            (Some(best), [of]) => Ok(Some((best.into(), of.clone()))),
            (Some(_), _) => Err(format!(
                "--best needs one --of MEASURE, like --of refused_share, and there are {}",
                of.len()
            )),
        }
    }

    /// How it is chosen, if it is to be.
    pub(crate) fn selection(
        &self,
        of: &[String],
        procedure: Procedure,
        most: u64,
    ) -> Result<Option<SelectionEntry>, String> {
        let asked = self.asked(of)?;
        let (Some((best, of)), Some(indifference)) = (asked, self.indifference) else {
            return Ok(None);
        };
        let first = self.first.unwrap_or(Zone::FIRST);
        if first > most {
            return Err(format!("--first {first} is more than --most {most}"));
        }
        let chance = self.chance.unwrap_or(CHANCE);
        let procedure = procedure.word().to_owned();
        Ok(Some(SelectionEntry { procedure, best, of, indifference, chance, first, most }))
    }

    /// The words of the options that ask for the best.
    pub(crate) fn words(&self) -> Vec<String> {
        self.best.map(|best| format!("--best={}", Best::from(best).word())).into_iter().collect()
    }
}

/// The words of the options that decide how the best is chosen.
pub(super) fn selection_words(entry: &SelectionEntry) -> Vec<String> {
    let SelectionEntry { best, of, indifference, chance, first, most, .. } = entry;
    vec![
        format!("--best={}", best.word()),
        format!("--of={of}"),
        format!("--indifference={indifference}"),
        format!("--chance={chance}"),
        format!("--first={first}"),
        format!("--most={most}"),
    ]
}

/// Checks what is asked for that many points or scenarios.
pub(crate) fn check_selection(
    entry: &SelectionEntry,
    count: usize,
    what: &str,
) -> Result<(), String> {
    check_count(count, what)?;
    entry.selection().check(count).map_err(|error| format!("--chance: {error}"))
}
