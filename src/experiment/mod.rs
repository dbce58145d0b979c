//! Experiments: a model at several points, with several replications of each.
//!
//! Replications are independent, so they run in parallel on all cores. Their results are
//! taken up in order: point by point, replication by replication. So they are the same to the
//! last bit for any number of threads. A replication that fails is a row with its error; the
//! experiment goes on.
//!
//! This module uses no files. [`Experiment::run_into`] gives rows in order to a function that
//! keeps them, and takes rows that were kept before.
//!
//! # Examples
//! How long do customers wait if a till takes 40, 50 or 55 seconds for each, and on average
//! one comes every minute?
//! ```
//! use flagfall::experiment::{Experiment, Finished, Replications};
//! use flagfall::{Config, Measures, Resource, Simulation, SimulationError, Span};
//!
//! fn day(config: Config, service: Span) -> Result<Finished, SimulationError> {
//!     let mut simulation = Simulation::new(config);
//!     let till = Resource::new(&mut simulation, "till", 1);
//!     simulation.process("door", async move |p| {
//!         let mut gaps = p.stream("gaps");
//!         for number in 0..200 {
//!             p.sleep(gaps.exponential(Span::from_mins(1))).await;
//!             p.process(("customer", number), async move |p| {
//!                 let served = till.acquire(&p).await;
//!                 served.work(&p, service).await;
//!             });
//!         }
//!     });
//!     simulation.run()?;
//!     let mut measures = Measures::new();
//!     measures.span("mean_wait", till.statistics(&simulation).mean_wait);
//!     Ok(Finished { measures, events: simulation.events(), digest: simulation.digest() })
//! }
//!
//! let services = [40, 50, 55].map(Span::from_secs);
//! let results = Experiment::new(Replications::Fixed(50)).threads(2).run(3, |point, replication| {
//!     day(Config::new(42).replication(replication), services[point])
//! })?;
//!
//! let waits: Vec<_> = (0..3)
//!     .map(|point| results.interval(point, "mean_wait", 0.95).expect("50 numbers"))
//!     .collect();
//! // With slower tills the waits are longer, and the intervals do not overlap.
//! assert!(waits[0].high() < waits[1].low() && waits[1].high() < waits[2].low());
//! # Ok::<(), flagfall::experiment::ExperimentError>(())
//! ```

mod amount;
mod compared;
mod comparison;
mod counted;
mod dispatch;
mod error;
mod fold;
mod goal;
mod grid;
mod kind;
mod known_mean;
mod replications;
mod results;
mod row;
mod run;
mod selection;
mod shortage;
mod stopping;

pub use compared::{Compared, ComparedMeasure};
pub use comparison::Comparison;
pub use error::ExperimentError;
pub use goal::{Goal, ParseGoalError};
pub use grid::{Factor, Grid, ParseFactorError};
pub use known_mean::{KnownMean, ParseKnownMeanError};
pub use replications::{Replications, UntilPrecise};
pub use results::{Column, Results, Stored};
pub use row::{Finished, Numbers, Row};
pub use run::Experiment;
pub use selection::{Procedure, Selected, Selection, UntilSelected};
pub use shortage::Shortage;
pub use stopping::{Stopping, Want};
