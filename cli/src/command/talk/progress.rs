//! The progress of long work, on a terminal.

use super::captured::ends;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// The time between two messages, and before the first.
const EVERY: Duration = Duration::from_secs(1);

/// One line on standard error that is replaced again and again, and removed at the end. There is
/// none without a terminal.
pub(crate) struct Progress {
    on: bool,
    last: Instant,
    shown: bool,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        // A host shows its own.
        let on = !quiet && ends().is_none() && stderr().is_terminal();
        Self { on, last: Instant::now(), shown: false }
    }

    pub(crate) fn tell(&mut self, text: impl FnOnce() -> String) {
        if self.on && self.last.elapsed() >= EVERY {
            (self.last, self.shown) = (Instant::now(), true);
            let _ = write!(stderr(), "\r\x1b[2K{}", text());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}
