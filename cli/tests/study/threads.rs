//! Threads that cannot be started.

use super::{Place, files, stderr};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A command under a limit of the shell on its memory, in kibibytes; it ends within a minute.
fn limited(kibibytes: u64, words: &str) -> Output {
    let line = format!("ulimit -v {kibibytes}; exec '{}' {words}", env!("CARGO_BIN_EXE_flagfall"));
    let mut child = Command::new("sh")
        .args(["-c", &line])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().expect("SIGKILL");
            panic!("{words} did not end under {kibibytes} KiB");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().expect("a child")
}

#[test]
#[cfg(target_os = "linux")]
fn a_study_goes_on_with_the_threads_there_are() {
    let place = Place::new("few-threads");
    let study = "taxi --set fleet=2,4 --replications 300";
    let whole = place.swept("whole", study);
    let mut short = 0;
    for kibibytes in [300_000, 500_000, 1_000_000, 2_000_000] {
        let folder = format!("{kibibytes}");
        let words =
            format!("sweep {study} --threads 1024 -q --out '{}'", place.join(&folder).display());
        let output = limited(kibibytes, &words);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{kibibytes}: {told}");
        assert!(!told.contains("a bug in flagfall"), "{told}");
        assert!(files(&place.join(&folder)) == whole, "{kibibytes}");
        short += usize::from(told.contains(" of 1024 threads could be started"));
    }
    assert!(short > 0, "the limits were no limits");
    let words = "compare taxi --set fleet=2,4 --replications 50 -q --threads 1024";
    let output = limited(500_000, words);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains(" of 1024 threads could be started"), "{told}");
    let usual = Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .args(words.replace("1024", "1").split(' '))
        .output()
        .expect("it runs");
    assert!(output.stdout == usual.stdout && !usual.stdout.is_empty());
}
