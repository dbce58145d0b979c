//! Your own models with the whole command line.
//!
//! Your crate implements [`OwnModel`] for its parameters and calls
//! [`main_of`](super::main_of). It is then a command that can do all that `flagfall` does with
//! its built-in models, which are made in the same way. [`Program`](super::Program) has more:
//! several models, a version, the built-in models as well.

mod any;
mod asked;
mod copies;
mod erased;
mod kind;
mod model;

pub use copies::Copies;
pub use model::{Ended, OwnModel, Preparation, PrepareError};

pub(crate) use model::Shown;

pub(crate) use any::AnyModel;
pub(crate) use erased::{Handles, View};
pub(crate) use kind::Kind;
