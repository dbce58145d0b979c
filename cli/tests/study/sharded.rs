//! `flagfall sweep --shard`, `merge` and `shards`, as commands.

use super::{Place, stderr};
use flagfall::Measures;
use flagfall::experiment::Finished;
use flagfall_cli::{Host, HostedFunction, Program};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const STUDY: &str = "taxi --rides 20 --set fleet=2,4 --replications 60";

fn flagfall(place: &Place, words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(words.split_whitespace()).current_dir(&place.0).output().expect("it runs")
}

pub(super) fn ends(place: &Place, words: &str, code: i32) -> Output {
    let output = flagfall(place, words);
    assert_eq!(output.status.code(), Some(code), "{words}: {}", stderr(&output));
    output
}

fn shard(place: &Place, study: &str, out: &str, part: &str) {
    ends(place, &format!("sweep {study} --out {out} --shard {part} --quiet"), 0);
}

/// The files of a study, without those of its shards.
pub(super) fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(path).expect("a folder").map(|entry| entry.expect("one").path());
    let named = |path: PathBuf| {
        (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(path))
    };
    let files = entries.filter(|path| path.is_file()).map(named);
    files.map(|(name, bytes)| (name, bytes.expect("a file"))).collect()
}

/// The paths of the files of shards that end so.
fn shards(place: &Place, out: &str, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.join(out).join("shards")).expect("shards");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == end)).collect()
}

#[test]
fn merged_it_is_the_study_of_one_machine() {
    let place = Place::new("merged");
    let whole = place.swept("whole", STUDY);
    for part in ["3/3", "1/6", "4/6"] {
        shard(&place, STUDY, "parts", part);
    }
    let told = stderr(&ends(&place, "merge parts", 6));
    assert!(told.contains("parts has not all shards: 2/3 missing"), "{told}");
    let again = told.lines().find_map(|line| line.strip_prefix("as in: flagfall "));
    let again = again.expect("the command that runs it");
    assert!(!place.join("parts").join("rows.log").exists(), "nothing was begun");
    ends(&place, again, 0);
    let merged = ends(&place, "merge parts", 0);
    assert!(
        String::from_utf8_lossy(&merged.stdout).starts_with("taxi: 2 points, 120 replications")
    );
    assert!(files(&place.join("parts")) == whole);
    let told = stderr(&ends(&place, "merge parts", 0));
    assert_eq!(told, "parts has all 120 rows already: nothing was run\n");
    let told = stderr(&ends(&place, &format!("sweep {STUDY} --out parts --shard 1/9"), 0));
    assert_eq!(told, "parts has the whole study already: nothing was run\n");
    // Nothing of it is needed any more.
    fs::remove_dir_all(place.join("parts").join("shards")).expect("shards");
    ends(&place, "report parts --quiet", 0);
}

#[test]
fn a_sweep_runs_what_the_shards_have_not() {
    let place = Place::new("rest");
    for study in [STUDY, "taxi --set fleet=2,4 --precision 3% --of commission"] {
        let _ = fs::remove_dir_all(place.join("whole"));
        let _ = fs::remove_dir_all(place.join("parts"));
        let whole = place.swept("whole", study);
        for part in ["1/4", "2/4"] {
            shard(&place, study, "parts", part);
        }
        let told = stderr(&ends(&place, &format!("sweep {study} --out parts"), 0));
        assert!(told.contains("rows in shards: going on"), "{told}");
        assert!(files(&place.join("parts")) == whole, "{study}");
    }
    // And nothing if they have all.
    for part in ["1/2", "2/2"] {
        shard(&place, STUDY, "all", part);
    }
    let told = stderr(&ends(&place, &format!("sweep {STUDY} --out all"), 0));
    assert!(
        told.starts_with("taxi: seed 42, 120 replications at 2 points, 0 failed; study"),
        "{told}"
    );
}

#[test]
fn killed_a_shard_goes_on_where_it_was() {
    let place = Place::new("killed-shard");
    let study = "taxi --set fleet=2,3,4,5 --replications 1500";
    let whole = place.swept("whole", study);
    let words = format!("sweep {study} --out parts --shard 2/2 --threads 1 --quiet");
    let bytes = || {
        let logs = place.join("parts/shards").exists().then(|| shards(&place, "parts", "log"));
        let logs = logs.unwrap_or_default();
        logs.first().and_then(|log| log.metadata().ok()).map_or(0, |log| log.len())
    };
    for _ in 0..4 {
        let begun = bytes();
        let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        command.args(words.split_whitespace()).current_dir(&place.0);
        let mut child = command.stderr(Stdio::null()).spawn().expect("it runs");
        while bytes() < begun + 2000 {
            assert!(
                child.try_wait().expect("a child").is_none(),
                "it was done before it was killed"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("a child");
    }
    // A half-written row at the end, too.
    let logs = shards(&place, "parts", "log");
    let [log] = &logs[..] else { panic!("it was done before it was killed: {logs:?}") };
    let bytes = fs::read(log).expect("a log");
    fs::write(log, &bytes[..bytes.len() * 9 / 10]).expect("room");
    let listed = ends(&place, "shards parts", 0);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("\nrunning  ") && listed.contains(".2-of-2: "), "{listed}");
    let told = stderr(&ends(&place, &words, 0));
    assert!(told.contains("was torn or damaged; its rows are run again"), "{told}");
    shard(&place, study, "parts", "2/2");
    shard(&place, study, "parts", "1/2");
    assert_eq!(shards(&place, "parts", "shard").len(), 2);
    assert!(
        shards(&place, "parts", "log").is_empty() && shards(&place, "parts", "running").is_empty()
    );
    ends(&place, "merge parts --quiet", 0);
    assert!(files(&place.join("parts")) == whole);
}

#[test]
fn torn_doubled_and_foreign_files_are_told() {
    let place = Place::new("told");
    for part in ["1/3", "2/3", "3/3"] {
        shard(&place, STUDY, "parts", part);
    }
    shard(&place, &format!("{STUDY} --seed 7"), "other", "1/3");
    let of = |out: &str, part: &str| {
        let all = shards(&place, out, "shard");
        all.into_iter().find(|path| path.to_string_lossy().contains(part)).expect("a shard")
    };
    let torn = of("parts", "2-of-3");
    let bytes = fs::read(&torn).expect("a shard");
    fs::write(&torn, &bytes[..bytes.len() - 1]).expect("room");
    fs::copy(of("parts", "1-of-3"), place.join("parts/shards/copy.shard")).expect("room");
    let foreign = place.join("parts/shards/foreign.shard");
    fs::copy(of("other", "1-of-3"), &foreign).expect("room");
    let told = stderr(&ends(&place, "merge parts", 5));
    for name in ["foreign.shard is of study", "copy.shard", "2-of-3.shard (its last line"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    let listed = ends(&place, "shards parts", 0);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let refused = "\nparts cannot be merged: parts/shards has files that do not belong together: ";
    assert!(listed.contains(refused), "{listed}");
    let listed = ends(&place, "shards parts --json", 0);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed["missing"], serde_json::json!(["2/3"]));
    for (state, count) in [("done", 2), ("torn", 1), ("foreign", 1), ("doubled", 1), ("running", 0)]
    {
        assert_eq!(listed[state].as_array().expect("a list").len(), count, "{state}");
    }
    assert!(
        listed["refused"].as_str().is_some_and(|why| why.contains("foreign.shard is of study"))
    );
    fs::remove_file(foreign).expect("a file");
    let listed = ends(&place, "shards parts", 0);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(!listed.contains("be merged"), "{listed}");
    ends(&place, "merge parts", 6);
    // A torn file is made again in its place.
    shard(&place, STUDY, "parts", "2/3");
    ends(&place, "merge parts", 0);
    assert!(files(&place.join("parts")) == place.swept("whole", STUDY));
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_lost() {
    let place = Place::new("wrong");
    for part in ["0/4", "5/4", "3", "1/0", "1/2000000"] {
        let told = stderr(&ends(&place, &format!("sweep {STUDY} --out parts --shard {part}"), 2));
        assert!(told.contains(&format!("`{part}` is no shard: write I/N")), "{told}");
    }
    assert!(!place.join("parts").exists());
    for options in ["--retry-failed", "--repair"] {
        ends(&place, &format!("sweep {STUDY} --out parts --shard 1/2 {options}"), 2);
    }
    shard(&place, STUDY, "parts", "1/2");
    let known = shards(&place, "parts", "shard");
    for (options, wanted) in [
        ("--seed 7", "seed 42 there, 7 here"),
        ("--rides 21", "rides `20` there, `21` here"),
        ("--max-events 100", "under other limits"),
    ] {
        let study = STUDY
            .replace("--rides 20 ", if options.contains("rides") { "" } else { "--rides 20 " });
        let told =
            stderr(&ends(&place, &format!("sweep {study} {options} --out parts --shard 2/2"), 5));
        assert!(told.contains(wanted), "{told}");
    }
    assert_eq!(shards(&place, "parts", "shard"), known);
    fs::create_dir_all(place.join("full/of")).expect("a folder");
    let told = stderr(&ends(&place, &format!("sweep {STUDY} --out full --shard 1/2"), 3));
    assert!(told.contains("is not empty and is not a study"), "{told}");
    fs::create_dir_all(place.join("empty")).expect("a folder");
    for (command, folder) in [("merge", "full"), ("shards", "full"), ("merge", "empty")] {
        let told = stderr(&ends(&place, &format!("{command} {folder}"), 3));
        let wanted = format!("error: {folder} is not a study: it has no manifest.json\n");
        assert_eq!(told, wanted);
    }
    ends(&place, "merge nowhere", 3);
    let told = stderr(&ends(&place, "merge", 2));
    assert!(told.contains("merge"), "{told}");
    // The measure of a precision is looked for before there is a folder.
    let told =
        stderr(&ends(&place, "sweep taxi --precision 1% --of luck --out none --shard 1/2", 2));
    assert!(told.contains("there is no measure luck") && !place.join("none").exists(), "{told}");
}

#[test]
#[cfg(unix)]
fn without_room_a_shard_keeps_its_rows_and_goes_on() {
    let place = Place::new("shard-room");
    let study = "taxi --set fleet=2,3,4,5 --replications 500";
    let words = format!("sweep {study} --quiet --out full --shard 1/1");
    let program = env!("CARGO_BIN_EXE_flagfall");
    let limited = |words: &str| {
        let line = format!("trap '' XFSZ; ulimit -f 64; exec '{program}' {words}");
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(&place.0).output().expect("a shell")
    };
    let output = limited(&words);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("the same command again"), "{}", stderr(&output));
    let listed = ends(&place, "shards full", 0);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("\nfailed   ") && listed.contains("cannot write"), "{listed}");
    ends(&place, &words, 0);
    // Nor is there room to put them together.
    let output = limited("merge full");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write"), "{}", stderr(&output));
    assert!(!place.join("full/rows.csv").exists() && !place.join("full/rows.csv.partial").exists());
    ends(&place, "merge full --quiet", 0);
    assert!(files(&place.join("full")) == place.swept("whole", study));
}

#[test]
fn replications_that_fail_are_rows_of_a_shard() {
    let place = Place::new("failing");
    let study = "taxi --rides 40 --max-events 400 --replications 20";
    let whole = place.sweep("whole", study).output().expect("it runs");
    assert_eq!(whole.status.code(), Some(1));
    for part in ["1/2", "2/2"] {
        shard(&place, study, "parts", part);
    }
    let told = stderr(&ends(&place, "merge parts", 1));
    assert!(
        told.contains("14 of 20 replications failed") && told.contains("the first: "),
        "{told}"
    );
    assert!(files(&place.join("parts")) == files(&place.join("whole")));
}

/// Replications that failed in shards can be run again once they are rows of the study.
#[test]
fn what_failed_in_shards_is_run_again_after_they_are_merged() {
    let place = Place::new("retried");
    let study = "taxi --rides 40 --replications 1000 --max-events";
    let (tight, wide) = (format!("{study} 400"), format!("{study} 100000"));
    let whole = place.swept("whole", &wide);
    shard(&place, &tight, "parts", "1/2");
    let retry = format!("sweep {wide} --out parts --threads 1 --retry-failed");
    let told = stderr(&ends(&place, &retry, 3));
    assert!(told.contains("parts has shards that are not put together"), "{told}");
    assert!(told.contains("leave out --retry-failed"), "{told}");
    assert!(!place.join("parts/rows.log").exists());
    // With --repair nothing of them is lost: there is nothing to be repaired yet.
    let told = stderr(&ends(&place, &format!("sweep {tight} --out parts --repair"), 1));
    assert!(told.contains("500 rows in shards: going on"), "{told}");
    // Killed, it goes on with the rows that are run again, and not with those of shards.
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(retry.split_whitespace()).current_dir(&place.0).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::null()).spawn().expect("it runs");
    while !place.join("parts/rows.log").exists() {
        assert!(child.try_wait().expect("a child").is_none(), "it was done before it was killed");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("SIGKILL");
    child.wait().expect("a child");
    assert!(place.join("parts/rows.log").exists(), "it was done before it was killed");
    ends(&place, &retry, 0);
    assert!(files(&place.join("parts")) == whole);
}

/// Its call goes on by itself, whoever has run the shards.
#[test]
fn what_is_missing_of_a_function_is_run_by_its_call() {
    let place = Place::new("function");
    let program = Program::flagfall();
    let function = HostedFunction {
        name: "walk".to_owned(),
        arguments: vec!["walk".to_owned(), "{'steps': range(3)}".to_owned()],
        processes: 1,
        ..HostedFunction::default()
    };
    let own = |shard: &str| {
        let out = format!("--out={}", place.join("it's").display());
        vec!["--replications=20".to_owned(), out, shard.to_owned()]
    };
    let made = |_: usize, replication: u64| {
        let mut measures = Measures::new();
        measures.count("steps", replication);
        Ok(Finished { measures, events: 0, digest: None })
    };
    let study = |own: Vec<String>| {
        let own: Vec<String> = own.into_iter().filter(|word| !word.is_empty()).collect();
        Host::new(&program).study(&function, &own, &made, &mut |_| true).expect("a study")
    };
    study(own("--shard=1/2"));
    let told = stderr(&ends(&place, "merge it's", 6));
    for wanted in [
        "it's has not all shards: 2/2 missing; its call runs what is missing, and puts all \
         together, here or with on='ray' on a cluster\n",
        "\nas in: flagfall.study(walk, {'steps': range(3)}, replications=20, level=0.95, out='it\\'s')\n",
    ] {
        assert!(told.contains(wanted), "{told}");
    }
    study(own(""));
    ends(&place, "merge it's --quiet", 0);
}

#[test]
fn many_shards_may_begin_at_once() {
    let place = Place::new("at-once");
    let begin = |part: u32, seed: u32| {
        let words =
            format!("sweep {STUDY} --seed {seed} --out parts --shard {part}/8 --threads 1 --quiet");
        let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
        command.args(words.split_whitespace()).current_dir(&place.0).stderr(Stdio::piped());
        command.spawn().expect("it runs")
    };
    // One of them is of another study: the folder is of the first one there.
    let children: Vec<_> = (1..=8).map(|part| begin(part, 42)).chain([begin(1, 7)]).collect();
    let ended = children.into_iter().map(|child| child.wait_with_output().expect("it ends"));
    let codes: Vec<Option<i32>> = ended.map(|output| output.status.code()).collect();
    let count = |code| codes.iter().filter(|known| **known == Some(code)).count();
    assert!([(8, 1), (1, 8)].contains(&(count(0), count(5))), "{codes:?}");
}

#[test]
fn shards_of_numbers_with_little_in_common_are_not_all_there() {
    let place = Place::new("coprime");
    for part in ["1/999983", "1/999979"] {
        shard(&place, "taxi --rides 5 --replications 5", "days", part);
    }
    let listed = ends(&place, "shards days", 0);
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(
        listed.contains("too little in common") && !listed.contains("can be merged"),
        "{listed}"
    );
    let told = stderr(&ends(&place, "merge days", 6));
    assert!(told.contains("too little in common to say which; run all of one number"), "{told}");
}

/// The folder may be there before the first shard is.
#[test]
fn a_measure_that_is_none_is_told_in_an_empty_folder_too() {
    let place = Place::new("no-measure");
    fs::create_dir(place.0.join("days")).expect("a folder");
    for command in ["sweep", "compare"] {
        let study = "taxi --rides 10 --set fleet=4,5 --precision 1% --of 12.nope --out days";
        for part in ["--shard 1/2", ""] {
            let told = stderr(&ends(&place, &format!("{command} {study} {part}"), 2));
            assert!(
                told.contains("there is no measure 12.nope; there are rides, refused,"),
                "{told}"
            );
            assert_eq!(told.matches("rides").count(), 1, "{told}");
        }
        assert_eq!(fs::read_dir(place.0.join("days")).expect("a folder").count(), 0);
    }
}
