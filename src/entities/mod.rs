//! The index of actors: names, owners and children.
//!
//! This part of an actor is used when it is born, dies or is printed. It is separate from what
//! every event uses, and small: 32 bytes for each actor and about ten more in the index of names.
//! Paths and their hashes follow from the owners and are not stored. What few actors have
//! (children, predecessors) is stored apart.

mod counted;
mod deaths;
mod emptied;
mod entry;
mod families;
mod family;
mod index;
mod path;
mod recent;
#[cfg(feature = "snapshot")]
mod save;
mod series;
mod succession;

pub(crate) use index::Entities;
#[cfg(feature = "snapshot")]
pub(crate) use save::EntitiesPicture;
