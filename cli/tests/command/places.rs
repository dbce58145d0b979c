//! The command where a file is something else: a link, a pipe, a terminal, a folder.
#![cfg(target_os = "linux")]

use super::{flagfall, folder, stderr, stdout, told_in};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

/// Runs a line of a shell for which there is half a minute.
fn shell(folder: &Path, line: &str) -> Output {
    let line = line.replace("flagfall", env!("CARGO_BIN_EXE_flagfall"));
    let mut command = Command::new("timeout");
    let output = command.args(["-k", "1", "30", "bash", "-c", &line]).current_dir(folder).output();
    let output = output.expect("a shell");
    assert_ne!(output.status.code(), Some(124), "{line}: it waits");
    output
}

/// What writes a file, `OUT` in place of its name.
const OUTPUTS: [&str; 3] = [
    "run taxi -q --record OUT",
    "run taxi -q --snapshot OUT --snapshot-at 5s",
    "report s -q --html OUT",
];

#[test]
fn outputs_follow_links_to_what_is_there_and_to_what_is_not() {
    let folder = folder("places-links");
    assert_eq!(told_in(&folder, "sweep taxi --replications 2 --out s -q").0, 0);
    std::fs::create_dir(folder.join("far")).expect("a folder");
    for (number, output) in OUTPUTS.iter().enumerate() {
        for there in [false, true] {
            let (link, target) = (format!("l{number}-{there}"), format!("t{number}-{there}"));
            let target = folder.join("far").join(target);
            if there {
                std::fs::write(&target, "old").expect("a file");
            }
            // One link behind the other, both relative to where they stand.
            symlink(target.file_name().expect("a name"), folder.join("far").join(&link))
                .expect("a link");
            symlink(Path::new("far").join(&link), folder.join(&link)).expect("a link");
            let (code, talk) = told_in(&folder, &output.replace("OUT", &link));
            assert_eq!(code, 0, "{output}: {talk}");
            assert!(folder.join(&link).is_symlink(), "{output}: the link is replaced");
            let written = std::fs::read(&target).expect("a file");
            assert!(written.len() > 100, "{output}: {there}");
        }
    }
    let left = std::fs::read_dir(folder.join("far")).expect("a folder");
    for entry in left {
        let name = entry.expect("an entry").file_name();
        assert!(!name.to_string_lossy().contains("partial"), "{name:?}");
    }
}

#[test]
fn an_output_keeps_what_may_be_done_with_it() {
    let folder = folder("places-rights");
    assert_eq!(told_in(&folder, "sweep taxi --replications 2 --out s -q").0, 0);
    for output in &OUTPUTS[1..] {
        std::fs::write(folder.join("out"), "old").expect("a file");
        let rights = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("out"), rights).expect("a file of ours");
        assert_eq!(told_in(&folder, &output.replace("OUT", "out")).0, 0);
        let rights = folder.join("out").metadata().expect("a file").permissions();
        assert_eq!(rights.mode() & 0o777, 0o600, "{output}");
    }
}

#[test]
fn an_output_that_goes_nowhere_says_why() {
    let folder = folder("places-nowhere");
    assert_eq!(told_in(&folder, "sweep taxi --replications 2 --out s -q").0, 0);
    symlink("loop", folder.join("loop")).expect("a link");
    std::fs::write(folder.join("file"), "").expect("a file");
    for output in OUTPUTS.iter().chain(&["sweep taxi --replications 2 -q --out OUT"]) {
        let (code, talk) = told_in(&folder, &output.replace("OUT", "loop"));
        assert!(code == 3 && talk.contains("links lead in a circle"), "{output}: {talk}");
    }
    for output in OUTPUTS {
        let (code, talk) = told_in(&folder, &output.replace("OUT", "s"));
        assert!(code == 3 && talk.contains("a folder"), "{output}: {talk}");
    }
    let (code, talk) = told_in(&folder, "sweep taxi --replications 2 -q --out file");
    assert!(code == 3 && talk.contains("file: it is not a folder"), "{talk}");
    // The folder that a link names is made.
    symlink("new", folder.join("link")).expect("a link");
    assert_eq!(told_in(&folder, "sweep taxi --replications 2 -q --out link"), (0, String::new()));
    assert!(folder.join("new/rows.csv").exists() && folder.join("link").is_symlink());
}

/// What reads a file, `IN` in place of its name.
const INPUTS: [&str; 9] = [
    "trace IN",
    "replay IN",
    "diff IN IN",
    "resume IN",
    "fork --from IN",
    "run taxi --faults IN",
    "run taxi --durations-file IN",
    "run IN",
    "compare IN IN",
];

#[test]
fn a_pipe_a_folder_and_a_terminal_are_refused_by_name() {
    let folder = folder("places-inputs");
    assert!(shell(&folder, "mkfifo pipe.toml").status.success());
    std::fs::create_dir(folder.join("dir.toml")).expect("a folder");
    for input in INPUTS {
        for (name, what) in [("pipe.toml", "it is a pipe"), ("dir.toml", "it is a folder")] {
            let line = format!("flagfall {}", input.replace("IN", name));
            let output = shell(&folder, &line);
            let talk = stderr(&output);
            assert_eq!(output.status.code(), Some(3), "{line}: {talk}");
            assert!(talk.contains(name) && talk.contains(what), "{line}: {talk}");
        }
    }
    for input in ["resume IN", "run taxi --faults IN"] {
        let output = shell(&folder, &format!("flagfall {}", input.replace("IN", "/dev/ptmx")));
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(3), "{input}: {talk}");
        assert!(talk.contains("/dev/ptmx: it is a terminal"), "{input}: {talk}");
    }
}

#[test]
fn a_pipe_that_is_handed_over_open_is_read() {
    let folder = folder("places-handed");
    for line in [
        "flagfall run taxi -q --durations-file <(echo 2 1)",
        "echo 2 1 | flagfall run taxi -q --durations-file /dev/stdin",
        "echo 2 1 | flagfall run taxi -q --durations-file -",
        "flagfall run taxi -q --durations 2,1 --snapshot s --snapshot-at 1s; \
         cat s | flagfall resume -q /dev/stdin",
    ] {
        let output = shell(&folder, line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
        assert!(stdout(&output).contains("Course de 2 secondes"), "{line}");
    }
}

#[test]
fn a_pipe_among_the_files_of_a_study_is_not_waited_for() {
    for name in ["manifest.json", "summary.json", "rows.csv", "checksums.txt", ".lock"] {
        let folder = folder(&format!("places-study-{name}"));
        let sweep = "sweep taxi --replications 2 --out s -q";
        assert_eq!(told_in(&folder, sweep).0, 0);
        let made = shell(&folder, &format!("rm -f s/{name}; mkfifo s/{name}"));
        assert!(made.status.success());
        for command in [sweep, "report s -q"] {
            let output = shell(&folder, &format!("flagfall {command}"));
            assert!(output.status.code().is_some(), "{name}: {command}");
        }
    }
}

#[test]
fn ends_of_lines_in_names_do_not_reach_the_terminal() {
    let folder = folder("places-names");
    let evil = "x\nerror: forged";
    let run = |words: &[&str]| {
        let output = flagfall("").args(words).current_dir(&folder).output();
        let output = output.expect("the command runs");
        (stdout(&output), stderr(&output))
    };
    for words in [
        &["trace", evil][..],
        &["resume", evil],
        &["run", "taxi", "--faults", evil],
        &["run", "taxi", "--record", &format!("no/{evil}")],
        &["run", "taxi", "--fleet", evil],
        &["run", "taxi", "--latency", evil],
        &["run", "taxi", &format!("--{evil}")],
        &["run", "taxi", "-q", "--link", &format!("{evil}->b=1ms")],
        &["run", "taxi", "--max-events", "5", "--drivers", evil],
        &["sweep", "taxi", "--set", &format!("{evil}=1,2")],
        &["report", evil],
    ] {
        let (out, talk) = run(words);
        assert!(!talk.is_empty(), "{words:?}");
        for line in talk.lines().chain(out.lines()) {
            assert!(!line.starts_with("error: forged"), "{words:?}: {talk}");
        }
    }
}
