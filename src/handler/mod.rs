//! Actors whose state is a type of the program: the trait, the context of a handler, and what each
//! event does.

mod behaviour;
mod class;
mod context;
mod death;
mod effect;
mod meta;
mod spawn;
mod spawned;
mod timer;
pub use behaviour::Actor;
pub(crate) use class::ActorClass;
pub use context::Context;
pub(crate) use context::each;
pub(crate) use death::Death;
#[cfg(feature = "snapshot")]
pub(crate) use meta::Meta;
pub(crate) use meta::{Busy, Role, Slot};
pub use spawned::{RefTo, Spawned};
pub use timer::Timer;
