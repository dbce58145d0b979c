//! Actors whose state is a type of the program: what one is, what its handler can do,
//! and what each event does to it.

mod behaviour;
mod broadcast;
mod class;
mod context;
mod death;
mod effect;
mod meta;
mod spawn;
mod spawned;
mod timer;
pub use behaviour::Actor;
pub(crate) use broadcast::each;
pub(crate) use class::ActorClass;
pub use context::Context;
pub(crate) use death::Death;
#[cfg(feature = "snapshot")]
pub(crate) use meta::Meta;
pub(crate) use meta::{Busy, Role, Slot};
pub use spawned::{RefTo, Spawned};
pub use timer::Timer;
