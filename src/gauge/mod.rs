//! What collectors hold: plain data, which knows nothing of the engine.
//!
//! The engine (`collect/`) has the handles. A gauge is found by its number, without hashing; its
//! measures are named once, when it is made, so that no two of a run have the same name.

mod batches;
mod bins;
mod gauges;
mod level;
mod mistake;
mod name;
mod observed;
#[cfg(feature = "snapshot")]
mod picture;
mod stat;

pub(crate) use batches::Batches;
pub use bins::Bin;
pub(crate) use bins::Bins;
pub(crate) use gauges::{Data, Gauge, Gauges};
pub(crate) use level::Watched;
pub(crate) use mistake::Mistake;
pub use name::Name;
pub use observed::Observation;
pub(crate) use observed::Observed;
#[cfg(feature = "snapshot")]
pub(crate) use picture::GaugesPicture;
pub use stat::Stat;
