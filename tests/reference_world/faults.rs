//! The mistakes of `faults/`, which `.ci/planted-faults` plants, fit the code of today.

use std::path::Path;

/// Whether a patch can be planted in these sources: each of its places is there, and once,
/// so that the mistake cannot come to stand somewhere else.
fn fits(patch: &str, source: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let mut parts = patch.split("\n@@ ");
    let head = parts.next().unwrap_or_default();
    let file = head.lines().find_map(|line| line.strip_prefix("--- a/"));
    let file = file.ok_or("the patch names no file")?;
    let text = source(file).ok_or_else(|| format!("there is no {file}"))?;
    let lines: Vec<&str> = text.lines().collect();
    let mut places = 0;
    for hunk in parts {
        let (numbers, hunk) = hunk.split_once('\n').unwrap_or_default();
        let before = hunk.lines().filter(|line| !line.starts_with('+'));
        let before: Vec<&str> = before.map(|line| line.get(1..).unwrap_or_default()).collect();
        let found = lines.windows(before.len().max(1)).filter(|part| **part == before).count();
        if found != 1 {
            return Err(format!("the lines of `@@ {numbers}` are {found} times in {file}"));
        }
        places += 1;
    }
    if places == 0 { Err("the patch changes nothing".to_owned()) } else { Ok(()) }
}

#[test]
fn planted_mistakes_fit_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/reference_world/faults");
    let entries = std::fs::read_dir(folder).expect("a folder of patches");
    let mut patches: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    patches.sort();
    assert!(!patches.is_empty(), "no patches");
    let told = patches.iter().filter_map(|path| {
        let patch = std::fs::read_to_string(path).expect("a patch");
        let why = fits(&patch, |file| std::fs::read_to_string(root.join(file)).ok()).err()?;
        Some(format!("\n  {}: {why}", path.file_name()?.to_string_lossy()))
    });
    let told: String = told.collect();
    assert!(
        told.is_empty(),
        "planted mistakes do not fit the code any more:{told}\n\
         Plant the same mistake where the code is now. `.ci/planted-faults NAME` tries it."
    );
}

#[test]
fn a_patch_that_does_not_fit_is_told() {
    let source = |file: &str| (file == "src/a.rs").then(|| "one\ntwo\none\ntwo\nend\n".to_owned());
    let cases = [
        ("--- a/src/a.rs\n+++ b/src/a.rs\n@@ -3,3 +3,3 @@\n one\n-two\n+2\n end\n", ""),
        ("--- a/src/b.rs\n+++ b/src/b.rs\n@@ -1 +1 @@\n-one\n+1\n", "there is no src/b.rs"),
        (
            "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1 +1 @@\n-One\n+1\n",
            "the lines of `@@ -1 +1 @@` are 0 times in src/a.rs",
        ),
        (
            "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,2 +1 @@\n one\n-two\n",
            "the lines of `@@ -1,2 +1 @@` are 2 times in src/a.rs",
        ),
        ("--- a/src/a.rs\n+++ b/src/a.rs\n", "the patch changes nothing"),
        ("no patch\n", "the patch names no file"),
    ];
    for (patch, expected) in cases {
        assert_eq!(fits(patch, source).err().unwrap_or_default(), expected, "{patch}");
    }
}
