//! README: its commands run, and it shows what they print.

use super::PROGRAM;
use super::page::{Block, Folder, blocks, in_a_shell, matches, run};
use std::collections::BTreeSet;

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
        run(PROGRAM, line, &folder.0);
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
    ("cargo run --profile dist -- run taxi", "a tenth of it runs in tests/command.rs"),
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
                    let output = run(
                        PROGRAM,
                        &line.replace("cargo run --release -- ", "flagfall "),
                        &folder.0,
                    );
                    printed = Some(String::from_utf8(output.stdout).expect("UTF-8"));
                    count += 1;
                }
            }
            _ => printed = None,
        }
    }
    assert!(count > 30, "{count} commands");
    for line in in_prose(&readme) {
        run(PROGRAM, line, &folder.0);
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
        let output = in_a_shell(PROGRAM, &folder.0, example.trim_matches('`'));
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{row}: {told}");
        codes.insert(code);
    }
    // All codes that the help names are in the table.
    let help = in_a_shell(PROGRAM, &folder.0, "flagfall --help");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    let (_, help) = help.split_once("Exit codes: ").expect("exit codes in the help");
    for code in 0..10 {
        let named = help.starts_with(&format!("{code} ")) || help.contains(&format!("; {code} "));
        let named = named || help.contains(&format!(";\n{code} "));
        assert_eq!(named, codes.contains(&code), "exit code {code}");
    }
}

/// README and the rustdoc of the crate have programs that somebody copies to see something.
/// Each is held to the line that it prints by itself, as it is a documentation test.
#[test]
fn complete_programs_print_what_is_shown() {
    let mut count = 0;
    for page in ["../README.md", "../src/lib.rs"] {
        let path = crate::support::fixture_path(page);
        let text = std::fs::read_to_string(path).expect(page);
        let text: Vec<&str> =
            text.lines().map(|line| line.strip_prefix("//! ").unwrap_or(line)).collect();
        let page_of = text.join("\n");
        for block in blocks(&page_of).iter().filter(|block| block.language.starts_with("rust")) {
            let program = block.lines.join("\n");
            if !program.contains("\nfn main()") || program.contains("cli::main") {
                continue;
            }
            let below = text[block.at + block.lines.len() + 1..].join("\n");
            let shown = below.trim_start().strip_prefix("It prints `");
            let Some((shown, _)) = shown.and_then(|shown| shown.split_once('`')) else {
                panic!("{page}, line {}: what does it print?", block.at)
            };
            let held = format!("    println!(\"{{line}}\");\n    assert_eq!(line, \"{shown}\");");
            assert!(program.contains(&held), "{page}, line {}: not held to `{shown}`", block.at);
            count += 1;
        }
    }
    assert_eq!(count, 3);
}

/// The mistake that stands below the scenario file.
#[test]
fn a_mistake_in_the_file_of_the_readme_is_told_as_shown() {
    let readme = crate::support::fixture_path("../README.md");
    let readme = std::fs::read_to_string(readme).expect("README.md");
    let all = blocks(&readme);
    let begins = |block: &&Block<'_>| block.lines[0].starts_with("error: day.toml: line 3");
    let shown = all.iter().find(begins).expect("a mistake");
    let file = all.iter().find(|block| block.file == Some("day.toml")).expect("the file");
    let mut lines = file.lines.clone();
    lines[2] = "rides = \"many\"";
    let folder = Folder::new("readme-mistake");
    std::fs::write(folder.0.join("day.toml"), lines.join("\n")).expect("the folder is there");
    let told = in_a_shell(PROGRAM, &folder.0, "flagfall sweep day.toml").stderr;
    let told = String::from_utf8(told).expect("UTF-8");
    assert!(matches(&shown.lines, &told.lines().collect::<Vec<_>>()), "{told}");
}

/// In an example with a page, `tests/readme.rs` runs that.
#[test]
fn no_page_of_an_example_is_without_a_test() {
    let examples = std::fs::read_dir(crate::support::fixture_path("../examples"));
    let folders = examples.expect("examples").map(|entry| entry.expect("an entry").path());
    for folder in folders.filter(|folder| folder.join("README.md").exists()) {
        assert!(folder.join("tests/readme.rs").exists(), "{}", folder.display());
    }
}
