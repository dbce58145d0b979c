//! Ties: the command, and what their order decided on real Ray.

mod command;
mod ray;
mod shards;
