//! Ties: policies, and the search for what they decide.

mod brute;
mod choices;
mod parts;
mod policies;
mod programs;
mod puppets;
mod rivals;
mod search;
