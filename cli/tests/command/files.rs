//! The command and files: none is read without end, none of others is written to, and
//! no option asks for more memory than there may be.

use super::{flagfall, folder, stderr, stdout, told_in};
use std::path::Path;
use std::process::{Command, Output};

/// Runs a command that has half a gigabyte of memory and a minute.
#[cfg(target_os = "linux")]
fn bounded(folder: &Path, arguments: &str) -> Output {
    let line =
        format!("ulimit -v 500000 -t 60; exec {} {arguments}", env!("CARGO_BIN_EXE_flagfall"));
    Command::new("sh").args(["-c", &line]).current_dir(folder).output().expect("a shell")
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_without_end_is_left_in_time() {
    let folder = folder("files-devices");
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.toml")).expect("a link");
    for (arguments, part) in [
        ("resume /dev/zero", "/dev/zero: this is not a snapshot"),
        ("resume - < /dev/zero", "-: this is not a snapshot"),
        ("fork --from /dev/zero --seeds 1", "/dev/zero: this is not a snapshot"),
        ("run taxi --durations-file /dev/zero", "/dev/zero is longer than 16777216 bytes: draw"),
        ("run taxi --durations-file - < /dev/zero", "- is longer than 16777216 bytes"),
        ("run taxi --faults /dev/zero", "/dev/zero is longer than 1048576 bytes"),
        ("run zero.toml", "zero.toml is longer than"),
        ("compare zero.toml zero.toml", "zero.toml is longer than"),
        ("trace /dev/zero", "cannot read /dev/zero: it is a device: name a file"),
        ("replay /dev/zero", "cannot read /dev/zero: it is a device"),
        ("diff /dev/zero /dev/zero", "cannot read /dev/zero: it is a device"),
    ] {
        let output = bounded(&folder, arguments);
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{arguments}: {talk}");
        assert!(talk.contains(part), "{arguments}: {talk}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn files_of_a_study_without_end_are_left_in_time() {
    for name in ["manifest.json", "summary.json", "rows.csv", "checksums.txt"] {
        let folder = folder(&format!("files-study-{name}"));
        let sweep = "sweep taxi --set rides=2,3 --replications 2 --out s -q";
        assert_eq!(told_in(&folder, sweep).0, 0);
        std::fs::remove_file(folder.join("s").join(name)).expect("it is there");
        std::os::unix::fs::symlink("/dev/zero", folder.join("s").join(name)).expect("a link");
        for command in [sweep, "report s --out page.html"] {
            let line = format!("ulimit -t 60; exec {} {command}", env!("CARGO_BIN_EXE_flagfall"));
            let mut shell = Command::new("sh");
            let output = shell.args(["-c", &line]).current_dir(&folder).output();
            let output = output.expect("a shell");
            // Told, however: with an error, or as what has changed.
            assert!(output.status.code().is_some(), "{name}: {command}");
            assert!(output.status.code() != Some(0) || !stderr(&output).is_empty(), "{name}");
        }
    }
}

#[test]
fn snapshots_follow_what_happens() {
    let folder = folder("files-snapshots");
    let (code, talk) =
        told_in(&folder, "run taxi --snapshot at-{time}.snap --snapshot-every 1ns -q");
    assert_eq!(code, 0, "{talk}");
    let files = std::fs::read_dir(&folder).expect("a folder").count();
    assert!((10..=122).contains(&files), "{files} files of 122 events");
    // The newest is of the last event before the end.
    let (code, talk) = told_in(&folder, "run taxi --snapshot b.snap --snapshot-every 1ns");
    assert_eq!(code, 0, "{talk}");
    let resumed = told_in(&folder, "resume b.snap").1;
    let digest = |talk: &str| talk.rsplit_once("digest ").expect("a digest").1.to_owned();
    assert_eq!(digest(&resumed), digest(&talk));
}

#[test]
fn a_digest_of_draws_and_a_snapshot_are_refused_at_once() {
    let folder = folder("files-draws");
    for digest in ["draws", "all", "standard,draws"] {
        let line = format!("run taxi --digest {digest} --snapshot a.snap --snapshot-at 5s");
        let (code, talk) = told_in(&folder, &line);
        assert_eq!(code, 2, "{talk}");
        assert!(talk.contains("a run whose digest is made of draws cannot be saved"), "{talk}");
    }
    let line = "run taxi --digest standard,results --snapshot a.snap --snapshot-at 5s -q";
    assert_eq!(told_in(&folder, line), (0, String::new()));
}

#[test]
#[cfg(unix)]
fn a_link_in_the_place_of_a_partial_file_is_not_followed() {
    let folder = folder("files-links");
    std::fs::write(folder.join("precious"), "mine").expect("a file");
    std::fs::create_dir(folder.join("s")).expect("a folder");
    for (partial, command) in [
        ("day.trace.partial", "run taxi -q --record day.trace"),
        ("a.snap.partial", "run taxi -q --snapshot a.snap --snapshot-at 5s"),
    ] {
        let link = folder.join(partial);
        std::os::unix::fs::symlink(folder.join("precious"), &link).expect("a link");
        let (code, talk) = told_in(&folder, command);
        assert_eq!(code, 3, "{command}: {talk}");
        assert!(talk.contains(partial) && talk.contains("is a link"), "{command}: {talk}");
        assert_eq!(std::fs::read_to_string(folder.join("precious")).expect("a file"), "mine");
        assert!(link.is_symlink(), "{command}: it was not ours to remove");
        std::fs::remove_file(link).expect("a link");
    }
    // In a study's own folder, what is left is removed.
    for partial in ["manifest.json.partial", "rows.csv.partial", "rows.log.partial"] {
        let link = folder.join("s").join(partial);
        std::os::unix::fs::symlink(folder.join("precious"), &link).expect("a link");
        told_in(&folder, "sweep taxi --set rides=2,3 --replications 2 --out s -q");
        assert_eq!(std::fs::read_to_string(folder.join("precious")).expect("a file"), "mine");
        let _ = std::fs::remove_file(link);
    }
    // What a killed run has left is replaced, and not written over: it may have
    // another name.
    std::fs::hard_link(folder.join("precious"), folder.join("day.trace.partial")).expect("a name");
    assert_eq!(told_in(&folder, "run taxi -q --record day.trace").0, 0);
    assert_eq!(std::fs::read_to_string(folder.join("precious")).expect("a file"), "mine");
}

#[test]
fn options_that_ask_for_too_much_memory_are_refused_by_name() {
    let folder = folder("files-room");
    for (arguments, named) in [
        ("parameter-server --dimension 10000000", "--dimension 10000000 with --polls 20: "),
        ("parameter-server --dimension 10000000 --json --summary", "--dimension 10000000"),
        ("parameter-server --polls 4000000000", "--polls 4000000000"),
        ("parameter-server --workers 4000000000", "--workers 4000000000"),
        ("taxi --rides 4000000000 --polls 1", "--rides 4000000000"),
        ("taxi --polls 4000000000", "--polls 4000000000"),
        ("queue --customers 4000000000", "--customers 4000000000"),
        ("queue --servers 4000000000", "--servers 4000000000"),
        ("messages --workers 4000000000", "--workers 4000000000"),
        ("messages --messages 4000000000", "--messages 4000000000 with --workers 3"),
        ("messages --polls 4000000000", "--polls 4000000000"),
        ("actor-tree --supervisors 4000000000", "--supervisors 4000000000"),
        ("actor-tree --workers 4000000000 --done 1", "--workers 4000000000"),
        ("actor-tree --epochs 4000000000", "--workers 3 with --epochs 4000000000"),
    ] {
        let (code, talk) = told_in(&folder, &format!("run {arguments}"));
        assert_eq!(code, 2, "{arguments}: {talk}");
        assert!(
            talk.contains(named) && talk.contains("the limit is 2147 MB"),
            "{arguments}: {talk}"
        );
    }
    // What fits is run.
    let line = "run parameter-server --dimension 1000000 --polls 2 --epochs 2 -q --json --summary";
    assert_eq!(told_in(&folder, line), (0, String::new()));
}

/// The digest that a run tells on standard error.
fn digest(folder: &Path, arguments: &str) -> String {
    let output = flagfall(arguments).current_dir(folder).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(0), "{arguments}: {}", stderr(&output));
    assert!(!stdout(&output).is_empty(), "{arguments}");
    let talk = stderr(&output);
    let (_, rest) = talk.rsplit_once("digest ").expect("a digest");
    rest.chars().take_while(char::is_ascii_hexdigit).collect()
}

#[test]
fn what_is_only_shown_changes_no_digest() {
    let folder = folder("files-shown");
    for system in
        ["taxi", "parameter-server --epochs 3", "actor-tree", "messages", "queue --customers 50"]
    {
        for ingredients in ["standard", "all", "results", "draws,senders"] {
            let line = format!("run {system} --digest {ingredients}");
            let plain = digest(&folder, &line);
            assert_eq!(plain.len(), 32);
            for shown in [
                "--json",
                "--json --summary",
                "--lang en",
                "--trace",
                "--json --trace",
                "-v",
                "--json --summary -v",
                "--record day",
                "--json --summary --record day",
                "--pace 1000000",
            ] {
                let line = format!("{line} {shown}");
                assert_eq!(digest(&folder, &line), plain, "{line}");
            }
        }
    }
}
