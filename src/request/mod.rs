//! Request.

mod context;
mod gather;
mod open;
pub(crate) use gather::{Gather, Part, Race, Runner};
pub(crate) use open::Single;
