//! Panics of models, which are told as failures.

use super::exit::Failure;
use flagfall::panics::caught;

/// A panic in a handler comes back as an error that tells more than the
/// standard message; printing both would say it twice.
pub(crate) fn without_panic_messages<T>(
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = caught(work).unwrap_or_else(|panic| Err(Failure::of_panic(&panic)));
    std::panic::set_hook(hook);
    result
}
