//! Scenarios under common random numbers: `flagfall compare`, and the comparison behind it.

use crate::command::{run, stderr, stdout};
use crate::scenario::Folder;
use flagfall::Measures;
use flagfall::experiment::{Comparison, Finished, Replications};
use flagfall::statistics::{Precision, StatisticsError};
use serde_json::Value;
use std::convert::Infallible;

fn json(arguments: &str) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn equal_scenarios_differ_by_exactly_nothing() {
    let folder = Folder::new("compare-equal");
    let one = folder.file("one.toml", "model = \"taxi\"\nrides = 20\nfleet = 2\n");
    let other = folder.file("other.toml", "model = \"taxi\"\nfleet = 2\nrides = 20\npace = 1.0\n");
    let refused = run(&format!("compare {} {}", one.display(), other.display()));
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("--pace is for one run"), "{}", stderr(&refused));
    let other = folder.file("other.toml", "model = \"taxi\"\nfleet = 2\nrides = 20\n");
    let command = format!("compare {} {} --replications 20", one.display(), other.display());
    let compared = json(&format!("{command} --json"));
    let measures = compared["measures"].as_array().expect("measures");
    assert!(measures.len() > 3);
    for measure in measures {
        let pair = &measure["pairs"][0];
        if number(&pair["count"]) > 0.0 {
            // What is always the same has no interval.
            assert_eq!((number(&pair["mean"]), &pair["interval"]), (0.0, &"undefined".into()));
            assert!(pair["half_width"].is_null());
            assert_eq!(pair["established"], false);
            assert_eq!(measure["scenarios"][0], measure["scenarios"][1]);
        }
    }
    let text = stdout(&run(&format!("{command} --of refused_share")));
    assert!(text.contains("  0, equal in every replication"), "{text}");
    assert!(text.contains("one.toml = ") && text.contains("is the same with"), "{text}");
    assert!(text.trim_end().ends_with("in all 20 replications."), "{text}");
}

#[test]
fn asking_for_one_measure_keeps_the_replications_of_the_file() {
    let folder = Folder::new("compare-of");
    let text = "model = \"taxi\"\nreplications = 7\n[grid]\nfleet = [2, 3]\n";
    let file = folder.file("grid.toml", text);
    let compared = json(&format!("compare {} --json --of refused_share", file.display()));
    assert_eq!(compared["replications"], 7);
}

#[test]
fn four_taxis_refuse_more_than_five() {
    let command = "compare taxi --rides 60 --set fleet=4,5,3 --replications 40 --of refused_share";
    let compared = json(&format!("{command} --json --threads 1"));
    assert_eq!(compared["format"], "flagfall/compare/1");
    assert_eq!(compared["replications"], 40);
    assert!((number(&compared["pair_level"]) - (1.0 - 0.05 / 3.0)).abs() < 1e-12);
    let measure = &compared["measures"][0];
    assert_eq!(compared["measures"].as_array().map(Vec::len), Some(1));
    assert_eq!(measure["ranking"], serde_json::json!([1, 0, 2]));
    let mean = |scenario: usize| number(&measure["scenarios"][scenario]["mean"]);
    for (pair, (first, second)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
        let pair = &measure["pairs"][pair];
        assert_eq!((&pair["first"], &pair["second"]), (&first.into(), &second.into()));
        assert_eq!(pair["established"], true, "{pair}");
        let difference = number(&pair["mean"]);
        assert!((difference - (mean(first) - mean(second))).abs() < 1e-12);
        // All of them have the same rides.
        let ratio = number(&pair["variance_ratio"]);
        assert!(ratio < 0.9, "{pair}");
        assert_eq!(number(&pair["independent_replications"]), (40.0 / ratio).ceil());
    }
    // Each scenario is the run that it says it is.
    let words: Vec<&str> = compared["scenarios"][1]["run"]
        .as_array()
        .expect("words")
        .iter()
        .map(|word| word.as_str().expect("a word"))
        .collect();
    assert_eq!(words[..2], ["run", "taxi"]);
    assert!(words.contains(&"--fleet=5"), "{words:?}");
    assert!(run(&words.join(" ")).status.success());
    // The same bytes on any number of threads.
    let (one, two) =
        (run(&format!("{command} --threads 1")), run(&format!("{command} --threads 3")));
    assert_eq!(stdout(&one), stdout(&two));
    let text = stdout(&one);
    assert!(text.contains("from the lowest: fleet=5 < fleet=4 < fleet=3"), "{text}");
    let last = text.lines().last().expect("a sentence");
    assert!(
        last.starts_with("refused_share is 0.") && last.contains(" lower with fleet=5"),
        "{text}"
    );
    assert!(last.contains("common random numbers took 40."), "{text}");
    let first = stdout(&run(&format!("{command} --against-first")));
    assert!(first.contains("of the 2 differences at 97.5 % each"), "{first}");
    assert!(!first.contains("fleet=5 less fleet=3"), "{first}");
}

#[test]
fn a_file_with_a_grid_is_its_points() {
    let folder = Folder::new("compare-grid");
    let file = folder.file(
        "days.toml",
        "model = \"taxi\"\nrides = 20\nreplications = 5\nlevel = 0.9\n[grid]\nfleet = [2, 3]\n",
    );
    let by_file = run(&format!("compare {} --threads 1", file.display()));
    let by_options =
        run("compare taxi --rides 20 --replications 5 --level 0.9 --set fleet=2,3 --threads 1");
    assert!(by_file.status.success(), "{}", stderr(&by_file));
    assert_eq!(stdout(&by_file), stdout(&by_options));
    assert!(stdout(&by_file).contains("fleet=2 less fleet=3"));
    // What is given beside it counts.
    let fewer = run(&format!("compare {} --replications=4", file.display()));
    assert!(stdout(&fewer).contains("4 replications of each"), "{}", stdout(&fewer));
}

#[test]
fn precision_is_that_of_every_difference() {
    let command = "compare taxi --rides 60 --set fleet=3,4,5 --of refused_share --json";
    let compared = json(&format!("{command} --precision 0.02"));
    let replications = number(&compared["replications"]);
    assert!((10.0..1_000.0).contains(&replications), "{replications}");
    let pairs = compared["measures"][0]["pairs"].as_array().expect("pairs");
    assert_eq!(pairs.len(), 3);
    assert!(pairs.iter().all(|pair| number(&pair["half_width"]) <= 0.02), "{pairs:?}");
    // One less would not do: it is the first number that is enough.
    let less = replications as u64 - 1;
    if less >= 10 {
        let before = json(&format!("{command} --replications {less}"));
        let pairs = before["measures"][0]["pairs"].as_array().expect("pairs");
        assert!(pairs.iter().any(|pair| number(&pair["half_width"]) > 0.02), "{pairs:?}");
    }
    let most = run(&format!("{command} --precision 0.000001 --most 12"));
    assert!(stderr(&most).contains("note: 12 replications are the most"), "{}", stderr(&most));
}

#[test]
fn mistakes_are_named_with_their_remedy() {
    let folder = Folder::new("compare-mistakes");
    let good = folder.file("good.toml", "model = \"taxi\"\n");
    let bad = folder.file("bad.toml", "model = \"taxi\"\ncommission = 3\n");
    let grid = folder.file("grid.toml", "model = \"taxi\"\ngrid.fleet = [1, 2]\n");
    let (good, bad, grid) = (good.display(), bad.display(), grid.display());
    for (arguments, code, wanted) in [
        ("compare taxi".to_owned(), 2, "vary an option with --set, like --set fleet=4,5"),
        ("compare taxi --set fleet=4".to_owned(), 2, "--set gives 1 scenarios: two are the least"),
        ("compare taxi --set fleet=4,x".to_owned(), 2, "invalid value 'x' for '--fleet <N>'"),
        ("compare taxi --set flet=4,5".to_owned(), 2, "did you mean fleet?"),
        ("compare taxi --set fleet=4,5 --trace".to_owned(), 2, "--trace is for one run"),
        (
            "compare taxi --set fleet=4,5 --precision 1%".to_owned(),
            2,
            "--precision needs --of MEASURE",
        ),
        ("compare taxi --set fleet=4,5 --of refuse".to_owned(), 2, "there is no measure refuse;"),
        (
            "compare taxi --set fleet=4,5 --of refuse --precision 1%".to_owned(),
            2,
            "there is no measure refuse; there are rides,",
        ),
        (
            "compare taxi --set fleet=4,5 --max-events 9".to_owned(),
            1,
            "all 100 replications failed",
        ),
        ("compare taxy".to_owned(), 2, "taxy is neither a model nor a scenario file"),
        (format!("compare {good} none.toml"), 3, "cannot read none.toml"),
        (format!("compare {good} {bad}"), 3, "bad.toml: line 2, column 14: a commission of 3"),
        (format!("compare {good} {grid}"), 3, "grid.toml: line 2, column 6: a grid of 2 points"),
    ] {
        let output = run(&arguments);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {error}");
        assert!(error.contains(wanted), "{arguments}: {error}");
    }
}

/// A number between 0 and 1 from three others (SplitMix64).
fn uniform(parts: [u64; 3]) -> f64 {
    let mut state = 0_u64;
    for part in parts {
        state = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^= state >> 31;
    }
    (state >> 11) as f64 / (1_u64 << 53) as f64
}

/// A run whose mean is that of its scenario, a tenth of it: most of its chance is common.
fn synthetic(study: u64, scenario: usize, replication: u64) -> Result<Finished, Infallible> {
    let normal =
        |of: u64| (0..12).map(|draw| uniform([study, replication, of + draw])).sum::<f64>();
    let (common, own) = (normal(0) - 6.0, normal(100 * (scenario as u64 + 1)) - 6.0);
    let mut measures = Measures::new();
    measures.add("x", "s", scenario as f64 / 10.0 + common + own / 4.0);
    measures.add("only_of_even", "1", (replication % 2 == 0).then_some(1.0));
    Ok(Finished { measures, events: 1, digest: None })
}

#[test]
fn intervals_cover_the_true_differences_together() {
    for (scenarios, pairs, least, most) in [(2, 1, 930, 970), (3, 3, 935, 985)] {
        let comparison = Comparison::of_all_pairs(scenarios, 0.95).expect("a level");
        let mut covered = 0;
        for study in 0..1_000 {
            let compared = comparison.run(&Replications::Fixed(15), 1, |scenario, replication| {
                synthetic(study, scenario, replication)
            });
            let compared = compared.expect("no errors");
            let measure = compared.measure("x").expect("a measure");
            assert_eq!(measure.pairs.len(), pairs);
            let right = compared.pairs.iter().zip(&measure.pairs).all(|((one, other), paired)| {
                let interval = paired.interval(comparison.pair_level()).expect("an interval");
                interval.covers((*one as f64 - *other as f64) / 10.0)
            });
            covered += usize::from(right);
        }
        assert!((least..=most).contains(&covered), "{scenarios} scenarios: {covered}");
    }
}

#[test]
fn pairs_count_where_both_are_defined_and_failures_count_for_none() {
    let comparison = Comparison::with_first(3, 0.9).expect("a level");
    assert!((comparison.pair_level() - 0.95).abs() < 1e-12);
    let compared = comparison.run(&Replications::Fixed(10), 2, |scenario, replication| {
        if (scenario, replication) == (1, 4) {
            return Err("broken".to_owned());
        }
        Ok(synthetic(1, scenario, replication).expect("no errors"))
    });
    let compared = compared.expect("rows");
    assert_eq!(compared.pairs, [(0, 1), (0, 2)]);
    assert_eq!(compared.failed, [(4, "scenario 2: broken".to_owned())]);
    assert_eq!(compared.replications, 10);
    let counts = |name: &str| {
        let measure = compared.measure(name).expect("a measure");
        (measure.scenarios[0].count(), measure.pairs[1].difference().count())
    };
    assert_eq!(counts("x"), (9, 9));
    assert_eq!(counts("only_of_even"), (4, 4));
    let too_few = Comparison::of_all_pairs(1, 0.9).err();
    assert_eq!(too_few, Some(StatisticsError::TooFew { needed: 2, got: 1 }));
    assert!(Comparison::of_all_pairs(2, 1.0).is_err());
    assert!(comparison.until(Precision::Absolute(-1.0), &["x".to_owned()], 9).is_err());
}
