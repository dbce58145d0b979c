//! Links and paths on the pages lead somewhere.

use super::{PAGES, text_of};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    crate::support::fixture_path("..")
}

/// The page of a feature that is kept as a patch, and the patch.
const EXAMPLE: &str = "docs/contributing/breakdowns.md";
const PATCH: &str = "docs/contributing/breakdowns.patch";

/// All pages of the repository's own documents.
fn documents() -> Vec<String> {
    let decisions = std::fs::read_dir(root().join("docs/decisions")).expect("docs/decisions");
    let names = decisions.map(|entry| entry.expect("an entry").file_name());
    let decisions = names.map(|name| format!("docs/decisions/{}", name.to_str().expect("UTF-8")));
    let own = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", EXAMPLE].map(str::to_owned);
    PAGES.iter().map(|page| (*page).to_owned()).chain(own).chain(decisions).collect()
}

/// What a page says outside its blocks.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

#[test]
fn links_lead_to_files() {
    for page in documents() {
        let text = prose(&text_of(&page));
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let defined = text.lines().filter(|line| line.starts_with('['));
        let defined = defined.filter_map(|line| line.split_once("]: ").map(|(_, target)| target));
        for target in inline.chain(defined).filter(|target| !target.starts_with("http")) {
            let folder = Path::new(&page).parent().expect("a folder");
            let file = target.split('#').next().expect("a file");
            assert!(root().join(folder).join(file).exists(), "{page}: {target}");
        }
        for label in text.split("][").skip(1).filter_map(|rest| rest.split(']').next()) {
            assert!(text.contains(&format!("\n[{label}]: ")), "{page}: [{label}] has no target");
        }
    }
}

/// In rustdoc a page is a module, so that links between pages have to lead to modules.
#[test]
fn the_book_in_rustdoc_has_all_pages_in_the_order_of_the_index() {
    let index = text_of("docs/README.md");
    let listed = index.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    // Pictures and what is not a page are in folders.
    let listed: Vec<&str> = listed.filter(|page| !page.contains('/')).collect();
    // Two indexes are none of the listed; one of the listed has its test in Python.
    assert_eq!(
        listed.len() + 2,
        PAGES.len() + [super::OF_PYTHON].len(),
        "a page is not in docs/README.md"
    );
    let book = text_of("src/book.rs");
    let included: Vec<&str> = book.split('"').filter(|word| word.ends_with(".md")).collect();
    assert_eq!(included[1..], listed);
    let module = |page: &&str| page.trim_end_matches(".md").replace('-', "_");
    let links = listed.iter().map(|page| format!("[{page}]: crate::book::{}\n", module(page)));
    assert_eq!(text_of("src/book/links.md"), links.collect::<String>());
}

#[test]
fn decisions_are_all_in_their_index() {
    let index = text_of("docs/decisions/README.md");
    for page in documents().iter().filter_map(|page| page.strip_prefix("docs/decisions/")) {
        let listed = index.matches(&format!("({page})")).count();
        assert_eq!(listed, usize::from(page != "README.md"), "{page} in docs/decisions/README.md");
    }
}

/// Whoever moves a file finds out where it is spoken of.
#[test]
fn paths_that_are_named_exist() {
    const ROOTS: [&str; 8] =
        ["src", "cli", "tests", "benches", "fixtures", "examples", "docs", ".ci"];
    let patch = text_of(PATCH);
    for page in documents().iter().filter(|page| *page != "CHANGELOG.md") {
        let text = prose(&text_of(page));
        for named in text.split('`').skip(1).step_by(2) {
            let path = named.split_whitespace().next().unwrap_or_default();
            let is_path = path.split_once('/').is_some_and(|(root, _)| ROOTS.contains(&root));
            // In a crate of the reader's own.
            if !is_path || path == "src/main.rs" || path.contains(['*', '{', '<', '[']) {
                continue;
            }
            let is_made = page == EXAMPLE && patch.contains(&format!("\n+++ b/{path}\n"));
            assert!(is_made || root().join(path).exists(), "{page}: there is no {path}");
        }
    }
}

/// All that is written in Rust below a folder.
pub(super) fn code_below(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut code = String::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            code += &code_below(&path);
        } else if path.extension().is_some_and(|end| end == "rs") {
            code += &std::fs::read_to_string(&path).expect("a source");
        }
    }
    code
}

/// Whoever renames a function finds the tables for those who come from elsewhere.
#[test]
fn functions_that_the_tables_name_exist() {
    let code = code_below(&root().join("src"));
    let mut count = 0;
    for page in ["docs/from-simpy.md", "docs/from-ray.md", "docs/from-nexosim-and-tokio.md"] {
        for row in text_of(page).replace("\\|", "").lines().filter(|line| line.starts_with("| ")) {
            let cell = row.split('|').nth(2).expect("a second cell");
            for call in cell.split(['.', ':']).skip(1).filter_map(|part| part.split_once('(')) {
                let name = call.0;
                let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                let known = !is_name || code.contains(&format!("fn {name}"));
                assert!(known, "{page}: there is no {name}: {row}");
                count += usize::from(is_name);
            }
        }
    }
    assert!(count > 50, "{count} functions");
}
