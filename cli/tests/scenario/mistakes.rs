//! Every mistake in a file is told with its line and column, and shown.

use super::{Folder, run};
use flagfall_cli::check_scenario;

#[test]
fn mistakes_name_their_place() {
    let folder = Folder::new("scenario-mistakes");
    let long = "a".repeat(10_000);
    for (text, wanted) in [
        ("seed = 1\n", "line 1, column 1: no model: write a line like model = \"taxi\""),
        ("model = 3\n", "line 1, column 9: model is a text"),
        ("model = \"taxy\"\n", "line 1, column 9: no model is called taxy: did you mean taxi?"),
        ("model = \"x\"\n", "no model is called x; there are taxi, parameter-server"),
        (
            "model = \"taxi\"\n\n  flet = 2\n",
            "line 3, column 3: taxi has no option flet: did you mean fleet?",
        ),
        (
            "model = \"taxi\"\nfleet = true\n",
            "line 2, column 9: fleet is a text, a number or a list",
        ),
        ("model = \"taxi\"\njson = 1\n", "line 2, column 8: json is true or false"),
        ("model = \"taxi\"\nfleet = [1, [2]]\n", "line 2, column 13: fleet is a text"),
        ("model = \"taxi\"\nfleet = \n", "line 2, column"),
        ("model = \"taxi\"\nseed = 1\nseed = 2\n", "line 3, column"),
        (long.as_str(), "line 1, column"),
    ] {
        let output = run(&folder.file("bad.toml", text), &[]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{error}");
        assert!(error.contains("bad.toml: ") && error.contains(wanted), "{error}");
    }
    let text = format!("model = \"taxi\"\n#{}", "x".repeat(1 << 18));
    let output = run(&folder.file("bad.toml", &text), &[]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("bad.toml is longer than 262144 bytes: put long lists"), "{error}");
    let output = run(&folder.0.join("none.toml"), &[]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("cannot read") && error.contains("none.toml"), "{error}");
}

/// The words of a mistake in a file of that text.
fn told(text: &str) -> String {
    check_scenario(text).expect_err(text)
}

#[test]
fn refused_values_are_shown_where_they_stand() {
    assert_eq!(
        told("model = \"taxi\"\n\tfleet = \"two\"  # cars\n"),
        "line 2, column 10: fleet cannot be \"two\": write a whole number\n  \
         |\n2 | \tfleet = \"two\"  # cars\n  | \t        ^^^^^\n  \
         = fleet is a whole number, not below 0: How many taxis; those beyond the named drivers \
         are called Taxi 5, ... [default: one a driver]"
    );
    for (line, wanted) in [
        ("fleet = -1", "column 9: fleet cannot be \"-1\": -1 is not in 0.."),
        (
            "fleet = 99999999999",
            "column 9: fleet cannot be \"99999999999\": 99999999999 is not in 0..",
        ),
        ("fleet = \"\"", "column 9: fleet is empty: write a whole number"),
        ("fleet = [2, 4]", "to vary it, move the line below a line [grid]"),
        ("cpus = 0", "column 8: cpus cannot be \"0\": 0 is not in 1.."),
        ("every = 1", "column 9: every cannot be \"1\": `1` has no unit: write 1s"),
        ("lang = \"de\"", "column 8: lang cannot be \"de\": write fr or en"),
        ("latency = \"soon\"", "column 11: latency cannot be \"soon\": `soon` is not a latency"),
        // The one that is wrong among many.
        (
            "durations = [1, \"2x\", 3]",
            "column 17: durations cannot be \"2x\": `2x` has an unknown",
        ),
        ("link = [\"a->b=1s\", \"b\"]", "column 20: link cannot be \"b\": `b` is not a link"),
        ("fault = [\"slow a by 2\", \"b c\"]", "column 25: --fault 'b c': line 1, column 1: `b`"),
    ] {
        let error = told(&format!("model = \"taxi\"\n{line}\n"));
        assert!(error.starts_with("line 2, ") && error.contains(wanted), "{error}");
        assert!(error.contains(&format!("\n2 | {line}\n")), "{error}");
    }
    // Numbers are numbers however they are written.
    let written = check_scenario("model = \"taxi\"\nfleet = 0x1_0\n").expect("a scenario");
    assert!(written.expect("no files").contains("\nfleet = 16\n"));
}

#[test]
fn what_does_not_go_together_is_shown_at_the_later_of_the_two() {
    for (text, wanted) in [
        (
            "rides = 5\ndurations = [1]",
            "line 3, column 1: durations and rides (line 2) exclude each other: remove one",
        ),
        (
            "durations = [1]\nride-seconds = 2",
            "line 3, column 1: ride-seconds and durations (line 2)",
        ),
        ("no-digest = true\ndigest = \"all\"", "line 3, column 1: digest and no-digest (line 2)"),
        ("seed = 1\nsummary = true", "line 3, column 1: summary needs json, too: add a line"),
        (
            "price = 2\ncommission = 3",
            "line 3, column 14: a commission of 3 is above the price of 2",
        ),
        ("poll-every = \"0s\"", "line 2, column 14: --poll-every is 0: write a span above 0"),
        (
            "drivers = [\"c\", \"a,b\"]",
            "line 2, column 17: an item of drivers cannot be \"a,b\": a ',' separates them; write \
             each as an item of its own",
        ),
        (
            "durations = [2, \"1,5\"]",
            "line 2, column 17: an item of durations cannot be \"1,5\": a ',' separates them",
        ),
        ("drivers = [\"a\", \"a\"]", "line 2, column 12: --drivers has two drivers named a"),
        ("replications = 9\nprecision = 0.1", "line 3, column 1: replications in line 2 excludes"),
        ("fleet = 2\ngrid.fleet = [3]", "line 3, column 6: fleet has a value in line 2 and levels"),
    ] {
        let error = told(&format!("model = \"taxi\"\n{text}\n"));
        assert!(error.starts_with(wanted), "{error}");
        assert!(error.contains('^'), "{error}");
    }
    let error = told("model = \"actor-tree\"\ncrash = [\"1@2s\", \"9@1s\"]\n");
    assert!(error.contains("line 2, column 18: --crash 9@1s: there is no worker 9"), "{error}");
}

#[test]
fn what_a_named_file_has_wrong_is_shown_where_it_is_named() {
    let folder = Folder::new("scenario-named");
    folder.file("plan.txt", "slow a by 2\nstop b\n");
    for (line, wanted) in [
        ("faults = \"plan.txt\"", "plan.txt: line 2, column 1: `stop` is not a rule"),
        ("faults = \"none.txt\"", "cannot read"),
    ] {
        let text = format!("model = \"taxi\"\n{line}\n");
        let output = run(&folder.file("bad.toml", &text), &[]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{error}");
        assert!(error.contains("bad.toml: line 2, column 10: "), "{error}");
        assert!(error.contains(wanted) && error.contains("^^^^^^^^^^"), "{error}");
    }
}

#[test]
fn mistakes_beside_the_file_are_not_shown_in_it() {
    let folder = Folder::new("scenario-beside");
    let file = folder.file("day.toml", "model = \"taxi\"\nfleet = 2\n");
    for (beside, wanted) in [
        (&["--fleet", "x"][..], "invalid value 'x' for '--fleet <N>'"),
        (&["--rides=1", "--durations=1"], "cannot be used with"),
        (&["--poll-every=0s"], "--poll-every is 0"),
    ] {
        let output = run(&file, beside);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(wanted) && !error.contains("day.toml"), "{error}");
    }
    let output = run(&file, &["--help"]);
    assert!(output.status.success() && output.stdout.starts_with(b"Taxi fleet"));
}

#[test]
fn long_lines_are_not_shown() {
    let error = told(&format!("model = \"taxi\"\nfleet = \"two\" # {}\n", "x".repeat(200)));
    assert!(error.starts_with("line 2, column 9: ") && !error.contains('|'), "{error}");
    let error = told(&format!("model = \"taxi\"\nfleet = \"{}\"\n", "x".repeat(50)));
    assert!(error.starts_with("line 2, column 9: fleet cannot be this: "), "{error}");
}
