//! Tells the compiler which Python it builds for.

fn main() {
    // Whether its threads run at once: `lib.rs` refuses that.
    pyo3_build_config::use_pyo3_cfgs();
}
