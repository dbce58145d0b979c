//! What the engine allocates: nothing per event in steady state, and little
//! per actor that does nothing.
//!
//! A test target of its own, because linking `allocation-counter` puts its
//! counting allocator under everything in the binary. It counts per thread:
//! tests that run beside each other do not disturb the counts. Growing in
//! place (`realloc`) counts as an allocation, too.

mod actors;
mod hosted;
mod models;
mod reading;
#[path = "../../../benches/replications.rs"]
mod replications;
mod resources;
mod snapshots;
mod steady;
mod studies;
#[path = "../../../benches/workloads/mod.rs"]
mod workloads;

use allocation_counter::{AllocationInfo, measure};

/// What this thread allocates while it does the work.
fn allocations(work: impl FnOnce()) -> AllocationInfo {
    measure(work)
}

/// Panics unless the work allocates nothing and gives nothing back, which
/// would be memory that somebody has to allocate again.
#[track_caller]
fn assert_none(name: &str, work: impl FnOnce()) {
    let AllocationInfo { count_total, bytes_total, bytes_current, .. } = allocations(work);
    assert_eq!(
        (count_total, bytes_total, bytes_current),
        (0, 0, 0),
        "{name}: allocations, bytes allocated, bytes held in the end",
    );
}
