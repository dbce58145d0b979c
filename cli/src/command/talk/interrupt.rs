//! Ctrl-C in a study: says what is kept, and the command that continues.

use super::captured::ends;
use super::exit::INTERRUPTED;
use super::stderr::talk;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether Ctrl-C was pressed since this was made. No thread waits for it, as a thread takes
/// memory. It is checked every few milliseconds; a second Ctrl-C ends the process at once.
/// If a host runs the command, it says instead when to end.
pub(crate) struct Interrupt {
    pressed: Arc<AtomicBool>,
    is_of_host: bool,
}

impl Interrupt {
    /// Watches from now on, unless the system has no such signal or it is ignored.
    pub(crate) fn watch() -> Self {
        if let Some(pressed) = ends() {
            return Self { pressed, is_of_host: true };
        }
        let pressed = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        {
            use signal_hook::consts::SIGINT;
            use signal_hook::flag::{register, register_conditional_default};
            // Register the conditional exit first, so only a second Ctrl-C ends at once.
            if !is_ignored(SIGINT)
                && register_conditional_default(SIGINT, Arc::clone(&pressed)).is_ok()
            {
                let _ = register(SIGINT, Arc::clone(&pressed));
            }
        }
        Self { pressed, is_of_host: false }
    }

    /// Whether a host wants the command to end: what is run from now on counts for nothing.
    pub(crate) fn host_ends(&self) -> bool {
        self.is_of_host && self.pressed.load(Ordering::Relaxed)
    }

    /// Ends the process with the text of `told`, if Ctrl-C was pressed.
    pub(crate) fn check(&self, told: impl FnOnce() -> String) {
        // Only one thread reports.
        let pressed = &self.pressed;
        if !self.is_of_host
            && pressed.load(Ordering::Relaxed)
            && pressed.swap(false, Ordering::Relaxed)
        {
            talk(format_args!("\ninterrupted: {}", told()));
            std::process::exit(i32::from(INTERRUPTED));
        }
    }
}

/// Whether the process was started with the signal ignored, as shells do in the background.
/// Only Linux says so.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
