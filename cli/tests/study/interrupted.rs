//! Studies that are killed, and given again.

use super::{COMPLETE, Place, files, stderr};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A number that differs from call to call; what it is must not matter.
fn some_millis(most: u64) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    Duration::from_millis(RandomState::new().hash_one(0) % most)
}

fn rows(path: &Path) -> usize {
    let log = std::fs::read(path.join("rows.log")).unwrap_or_default();
    log.iter().filter(|byte| **byte == b'\n').count()
}

/// Kills a study again and again until it has come to its end, and says how often.
pub(super) fn killed(place: &Place, name: &str, study: &str, kills: u32) -> u32 {
    let mut count = 0;
    let mut threads = [1, 2, 4].into_iter().cycle();
    while count < kills {
        let threads = threads.next().expect("a cycle");
        let mut command = place.sweep(name, &format!("{study} --threads {threads}"));
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let start = Instant::now();
        let wait = some_millis(120);
        let ended = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                assert!(status.success(), "{status}");
                break true;
            }
            if start.elapsed() >= wait {
                break false;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        if ended {
            break;
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("a child");
        count += 1;
    }
    count
}

#[test]
fn killed_fifty_times_it_comes_to_the_same_bytes() {
    let place = Place::new("killed");
    let study = "taxi --set fleet=2,3,4,5 --replications 2500";
    let whole = place.swept("whole", &format!("{study} --threads 1"));
    let mut kills = 0;
    let mut halves = 0;
    for round in 0..20 {
        let name = format!("killed-{round}");
        kills += killed(&place, &name, study, 50 - kills);
        halves += u32::from((2..10_000).contains(&rows(&place.join(&name))));
        let after = place.swept(&name, study);
        assert_eq!(after.keys().collect::<Vec<_>>(), COMPLETE);
        assert!(after == whole, "round {round}");
        if kills == 50 {
            break;
        }
    }
    assert_eq!(kills, 50);
    println!("50 kills, {halves} rounds left with rows in the log");
}

#[test]
fn two_at_once_are_told_apart() {
    let place = Place::new("two");
    let study = "taxi --rides 100000 --set fleet=2,3 --replications 10";
    let mut first = place.sweep("days", study);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    while !place.join("days").join("rows.log").exists() {
        assert!(first.try_wait().expect("a child").is_none(), "it was over too soon");
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = place.sweep("days", study).output().expect("it runs");
    let told = stderr(&second);
    first.kill().expect("SIGKILL");
    first.wait().expect("a child");
    assert_eq!(second.status.code(), Some(3), "{told}");
    assert!(told.contains("another flagfall is writing into"), "{told}");
}

/// No room: the limit of the shell on the size of files stands in for a full disk, where
/// writing fails, too.
#[test]
#[cfg(unix)]
fn without_room_rows_are_kept_and_it_goes_on() {
    let place = Place::new("room");
    let study = "taxi --set fleet=2,3,4,5 --replications 500";
    let whole = place.swept("whole", study);
    let out = place.join("full");
    let line = format!(
        "trap '' XFSZ; ulimit -f 64; exec '{}' sweep {study} --quiet --out '{}'",
        env!("CARGO_BIN_EXE_flagfall"),
        out.display()
    );
    let output = std::process::Command::new("sh").args(["-c", &line]).output().expect("a shell");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.contains("cannot write") && told.contains("rows.log"), "{told}");
    assert!(told.contains("the same command again"), "{told}");
    let kept = rows(&out);
    assert!((100..2000).contains(&kept), "{kept} rows");
    assert!(!files(&out).contains_key("summary.json"));
    assert!(place.swept("full", study) == whole);
}
