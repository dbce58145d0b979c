//! Ctrl-C in a study: what is kept, and the command that goes on.

use super::exit::INTERRUPTED;
use super::stderr::talk;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody pressed Ctrl-C since this was made. No thread waits for it: its heap
/// would be taken from those that run. So it is told between two replications, and whoever
/// does not wait for that and presses again ends the process at once.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on. Where the system has no such signal, or it is ignored, all stays as it was.
    pub(crate) fn watch() -> Self {
        let pressed = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        {
            use signal_hook::consts::SIGINT;
            use signal_hook::flag::{register, register_conditional_default};
            // In this order: the first one finds it not pressed yet.
            if !is_ignored(SIGINT)
                && register_conditional_default(SIGINT, Arc::clone(&pressed)).is_ok()
            {
                let _ = register(SIGINT, Arc::clone(&pressed));
            }
        }
        Self(pressed)
    }

    /// Ends the process with what `told` says, if it is to end.
    pub(crate) fn check(&self, told: impl FnOnce() -> String) {
        // One thread tells.
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            talk(format_args!("\ninterrupted: {}", told()));
            std::process::exit(i32::from(INTERRUPTED));
        }
    }
}

/// Whether who started the process has the signal ignored, as a shell does for what it runs in
/// the background: then it stays so. Linux tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
