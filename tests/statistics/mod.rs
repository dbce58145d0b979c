//! The statistics room: against published values, closed forms and brute force.

mod antithetic;
mod batch_means;
mod best;
mod bits;
mod controlled;
mod coverage;
mod histogram;
mod intervals;
mod nist;
mod paired;
mod replications;
mod shares;
mod student;
mod tally;
mod threshold;
mod time_weighted;
mod warm_up;

/// Whether two numbers agree to that share of the second.
fn close(one: f64, other: f64, share: f64) -> bool {
    (one - other).abs() <= share * other.abs()
}
