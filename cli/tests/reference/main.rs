//! The reference models (`examples/reference/`), held to theory and to SimPy by their own command.
//!
//! This binary is the tests, and with `REFERENCE_PROGRAM` in its environment it is the program that
//! they run: a command reads its process's arguments, and a test harness would understand them
//! otherwise.

mod page;
#[path = "../../../examples/reference/program.rs"]
mod program;
mod refused;
mod simpy;
mod study;
mod theory;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};

fn main() -> ExitCode {
    if std::env::var_os("REFERENCE_PROGRAM").is_some() {
        return program::main();
    }
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let tests: Vec<_> = TESTS.iter().filter(|(name, _)| name.contains(&wanted)).collect();
    if tests.is_empty() {
        let names: Vec<&str> = TESTS.iter().map(|(name, _)| *name).collect();
        eprintln!("no test has {wanted} in its name; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    std::fs::create_dir_all(folder()).expect("a folder");
    for (name, test) in tests {
        println!("test {name}");
        test();
    }
    std::fs::remove_dir_all(folder()).expect("the folder is there");
    ExitCode::SUCCESS
}

/// Names and functions of all tests, in order.
macro_rules! tests {
    ($($room:ident::$name:ident),* $(,)?) => {
        const TESTS: &[(&str, fn())] =
            &[$((concat!(stringify!($room), "::", stringify!($name)), $room::$name)),*];
    };
}

tests! {
    page::models_are_short,
    page::commands_on_the_page_run,
    page::results_are_those_on_the_page,
    page::scenario_files_are_studies,
    page::commands_on_pages_of_studies_run,
    refused::what_a_model_cannot_run_with_is_refused,
    refused::a_filter_without_a_test_fails,
    theory::staffed_time_is_right_at_the_end_of_shifts,
    theory::stations_are_used_as_much_as_their_work_takes,
    theory::responses_are_near_those_of_a_closed_network,
    theory::costs_of_the_inventory_are_those_of_its_markov_chain,
    theory::callers_wait_as_erlang_says,
    theory::callers_leave_as_erlang_says,
    theory::round_trips_are_those_of_barney,
    simpy::means_are_those_of_simpy,
    simpy::runs_on_the_same_arrivals_are_the_same,
    simpy::another_model_is_found_to_be_another,
}

/// Where studies are kept while the tests run.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("flagfall-reference-{}", std::process::id()))
}

fn reference(words: &[&str]) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.env("REFERENCE_PROGRAM", "1").args(words).current_dir(folder());
    command.output().expect("it runs")
}

/// What a command prints that ends well.
fn printed(words: &[&str]) -> String {
    let output = reference(words);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A file of the repository.
fn path_of(path: &str) -> String {
    format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(path_of(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
