//! Registered functions that the engine keeps.

use crate::features::{Continuation, Kernel};
use crate::types::gathers::Gathers;
#[cfg(feature = "snapshot")]
use crate::types::{error::SnapshotError, pictures::AnswerPicture};
use std::any::Any;
use std::any::TypeId;
use std::rc::Rc;

/// Copies the continuation of a request.
pub(crate) trait AnswerType: SavedAnswer {
    /// `None` if its parts cannot be copied.
    fn copy(&self, from: &dyn Any, gathers: &mut Gathers) -> Option<Box<dyn Continuation<Kernel>>>;
}

/// Writes the continuation of a request into a file, and reads it.
#[cfg(feature = "snapshot")]
pub(crate) trait SavedAnswer {
    /// The data to save besides the name.
    fn save(&self, from: &dyn Any, gathers: &mut Gathers) -> Result<AnswerPicture, SnapshotError>;
    /// The type of the messages that it makes.
    fn message(&self) -> TypeId;
    /// The continuation that was saved; `None` if the data is inconsistent.
    fn load(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Kernel>>>;
}

#[cfg(not(feature = "snapshot"))]
pub(crate) trait SavedAnswer {}

#[cfg(not(feature = "snapshot"))]
impl<T> SavedAnswer for T {}

/// Makes the function of a watch, or a factory, again.
pub(crate) struct Maker<T: ?Sized> {
    pub(crate) make: Box<dyn Fn() -> Box<T>>,
    /// The type of the messages or states that the function makes.
    #[cfg_attr(not(feature = "snapshot"), expect(dead_code, reason = "only files need it"))]
    pub(crate) of: TypeId,
}

impl<T: ?Sized> Maker<T> {
    /// For a function that makes messages or states of type `A`.
    pub(super) fn of<A: 'static>(make: impl Fn() -> Box<T> + 'static) -> Rc<Self> {
        Rc::new(Self { make: Box::new(make), of: TypeId::of::<A>() })
    }
}

/// Refuses a function with captures at compile time, because the registered one could
/// differ from the one that the engine keeps.
pub(crate) const fn captures_nothing<F>() {
    assert!(size_of::<F>() == 0, "give a function, an enum variant or a closure without captures");
}
