//! Actors whose state is a type of the program: what one is, what its handler can do,
//! and what each event does to it.

mod behaviour;
mod broadcast;
mod class;
mod context;
mod death;
mod spawn;
mod timer;
mod turn;
pub use behaviour::Actor;
pub(crate) use class::{Busy, Meta, Role, Slot, TypedClass};
pub use context::Context;
pub(crate) use death::Death;
pub use timer::Timer;
