//! The book: pages to read, from a tutorial to tables for those who come from elsewhere.
//!
//! The pages are the files of `docs/`, which read as well where the repository is shown.
//! There is no code in this room. A test runs every command on the pages and compares what
//! it prints with them; the examples in Rust are documentation tests.

/// Pages in their order. The links of each come first, because the first definition of a
/// link counts: here they lead to modules, and in the files to files.
macro_rules! pages {
    ($($page:ident $file:literal)*) => {$(
        #[doc = include_str!("book/links.md")]
        #[doc = include_str!(concat!("../docs/", $file))]
        pub mod $page {}
    )*};
}

pages! {
    tutorial "tutorial.md"
    first_actor "first-actor.md"
    processes "processes.md"
    taxi_day "taxi-day.md"
    command "command.md"
    exit_codes "exit-codes.md"
    scenario_files "scenario-files.md"
    studies "studies.md"
    clusters "clusters.md"
    statistics "statistics.md"
    reports "reports.md"
    traces "traces.md"
    ties "ties.md"
    snapshots "snapshots.md"
    faults "faults.md"
    python "python.md"
    ray "ray.md"
    own_models "own-models.md"
    distributions "distributions.md"
    schedules "schedules.md"
    seizing "seizing.md"
    collectors "collectors.md"
    reference_models "reference-models.md"
    supervision "supervision.md"
    counterexamples "counterexamples.md"
    from_simpy "from-simpy.md"
    from_ray "from-ray.md"
    from_nexosim_and_tokio "from-nexosim-and-tokio.md"
    comparison "comparison.md"
    features "features.md"
    speed "speed.md"
    migration "migration.md"
}
