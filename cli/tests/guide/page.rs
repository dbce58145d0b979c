//! Pages of commands, and how they are run.
//!
//! Also a part of the tests of `examples/own_model`, whose page is held to the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own, gone at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagfall-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// What stands between two fences.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) language: &'a str,
    /// The name in a comment `<!-- file: NAME -->` on the line above.
    pub(crate) file: Option<&'a str>,
    pub(crate) lines: Vec<&'a str>,
    /// The line of the page on which the block begins.
    pub(crate) at: usize,
}

pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
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
pub(crate) fn matches(shown: &[&str], lines: &[&str]) -> bool {
    match (shown, lines) {
        ([], rest) => rest.is_empty(),
        (["...", shown @ ..], lines) => (0..=lines.len()).any(|at| matches(shown, &lines[at..])),
        ([first, shown @ ..], [line, lines @ ..]) => {
            line_matches(first, line) && matches(shown, lines)
        }
        (_, []) => false,
    }
}

/// Runs a line in a shell that knows the command at `program`.
pub(crate) fn in_a_shell(program: &str, folder: &Path, line: &str) -> Output {
    let bin = Path::new(program).parent().expect("a folder");
    let before = std::env::var("PATH").expect("a path");
    let path = format!("{}:{before}", bin.display());
    let mut shell = Command::new("bash");
    let shell = shell.args(["-c", line]).current_dir(folder).env("PATH", path);
    shell.output().expect("bash runs")
}

/// Runs a line of a page as it stands.
pub(crate) fn run(program: &str, line: &str, folder: &Path) -> Output {
    let code = match line.split_once("# exit code ") {
        Some((_, code)) => code.split(':').next().unwrap_or(code).trim().parse().expect("a number"),
        None => 0,
    };
    let output = in_a_shell(program, folder, line);
    let told = String::from_utf8_lossy(&output.stderr);
    // A shell that becomes its last command dies of the signal itself.
    let ended = output.status.code().unwrap_or(137);
    assert_eq!(ended, code, "{line}: {told}");
    output
}

/// Runs all of a page in one folder.
pub(crate) fn follow(program: &str, name: &str, page: &str, folder: &Path) {
    let mut last: Option<(&str, Output)> = None;
    for block in blocks(page) {
        match (block.language, block.file) {
            ("sh", _) => {
                for line in &block.lines {
                    last = Some((*line, run(program, line, folder)));
                }
            }
            ("text", _) => {
                let (line, output) = last.take().expect("a command before the text");
                let printed = String::from_utf8(output.stdout).expect("UTF-8");
                let lines: Vec<&str> = printed.lines().collect();
                assert!(
                    matches(&block.lines, &lines),
                    "{name}, line {}: `{line}` printed\n{printed}",
                    block.at
                );
            }
            ("toml" | "bash" | "yaml" | "groovy", Some(file)) => {
                let text = block.lines.join("\n") + "\n";
                std::fs::write(folder.join(file), text).expect("the folder can be written");
            }
            // Documentation tests run the Rust, and `.ci/tables` runs Python that reads a study.
            // What a block `console` has is not run.
            ("python" | "rust" | "rust,ignore" | "console", None) => {}
            (language, _) => panic!("{name}, line {}: what is {language}?", block.at),
        }
    }
}
