//! Runs for a host, such as those of the Python package.

use crate::allocations;
use flagfall::Config;
use flagfall::model::Model;
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::{Host, Program};
use std::hint::black_box;

/// What belongs to the scenario was made when it was prepared, and nothing is made that nobody has
/// asked for yet. So a run allocates less than one in Rust, whose caller gets the whole result.
#[test]
fn a_run_for_a_host_makes_what_is_read_alone() {
    let program = Program::flagfall();
    let scenario = Host::new(&program).scenario(&["taxi".to_owned()]).expect("a scenario");
    let hosted = || {
        let run = scenario.run(Some(42), None, &mut || true);
        black_box(run).expect("it is the taxi day");
    };
    let library = || {
        let config = Config::new(42).latency(DEFAULT_LATENCY);
        black_box(TaxiFleet::default().run(config)).expect("it is the taxi day");
    };
    // The first run of a process replaces what prints panics.
    hosted();
    let (hosted, library) = (allocations(hosted).count_total, allocations(library).count_total);
    // Without the names of the drivers, and a list for each poll.
    assert!(hosted + 19 <= library, "{hosted} allocations, and {library} of the library");
}
