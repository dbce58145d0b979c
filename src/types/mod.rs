//! The types of a program, registered so that a running simulation can be copied and saved.
//!
//! A simulation holds states, messages and functions of types that only the program
//! knows. Running needs only [`Actor`]. Copying and saving need more, and Rust cannot ask a
//! type whether it supports them. Therefore the program registers each type once, in a
//! [`TypeRegistry`].

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
