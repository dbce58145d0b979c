//! Use of a resource that is waited for.

use crate::features::Kernel;
use crate::process::Waiter;
use crate::time::{Span, VirtualTime};

/// The processes that wait until the units of a resource have been in use for a while. Units that
/// are in use at the same time add up.
pub(crate) struct Wear {
    last: VirtualTime,
    /// How many units are in use since then.
    in_use: u64,
    /// The use that is missing, in units times nanoseconds, and who waits for it.
    waiting: Vec<(u128, Waiter)>,
}

impl Wear {
    pub(crate) fn new(now: VirtualTime) -> Self {
        Self { last: now, in_use: 0, waiting: Vec::new() }
    }

    /// Counts the use since the last call, and says how many units are in use from now on. To be
    /// called at each instant at which that number changes. Cost: O(processes that wait).
    pub(super) fn pass(&mut self, now: VirtualTime, in_use: u64) {
        let used = u128::from((now - self.last).as_nanos()) * u128::from(self.in_use);
        for (missing, _) in &mut self.waiting {
            *missing = missing.saturating_sub(used);
        }
        (self.last, self.in_use) = (now, in_use);
    }

    pub(super) fn add(&mut self, span: Span, waiter: Waiter) {
        self.waiting.push((span.as_nanos().into(), waiter));
    }

    /// Wakes those for whom nothing is missing, in the order in which they began to wait.
    pub(super) fn wake_due(&mut self, kernel: &mut Kernel) {
        self.waiting.retain(|(missing, waiter)| {
            if *missing == 0 && waiter.is_open() {
                kernel.wake_now(waiter);
            }
            *missing > 0 && waiter.is_open()
        });
    }

    /// When the next one is due, if as many units stay in use.
    pub(super) fn next(&self) -> Option<VirtualTime> {
        let missing = self.waiting.iter().map(|(missing, _)| *missing).min()?;
        if self.in_use == 0 {
            return None;
        }
        let span = u64::try_from(missing.div_ceil(self.in_use.into())).ok()?;
        self.last.checked_add(Span::from_nanos(span))
    }
}
