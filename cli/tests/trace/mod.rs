//! Trace files: written, read, damaged, compared.

mod damage;
mod difference;
mod entries;
mod forge;
mod round_trip;
