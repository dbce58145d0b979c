//! What a program tells the engine about its types, so that a running
//! simulation can be copied and saved.
//!
//! A simulation holds states, messages and functions of types that only the
//! program knows. Running needs no more than [`Actor`]; copying and saving do,
//! and Rust has no way to ask a type whether it could. So the program says it:
//! each type once, in a [`TypeRegistry`].

mod error;
mod functions;
mod gathers;
mod kinds;
mod known;
#[cfg(feature = "snapshot")]
mod pictures;
mod program;
mod registry;
#[cfg(feature = "snapshot")]
mod savable;
#[cfg(feature = "snapshot")]
mod together;

pub use error::SnapshotError;
pub(crate) use gathers::Gathers;
#[cfg(feature = "snapshot")]
pub(crate) use pictures::{AnswerPicture, ClassPicture, LoadedClass, SlotPicture};
pub use program::TypeRegistry;
