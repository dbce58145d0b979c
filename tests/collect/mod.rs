//! Collectors, and the end of the warm-up.

mod history;
#[cfg(feature = "snapshot")]
mod kept;
mod recorded;
mod steady;
mod warm_up;
