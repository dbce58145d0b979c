//! The bounds on memory and time.

use std::time::{Duration, Instant};

/// What may be allocated at once for one input, in bytes.
const MOST: u64 = 64 << 20;

/// What the work of one input may take.
const LONGEST: Duration = Duration::from_secs(1);

/// Work that took too long is done again as often as this: on a busy machine
/// a process waits.
const AGAIN: usize = 4;

/// Does the work of one input.
///
/// # Panics
/// If more than 64 MB were allocated at once, or each of five times took longer
/// than a second. The fuzzer's own memory is not counted: libFuzzer bounds it
/// and the work together (`-rss_limit_mb`).
pub fn bounded(work: impl Fn()) {
    let time = || {
        let start = Instant::now();
        let peak = allocation_counter::measure(&work).bytes_max;
        assert!(peak <= MOST, "{peak} bytes at once, {MOST} are allowed");
        start.elapsed()
    };
    if time() > LONGEST {
        let least = (0..AGAIN).map(|_| time()).min();
        assert!(least < Some(LONGEST), "each of {AGAIN} times took at least {least:?}");
    }
}
