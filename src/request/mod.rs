//! Request.

mod context;
mod gather;
mod kept;
mod open;
#[cfg(feature = "snapshot")]
mod saved;
pub(crate) use gather::{Gather, Part, Race, Runner};
pub(crate) use open::Single;
#[cfg(feature = "snapshot")]
pub(crate) use saved::RequestsPicture;
