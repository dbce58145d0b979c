//! Models of one's own that misbehave, and command lines that cannot be.
//!
//! This binary is the tests, and with `OWN_PROGRAM` in its environment it is the
//! program that they run: a command reads its process's arguments, so that it needs a
//! process, and a test harness would understand them otherwise.

mod answers;
mod collected;
mod dice;
mod dinner;
mod hooks;
mod page;
mod programs;

use answers::{
    a_start_may_not_change_the_seed, one_model_has_one_answer, what_a_start_overrides_is_told,
};
use collected::{
    a_warm_up_that_is_not_over_is_told, resources_of_a_run_are_on_the_page,
    series_of_collectors_are_those_of_the_model, studies_have_the_results_of_collectors,
    the_desk_on_the_page_is_this_one,
};
use hooks::{
    files_are_read_once_before_the_runs, models_have_lines_and_fields_of_their_own,
    own_models_are_copied_saved_and_resumed, panics_in_any_function_are_errors,
};
use page::{
    distributions_are_options, schedules_and_arrivals_are_options,
    seeds_of_branches_reach_the_processes_of_the_model_on_the_page,
    the_model_on_the_page_is_this_one,
};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};

fn main() -> ExitCode {
    if let Ok(program) = std::env::var("OWN_PROGRAM") {
        return programs::run(&program);
    }
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for (name, test) in TESTS.iter().filter(|(name, _)| name.contains(&wanted)) {
        println!("test {name}");
        test();
    }
    ExitCode::SUCCESS
}

/// Names and functions of all tests, in order.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        const TESTS: &[(&str, fn())] = &[$((stringify!($name), $name)),*];
    };
}

tests! {
    options_of_all_kinds_are_kept,
    files_are_found_beside_the_scenario,
    a_study_whose_file_was_changed_is_another_one,
    panics_of_the_model_are_errors_of_the_run,
    panics_under_other_commands_are_told,
    panics_in_a_study_are_rows,
    a_run_that_is_stuck_is_an_error,
    replications_that_are_stuck_are_failed_rows,
    other_commands_tell_that_runs_are_stuck,
    the_horizon_is_the_end_of_what_is_measured,
    panics_that_carry_another_are_errors_like_any,
    checks_are_mistakes_of_the_command_line,
    built_in_models_stand_beside,
    what_no_command_line_can_have_is_told,
    a_process_runs_several_commands,
    the_model_on_the_page_is_this_one,
    seeds_of_branches_reach_the_processes_of_the_model_on_the_page,
    distributions_are_options,
    schedules_and_arrivals_are_options,
    the_desk_on_the_page_is_this_one,
    studies_have_the_results_of_collectors,
    resources_of_a_run_are_on_the_page,
    series_of_collectors_are_those_of_the_model,
    a_warm_up_that_is_not_over_is_told,
    branches_that_do_not_differ_are_told,
    studies_of_own_models_say_what_others_do,
    models_have_lines_and_fields_of_their_own,
    files_are_read_once_before_the_runs,
    own_models_are_copied_saved_and_resumed,
    panics_in_any_function_are_errors,
    one_model_has_one_answer,
    what_a_start_overrides_is_told,
    a_start_may_not_change_the_seed,
}

fn own(program: &str, words: &[&str]) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.env("OWN_PROGRAM", program).args(words).output().expect("it runs")
}

fn told(program: &str, words: &[&str], code: i32) -> String {
    let output = own(program, words);
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    text
}

fn printed(program: &str, words: &[&str]) -> String {
    let output = own(program, words);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words:?}: {told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagfall-own-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a plain name").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn parameters(words: &[&str]) -> Value {
    let object = printed("odd", &[words, &["--json", "-q"]].concat());
    serde_json::from_str::<Value>(&object).expect("one JSON object")["parameters"].clone()
}

fn options_of_all_kinds_are_kept() {
    let usual = serde_json::json!({"panic": "never", "flag": false, "no-flag": false});
    assert_eq!(parameters(&["run", "odd"]), usual);
    let given = ["--flag", "--no-flag", "--many", "1", "--many=2", "--list=a,b", "--word=true"];
    let by_options = parameters(&[&["run", "odd"][..], &given].concat());
    let wanted = serde_json::json!({
        "panic": "never", "flag": true, "no-flag": true, "many": ["1", "2"], "list": ["a", "b"],
        "word": true,
    });
    assert_eq!(by_options, wanted);
    let folder = Folder::new("kinds");
    let text = "model = \"odd\"\nflag = true\nno-flag = true\nmany = [1, 2]\nlist = [\"a\", \"b\"]\n\
                word = \"true\"\n";
    let file = folder.file("all.toml", text);
    assert_eq!(parameters(&["run", &file]), wanted);
    // What the model itself has read is the same, too.
    let shown = |words: &[&str]| printed("odd", &[words, &["-q"]].concat());
    let plain = shown(&[&["run", "odd"][..], &given].concat());
    assert_eq!(shown(&["run", &file]), plain);
    assert!(plain.contains("many   3\n") && plain.contains("flags  2\n"), "{plain}");
}

fn files_are_found_beside_the_scenario() {
    let folder = Folder::new("files");
    folder.file("five.txt", "12345");
    let file = folder.file("read.toml", "model = \"odd\"\nfile = \"five.txt\"\n");
    let read = printed("odd", &["run", &file, "-q"]);
    assert!(read.contains("bytes  5\n"), "{read}");
}

/// The model does not say what decides its runs: its options do, and what is in their files.
fn a_study_whose_file_was_changed_is_another_one() {
    let folder = Folder::new("changed");
    let file = folder.file("read.txt", "123");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let study = ["sweep", "odd", "--file", &file, "--replications", "4", "--out", &out, "-q"];
    let of = |shard: &'static str| [&study[..], &["--shard", shard]].concat();
    printed("odd", &of("1/2"));
    folder.file("read.txt", "12345");
    let error = told("odd", &of("2/2"), 5);
    assert!(error.contains("study"), "{error}");
    folder.file("read.txt", "123");
    printed("odd", &of("2/2"));
    printed("odd", &["merge", &out, "-q"]);
    folder.file("read.txt", "12345");
    told("odd", &study, 5);
}

fn panics_of_the_model_are_errors_of_the_run() {
    for place in ["start", "measure"] {
        let error = told("odd", &["run", "odd", "--panic", place], 1);
        let first = format!("error: odd panicked in {place}: no {place} today\nagain: ");
        assert!(error.starts_with(&first), "{error}");
        assert!(error.trim_end().ends_with(&format!(" run odd --panic {place}")), "{error}");
    }
    let handler = told("odd", &["run", "odd", "--panic", "handler"], 1);
    assert!(handler.starts_with("error: actor clock: "), "{handler}");
    assert!(handler.contains("no handler today") && handler.contains("\nagain: "), "{handler}");
}

fn panics_under_other_commands_are_told() {
    let commands: [&[&str]; 4] = [
        &["verify", "odd", "--runs", "2"],
        &["verify", "odd", "--runs", "1", "--threads", "2"],
        &["ties", "odd"],
        &["fork", "--at", "1s", "odd"],
    ];
    for words in commands {
        for place in ["start", "measure"] {
            let error = told("odd", &[words, &["--panic", place]].concat(), 1);
            let first = format!("error: odd panicked in {place}: no {place} today\nagain: ");
            assert!(error.starts_with(&first), "{words:?}: {error}");
        }
    }
    let folder = Folder::new("panics");
    let trace = folder.0.join("odd.trace").to_str().expect("a plain name").to_owned();
    let error = told("odd", &["run", "odd", "--panic", "measure", "--record", &trace], 1);
    assert!(error.contains("the trace up to the error is in "), "{error}");
    let error = told("odd", &["replay", &trace], 1);
    assert!(error.contains("error: odd panicked in measure"), "{error}");
}

fn panics_in_a_study_are_rows() {
    let folder = Folder::new("study");
    let out = folder.0.join("rows").to_str().expect("a plain name").to_owned();
    let set = ["--set", "panic=never,measure,start", "--replications", "2", "--out", &out];
    let error = told("odd", &[&["sweep", "odd"][..], &set].concat(), 1);
    assert!(error.contains("4 of 6 replications failed"), "{error}");
    let rows = std::fs::read_to_string(folder.0.join("rows/rows.csv")).expect("rows");
    let count = |text: &str| rows.lines().filter(|line| line.contains(text)).count();
    assert_eq!(count("odd panicked in measure: no measure today"), 2, "{rows}");
    assert_eq!(count("odd panicked in start: no start today"), 2, "{rows}");
    assert_eq!(count(" run odd --panic=start --replication=1"), 1, "{rows}");
    assert_eq!(count("panicked"), 4, "{rows}");
}

const CIRCLE: &str = "the run got stuck: in a circle: anna has waited since 1s for knife, held by \
                      bert; bert has waited since 1s for fork, held by anna";

fn a_run_that_is_stuck_is_an_error() {
    let output = own("dinner", &["run", "dinner", "--order", "crossed"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("error: {CIRCLE} (event ")), "{told}");
    assert!(told.contains("\nagain: ") && told.contains(" run dinner --order crossed\n"), "{told}");
    // What there is to see is printed all the same.
    let seen = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(seen.contains("meals      1\n"), "{seen}");
    // Cut off before it got stuck, it is not.
    printed("dinner", &["run", "dinner", "--order", "crossed", "--horizon", "999ms"]);
    assert!(printed("dinner", &["run", "dinner"]).contains("meals      2\n"));
}

fn replications_that_are_stuck_are_failed_rows() {
    let folder = Folder::new("stuck");
    let out = folder.0.join("rows").to_str().expect("a plain name").to_owned();
    let words = ["sweep", "dinner", "--set", "order=same,crossed", "--replications", "3"];
    let error = told("dinner", &[&words[..], &["--out", &out]].concat(), 1);
    assert!(error.contains("3 of 6 replications failed"), "{error}");
    let rows = std::fs::read_to_string(folder.0.join("rows/rows.csv")).expect("rows");
    assert_eq!(rows.lines().filter(|line| line.contains(CIRCLE)).count(), 3, "{rows}");
    let error = told("dinner", &["compare", "dinner", "--set", "order=same,crossed"], 1);
    assert!(error.contains("in a circle: anna"), "{error}");
}

fn other_commands_tell_that_runs_are_stuck() {
    let crossed = ["dinner", "--order", "crossed"];
    let run = |before: &[&str], code| told("dinner", &[before, &crossed].concat(), code);
    // All runs are equal, and all are stuck.
    for words in [&["verify", "--runs", "2"][..], &["fork", "--at", "500ms"]] {
        let error = run(words, 1);
        assert!(error.contains(&format!("error: {CIRCLE}")), "{error}");
    }
    let error = run(&["fork", "--at", "500ms", "--branches", "1"], 1);
    assert!(error.contains(&format!("note: branch 1: {CIRCLE}")), "{error}");
    // There is nothing to branch off any more.
    assert!(run(&["fork", "--at", "2s"], 1).contains(&format!("error: {CIRCLE}")));
    // A search tells what the orders come to, and that is one of it.
    let found = printed("dinner", &[&["ties"], &crossed[..]].concat());
    assert!(found.contains(CIRCLE), "{found}");
    // A recording is whole, and what it is compared with is the same.
    let folder = Folder::new("stuck-trace");
    let trace = folder.0.join("dinner.trace").to_str().expect("a plain name").to_owned();
    let error = told("dinner", &[&["run"], &crossed[..], &["--record", &trace]].concat(), 1);
    assert!(error.contains(CIRCLE), "{error}");
    let note = told("dinner", &["replay", &trace], 0);
    assert!(note.contains(&format!("note: the run ended with an error: {CIRCLE}")), "{note}");
    told("dinner", &["trace", &trace, "--check"], 0);
}

fn the_horizon_is_the_end_of_what_is_measured() {
    // Two meals of 600 s and what comes before, of 2000 s.
    let seen = printed("dinner", &["run", "dinner", "--horizon", "2000s"]);
    assert!(seen.contains("fork_used  0.601\n"), "{seen}");
    let seen = printed("dinner", &["run", "dinner"]);
    assert!(seen.contains("fork_used  1\n"), "{seen}");
    let folder = Folder::new("horizon");
    let out = folder.0.join("rows").to_str().expect("a plain name").to_owned();
    let words = ["sweep", "dinner", "--horizon", "2000s", "--replications", "2", "--out", &out];
    told("dinner", &words, 0);
    let rows = std::fs::read_to_string(folder.0.join("rows/rows.csv")).expect("rows");
    assert_eq!(rows.lines().filter(|line| line.contains(",0.601,")).count(), 2, "{rows}");
}

fn panics_that_carry_another_are_errors_like_any() {
    let error = told("dinner", &["run", "dinner", "--order", "bomb"], 1);
    assert!(error.contains("the handler panicked: a panic without a message"), "{error}");
    let folder = Folder::new("bomb");
    let out = folder.0.join("rows").to_str().expect("a plain name").to_owned();
    let words = ["sweep", "dinner", "--order", "bomb", "--replications", "2", "--out", &out];
    let error = told("dinner", &words, 1);
    assert!(error.contains("2 of 2 replications failed"), "{error}");
}

fn checks_are_mistakes_of_the_command_line() {
    let error = told("odd", &["run", "odd", "--many", "13"], 2);
    assert!(error.starts_with("error: --many is 13: write another number\n"), "{error}");
    let error = told("odd", &["run", "odd", "--panic", "check"], 1);
    assert!(error.starts_with("error: odd panicked in check: no check today\n"), "{error}");
}

fn built_in_models_stand_beside() {
    let day = include_str!("../../../fixtures/taxi-seed-42.txt");
    assert_eq!(printed("beside", &["run", "taxi", "--seed", "42"]), day);
    assert!(printed("beside", &["run", "odd"]).contains("ticks  3\n"));
    let list = printed("beside", &["list"]);
    assert!(list.starts_with("odd ") && list.contains("\ntaxi "), "{list}");
    let help = printed("beside", &["ties", "--help"]);
    assert!(help.contains(" ties taxi --latency 0 --durations"), "{help}");
    assert!(!help.contains("flagfall ties"), "{help}");
    let about = printed("beside", &["--help"]);
    assert!(about.starts_with("Odd models and taxis\n"), "{about}");
    let saved = Folder::new("beside");
    let file = saved.0.join("day.snap").to_str().expect("a plain name").to_owned();
    printed("beside", &["run", "taxi", "--snapshot", &file, "--snapshot-at", "5s"]);
    assert_eq!(printed("beside", &["resume", &file]), day);
}

fn what_no_command_line_can_have_is_told() {
    let wrong = [
        ("none", "this command has no model"),
        ("twice", "two models are called odd"),
        ("taken", "two models are called taxi"),
        ("seed", "seed-clash has an option --seed, which every model has"),
        ("global", "global-clash has an option --runs, which every model has"),
        ("short", "short-clash has an option -q, which every model has"),
        ("position", "position takes word without a name: write #[arg(long)]"),
        ("count", "count has an option --loud that counts"),
        ("name", "no model can be called `Two Words`"),
    ];
    for (program, problem) in wrong {
        let error = told(program, &["list"], 2);
        assert!(error.starts_with("error: ") && error.contains(problem), "{program}: {error}");
    }
    // Without the built-in ones, their names are free.
    assert!(printed("taxi", &["list"]).starts_with("taxi "));
}

fn a_process_runs_several_commands() {
    let both = printed("again", &["list"]);
    let names: Vec<&str> = both.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["odd", "taxi"], "{both}");
}

fn branches_that_do_not_differ_are_told() {
    let note = told("odd", &["fork", "--at", "1s", "--seeds", "1,2,3", "odd"], 0);
    let wanted = "note: branches 1, 2, 3 have different seeds and one digest";
    assert!(note.contains(wanted), "{note}");
    // After the last customer came, nothing is drawn.
    let note = told("till", &["fork", "--at", "5h", "--seeds", "1,2", "till"], 2);
    assert!(note.contains("the run is over"), "{note}");
    // One seed for two branches is a mistake, and none is one run twice.
    let note = told("odd", &["fork", "--at", "1s", "--seeds", "1,1", "odd"], 2);
    assert!(note.contains("--seeds has 1 twice"), "{note}");
    let note = told("odd", &["fork", "--at", "1s", "odd"], 0);
    assert!(note.contains("note: branches 1, 2 are one run"), "{note}");
}

fn studies_of_own_models_say_what_others_do() {
    let twice = "many is given twice, by --many 3 and by --set many=1,2";
    for command in ["sweep", "compare"] {
        let note = told("odd", &[command, "odd", "--set", "many=1,2", "--many", "3"], 2);
        assert!(note.contains(twice), "{note}");
        let note = told("odd", &[command, "--of", "x", "odd", "--set", "many=1,2", "--of", "y"], 2);
        if command == "compare" {
            assert!(note.contains("--of is given twice, before odd"), "{note}");
        }
    }
    let note = told("odd", &["run", "odd", "--many", "x"], 2);
    assert!(note.contains("write a whole number from 0 to 18446744073709551615, like"), "{note}");
    let again = ["compare", "odd", "--set", "many=1,2", "--panic", "handler"];
    let note = told("odd", &again, 1);
    assert!(note.contains("all 100 replications failed") && note.contains("\nagain: "), "{note}");
}
