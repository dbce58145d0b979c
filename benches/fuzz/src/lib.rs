//! What the fuzz targets share: the bound on memory, reading a trace in every
//! way, making trace files whose checksums are right.

mod bound;
mod forge;
mod reading;

pub use bound::bounded;
pub use forge::{BASES, Forged};
pub use reading::{Reading, read};
