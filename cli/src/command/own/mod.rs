//! Models of one's own under the whole command line.
//!
//! A crate that depends on flagfall implements [`OwnModel`] for its parameters and
//! calls [`main_of`](super::main_of); it then is a command with everything that `flagfall`
//! does with the models it brings along, which are made in the same way.
//! [`Program`](super::Program) has the rest: several models, a version, the built-in models
//! beside them.

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
pub(crate) use erased::Handles;
pub(crate) use kind::Kind;
