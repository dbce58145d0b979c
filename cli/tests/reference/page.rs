//! The page of the models (docs/reference-models.md) and their files.

use super::{path_of, printed, text_of};

const MODELS: [(&str, usize); 8] = [
    ("emergency", 90),
    ("job_shop", 99),
    ("time_shared", 99),
    ("inventory", 99),
    ("line", 99),
    ("port", 99),
    ("call_centre", 99),
    ("elevators", 99),
];
const COMMAND: &str = "cargo run --release -p flagfall-cli --example reference -- ";

/// Lines of code: without comments and blank lines.
pub(crate) fn models_are_short() {
    let page = text_of("docs/reference-models.md");
    for (model, most) in MODELS {
        let text = text_of(&format!("examples/reference/{model}.rs"));
        let lines = text.lines().map(str::trim);
        let count = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        assert!(count <= most, "{model} has {count} lines of code");
        let row = page.lines().find(|line| line.starts_with(&format!("| `{model}` |")));
        let row = row.unwrap_or_else(|| panic!("{model} is not on the page"));
        assert!(row.ends_with(&format!(" {count} |")), "{model} has {count} lines: {row}");
    }
}

/// Each command on the page ends well.
pub(crate) fn commands_on_the_page_run() {
    let page = text_of("docs/reference-models.md");
    let lines = page.lines().filter_map(|line| line.strip_prefix(COMMAND));
    let mut count = 0;
    for line in lines {
        let word = |word: &str| match word.ends_with(".toml") {
            true => path_of(word),
            false => word.to_owned(),
        };
        let words: Vec<String> = line.split(' ').map(word).collect();
        printed(&words.iter().map(String::as_str).collect::<Vec<_>>());
        count += 1;
    }
    assert!(count > 3, "{count} commands");
}

/// Each model has a row of results, of seed 42.
pub(crate) fn results_are_those_on_the_page() {
    let page = text_of("docs/reference-models.md");
    let (_, rows) = page.split_once("\n| model | results |\n").expect("a table");
    let rows = rows.lines().skip(1).take_while(|line| line.starts_with('|'));
    let models = rows.map(|row| {
        let mut shown = row.split('`').skip(1).step_by(2);
        let model = shown.next().expect("a model");
        let found = printed(&["run", model, "--seed", "42"]);
        let lines = found.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        let lines: Vec<String> = lines.collect();
        let shown: Vec<&str> = shown.collect();
        let is_there = |result: &&str| lines.iter().any(|line| line == result);
        assert!(shown.len() > 1 && shown.iter().all(is_there), "{row}\n{found}");
        model
    });
    assert_eq!(models.collect::<Vec<_>>(), MODELS.map(|(model, _)| model));
}

/// Each model has one, whose runs all end well.
pub(crate) fn scenario_files_are_studies() {
    for (model, _) in MODELS {
        let file = path_of(&format!("examples/reference/{model}.toml"));
        printed(&["sweep", &file, "--replications", "1", "-q"]);
    }
}

/// The page names this program, and its commands run as they stand.
pub(crate) fn commands_on_pages_of_studies_run() {
    let sweep = ["sweep", "line", "--replications", "2", "-q", "--out", "lines"];
    printed(&sweep);
    let page = printed(&["report", "lines", "-q", "--html", "-"]);
    let (_, rest) = page.split_once("<code class=\"code\">").expect("a command");
    let (command, _) = rest.split_once("</code>").expect("its end");
    let words: Vec<&str> = command.split(' ').collect();
    let program = std::env::current_exe().expect("this binary");
    let program = program.file_stem().expect("a name").to_string_lossy().into_owned();
    assert_eq!(words[..3], [program.as_str(), "sweep", "line"], "{command}");
    printed(&[&words[1..], &["--quiet", "--out", "again"]].concat());
    let rows = |folder: &str| std::fs::read(super::folder().join(folder).join("rows.csv"));
    assert_eq!(rows("again").expect("rows"), rows("lines").expect("rows"));
    // Defaults included, and the run of the timeline.
    assert!(page.contains("<dt>latency</dt>") && page.contains("<h3>The same at all points</h3>"));
    let (_, run) = page.split_once(&format!("\"command\":\"{program} ")).expect("a run");
    let (run, _) = run.split_once('"').expect("its end");
    let words: Vec<&str> = run.split(' ').collect();
    printed(&[&words[..], &["--quiet"]].concat());
}
