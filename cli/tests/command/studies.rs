//! Studies and comparisons: what is told is what was run.

use super::{flagfall, folder, run, stderr, within};

#[test]
fn an_option_is_said_once() {
    let folder = folder("studies-once");
    std::fs::write(folder.join("day.toml"), "model = \"taxi\"\n[grid]\nfleet = [1, 2]\n")
        .expect("a file");
    let twice = "fleet is given twice, by --fleet 3 and by --set fleet=1,2";
    for (line, part) in [
        ("sweep taxi --set fleet=1,2 --fleet 3 --out s", twice),
        ("compare taxi --set fleet=1,2 --fleet 3", twice),
        ("compare taxi --fleet=3 --set fleet=1,2", "by --fleet=3 and by --set fleet=1,2"),
        ("sweep taxi --set seed=1,2 --seed 3 --out s", "by --seed 3 and by --set seed=1,2"),
        (
            "sweep taxi --set fault=slow:a;b --fault c --out s",
            "by --fault c and by --set fault=slow:a,b",
        ),
        ("sweep taxi --set fleet=1 --set fleet=2 --out s", "fleet varies twice"),
        ("sweep day.toml --fleet 3 --set fleet=4,5 --out s", "fleet is given twice"),
        ("compare day.toml --fleet 3 --set fleet=4,5", "fleet is given twice"),
        (
            "sweep --set fleet=1,2 taxi --set every=1s,2s --out s",
            "--set is given twice, before taxi",
        ),
        ("compare --of rides taxi --set fleet=1,2 --of refused", "--of is given twice"),
        ("sweep --replications=3 taxi --replications 2 --out s", "--replications is given twice"),
        ("ties --budget 5 taxi --budget 10", "--budget is given twice"),
        ("verify --runs 2 taxi --runs 3", "--runs is given twice"),
        ("fork --at 5s --set latency=1ms --set latency=2ms taxi", "--set has latency twice"),
        ("fork --at 5s --set max-names=1 --set max-names=2 taxi", "--set has max-names twice"),
        ("fork --at 5s --seeds 1,2,1 taxi", "--seeds has 1 twice"),
    ] {
        let (code, out, talk) = within(&folder, line);
        assert_eq!((code, out.as_str()), (2, ""), "{line}: {talk}");
        assert!(talk.contains(part), "{line}: {talk}");
    }
    assert!(!folder.join("s").exists());
    // What a file says is another matter: the command line counts instead.
    let (code, _, talk) = within(&folder, "sweep day.toml --fleet 3 --replications 2 --out s");
    assert!(code == 0 && talk.contains("at 1 point,"), "{talk}");
    // Options on both sides of the name that are not the same stay what they are.
    let (code, out, _) =
        within(&folder, "sweep --set fleet=1,2 taxi --replications 2 --out both -q");
    assert!(code == 0 && out.starts_with("taxi: 2 points, 4 replications,"), "{out}");
}

#[test]
fn seeds_that_vary_are_told_as_they_are() {
    let folder = folder("studies-seeds");
    let (code, _, talk) =
        within(&folder, "sweep taxi --set seed=7,8 --replications 2 --out s --json");
    assert_eq!(code, 0, "{talk}");
    assert!(talk.starts_with("taxi: seeds 7, 8, 4 replications at 2 points"), "{talk}");
    let (_, report, _) = within(&folder, "report s --html s.html");
    assert!(report.contains("4 replications, seeds 7, 8, mean"), "{report}");
    for name in ["s/manifest.json", "s/summary.json"] {
        let text = std::fs::read_to_string(folder.join(name)).expect("a file");
        assert!(text.contains("\"seed\": null"), "{name}: {text}");
    }
    for name in ["s/summary.md", "s.html"] {
        let text = std::fs::read_to_string(folder.join(name)).expect("a file");
        assert!(!text.contains("seed 42") && !text.contains("<dd>42</dd>"), "{name}");
    }
    let (code, _, talk) = within(&folder, "sweep taxi --set seed=7,8 --replications 2 --out s");
    assert!(code == 0 && talk.contains("nothing was run"), "{talk}");
}

#[test]
fn one_replication_has_no_interval_and_is_one() {
    let folder = folder("studies-one");
    let (code, out, talk) = within(&folder, "sweep taxi --replications 1 --out s");
    assert_eq!(code, 0, "{talk}");
    assert!(out.starts_with("taxi: 1 point, 1 replication, mean"), "{out}");
    assert!(out.contains("(one value, no interval)"), "{out}");
    assert!(out.contains("\nOne value: no interval; it takes two replications"), "{out}");
    assert!(talk.contains("1 replication at 1 point, 0 failed"), "{talk}");
    assert!(talk.contains(" on 1 thread;"), "{talk}");
    let markdown = std::fs::read_to_string(folder.join("s/summary.md")).expect("a file");
    assert!(markdown.contains("1 replication from seed 42, 0 failed."), "{markdown}");
    let (_, again, talk) = within(&folder, "sweep taxi --replications 1 --out s");
    assert_eq!(again, out);
    assert!(talk.contains("s has its 1 row already"), "{talk}");
}

#[test]
fn threads_are_those_that_ran() {
    let folder = folder("studies-threads");
    let (code, _, talk) = within(&folder, "sweep taxi --replications 3 --threads 64 --out s");
    assert_eq!(code, 0, "{talk}");
    let (_, rest) = talk.split_once("/s on ").expect("threads");
    let count: usize = rest.split(' ').next().expect("a number").parse().expect("a number");
    assert!((1..=3).contains(&count), "{talk}");
}

#[test]
fn a_comparison_of_which_nothing_is_left_says_how_to_see_it() {
    for (line, replication) in [("--replications 3", "0"), ("--replications 2", "0")] {
        let output = run(&format!("compare taxi --set fleet=1,2 --max-events 50 {line}"));
        let talk = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{talk}");
        let again = talk.lines().find_map(|line| line.strip_prefix("again: flagfall "));
        let again = again.expect("a command");
        assert!(again.ends_with(&format!("--replication={replication}")), "{again}");
        let again = run(again);
        assert_eq!(again.status.code(), Some(1));
        assert!(stderr(&again).contains("limit of 50 events"), "{}", stderr(&again));
    }
}

#[test]
fn branches_that_are_one_run_are_named() {
    let note = |line: &str| stderr(&run(line));
    let talk = note("fork --at 5s --branches 3 taxi");
    assert!(talk.contains("note: branches 1, 2, 3 are one run"), "{talk}");
    let talk = note("fork --at 5s --branches 3 --seeds 7 taxi");
    assert!(talk.contains("note: branches 2, 3 are one run"), "{talk}");
    let talk = note("fork --at 5s --branches 2 taxi --no-digest");
    assert!(talk.contains("note: branches 1, 2 are one run"), "{talk}");
    for line in ["fork --at 5s --seeds 7,8 taxi", "fork --at 5s --branches 1 taxi"] {
        assert!(!note(line).contains("note:"), "{line}: {}", note(line));
    }
}

#[test]
fn a_trace_without_its_end_is_not_called_equal() {
    let folder = folder("studies-cut");
    let run = "run taxi --rides 500 --every 100ms -q --record day";
    assert_eq!(within(&folder, run).0, 0);
    let whole = std::fs::read(folder.join("day")).expect("a file");
    // What is left of a run that was killed after its first block: such a file has no mark
    // of an end.
    within(&folder, "run taxi --rides 500 --every 100ms -q --max-events 1500 --record cut");
    assert!(std::fs::read(folder.join("cut.partial")).expect("a file").len() < whole.len());
    for (name, code) in [("cut", 1), ("day", 0)] {
        let (got, out, talk) = within(&folder, &format!("replay {name}"));
        assert_eq!(got, code, "{talk}");
        if code == 1 {
            assert_eq!(out, "no difference in 1500 records, but the comparison is incomplete\n");
            assert!(talk.contains("is incomplete: 1500 records, up to event 1500"), "{talk}");
            let (got, out, _) = within(&folder, "replay cut --json");
            assert!(got == 1 && out.contains("\"equal\":false"), "{out}");
        }
    }
}

/// The command, with Ctrl-C on. A shell that starts tests in the background without job
/// control has them ignore it, and so do the commands that they start.
#[cfg(unix)]
fn hears_ctrl_c(command: &std::process::Command) -> std::process::Command {
    let on = "--default-signal=INT";
    let mut heard = std::process::Command::new("env");
    // Only GNU's can do it.
    let mut tried = std::process::Command::new("env");
    tried.args([on, "true"]).stderr(std::process::Stdio::null());
    if tried.status().is_ok_and(|status| status.success()) {
        heard.arg(on);
    }
    heard.arg(command.get_program()).args(command.get_args());
    heard
}

#[test]
#[cfg(unix)]
fn ctrl_c_says_what_is_kept_and_what_goes_on() {
    let folder = folder("studies-interrupted");
    let line = "sweep taxi --rides 2000 --set fleet=2,3 --replications 2000 --out s";
    let interrupt = |line: &str, ready: &dyn Fn() -> bool| {
        let mut command = hears_ctrl_c(&flagfall(line));
        command.current_dir(&folder);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
        let child = command.spawn().expect("the command runs");
        while !ready() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let kill =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        child.wait_with_output().expect("an output")
    };
    let rows = || std::fs::read(folder.join("s/rows.log")).is_ok_and(|log| log.len() > 2_000);
    let output = interrupt(line, &rows);
    let talk = stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{talk}");
    assert!(talk.contains("interrupted: ") && talk.contains(" rows kept in s\n"), "{talk}");
    assert!(talk.contains(&format!("continue: flagfall {line}")), "{talk}");
    let count: u64 = talk
        .split_once("interrupted: ")
        .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
        .expect("a count");
    // The command that goes on finds those rows, or a few that were written meanwhile.
    let output = interrupt(line, &|| {
        std::thread::sleep(std::time::Duration::from_secs(1));
        true
    });
    let (there, _) = stderr(&output)
        .split_once(" already: going on")
        .map(|(text, rest)| (text.to_owned(), rest.to_owned()))
        .expect("rows");
    let there: u64 = there.split(' ').nth(2).expect("a count").parse().expect("a count");
    assert!(there >= count, "{there} of {count}");
    let line = "compare taxi --rides 2000 --set fleet=2,3 --replications 2000";
    let output = interrupt(line, &|| {
        std::thread::sleep(std::time::Duration::from_secs(1));
        true
    });
    let talk = stderr(&output);
    assert_eq!(output.status.code(), Some(130), "{talk}");
    assert!(talk.contains("interrupted: no replication is kept\n"), "{talk}");
    assert!(talk.contains(&format!("again: flagfall {line}")), "{talk}");
}
