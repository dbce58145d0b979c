//! Where in the program something was done.

use std::panic::Location;

/// Where in the program something was done.
pub(crate) type Place = &'static Location<'static>;

/// The end of who awaits something again that has handed out what came: there is
/// nothing more to come, and nothing to wait for.
#[cold]
pub(crate) fn spent(place: Place) -> ! {
    panic!("what was waited for at {place} was awaited again after it had come: it comes once")
}
