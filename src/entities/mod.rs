//! Who is who: names, owners and children of every actor.
//!
//! This is the part of an actor that is touched when it is born, dies or is
//! printed, kept apart from what every event touches, and kept small: 32
//! bytes an actor and about ten more in the index of names. What can be worked
//! out from the owner (paths, their hashes) is not stored, and what few
//! actors have (children, predecessors) stands beside.

mod deaths;
mod entry;
mod family;
mod index;
mod path;
#[cfg(feature = "snapshot")]
mod save;
mod succession;

pub(crate) use index::Entities;
#[cfg(feature = "snapshot")]
pub(crate) use save::EntitiesPicture;
