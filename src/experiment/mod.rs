//! Many seeded runs, summed up: a model at some points, several replications of each.
//!
//! Replications are independent, so they run side by side on all cores; what they come to
//! is taken up in their own order (point by point, replication by replication), so the
//! results are the same to the last bit on any number of threads. A replication that fails
//! is a row with its error, not the end of the experiment.
//!
//! Nothing here knows files: [`Experiment::run_into`] hands out rows in order, for whoever
//! keeps them, and takes back those that were kept.
//!
//! # Examples
//! How many rides do two, four and six taxis refuse?
//! ```
//! use flagfall::experiment::{Experiment, Finished, Replications};
//! use flagfall::models::taxi_fleet::TaxiFleet;
//! use flagfall::models::{DEFAULT_LATENCY, Model};
//! use flagfall::Config;
//!
//! let days = [2, 4, 6].map(|fleet| TaxiFleet { fleet, ..TaxiFleet::default() });
//! let results = Experiment::new(Replications::Fixed(50)).threads(2).run(3, |point, replication| {
//!     let config = Config::new(42).replication(replication).latency(DEFAULT_LATENCY);
//!     days[point].run(config).map(|run| Finished::of(&days[point], &run))
//! })?;
//!
//! let refused: Vec<_> = (0..3)
//!     .map(|point| results.interval(point, "refused_share", 0.95).expect("50 numbers"))
//!     .collect();
//! // Fewer taxis refuse more, and the intervals do not even touch.
//! assert!(refused[0].low() > refused[1].high() && refused[1].low() > refused[2].high());
//! # Ok::<(), flagfall::experiment::ExperimentError>(())
//! ```

mod comparison;
mod counted;
mod dispatch;
mod fold;
mod grid;
mod kind;
mod replications;
mod results;
mod row;
mod run;
mod shortage;

pub use comparison::{Compared, ComparedMeasure, Comparison};
pub use grid::{Factor, Grid, ParseFactorError};
pub use replications::{Replications, UntilPrecise};
pub use results::{Column, Results};
pub use row::{Finished, Numbers, Row};
pub use run::{Experiment, ExperimentError, Stored};
pub use shortage::Shortage;
