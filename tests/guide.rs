//! The pages of the guide: every command on them runs, and prints what they show.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagfall-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What stands between two fences.
#[derive(Debug)]
struct Block<'a> {
    language: &'a str,
    /// The name in a comment `<!-- file: NAME -->` on the line above.
    file: Option<&'a str>,
    lines: Vec<&'a str>,
    /// The line of the page on which the block begins.
    at: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let (mut open, mut above) = (false, "");
    for (at, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(language) => {
                let file = above.strip_prefix("<!-- file: ").and_then(|r| r.strip_suffix(" -->"));
                blocks.push(Block { language, file, lines: Vec::new(), at: at + 1 });
                open = true;
            }
            None if open => blocks.last_mut().expect("an open block").lines.push(line),
            None => {}
        }
        above = line;
    }
    assert!(!open, "a block has no end");
    blocks
}

/// Whether a line is as shown, where `...` stands for anything.
fn line_matches(shown: &str, line: &str) -> bool {
    let parts: Vec<&str> = shown.split("...").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return shown == line };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// Whether lines are as shown, where a line `...` stands for any number of lines.
fn matches(shown: &[&str], lines: &[&str]) -> bool {
    match (shown, lines) {
        ([], rest) => rest.is_empty(),
        (["...", shown @ ..], lines) => (0..=lines.len()).any(|at| matches(shown, &lines[at..])),
        ([first, shown @ ..], [line, lines @ ..]) => {
            line_matches(first, line) && matches(shown, lines)
        }
        (_, []) => false,
    }
}

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

fn command(line: &str, folder: &Path) -> Command {
    let words = line.strip_prefix("flagfall ").unwrap_or_else(|| panic!("`{line}` runs another"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.args(words.split_whitespace()).current_dir(folder);
    command
}

/// Runs a line in a shell that knows the command.
fn in_a_shell(folder: &Path, line: &str) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_flagfall")).parent().expect("a folder");
    let before = std::env::var("PATH").expect("a path");
    let path = format!("{}:{before}", bin.display());
    let mut shell = Command::new("bash");
    let shell = shell.args(["-c", line]).current_dir(folder).env("PATH", path);
    shell.output().expect("bash runs")
}

/// Runs a line of a page as it stands.
fn run(line: &str, folder: &Path) -> Output {
    let code = match line.split_once("# exit code ") {
        Some((_, code)) => code.split(':').next().unwrap_or(code).trim().parse().expect("a number"),
        None => 0,
    };
    let output = in_a_shell(folder, line);
    let told = String::from_utf8_lossy(&output.stderr);
    // A shell that becomes its last command dies of the signal itself.
    let ended = output.status.code().unwrap_or(137);
    assert_eq!(ended, code, "{line}: {told}");
    output
}

/// Runs all of a page in one folder.
fn follow(name: &str, page: &str) -> Folder {
    let folder = Folder::new(&format!("guide-{name}"));
    let mut last: Option<(&str, Output)> = None;
    for block in blocks(page) {
        match (block.language, block.file) {
            ("sh", _) => {
                for line in &block.lines {
                    last = Some((*line, run(line, &folder.0)));
                }
            }
            ("text", _) => {
                let (line, output) = last.take().expect("a command before the text");
                let printed = String::from_utf8(output.stdout).expect("UTF-8");
                let lines: Vec<&str> = printed.lines().collect();
                assert!(
                    matches(&block.lines, &lines),
                    "{name}.md, line {}: `{line}` printed\n{printed}",
                    block.at
                );
            }
            ("toml", Some(file)) => {
                let text = block.lines.join("\n") + "\n";
                std::fs::write(folder.0.join(file), text).expect("the folder can be written");
            }
            // `.ci/tables` runs them.
            ("python", None) => {}
            (language, _) => panic!("{name}.md, line {}: what is {language}?", block.at),
        }
    }
    folder
}

fn page(name: &str) -> String {
    let path = crate::support::fixture_path(&format!("../src/guide/{name}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_tutorial() {
    let folder = follow("tutorial", &page("tutorial"));
    let html = std::fs::read_to_string(folder.0.join("taxis.html")).expect("a page");
    assert!(html.contains("refused_share"));
}

#[test]
fn the_tasks() {
    let folder = follow("studies", &page("studies"));
    // What was killed, with some of its rows, and gone on with is what was never killed.
    for file in ["rows.csv", "rows.parquet", "summary.json", "summary.md"] {
        let [nightly, whole] = ["nightly", "whole"].map(|study| folder.0.join(study).join(file));
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
fn the_statistics() {
    let folder = follow("statistics", &page("statistics"));
    let [low, high] = interval(&folder.0, "many", "mean_wait");
    assert!(low < 1.406 && 1.406 < high, "{low} {high}");
}

#[test]
fn the_studies_of_the_readme() {
    let readme = crate::support::fixture_path("../README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");
    let folder = Folder::new("readme-studies");
    let all = blocks(&readme);
    let scenario = all.iter().find(|block| block.lines.contains(&"[grid]")).expect("a scenario");
    let day = folder.0.join("day.toml");
    std::fs::write(day, scenario.lines.join("\n")).expect("the folder can be written");
    let (_, section) = readme.split_once("\n## Studies\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let commands = blocks(section);
    for line in commands.iter().flat_map(|block| &block.lines) {
        run(line, &folder.0);
    }
    // Of the three fleets, what the text says of two.
    let summary = std::fs::read_to_string(folder.0.join("days/summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let shown = |point: usize| {
        let measures = summary["points"][point]["measures"].as_array().expect("measures");
        let share = measures.iter().find(|measure| measure["name"] == "refused_share");
        let share = share.expect("the measure");
        let percent = |name: &str| 100.0 * share[name].as_f64().expect("a number");
        format!("{:.2} % ± {:.2} %", percent("mean"), percent("half_width"))
    };
    assert!(section.contains(&format!("five taxis refuse {}, and six refuse none", shown(1))));
    let none = &summary["points"][2]["measures"][2]["text"];
    assert_eq!(none, "0 (0 to 0.0020)");
}

/// What does not run in a fresh folder, or takes minutes in debug: each with its reason.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo test", "is what runs this"),
    ("RUSTC_BOOTSTRAP", "builds the peers: `.ci/run` does"),
    ("till ", "is a crate of the reader's own: tests/own"),
    ("cargo run --release -- run taxi --fleet 100000", "a tenth of it runs in tests/command.rs"),
];

#[test]
#[cfg(unix)]
fn every_command_of_the_readme_runs_in_a_fresh_folder() {
    let readme = crate::support::fixture_path("../README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");
    let folder = Folder::new("readme");
    let mut printed = None;
    let mut count = 0;
    for block in blocks(&readme) {
        match (block.language, block.file) {
            ("toml", Some(file)) => {
                let text = block.lines.join("\n") + "\n";
                std::fs::write(folder.0.join(file), text).expect("the folder can be written");
                printed = None;
            }
            ("text", _) => {
                // Excerpts without a command before them are held to it by other tests.
                let Some(printed): Option<String> = printed.take() else { continue };
                let lines: Vec<&str> = printed.lines().collect();
                let shown = matches(&block.lines, &lines);
                assert!(shown, "README.md, line {}: printed\n{printed}", block.at);
            }
            ("sh", _) => {
                let lines = block
                    .lines
                    .iter()
                    .filter(|line| NOT_RUN.iter().all(|(start, _)| !line.starts_with(start)));
                for line in lines {
                    let output =
                        run(&line.replace("cargo run --release -- ", "flagfall "), &folder.0);
                    printed = Some(String::from_utf8(output.stdout).expect("UTF-8"));
                    count += 1;
                }
            }
            _ => printed = None,
        }
    }
    assert!(count > 30, "{count} commands");
    for line in in_prose(&readme) {
        run(line, &folder.0);
    }
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

#[test]
#[cfg(unix)]
fn each_exit_code_of_the_table_is_that_of_its_example() {
    let readme = crate::support::fixture_path("../README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");
    let (_, table) = readme.split_once("| exit code | when | for example |\n").expect("a table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let folder = Folder::new("exit-codes");
    let mut codes = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [code, _, example] = cells[..] else { panic!("{row}") };
        let code: i32 = code.parse().expect("a number");
        let output = in_a_shell(&folder.0, example.trim_matches('`'));
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{row}: {told}");
        codes.insert(code);
    }
    // All codes that the help names are in the table.
    let help = in_a_shell(&folder.0, "flagfall --help");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    let (_, help) = help.split_once("Exit codes: ").expect("exit codes in the help");
    for code in 0..10 {
        let named = help.starts_with(&format!("{code} ")) || help.contains(&format!("; {code} "));
        let named = named || help.contains(&format!(";\n{code} "));
        assert_eq!(named, codes.contains(&code), "exit code {code}");
    }
}

/// README and the rustdoc of the crate have programs that somebody copies to see something.
#[test]
fn complete_programs_print_something() {
    for page in ["../README.md", "../src/lib.rs"] {
        let path = crate::support::fixture_path(page);
        let text = std::fs::read_to_string(path).expect(page);
        let text: Vec<&str> =
            text.lines().map(|line| line.strip_prefix("//! ").unwrap_or(line)).collect();
        let text = text.join("\n");
        for block in blocks(&text).iter().filter(|block| block.language.starts_with("rust")) {
            let program = block.lines.join("\n");
            let complete = program.contains("\nfn main()") && !program.contains("cli::main");
            assert!(!complete || program.contains("println!"), "{page}, line {}", block.at);
        }
    }
}

#[test]
fn the_pages_are_those_of_the_room() {
    let folder = crate::support::fixture_path("../src/guide");
    let entries = std::fs::read_dir(folder).expect("src/guide");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names: BTreeSet<String> = names.map(|name| name.into_string().expect("UTF-8")).collect();
    let known = ["mod.rs", "statistics.md", "studies.md", "tutorial.md"].map(str::to_owned);
    assert_eq!(names, known.into(), "a page without a test");
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
