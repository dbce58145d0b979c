//! Numeric options at their ends: refused by name, or they work.

use super::Place;
use proptest::prelude::*;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NUMBERS: [&str; 26] = [
    "0",
    "-0",
    "1",
    "2",
    "3",
    "1e-300",
    "0.5",
    "0.01",
    "0.0099",
    "0.95",
    "0.999999",
    "0.9999999",
    "1.5",
    "-1",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "1e309",
    "4294967296",
    "100000000",
    "100000001",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "",
];

const OPTIONS: [&str; 7] =
    ["replications", "precision", "fewest", "most", "level", "threads", "run"];

/// Exit code and what was told, or `None` if it went on for so long that it was ended.
fn ends(place: &Place, words: &str) -> Option<(Option<i32>, String)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .args(words.split_whitespace())
        .current_dir(place.join("."))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(2) {
            child.kill().expect("SIGKILL");
            child.wait().expect("a child");
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().expect("a child");
    Some((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_number_is_refused_by_name_or_works(
        command in 0..3_usize, option in 0..OPTIONS.len(), number in 0..NUMBERS.len(),
        percent in any::<bool>(),
    ) {
        let (option, number) = (OPTIONS[option], NUMBERS[number]);
        let place = Place::new("ends");
        let command = match command {
            0 => "sweep taxi --rides 2 --out days",
            1 => "compare taxi --rides 2 --set fleet=1,2 --of refused_share",
            _ => "report none --html page.html",
        };
        // It is worth nothing without another.
        let beside = if command.starts_with("report") {
            ""
        } else if ["fewest", "most"].contains(&option) { "--precision 50% " } else { "" };
        let percent = if percent && option == "precision" { "%" } else { "" };
        let words = format!("{command} {beside}--{option}={number}{percent}");
        match ends(&place, &words) {
            // A million replications take their time.
            None => {}
            Some((Some(2), told)) => prop_assert!(told.contains(&format!("--{option}")), "{}: {}", words, told),
            Some((Some(3), _)) => prop_assert!(words.starts_with("report"), "{}", words),
            Some((code, told)) => prop_assert_eq!(code, Some(0), "{}: {}", words, told),
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_bounds() {
    let place = Place::new("bounds");
    for (words, wanted) in [
        (
            "compare taxi --set fleet=1,2 --replications 18446744073709551615",
            "is not in 2..=100000000",
        ),
        ("compare taxi --set fleet=1,2 --level 1e-300", "a number from 0.01 to 0.999999"),
        ("compare taxi --set fleet=1,2 --level 0.9999999", "a number from 0.01 to 0.999999"),
        ("sweep taxi --out x --level 1e-300", "a number from 0.01 to 0.999999"),
        ("sweep taxi --out x --level NaN", "a number from 0.01 to 0.999999"),
        (
            "sweep taxi --out x --precision 1% --most 18446744073709551615",
            "is not in 2..=100000000",
        ),
    ] {
        let (code, told) = ends(&place, words).expect("it ends");
        assert_eq!(code, Some(2), "{words}");
        assert!(told.contains(wanted), "{words}: {told}");
    }
    for words in [
        "compare taxi --rides 2 --set fleet=1,2 --replications 3 --level 0.999999",
        "compare taxi --rides 2 --set fleet=1,2 --replications 3 --level 0.01",
        "sweep taxi --rides 2 --replications 3 --out x --level 0.999999",
    ] {
        assert_eq!(ends(&place, words).expect("it ends").0, Some(0), "{words}");
    }
}
