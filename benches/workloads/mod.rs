//! Programs that do little but use the engine, one for each of its hot paths.
//! All go on for ever: their users cut them off. Shared by
//! `benches/{engine,digest,instructions}.rs`, `tests/allocations/` and `tests/golden/`.

#![allow(dead_code, unused_imports, reason = "each user takes what it needs")]

mod messages;
mod processes;

pub(crate) use messages::*;
pub(crate) use processes::*;
