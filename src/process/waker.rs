//! The waker of processes.

use std::task::Waker;

/// The waker with which processes are polled: only events wake them, and they are polled after each.
/// There is one, because two of `Waker::noop()` need not be known as equal.
pub(super) static NO_WAKER: &Waker = Waker::noop();
