//! The statistics room: against published values, closed forms and brute force.

mod histogram;
mod nist;
mod tally;
mod time_weighted;
mod warm_up;

/// Whether two numbers agree to that share of the second.
fn close(one: f64, other: f64, share: f64) -> bool {
    (one - other).abs() <= share * other.abs()
}
