//! The worked example of a feature: its patch still fits, and its page shows what is in it.
//!
//! `.ci/feature-room` applies the patch and runs its tests.

use crate::{root, text_of};

const PATCH: &str = "docs/contributing/breakdowns.patch";
const PAGE: &str = "docs/contributing/breakdowns.md";

/// What a patch does to one file.
struct Change<'a> {
    file: &'a str,
    is_new: bool,
    /// The lines before and after, for each place that is changed.
    places: Vec<[Vec<&'a str>; 2]>,
}

fn changes(patch: &str) -> Vec<Change<'_>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut is_new = false;
    for line in patch.lines() {
        if let Some(file) = line.strip_prefix("--- ") {
            is_new = file == "/dev/null";
        } else if let Some(file) = line.strip_prefix("+++ ") {
            let file = file.strip_prefix("b/").expect("no file is removed");
            changes.push(Change { file, is_new, places: Vec::new() });
        } else if line.starts_with("@@ ") {
            changes.last_mut().expect("a file").places.push([Vec::new(), Vec::new()]);
        } else if let Some(place) = changes.last_mut().and_then(|change| change.places.last_mut()) {
            let (is_before, is_after) = match line.as_bytes().first() {
                Some(b'-') => (true, false),
                Some(b'+') => (false, true),
                Some(b' ') => (true, true),
                _ => continue,
            };
            for (side, is_on) in place.iter_mut().zip([is_before, is_after]) {
                side.extend(is_on.then(|| &line[1..]));
            }
        }
    }
    changes
}

/// Where the lines of a part stand one after the other, from that line on.
fn find(all: &[&str], part: &[&str], from: usize) -> Option<usize> {
    (from..=all.len().checked_sub(part.len())?).find(|at| all[*at..].starts_with(part))
}

/// What a change finds to be different from what it expects.
fn misfit(change: &Change<'_>) -> Option<String> {
    let file = change.file;
    if change.is_new {
        return root().join(file).exists().then(|| format!("{file} is there already"));
    }
    let text = text_of(file);
    let lines: Vec<&str> = text.lines().collect();
    let mut from = 0;
    for [before, _] in &change.places {
        match find(&lines, before, from) {
            Some(at) => from = at + before.len(),
            None => return Some(format!("{file} has no longer\n{}", before.join("\n"))),
        }
    }
    None
}

/// Why a patch is no feature in a room of its own.
fn refusals(patch: &str) -> Vec<String> {
    let changes = changes(patch);
    let in_kernel = changes.iter().filter(|change| change.file.starts_with("src/kernel/"));
    let in_kernel = in_kernel.map(|change| format!("{} is the kernel's", change.file));
    in_kernel.chain(changes.iter().filter_map(misfit)).collect()
}

#[test]
fn the_feature_still_fits_and_changes_no_kernel() {
    let patch = text_of(PATCH);
    let refusals = refusals(&patch).join("\n");
    assert!(refusals.is_empty(), "{refusals}\n`.ci/feature-room` says how to mend {PATCH}");
    assert!(changes(&patch).iter().any(|change| change.file == "src/breakdown.rs"));
}

#[test]
fn a_feature_that_does_not_fit_is_refused() {
    let patch = text_of(PATCH);
    let planted = patch.replace("+++ b/src/hooks.rs", "+++ b/src/kernel/clock.rs");
    let refusals = refusals(&planted);
    assert_eq!(refusals.len(), 2, "{refusals:?}");
    assert_eq!(refusals[0], "src/kernel/clock.rs is the kernel's");
    assert!(refusals[1].starts_with("src/kernel/clock.rs has no longer"), "{}", refusals[1]);
}

/// Code on the page, with the file that a comment above it names.
fn pieces(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut pieces = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(file) = line.strip_prefix("<!-- in: ") else { continue };
        let file = file.strip_suffix(" -->").expect("the end of the comment");
        assert_eq!(lines.next(), Some("```rust,ignore"), "below `{line}`");
        pieces.push((file, lines.by_ref().take_while(|line| *line != "```").collect()));
    }
    pieces
}

/// A piece from inside a block or a comment stands at the margin of the page.
fn at_margin<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    lines.iter().map(|line| line.trim_start().trim_start_matches("/// ")).collect()
}

#[test]
fn the_page_shows_what_is_in_the_patch() {
    let (page, patch) = (text_of(PAGE), text_of(PATCH));
    let (pieces, changes) = (pieces(&page), changes(&patch));
    assert_eq!(page.matches("```rust").count(), pieces.len(), "a piece without its file");
    for (file, piece) in &pieces {
        let change = changes.iter().find(|change| change.file == *file);
        let change = change.unwrap_or_else(|| panic!("the patch has no {file}"));
        let stands = change.places.iter().any(|[_, after]| {
            let [after, piece] = [after, piece].map(|lines| at_margin(lines));
            find(&after, &piece, 0).is_some()
        });
        assert!(stands, "{file} in the patch has not\n{}", piece.join("\n"));
    }
    for change in changes.iter().filter(|change| change.file != PAGE) {
        assert!(
            page.contains(&format!("`{}`", change.file)),
            "{PAGE} is silent on {}",
            change.file
        );
    }
}
