//! README and the book (`docs/`): every command on their pages runs, and prints what they show.

mod features;
mod links;
mod page;
mod programs;
mod taxi_day;

use page::{Folder, blocks, matches};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn what_is_left_out_is_all_that_may_differ() {
    assert!(matches(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(matches(&["a", "...", "b"], &["a", "b"]));
    assert!(matches(&["...", "x...z"], &["a", "xyz"]));
    assert!(!matches(&["a"], &["a", "b"]));
    assert!(!matches(&["a", "...", "c"], &["a", "b"]));
    assert!(!matches(&["x...z"], &["xy"]));
    assert!(!matches(&["x...y...z"], &["xz"]));
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_flagfall");

fn command(line: &str, folder: &Path) -> Command {
    let words = line.strip_prefix("flagfall ").unwrap_or_else(|| panic!("`{line}` runs another"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(words.split_whitespace()).current_dir(folder);
    command
}

/// A file of the repository.
fn text_of(path: &str) -> String {
    let path = crate::support::fixture_path(&format!("../{path}"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs all of a page in one folder: its blocks, then the commands between its lines.
fn follow(page: &str) -> Folder {
    let folder = Folder::new(&page.replace(['/', '.'], "-"));
    let text = text_of(page).replace("cargo run --release -- ", "flagfall ");
    page::follow(PROGRAM, page, &text, &folder.0);
    for line in in_prose(&text) {
        page::run(PROGRAM, line, &folder.0);
    }
    folder
}

/// Commands between the lines of a page, without those that only name one or its parts.
fn in_prose(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2).flat_map(str::lines);
    // The table of exit codes has a test of its own.
    let is_code = |line: &&str| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit();
    let spans =
        prose.filter(|line| !is_code(line)).flat_map(|line| line.split('`').skip(1).step_by(2));
    let whole = |span: &&str| {
        let words: Vec<&str> = span.split(' ').collect();
        let named =
            |word: &&str| word.contains("...") || word.starts_with("FILE") || *word == "DIR";
        words.len() > 2 && words[0] == "flagfall" && !words.iter().any(named)
    };
    spans.filter(whole).collect()
}

/// A test for each page, which follows it and then looks at what it left.
macro_rules! pages {
    ($($name:ident $page:literal $(=> $more:expr)?;)*) => {
        $(#[test]
        fn $name() {
            let _folder = follow($page);
            $(let more: fn(&Path) = $more;
            more(&_folder.0);)?
        })*

        const PAGES: &[&str] = &[$($page),*];
    };
}

pages! {
    readme "README.md";
    index "docs/README.md";
    clusters "docs/clusters.md" => what_is_shown_is_in_the_examples;
    the_command "docs/command.md";
    comparison "docs/comparison.md";
    counterexamples "docs/counterexamples.md";
    distributions "docs/distributions.md";
    exit_codes "docs/exit-codes.md";
    faults "docs/faults.md";
    features "docs/features.md";
    first_actor "docs/first-actor.md";
    from_nexosim_and_tokio "docs/from-nexosim-and-tokio.md";
    from_ray "docs/from-ray.md";
    from_simpy "docs/from-simpy.md";
    migration "docs/migration.md";
    own_models "docs/own-models.md";
    processes "docs/processes.md";
    python "docs/python.md";
    reference_models "docs/reference-models.md";
    reports "docs/reports.md";
    scenario_files "docs/scenario-files.md";
    schedules "docs/schedules.md";
    seizing "docs/seizing.md";
    collectors "docs/collectors.md";
    snapshots "docs/snapshots.md";
    speed "docs/speed.md";
    statistics "docs/statistics.md" => |folder| {
        let [low, high] = interval(folder, "many", "mean_wait");
        assert!(low < 1.406 && 1.406 < high, "{low} {high}");
    };
    studies "docs/studies.md" => killed_and_gone_on_with_is_never_killed;
    supervision "docs/supervision.md";
    taxi_day_page "docs/taxi-day.md";
    ties "docs/ties.md";
    traces "docs/traces.md";
    tutorial "docs/tutorial.md" => |folder| {
        let html = std::fs::read_to_string(folder.join("taxis.html")).expect("a page");
        assert!(html.contains("refused_share"));
    };
}

/// The files of `examples/clusters/` stand on their page as they are.
fn what_is_shown_is_in_the_examples(folder: &Path) {
    let examples = crate::support::fixture_path("../examples/clusters");
    let entries = std::fs::read_dir(examples).expect("examples");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        let shown = folder.join(path.file_name().expect("a name"));
        let [shown, there] = [&shown, &path].map(|path| std::fs::read_to_string(path).ok());
        assert!(shown == there, "{} is not as on the page", path.display());
    }
    gnu_parallel_makes_the_same(folder);
    tasks_of_others_make_the_same(folder);
}

/// Where there is GNU parallel; elsewhere it says so. `.ci/run` installs it, and wants it then.
fn gnu_parallel_makes_the_same(folder: &Path) {
    let is_there = page::in_a_shell(PROGRAM, folder, "parallel --will-cite --version");
    if !String::from_utf8_lossy(&is_there.stdout).starts_with("GNU parallel") {
        assert!(std::env::var_os("WITH_GNU_PARALLEL").is_none(), "there is no GNU parallel");
        eprintln!("SKIPPED, LOUDLY: no GNU parallel; examples/clusters/parallel.sh is not run");
        return;
    }
    page::run(PROGRAM, "bash parallel.sh day.toml parallel 5 --jobs 2", folder);
    page::run(PROGRAM, "cmp parallel/checksums.txt whole/checksums.txt", folder);
}

/// What Kubernetes and Nextflow run, as they would run it.
fn tasks_of_others_make_the_same(folder: &Path) {
    let job = std::fs::read_to_string(folder.join("kubernetes.yaml")).expect("a file");
    // One Job each is applied by its label.
    let jobs: Vec<&str> = job.split("---\n").skip(1).collect();
    assert_eq!(jobs.len(), 2);
    for (of_one, step) in jobs.iter().zip(["shards", "merge"]) {
        assert!(of_one.contains(&format!("\n  labels: {{step: {step}}}\n")), "{of_one}");
        let apply = format!("kubectl apply -f kubernetes.yaml -l step={step}\n");
        assert!(text_of("docs/clusters.md").contains(&apply), "{apply}");
    }
    let (_, task) = job.split_once("- >-\n").expect("a task");
    let lines: Vec<&str> = task.lines().take_while(|line| !line.contains(':')).collect();
    let task = lines.join(" ").replace("/study/day ", "pods ").replace("/study/", "");
    for index in 0..16 {
        page::run(PROGRAM, &format!("JOB_COMPLETION_INDEX={index} sh -c '{task}'"), folder);
    }
    page::run(PROGRAM, "flagfall merge pods --quiet", folder);
    page::run(PROGRAM, "cmp pods/checksums.txt whole/checksums.txt", folder);

    let pipe = std::fs::read_to_string(folder.join("main.nf")).expect("a file");
    let tasks = pipe.lines().map(str::trim).filter(|line| line.starts_with("flagfall "));
    let tasks: Vec<String> = tasks.map(|line| line.replace("${study}", "../day.toml")).collect();
    let [shard, merge] = &tasks[..] else { panic!("{tasks:?}") };
    for part in 1..=3 {
        let task = shard.replace("${part}/${params.shards}", &format!("{part}/3"));
        page::run(PROGRAM, &format!("mkdir task{part}; cd task{part}; {task}"), folder);
    }
    let stage = "mkdir -p last/day/shards; cp task?/day/shards/*.shard last/day/shards";
    page::run(PROGRAM, &format!("{stage}; cd last; {merge}"), folder);
    page::run(PROGRAM, "cmp last/day/checksums.txt whole/checksums.txt", folder);
}

fn killed_and_gone_on_with_is_never_killed(folder: &Path) {
    for file in ["rows.csv", "rows.parquet", "summary.json", "summary.md"] {
        let [nightly, whole] = ["nightly", "whole"].map(|study| folder.join(study).join(file));
        let [nightly, whole] = [nightly, whole].map(|path| std::fs::read(path).expect("a file"));
        assert!(nightly == whole, "{file} differs");
    }
}

/// The mean of a measure at the only point of a study.
fn interval(folder: &Path, study: &str, measure: &str) -> [f64; 2] {
    let text = std::fs::read_to_string(folder.join(study).join("summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let measures = summary["points"][0]["measures"].as_array().expect("measures");
    let found = measures.iter().find(|found| found["name"] == measure).expect("the measure");
    ["low", "high"].map(|end| found[end].as_f64().expect("a number"))
}

#[test]
fn no_page_is_without_a_test() {
    let folder = crate::support::fixture_path("../docs");
    let entries = std::fs::read_dir(folder).expect("docs");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let pages = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let name = |path: &Path| path.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
    let pages = pages.map(|path| format!("docs/{}", name(&path)));
    let pages: BTreeSet<String> = pages.chain(["README.md".to_owned()]).collect();
    let tested = PAGES.iter().chain([&OF_PYTHON]).map(|page| (*page).to_owned());
    assert_eq!(pages, tested.collect());
}

/// Its commands need Python: `.ci/python` runs them.
const OF_PYTHON: &str = "docs/ray.md";

/// What stands in a block `console` is shown and not run, each for a reason.
const NOT_RUN: [(&str, &str); 17] = [
    ("cargo test", "is what runs this"),
    ("cargo add", "changes a crate of the reader's own"),
    ("cargo run --release -p flagfall-cli", "is another program: tests/reference"),
    ("cargo run --profile dist", "takes minutes in debug: a tenth of it runs in tests/command"),
    ("RUSTC_BOOTSTRAP", "builds the peers: `.ci/run` does"),
    ("till ", "is a crate of the reader's own: tests/own"),
    ("desk ", "is a crate of the reader's own: tests/own"),
    ("pip install", "builds the Python package: `.ci/python` does"),
    ("parallel.sh ", "needs other machines: `gnu_parallel_makes_the_same` runs it on this one"),
    ("flagfall sweep day.toml --out day --on ", "needs Ray: python/tests/test_on_ray.py"),
    ("sbatch ", "needs Slurm: the script is run by itself"),
    ("kubectl ", "needs Kubernetes: `tasks_of_others_make_the_same` runs what the pods run"),
    ("time flagfall sweep taxi --rides 10 ", "is a measurement, of the command as users build it"),
    ("ls -l far/shards", "is of that measurement"),
    ("for shard in $(seq 16)", "makes ten million rows"),
    ("/usr/bin/time -v flagfall merge ten ", "is of those rows"),
    (".ci/", "is a part of `.ci/run`, or takes longer"),
];

#[test]
fn what_is_not_run_has_a_reason() {
    for page in PAGES {
        let text = text_of(page);
        let all = blocks(&text);
        let shown = all.iter().filter(|block| block.language == "console");
        for line in shown.flat_map(|block| &block.lines) {
            let known = NOT_RUN.iter().any(|(start, _)| line.starts_with(start));
            assert!(known, "{page}: why is `{line}` not run?");
        }
    }
}

#[test]
fn the_fewest_replications_are_made_however_precise() {
    let folder = Folder::new("fewest");
    let count = |options: &str| {
        let line =
            format!("flagfall sweep taxi --set fleet=5,6 --of refused_share {options} --json");
        let output = command(&line, &folder.0).output().expect("the command runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        [0, 1].map(|point| summary["points"][point]["replications"].as_u64().expect("a number"))
    };
    // With six taxis no ride is refused, which is known that precisely after 368 days:
    // (0.05 / 2)^(1/368) is 0.990.
    let [ten, never] = count("--precision 0.01 --out ten");
    assert!((10..300).contains(&ten), "{ten}");
    assert_eq!(never, 368);
    let [rare, never] = count("--precision 0.005 --fewest 400 --out more");
    assert_eq!((rare, never), (400, 736));
    let [rare, _] = count("--precision 0.005 --fewest 50 --out fifty");
    assert!(rare > 50, "with refusals among fifty days, fifty are too few: {rare}");
}

#[test]
fn what_cannot_be_begun_leaves_no_folder() {
    let folder = Folder::new("not-begun");
    for (options, told) in [
        ("--precision 1% --of refusals", "there is no measure refusals; there are rides, refused"),
        ("--precision 1% --fewest 20 --most 10", "--fewest 20 is more than --most 10"),
        ("--fewest 20", "--precision"),
        ("--fewest 20 --replications 30", "cannot be used with"),
        ("--precision 1% --fewest 1", "1 is not in 2.."),
    ] {
        let line = format!("flagfall sweep taxi --out study {options}");
        let output = command(&line, &folder.0).output().expect("the command runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{options}: {stderr}");
        assert!(stderr.contains(told), "{options}: {stderr}");
        assert!(!folder.0.join("study").exists(), "{options} left a folder");
    }
}
