//! Running simulations in files: saving and resuming.

mod check;
mod files;
mod picture;

pub use files::Resumed;
