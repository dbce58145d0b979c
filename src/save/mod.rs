//! Snapshots of running simulations in files.

mod check;
mod files;
mod picture;

pub use files::Resumed;
