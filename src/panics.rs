//! Panics that are caught: what they said, and an end for what they carried.
//!
//! A panic carries a value of any type, whose destructor is the program's own code and
//! may panic, too. Dropped where it was caught, it would escape from there. So there is
//! one way to catch a panic in this crate (a test looks for others), and what it
//! returns cannot panic when it is dropped.

use std::any::Any;
use std::panic::resume_unwind;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic carried. Dropping it does not panic.
#[derive(Debug)]
pub struct Payload(Option<Box<dyn Any + Send>>);

/// What an observer unwinds with to end a run of which it has seen enough.
#[derive(Debug)]
pub struct Enough;

impl Enough {
    /// Ends the run. It is no panic: no message is printed.
    pub fn unwind() -> ! {
        resume_unwind(Box::new(Self))
    }
}

/// Runs `work`, and catches its panic.
///
/// What `work` was changing may be half-way changed: the caller makes sure that nobody
/// looks at it.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Payload> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Payload(Some(payload)))
}

impl Payload {
    /// What the panic said, or that it said nothing.
    pub fn message(&self) -> &str {
        let text = self.get::<String>().map(String::as_str);
        text.or_else(|| self.get::<&str>().copied()).unwrap_or("a panic without a message")
    }

    /// What it carried, if that is a `T`.
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
        // Its destructor may panic with such a value again, and so on: from the second on
        // their memory is given up.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::caught;
    use std::panic::panic_any;

    /// Panics when it is dropped, so many times over.
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 > 0 {
                panic_any(Bomb(self.0 - 1));
            }
        }
    }

    #[test]
    fn what_panics_when_dropped_goes_no_further() {
        for depth in 0..4 {
            let payload = caught(|| panic_any(Bomb(depth))).unwrap_err();
            assert_eq!(payload.get::<Bomb>().map(|bomb| bomb.0), Some(depth));
            assert_eq!(payload.message(), "a panic without a message");
            drop(payload);
        }
    }

    #[test]
    fn texts_are_read_and_panics_go_on() {
        let payload = caught(|| panic!("plain")).unwrap_err();
        assert_eq!(payload.message(), "plain");
        let number = 7;
        let payload =
            caught(|| caught(|| panic!("number {number}")).unwrap_err().resume()).unwrap_err();
        assert_eq!(payload.message(), "number 7");
        assert_eq!(caught(|| 3).ok(), Some(3));
    }
}
