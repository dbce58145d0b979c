//! However options are written on the command line, a study is the same, and so are its files.

use super::{Place, files, stderr, text};
use std::fs;
use std::path::Path;
use twox_hash::XxHash3_128;

const APART: &str = "taxi --rides 6 --seed 7 --no-digest --set fleet=1,2 --replications 3";
const TOGETHER: &str = "taxi --rides=6 --seed=7 --no-digest --set=fleet=1,2 --replications=3";

#[test]
fn options_are_written_one_way() {
    let place = Place::new("spelling");
    let apart = place.swept("apart", APART);
    assert!(apart == place.swept("together", TOGETHER));
    let manifest = text(&apart, "manifest.json");
    let command =
        r#""command": ["taxi", "--rides=6", "--seed=7", "--no-digest", "--set=fleet=1,2", "#;
    let one_line = manifest.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.replace("[ ", "[").contains(command), "{manifest}");
}

/// Makes a finished folder as it was before options were written one way.
fn written_apart(folder: &Path) {
    let path = folder.join("manifest.json");
    let manifest = fs::read_to_string(&path).expect("a manifest");
    let old = manifest.replace("\"--rides=6\"", "\"--rides\", \"6\"");
    assert!(old != manifest);
    fs::write(&path, &old).expect("a file");
    let path = folder.join("checksums.txt");
    let sums = fs::read_to_string(&path).expect("checksums");
    let (head, lines) = sums.split_once('\n').expect("lines");
    let origin = &head[head.find('{').expect("an origin")..];
    let sum = |bytes: &[u8]| format!("{:032x}", XxHash3_128::oneshot(bytes));
    let lines = lines.replace(&sum(manifest.as_bytes()), &sum(old.as_bytes()));
    let mut sealed = (origin.len() as u64).to_le_bytes().to_vec();
    sealed.extend([origin.as_bytes(), lines.as_bytes()].concat());
    fs::write(&path, format!("# flagfall study {} {origin}\n{lines}", sum(&sealed)))
        .expect("a file");
}

#[test]
fn folders_with_the_old_words_are_opened_and_gone_on_with() {
    let place = Place::new("old-words");
    let new = place.swept("old", APART);
    let folder = place.join("old");
    written_apart(&folder);
    let old = files(&folder);
    assert!(old != new);
    // A finished one is as it was.
    for study in [APART, TOGETHER] {
        assert!(old == place.swept("old", study));
    }
    // What is written anew has the new words.
    fs::remove_file(folder.join("summary.md")).expect("a file");
    let output = place.sweep("old", APART).arg("--repair").output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(new == files(&folder));
    // One that was interrupted: a folder in the way of the last file leaves the log.
    let cut = place.join("cut");
    fs::create_dir_all(cut.join("summary.json.partial")).expect("a folder");
    fs::write(cut.join("manifest.json"), &old["manifest.json"]).expect("a file");
    assert_eq!(place.sweep("cut", APART).output().expect("it runs").status.code(), Some(3));
    fs::write(cut.join("manifest.json"), &old["manifest.json"]).expect("a file");
    fs::remove_dir(cut.join("summary.json.partial")).expect("a folder");
    assert!(new == place.swept("cut", TOGETHER));
}
