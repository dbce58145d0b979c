//! `flagfall report`: files, errors, exit codes.

use crate::command::{flagfall, run, stderr, stdout, without_reader};
use crate::support::{check_golden, fixture_path};
use std::fs;
use std::path::{Path, PathBuf};

fn study() -> String {
    fixture_path("study").display().to_string()
}

/// A copy of the study that can be damaged; gone at the end.
pub(super) struct Copy(PathBuf);

impl Copy {
    pub(super) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("flagfall-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for name in ["manifest.json", "rows.csv", "summary.json"] {
            fs::copy(Path::new(&study()).join(name), folder.join(name)).expect("a copy");
        }
        Self(folder)
    }

    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn name(&self) -> String {
        self.0.display().to_string()
    }

    pub(super) fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).expect("a change");
    }

    /// The report fails with exit code 3 and says all this.
    fn refused(&self, parts: &[&str]) {
        let output = run(&format!("report {} --even-if-changed", self.name()));
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{talk}");
        assert_eq!(stdout(&output), "");
        for part in parts {
            assert!(talk.contains(part), "{part}: {talk}");
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_text_is_as_recorded() {
    let output = run(&format!("report {}", study()));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    check_golden("report-study.txt", &stdout(&output));
    let talk = stderr(&output);
    assert!(talk.contains("note: 1 of 90 replications failed") && talk.contains("again: flagfall"));
    let other = run(&format!("report {} -q --of completed --against every", study()));
    assert_eq!(stderr(&other), "");
    assert!(stdout(&other).contains("completed against every"));
    assert!(!stdout(&other).contains("against fleet"));
}

#[test]
fn the_page_is_the_same_each_time_and_replaces_what_was_there() {
    let copy = Copy::new("same");
    let file = copy.0.join("page.html");
    fs::write(&file, "before").expect("a file");
    let command = format!("report {} -q --html {}", study(), file.display());
    let output = run(&command);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = fs::read(&file).expect("a page");
    let output = run(&format!("report {} -q --html -", study()));
    assert_eq!(output.stdout, page, "on standard output it is the same, and alone");
    let text = String::from_utf8(page).expect("UTF-8");
    assert!(text.starts_with("<!doctype html>") && text.ends_with("</html>\n"));
    assert!(text.contains("MSER-5 cuts the first") && text.contains("TakeRide"));
    let files = fs::read_dir(&copy.0).expect("a folder").map(|file| file.expect("a file").path());
    assert!(files.into_iter().all(|path| !path.to_string_lossy().contains("partial")));
}

/// What the list of parameters has for a name.
fn listed<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("<dt>{name}</dt><dd>"))?;
    Some(rest.split_once("</dd>")?.0)
}

#[test]
fn all_parameters_are_on_the_page_of_a_study() {
    let page = stdout(&run(&format!("report {} -q --html -", study())));
    for (name, value) in [
        ("fleet", "2, 4, 8"),
        ("rides", "60"),
        ("price", "1.25"),
        ("ride-seconds", "1..=5"),
        ("warm-up", "0s"),
        ("latency", "1ms"),
        // It follows from the factors.
        ("polls", "35; 65; 35; 65; 35; 65"),
    ] {
        assert_eq!(listed(&page, name), Some(value), "{name}");
        assert_eq!(page.matches(&format!("<dt>{name}</dt>")).count(), 1, "{name}");
    }
    // One of its runs has the same.
    let (_, words) = page.split_once("\"command\":\"flagfall ").expect("a command");
    let (words, _) = words.split_once('"').expect("its end");
    let one = stdout(&run(&format!("{words} -q --html -")));
    for name in ["drivers", "price", "commission", "startup", "poll-every", "latency", "warm-up"] {
        assert!(listed(&one, name).is_some(), "{name}");
        assert_eq!(listed(&one, name), listed(&page, name), "{name}");
    }
    assert_eq!(listed(&one, "polls"), Some("35"));
}

#[test]
fn a_comparison_has_the_parameters_of_its_scenarios() {
    let copy = Copy::new("compared");
    let out = copy.place("out").display().to_string();
    let words = "compare taxi --set fleet=2,3 --rides 5 --replications 4";
    let output = run(&format!("{words} -q --out {out}"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = stdout(&run(&format!("report {out} -q --html -")));
    assert!(page.contains("<code class=\"code\">flagfall compare taxi --rides=5"), "the command");
    assert_eq!(listed(&page, "fleet"), Some("2; 3"));
    assert_eq!(listed(&page, "price"), Some("1.25"));
}

#[test]
fn another_run_can_be_chosen() {
    let output = run(&format!("report {} -q --html - --run 3:7", study()));
    assert!(stdout(&output).contains("--fleet=4 --every=1s --replication=7"));
    for (which, part) in [
        ("6:0", "the study has no point 6: its last is 5"),
        ("0:15", "point 0 has no replication 15: its last is 14"),
        ("0", "`0` is not POINT:REPLICATION, like 2:17"),
    ] {
        let output = run(&format!("report {} --html - --run {which}", study()));
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
}

#[test]
fn names_that_are_not_there_get_a_hint() {
    for (option, part) in [
        ("--of refused_shore", "no measure `refused_shore`: did you mean `refused_share`?"),
        ("--of zzz", "there are rides, refused, refused_share"),
        ("--against flet", "no factor `flet`: did you mean `fleet`?"),
    ] {
        let output = run(&format!("report {} {option}", study()));
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
}

#[test]
fn what_is_no_finished_study_is_refused_with_a_remedy() {
    let output = run("report no/such/folder");
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("flagfall sweep ... --out DIR"), "{}", stderr(&output));

    let copy = Copy::new("bare");
    fs::remove_file(copy.0.join("manifest.json")).expect("removed");
    copy.refused(&["is not a study: it has no manifest.json"]);

    let copy = Copy::new("running");
    fs::write(copy.0.join("rows.log"), "").expect("a file");
    copy.refused(&[
        "is not complete: rows.log still exists",
        "continue: flagfall sweep taxi --rides=60 --set=fleet=2,4,8",
        &format!("--out {}", copy.name()),
    ]);

    let copy = Copy::new("half");
    fs::remove_file(copy.0.join("summary.json")).expect("removed");
    copy.refused(&["is not complete: it has no summary.json", "continue: flagfall sweep"]);
}

#[test]
fn other_formats_and_damage_are_told_with_their_place() {
    let copy = Copy::new("format");
    copy.change(
        "manifest.json",
        "\"format\": 3,\n  \"flagfall\": \"0.1.0\"",
        "\"format\": 9,\n  \"flagfall\": \"9.0.0\"",
    );
    copy.refused(&["manifest.json was written by flagfall 9.0.0 in format 9", "reads format 3"]);

    let copy = Copy::new("json");
    copy.change("summary.json", "\"count\": 15", "\"count\": x");
    copy.refused(&["summary.json is damaged", "line 23 column", "sweep into a new folder"]);

    let copy = Copy::new("other");
    copy.change("summary.json", "\"study\": \"", "\"study\": \"0");
    copy.refused(&["summary.json does not belong to the manifest.json", "another study"]);

    for (at, (from, to, part)) in [
        ("0,2,0.5s,1,", "0,2,0.5s,one,", "line 3: `one` is no replication"),
        ("0,2,0.5s,1,", "0,2,0.5s,", "line 3: 15 fields where there are 16 columns"),
        ("0,2,0.5s,1,", "9,2,0.5s,1,", "line 3: there is no point 9"),
        ("0,2,0.5s,1,", "0,4,0.5s,1,", "line 3: fleet is `4`, but `2` at point 0"),
        ("point,fleet", "point,flat", "line 1: its columns are not point,fleet,every"),
    ]
    .into_iter()
    .enumerate()
    {
        let copy = Copy::new(&format!("rows-{at}"));
        copy.change("rows.csv", from, to);
        copy.refused(&["rows.csv is damaged", part, "sweep into a new folder"]);
    }

    let copy = Copy::new("short");
    let rows = fs::read_to_string(copy.0.join("rows.csv")).expect("rows");
    let lines: Vec<&str> = rows.lines().collect();
    fs::write(copy.0.join("rows.csv"), lines[..lines.len() - 1].join("\n")).expect("rows");
    copy.refused(&["rows.csv is damaged", "89 rows where summary.json counts 90"]);
}

#[test]
fn places_that_cannot_be_written_are_told() {
    let copy = Copy::new("places");
    fs::write(copy.0.join("file"), "").expect("a file");
    for (place, part) in [
        ("no/such/folder/page.html", "make the folder first"),
        (".", "it is a folder"),
        ("file/page.html", "cannot write"),
    ] {
        let place = copy.0.join(place);
        let output = run(&format!("report {} --html {}", study(), place.display()));
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn runs_that_cannot_be_made_again_leave_a_page_without_them() {
    let copy = Copy::new("unknown");
    copy.change("manifest.json", "\"run\", \"taxi\"", "\"run\", \"tram\"");
    let output = run(&format!("report {} --even-if-changed --html -", copy.name()));
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("note: no timeline and no warm-up"), "{}", stderr(&output));
    assert!(stdout(&output).contains("The run could not be made again"));
    let why = "Only what was given is shown, without defaults: the run could not be made again.";
    assert!(stdout(&output).contains(why));
    assert_eq!(listed(&stdout(&output), "rides"), Some("60"));
    assert_eq!(listed(&stdout(&output), "price"), None);

    let copy = Copy::new("different");
    copy.change("manifest.json", "=60\", \"--fleet", "=60\", \"--seed=43\", \"--fleet");
    let output = run(&format!("report {} --even-if-changed --html -", copy.name()));
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("has another digest now"), "{}", stderr(&output));
    assert!(stdout(&output).contains("There is no timeline"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in ["", " --html -"] {
        let mut command = flagfall(&format!("report {} -q{arguments}", study()));
        let output = without_reader(&mut command);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn the_help_has_examples() {
    let help = stdout(&run("report --help"));
    for part in
        ["flagfall report study --html study.html --run 2:17", "--against", "POINT:REPLICATION"]
    {
        assert!(help.contains(part), "{part}: {help}");
    }
}

/// What is no file stays what it is.
#[test]
#[cfg(unix)]
fn links_are_followed_and_pipes_are_written_to() {
    let copy = Copy::new("links");
    let (target, link) = (copy.0.join("target.html"), copy.0.join("link.html"));
    fs::write(&target, "old").expect("a file");
    std::os::unix::fs::symlink(&target, &link).expect("a link");
    let output = run(&format!("report {} -q --html {}", study(), link.display()));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert!(fs::read_to_string(&target).expect("a page").starts_with("<!doctype html>"));
    let pipe = copy.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let reading = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("a page")
    });
    let output = run(&format!("report {} -q --html {}", study(), pipe.display()));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(reading.join().expect("no panic").starts_with("<!doctype html>"));
}
