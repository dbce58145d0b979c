//! The errors that end an experiment early.

use super::Column;
use crate::statistics::StatisticsError;
use std::fmt;

/// Why an experiment ended early. `E` is the error of the function that keeps the rows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ExperimentError<E = std::convert::Infallible> {
    /// A run has other measures than those before it. Names, units and their order must be
    /// the same in all runs.
    Columns {
        /// The point of the run.
        point: usize,
        /// Its replication.
        replication: u64,
        /// The names and units of its measures.
        got: Vec<Column>,
        /// Those of the runs before.
        wanted: Vec<Column>,
    },
    /// A measure with a wanted precision does not exist.
    NoMeasure {
        /// Its name.
        name: String,
        /// The names of all measures.
        known: Vec<String>,
    },
    /// What is asked of a selection makes no sense.
    Selection(StatisticsError),
    /// The rows could not be kept.
    Keep(E),
}

impl<E: fmt::Display> fmt::Display for ExperimentError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |columns: &[Column]| {
            let names = columns.iter().map(|column| format!("{} [{}]", column.name, column.unit));
            names.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Columns { point, replication, got, wanted } => write!(
                f,
                "replication {replication} of point {point} has the measures {}, those before it \
                 had {}: a model names the same measures in every run",
                list(got),
                list(wanted)
            ),
            Self::NoMeasure { name, known } => {
                write!(f, "there is no measure {name}; there are {}", known.join(", "))
            }
            Self::Selection(error) => error.fmt(f),
            Self::Keep(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for ExperimentError<E> {}
