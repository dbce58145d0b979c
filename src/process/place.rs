//! A place in the source code of the program.

use std::panic::Location;

/// A place in the source code of the program.
pub(crate) type Place = &'static Location<'static>;

/// Panics for a wait that is awaited again after its result was taken: it would wait for ever.
#[cold]
pub(crate) fn spent(place: Place) -> ! {
    panic!("what was waited for at {place} was awaited again after it had come: it comes once")
}
