//! How each part of a run is copied, saved and loaded: the trait [`Part`].
//!
//! Each feature implements it here for its data. If [`Features`](crate::features::Features) gets a
//! new field, the compiler asks for its implementation, too.

mod collectors;
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
