//! Comparisons that are kept: the words of one machine that keeps nothing, and the bytes of one
//! that does, however they are divided and killed.

use super::Place;
use super::divided::{Asked, division, files, run};
use super::sharded::{ends, files as named_files};
use flagfall::experiment::{Comparison, Finished, Grid, Replications};
use flagfall::statistics::Precision;
use flagfall_cli::study::{ComparisonEntry, Folder, Manifest, ScenarioEntry};
use proptest::prelude::*;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// A scenario: some replications fail, and not all scenarios have all measures.
fn scenario(number: usize, replication: u64) -> Result<Finished, String> {
    let mut finished = run(number, replication)?;
    if number > 0 {
        finished.measures.add("late", "1", Some(replication as f64 / 7.0));
    }
    Ok(finished)
}

fn entry(scenarios: usize, against_first: bool) -> ComparisonEntry {
    let named = |number| ScenarioEntry {
        name: format!("number {number}"),
        model: "days".to_owned(),
        run: vec!["run".to_owned(), format!("--number={number}")],
    };
    let scenarios = (0..scenarios).map(named).collect();
    ComparisonEntry { level: 0.9, against_first, of: Vec::new(), best: None, scenarios }
}

fn asked(entry: &ComparisonEntry, comparison: &Comparison, replications: Replications) -> Asked {
    let grid = Grid::new(Vec::new()).expect("a grid");
    let level = comparison.pair_level();
    let mut manifest = Manifest::new("days", 42, &grid, &[], &replications, level);
    manifest.comparison = Some(entry.clone());
    // What the folder says is asked for is what was asked for.
    assert_eq!(manifest.replications().as_ref(), Ok(&replications));
    let comparison = comparison.clone();
    let make =
        move |_: usize, replication| comparison.replication(|number| scenario(number, replication));
    Asked { manifest, replications, make: Arc::new(make) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_division_comes_to_the_comparison_that_is_not_kept(
        scenarios in 2..5_usize,
        against_first in any::<bool>(),
        fixed in 1..40_u64,
        precise in prop::option::of((1..60_u32, 20..300_u64)),
        parts in division(),
        killed in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u64), 0..3),
    ) {
        let entry = entry(scenarios, against_first);
        let comparison = entry.comparison().expect("a level");
        let replications = precise.map_or(Replications::Fixed(fixed), |(tenths, most)| {
            let precision = Precision::Absolute(f64::from(tenths) / 10.0);
            comparison.until(precision, &["wait".to_owned()], most).expect("a precision")
        });
        let wanted = comparison.run(&replications, 2, scenario).expect("rows");
        let place = Place::new("compared");
        let asked = asked(&entry, &comparison, replications);
        let whole = asked.whole(&place.join("whole"));
        let path = place.join("parts");
        for (which, most) in &killed {
            asked.shard(&path, parts[which.index(parts.len())], *most);
        }
        parts.iter().for_each(|part| drop(asked.shard(&path, *part, u64::MAX)));
        asked.merge_on(&path, &|| parts.clone());
        prop_assert!(files(&path) == whole, "bytes differ");
        for folder in ["whole", "parts"] {
            let compared = Folder::compared(&place.join(folder), &comparison).expect("rows");
            prop_assert!(compared == wanted, "{}: {:?}", folder, compared);
        }
    }
}

/// A folder with two scenarios in files.
fn with_files(name: &str) -> Place {
    let place = Place::new(name);
    for (file, text) in [
        ("one.toml", "model = \"taxi\"\nrides = 30\nfleet = 2\n"),
        ("other.toml", "model = \"taxi\"\nrides = 30\nfleet = 3\n"),
        ("queue.toml", "model = \"queue\"\ncustomers = 100\n"),
        ("seed.toml", "model = \"taxi\"\nrides = 30\nfleet = 3\nseed = 7\n"),
    ] {
        fs::write(place.join(file), text).expect("room");
    }
    place
}

/// Runs rounds of `count` shards until the comparison is complete.
fn divided(place: &Place, compared: &str, out: &str, count: u64, code: i32) {
    for _ in 0..9 {
        for part in (1..=count).rev() {
            let words = format!("compare {compared} --out {out} --shard {part}/{count} --quiet");
            ends(place, &words, 0);
        }
        let mut merge = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        let merged = merge.args(["merge", out]).current_dir(place.join("."));
        let got = merged.output().expect("it runs").status.code();
        if got != Some(6) {
            assert_eq!(got, Some(code), "{compared}");
            return;
        }
    }
    panic!("{compared} comes to no end");
}

#[test]
fn kept_or_not_in_parts_or_not_it_prints_the_same() {
    let place = with_files("compared-words");
    for (number, (compared, count, code)) in [
        ("taxi --rides 30 --set fleet=2,3,4 --replications 20", 3, 0),
        ("taxi --rides 30 --set fleet=2,3,4 --replications 20 --against-first", 3, 0),
        ("taxi --rides 30 --set fleet=2,3 --of refused_share --precision 0.02", 3, 0),
        ("taxi --rides 30 --set fleet=2,3 --of refused --precision 0.0001 --most 30", 2, 0),
        ("one.toml queue.toml --replications 9 --level 0.8", 4, 0),
        ("one.toml seed.toml other.toml --replications 9 --of commission", 2, 0),
        ("taxi --rides 10 --set max-events=1000000,120 --replications 12", 3, 1),
        ("taxi --rides 10 --set fleet=2,3 --max-events 9 --replications 4", 3, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let (whole, parts) = (format!("whole-{number}"), format!("parts-{number}"));
        let plain = [compared.to_owned(), format!("{compared} --json")];
        let plain = plain.map(|words| ends(&place, &format!("compare {words}"), code).stdout);
        let kept = ends(&place, &format!("compare {compared} --out {whole}"), code).stdout;
        assert!(kept == plain[0], "{compared}: {}", String::from_utf8_lossy(&kept));
        divided(&place, compared, &parts, count, code);
        for words in [
            format!("merge {parts}"),
            format!("merge {parts} --json"),
            format!("compare {compared} --out {whole}"),
            format!("compare {compared} --out {parts} --json"),
        ] {
            let output = ends(&place, &words, code);
            let wanted = &plain[usize::from(words.ends_with("--json"))];
            assert!(output.stdout == *wanted, "{words}: {compared}");
            let told = super::stderr(&output);
            assert!(told.contains("nothing was run"), "{told}");
        }
        let (whole, parts) = (place.join(&whole), place.join(&parts));
        assert!(named_files(&whole) == named_files(&parts), "{compared}");
    }
}

#[test]
fn killed_a_comparison_goes_on_where_it_was() {
    let place = Place::new("compared-killed");
    let compared = "compare taxi --rides 10 --set fleet=2,3 --replications 3000";
    let plain = ends(&place, &format!("{compared} --quiet"), 0).stdout;
    ends(&place, &format!("{compared} --out whole"), 0);
    let words = format!("{compared} --out killed --threads 1");
    let rows = || {
        let log = fs::read(place.join("killed").join("rows.log")).unwrap_or_default();
        log.iter().filter(|byte| **byte == b'\n').count()
    };
    for most in [3, 300, 900] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        command.args(words.split_whitespace()).current_dir(place.join("."));
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        while rows() < most {
            assert!(child.try_wait().expect("a child").is_none(), "it was over too soon");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("a child");
    }
    let output = ends(&place, &words, 0);
    let told = super::stderr(&output);
    assert!(told.contains("rows already: going on"), "{told}");
    assert!(output.stdout == plain);
    assert!(named_files(&place.join("killed")) == named_files(&place.join("whole")));
}

#[test]
fn folders_of_something_else_are_refused_by_name() {
    let place = with_files("compared-refused");
    let compared = "compare one.toml other.toml --replications 6";
    ends(&place, "sweep one.toml --replications 6 --out swept --quiet", 0);
    ends(&place, &format!("{compared} --out compared --quiet"), 0);
    ends(&place, &format!("{compared} --out parts --shard 1/2 --quiet"), 0);
    let version = place.join("old");
    ends(&place, &format!("{compared} --out old --shard 1/2 --quiet"), 0);
    let manifest = fs::read_to_string(version.join("manifest.json")).expect("a manifest");
    let manifest = manifest.replace(env!("CARGO_PKG_VERSION"), "0.0.9");
    fs::write(version.join("manifest.json"), manifest).expect("room");
    let of_sweep = "swept holds a study of the model taxi: only `flagfall sweep` can go on with it";
    let of_compare = "holds a comparison of scenarios of taxi: only `flagfall compare` can go on";
    for (words, part) in [
        (format!("{compared} --out swept"), of_sweep),
        (format!("{compared} --out swept --shard 1/2"), of_sweep),
        ("sweep one.toml --replications 6 --out compared".to_owned(), of_compare),
        ("sweep one.toml --replications 6 --out parts --shard 1/2".to_owned(), of_compare),
        (
            "compare one.toml queue.toml --replications 6 --out parts --shard 2/2".to_owned(),
            "scenario 2 `run taxi --rides=30 --fleet=3` there, `run queue --customers=100` here",
        ),
        (
            "compare other.toml one.toml --replications 6 --out compared".to_owned(),
            "scenario 1 `run taxi --rides=30 --fleet=2` there, `run taxi --rides=30 --fleet=3` here",
        ),
        (
            "compare one.toml seed.toml --replications 6 --out compared".to_owned(),
            "seed 42 there, varied here",
        ),
        (format!("{compared} --out compared --against-first"), "pairs all there, with the first"),
        (format!("{compared} --out compared --level 0.9"), "the level of all pairs 0.95 there"),
        (
            "compare one.toml other.toml seed.toml --replications 6 --out parts".to_owned(),
            "number of scenarios 2 there, 3 here",
        ),
        (format!("{compared} --out old --shard 2/2"), "old was begun by flagfall 0.0.9"),
        ("merge old".to_owned(), "old was begun by flagfall 0.0.9"),
    ] {
        let told = super::stderr(&ends(&place, &words, 5));
        assert!(told.contains(part), "{words}: {told}");
    }
    // Which measures are shown, and what a file is called, decides no row.
    fs::copy(place.join("one.toml"), place.join("1.toml")).expect("room");
    let renamed = "compare 1.toml other.toml --replications 6 --out compared --of refused";
    let output = ends(&place, renamed, 0);
    let told = super::stderr(&output);
    assert!(told.contains("nothing was run"), "{told}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("1.toml less other.toml") && !text.contains("commission"), "{text}");
    // Shards of another comparison do not get among those of this one.
    ends(&place, "compare one.toml queue.toml --replications 6 --out third --shard 2/2", 0);
    for entry in fs::read_dir(place.join("third/shards")).expect("shards") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        fs::copy(&path, place.join("parts/shards").join(name)).expect("room");
    }
    let told = super::stderr(&ends(&place, "merge parts", 5));
    assert!(told.contains("is of study"), "{told}");
}

#[test]
fn what_a_comparison_lacks_is_told_before_there_is_a_folder() {
    let place = Place::new("compared-lacks");
    let compared = "compare taxi --rides 10 --set fleet=2,3 --replications 4";
    for (words, part) in [
        (format!("{compared} --shard 1/2"), "--shard needs --out DIR"),
        (format!("{compared} --retry-failed"), "--retry-failed needs --out DIR"),
        (format!("{compared} --out made --of refuse"), "there is no measure refuse; there are"),
        (format!("{compared} --out made --of refuse --shard 1/2"), "there is no measure refuse;"),
        (
            "compare taxi --set fleet=2,3 --precision 1% --of refuse --out made".to_owned(),
            "there is no measure refuse; there are rides,",
        ),
        ("compare taxi --set fleet=2,3 --precision 1% --out made".to_owned(), "needs --of MEASURE"),
    ] {
        let told = super::stderr(&ends(&place, &words, 2));
        assert!(told.contains(part), "{words}: {told}");
        assert!(!place.join("made").exists(), "{words}");
    }
}

#[test]
fn a_failed_replication_names_its_scenario_and_the_limits_are_those_of_all() {
    let place = Place::new("compared-failed");
    let compared = "compare taxi --rides 10 --set max-events=1000000,120 --replications 12";
    let told = super::stderr(&ends(&place, &format!("{compared} --out made"), 1));
    let again = told.lines().find_map(|line| line.strip_prefix("again: flagfall "));
    let again = again.expect("the command that runs it again");
    assert!(again.contains("--max-events=120"), "{again}");
    let rows = fs::read_to_string(place.join("made").join("rows.csv")).expect("rows");
    let failed = rows.lines().filter(|row| row.contains("scenario 2: ")).collect::<Vec<_>>();
    assert!((1..12).contains(&failed.len()), "{rows}");
    assert!(failed.iter().all(|row| row.contains("flagfall run taxi --rides=10 --max-events=120")));
    assert!(failed[0].ends_with(again), "{} {again}", failed[0]);
    ends(&place, again, 1);
    let other = "compare taxi --rides 10 --set max-events=1000000,200 --replications 12";
    let told = super::stderr(&ends(&place, &format!("{other} --out made"), 5));
    assert!(told.contains("max-events `1000000; 120` there, `1000000; 200` here"), "{told}");
    // With other limits, those that failed can be tried again.
    ends(&place, &format!("{other} --out made --retry-failed"), 0);
    let plain = ends(&place, other, 0).stdout;
    assert!(ends(&place, &format!("{other} --out made"), 0).stdout == plain);
}
