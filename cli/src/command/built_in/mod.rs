//! The models that `flagfall` brings along, as own models like any user's: their options,
//! and what of their output is the notebook's.

mod actor_tree;
mod durations;
mod kinds;
mod memory;
mod messages;
mod parameter_server;
mod queue;
mod spans;
mod started;
mod taxi;
mod workers;

pub(super) use kinds::kinds;
