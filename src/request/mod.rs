//! Requests and their answers: asking and waiting, asking and going on, asking several actors.

mod context;
mod gather;
mod open;
pub(crate) use gather::{Gather, Part, Race, Runner};
pub(crate) use open::Single;
