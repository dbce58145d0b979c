//! Registered functions that the engine keeps.

use crate::features::{Continuation, Factory, Kernel, Tell};
#[cfg(feature = "snapshot")]
use crate::types::error::SnapshotError;
use crate::types::gathers::Gathers;
#[cfg(feature = "snapshot")]
use crate::types::pictures::AnswerPicture;
use std::any::Any;
#[cfg(feature = "snapshot")]
use std::any::TypeId;
/// Copies the continuation of a request.
pub(crate) trait AnswerType {
    /// `None` if its parts cannot be copied.
    fn copy(&self, from: &dyn Any, gathers: &mut Gathers) -> Option<Box<dyn Continuation<Kernel>>>;
    /// The data to save besides the name.
    #[cfg(feature = "snapshot")]
    fn save(&self, from: &dyn Any, gathers: &mut Gathers) -> Result<AnswerPicture, SnapshotError>;
    /// The type of the messages that it makes.
    #[cfg(feature = "snapshot")]
    fn message(&self) -> TypeId;
    /// The continuation that was saved; `None` if the data is inconsistent.
    #[cfg(feature = "snapshot")]
    fn load(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Kernel>>>;
}

/// Makes the function of a watch again.
pub(crate) trait NoticeType {
    fn make(&self) -> Box<dyn Tell<Kernel>>;
    /// The type of the messages that it makes.
    #[cfg(feature = "snapshot")]
    fn message(&self) -> TypeId;
}

/// Makes a factory again.
pub(crate) trait FactoryType {
    fn make(&self) -> Box<dyn Factory>;
    /// The type of the states that it makes.
    #[cfg(feature = "snapshot")]
    fn state(&self) -> TypeId;
}

/// Refuses a function with captures at compile time, because the registered one could
/// differ from the one that the engine keeps.
pub(crate) const fn captures_nothing<F>() {
    assert!(size_of::<F>() == 0, "give a function, an enum variant or a closure without captures");
}
