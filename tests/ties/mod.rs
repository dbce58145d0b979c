//! Ties: policies, and the search for what they decide.

mod brute;
mod choices;
#[cfg(feature = "cli")]
mod command;
mod policies;
mod programs;
mod puppets;
mod ray;
mod rivals;
mod search;
