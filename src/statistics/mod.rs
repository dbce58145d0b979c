//! Statistics of runs: summaries of observations, and confidence intervals.
//!
//! This module does not depend on the engine. All results have the same bits on every
//! machine, because it uses only additions, multiplications, divisions, square roots and the
//! pinned `libm`. They do not depend on the order in which threads finish, if parts are
//! merged in a fixed order.
//!
//! | to | see |
//! |---|---|
//! | summarize observations | [`Tally`] |
//! | average a level over virtual time | [`TimeWeighted`], [`TimeAverage`] |
//! | keep the course of a level in bounded memory | [`LevelHistory`] |
//! | get quantiles | [`Histogram`] in bounded memory, [`Sample`] exactly |
//! | get a confidence interval of a mean | [`Interval`] over replications, [`BatchMeans`] of one long run |
//! | stop at a wanted precision | [`StoppingRule`], [`replications_needed`] |
//! | cut off the warm-up | [`Truncation`] |
//! | test whether observations are correlated | [`autocorrelation`], [`von_neumann_ratio`] |
//! | compare two scenarios under common random numbers | [`Paired`] |
//! | use measures whose true means are known | [`Controlled`] |
//! | tell on which side of a limit a mean lies | [`Threshold`] |
//! | tell which of several can be the best | [`with_the_best`] |
//! | choose the best with a promised chance | [`KimNelson`], [`Rinott`] |
//!
//! # From runs to an answer
//!
//! How long does a customer wait at a till that is busy two thirds of the time? Each
//! replication is one observation. The rule makes as many as a precision of 10 % needs.
//!
//! ```
//! use flagfall::statistics::{Precision, StoppingRule, Tally, Verdict};
//! use flagfall::{Config, Resource, Simulation, Span};
//!
//! /// The mean wait, in seconds, of the customers of one run.
//! fn replication(number: u64) -> f64 {
//!     let mut simulation = Simulation::new(Config::new(42).replication(number));
//!     let till = Resource::new(&mut simulation, "till", 1);
//!     simulation.process("door", async move |p| {
//!         let (mut gaps, mut services) = (p.stream("gaps"), p.stream("services"));
//!         for number in 0..500 {
//!             let service = services.exponential(Span::from_mins(1));
//!             p.process_apart(("customer", number), async move |p| {
//!                 let _held = till.acquire(&p).await;
//!                 p.sleep(service).await;
//!             });
//!             p.sleep(gaps.exponential(Span::from_secs(90))).await;
//!         }
//!     });
//!     simulation.run().unwrap();
//!     till.statistics(&simulation).mean_wait.as_secs_f64()
//! }
//!
//! let rule = StoppingRule::new(Precision::Relative(0.10), 0.95)?;
//! let mut waits = Tally::new();
//! let interval = loop {
//!     waits.add(replication(waits.count()))?;
//!     if let Verdict::Stop(interval) = rule.verdict(&waits)? {
//!         break interval;
//!     }
//! };
//! println!("{interval:.1}");
//! assert!(interval.relative_half_width() < Some(0.10));
//! // The steady state has 120 s; a run that begins empty has somewhat less.
//! assert!(interval.low() < 120.0 && interval.high() > 100.0);
//! # Ok::<(), flagfall::statistics::StatisticsError>(())
//! ```

mod antithetic;
mod autocorrelation;
mod batch_means;
mod best;
mod binomial;
mod controlled;
mod error;
mod estimate;
mod histogram;
mod history;
mod interval;
mod kim_nelson;
pub(crate) mod log;
mod normal;
mod paired;
mod quantile;
mod replications;
mod rinott;
pub(crate) mod special;
mod student;
mod sum;
mod tally;
mod threshold;
mod time_weighted;
mod warm_up;
mod zone;

pub use antithetic::Antithetic;
pub use autocorrelation::{autocorrelation, von_neumann_ratio};
pub use batch_means::BatchMeans;
pub use best::{Best, WithBest, with_the_best};
pub use controlled::Controlled;
pub use error::StatisticsError;
pub use estimate::{Bounds, Estimate};
pub use histogram::{Bucket, Histogram};
pub use history::LevelHistory;
pub use interval::Interval;
pub use kim_nelson::KimNelson;
pub use paired::Paired;
pub use quantile::{Sample, quantile_among};
pub use replications::{Precision, StoppingRule, Verdict, replications_needed};
pub use rinott::{Rinott, rinott_constant};
pub use student::student_quantile;
pub(crate) use sum::Sum;
pub use tally::{CLOSEST, LARGEST, Tally};
pub use threshold::{Answer, Relation, Threshold};
pub use time_weighted::{TimeAverage, TimeWeighted};
pub use warm_up::Truncation;
pub use zone::Zone;
