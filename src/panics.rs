//! Catching panics: their messages, and a safe drop of their payloads.
//!
//! The payload of a panic has any type. Its destructor is code of the program and may panic,
//! too, outside of the `catch_unwind`. So this crate has one way to catch a panic (a test
//! looks for others), and dropping its result never panics.

use std::any::Any;
use std::panic::resume_unwind;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The payload of a panic. Dropping it does not panic.
#[derive(Debug)]
pub struct Payload(Option<Box<dyn Any + Send>>);

/// The payload with which an observer unwinds to end a run early.
#[derive(Debug)]
pub struct Enough;

impl Enough {
    /// Ends the run. No panic message is printed.
    pub fn unwind() -> ! {
        resume_unwind(Box::new(Self))
    }
}

/// Runs `work`, and catches its panic.
///
/// Data that `work` was changing may be inconsistent. The caller must not use it.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Payload> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Payload(Some(payload)))
}

impl Payload {
    /// The message of the panic, or a text that says that it has none.
    pub fn message(&self) -> &str {
        let text = self.get::<String>().map(String::as_str);
        text.or_else(|| self.get::<&str>().copied()).unwrap_or("a panic without a message")
    }

    /// The payload, if it is a `T`.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }

    /// Lets the panic go on.
    pub fn resume(mut self) -> ! {
        match self.0.take() {
            Some(payload) => resume_unwind(payload),
            None => unreachable!("it is taken here alone"),
        }
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        let Some(payload) = self.0.take() else { return };
        // The destructor may panic with another such value, and so on. The second payload
        // is leaked.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::caught;
    use std::panic::panic_any;

    #[test]
    fn texts_are_read_and_panics_go_on() {
        let payload = caught(|| panic!("plain")).unwrap_err();
        assert_eq!(payload.message(), "plain");
        let number = 7;
        let payload =
            caught(|| caught(|| panic!("number {number}")).unwrap_err().resume()).unwrap_err();
        assert_eq!(payload.message(), "number 7");
        let payload = caught(|| panic_any(7)).unwrap_err();
        assert_eq!(payload.get(), Some(&7));
        assert_eq!(payload.message(), "a panic without a message");
        assert_eq!(caught(|| 3).ok(), Some(3));
    }
}
