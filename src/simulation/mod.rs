//! The engine: actors, their context, and the loop that moves the clock.
//!
//! One step takes the first event off the future event list, sets the clock
//! to its time, and delivers it; [`Simulation::run`] and
//! [`Simulation::run_until`] are loops over that step.

mod look;
mod outside;
mod pace;
mod pacer;
mod processes;
mod run;
mod simulation;
mod stuck;
mod supervision;
mod world;

pub use pacer::Pacer;
pub use simulation::Simulation;
#[cfg(feature = "snapshot")]
pub(crate) use simulation::new_kernel;
