//! What pages show besides commands: exit codes, and programs with what they print.

use super::page::{Folder, blocks, in_a_shell};
use super::{PAGES, PROGRAM, text_of};
use std::collections::BTreeSet;

#[test]
#[cfg(unix)]
fn each_exit_code_of_the_table_is_that_of_its_example() {
    let page = text_of("docs/exit-codes.md");
    let (_, table) = page.split_once("| exit code | when | for example |\n").expect("a table");
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
    // And all that the command has.
    let source = text_of("cli/src/command/talk/exit.rs");
    let constants = source.lines().filter_map(|line| line.split_once(": u8 = "));
    let mut known: BTreeSet<i32> = constants
        .map(|(_, value)| value.trim_end_matches(';').parse().expect("a number"))
        .collect();
    known.insert(0);
    assert_eq!(known, codes, "the codes of talk/exit.rs and the page");
}

/// Pages and the rustdoc of the crate have programs that somebody copies to see something.
/// Each is held to the line that it prints by itself, as it is a documentation test.
#[test]
fn complete_programs_print_what_is_shown() {
    let mut count = 0;
    for page in PAGES.iter().chain(&["src/lib.rs"]) {
        let text = text_of(page);
        let text: Vec<&str> =
            text.lines().map(|line| line.strip_prefix("//! ").unwrap_or(line)).collect();
        let page_of = text.join("\n");
        for block in blocks(&page_of).iter().filter(|block| block.language == "rust") {
            let program = block.lines.join("\n");
            if !program.contains("\nfn main()") {
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
    assert_eq!(count, 4);
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
