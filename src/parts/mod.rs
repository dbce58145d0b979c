//! What copies and files ask of each part of a run, once: [`Part`].
//!
//! Each feature says here how what it keeps is copied, saved and loaded. Whoever adds a
//! field to [`Features`](crate::features::Features) is told by the compiler to say it, too.

mod features;
mod part;
mod plain;
mod requests;
mod supervision;

#[cfg(feature = "snapshot")]
pub(crate) use features::FeaturesPicture;
pub(crate) use part::Part;
#[cfg(feature = "snapshot")]
pub(crate) use part::{Loading, wrong};
