//! What ends before it begins: values of options, and names of tests.

use super::reference;
use std::process::Command;

/// With exit code 2, and an error that names the option and says what it takes.
pub(crate) fn what_a_model_cannot_run_with_is_refused() {
    let kinds = "there are 0, 1 and 2: write one of them, or weighted(";
    let share = "a share is a number from 0 to 1";
    for (model, option, remedy) in [
        ("time_shared", "--responses=0", "0 is not in 1.."),
        ("time_shared", "--quantum=0s", "no job would ever end"),
        ("emergency", "--class=3", kinds),
        ("emergency", "--class=-1", kinds),
        ("emergency", "--class=0.5", kinds),
        ("emergency", "--class=poisson(1)", kinds),
        ("emergency", "--doctors=0", "write a number above 0"),
        ("emergency", "--nurses=daily(0: 0, 8h: 0)", "write a number above 0"),
        ("job_shop", "--kind=3", kinds),
        ("job_shop", "--machines=0,1,1,1,1", "0 is not in 1.."),
        ("job_shop", "--machines=1,1", "there are five stations"),
        ("port", "--kind=3", kinds),
        ("port", "--berths=0", "0 is not in 1.."),
        ("port", "--tugs=0", "0 is not in 1.."),
        ("elevators", "--incoming=2", share),
        ("elevators", "--incoming=nan", share),
        ("elevators", "--outgoing=-0.1", share),
        ("elevators", "--floors=0", "0 is not in 1.."),
        ("elevators", "--room=0", "zero"),
        ("line", "--rework=1.5", share),
        ("line", "--rework=often", "write a number"),
        ("line", "--room=0", "zero"),
        ("line", "--batch=0", "zero"),
        ("inventory", "--demand=0.5", "whole numbers, 0 or more"),
        ("inventory", "--demand=-1", "whole numbers, 0 or more"),
    ] {
        let output = reference(&["run", model, option]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{model} {option}: {told}");
        let (name, _) = option.split_once('=').expect("an option");
        assert!(told.contains(name) && told.contains(remedy), "{model} {option}: {told}");
    }
}

/// Otherwise a wrong name would look like a test that passed.
pub(crate) fn a_filter_without_a_test_fails() {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    let output = command.arg("no_such_test").output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("no test has no_such_test in its name; there are page::"), "{told}");
}
