//! Trace files: written, read, damaged, compared.

mod damage;
mod difference;
mod entries;
mod round_trip;
