//! The simulation: the kernel with all features, and what a program can do with it between two
//! runs.
//!
//! One step takes the first event off the future event list, sets the clock to its time, and
//! delivers it. [`Simulation::run`] and [`Simulation::run_until`] repeat that step.

mod collected;
mod environment;
mod handle;
mod look;
mod outside;
mod pace;
mod pacer;
mod processes;
mod resources;
mod run;
mod state;
mod stuck;
mod supervision;

pub use handle::Simulation;
#[cfg(feature = "snapshot")]
pub(crate) use handle::new_kernel;
pub use pacer::Pacer;
