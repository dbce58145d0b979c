//! Statistics of runs: what was observed, and how sure it is.
//!
//! Nothing here knows the engine: observations go in, numbers come out. All of it
//! is the same to the last bit on every machine (additions, multiplications,
//! divisions, square roots and the pinned `libm` only), and nothing depends on the
//! order in which threads get ready, as long as parts are merged in a fixed order.
//!
//! | to | see |
//! |---|---|
//! | sum observations up | [`Tally`] |
//! | average a level over virtual time | [`TimeWeighted`], [`TimeAverage`] |
//! | get quantiles | [`Histogram`] in bounded memory, [`Sample`] exactly |
//! | cut the warm-up off | [`Truncation`] |
//! | see whether observations depend on each other | [`autocorrelation`], [`von_neumann_ratio`] |

mod autocorrelation;
mod error;
mod histogram;
mod quantile;
mod sum;
mod tally;
mod time_weighted;
mod warm_up;

pub use autocorrelation::{autocorrelation, von_neumann_ratio};
pub use error::StatisticsError;
pub use histogram::{Bucket, Histogram};
pub use quantile::Sample;
pub use tally::{LARGEST, Tally};
pub use time_weighted::{TimeAverage, TimeWeighted};
pub use warm_up::Truncation;
