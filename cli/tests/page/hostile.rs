//! A study whose files were made by somebody who means harm. Whoever can do that can make
//! its checksums, too: what is tried here is told to go on although they do not fit.

use super::command::Copy;
use crate::command::{run, stderr, stdout};
use base64::Engine;
use std::fs;

/// Nothing in it does anything to a terminal.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| "\n\t".contains(c) || !(c.is_control() || "\u{202e}\u{2066}".contains(c)))
}

/// A study whose points read that file, without any digest that could vouch for it.
fn reading(name: &str, option: &str, secret: &str) -> (Copy, String) {
    let copy = Copy::new(name);
    let path = copy.place("secret.txt");
    fs::write(&path, secret).expect("a file");
    let path = path.display().to_string();
    copy.change(
        "manifest.json",
        "=60\", \"--fleet",
        &format!("=1\", \"--{option}={path}\", \"--fleet"),
    );
    if option == "durations-file" {
        copy.change("manifest.json", "\"--rides=1\", \"--dur", "\"--dur");
    }
    let rows = fs::read_to_string(copy.place("rows.csv")).expect("rows");
    let without = rows.lines().map(|row| {
        let cells = row.split(',').map(|cell| match cell.len() {
            32 => "",
            _ => cell,
        });
        cells.collect::<Vec<_>>().join(",")
    });
    fs::write(copy.place("rows.csv"), without.collect::<Vec<_>>().join("\n")).expect("rows");
    (copy, path)
}

#[test]
fn no_file_of_the_reader_gets_into_the_page() {
    for (option, secret, parts) in [
        ("faults", "TOPSECRET of mine\nlink a -> b loss 1\n", &["TOPSECRET", "of mine"][..]),
        ("faults", "crash driver/TOPSECRET at 5s\n", &["TOPSECRET"]),
        ("durations-file", "TOPSECRET\n", &["TOPSECRET"]),
        ("durations-file", "41.25\n17.75\n", &["41.25", "17.75", "41_250", "ride"]),
    ] {
        let (copy, path) = reading("secret", option, secret);
        let output = run(&format!("report {} --even-if-changed --html -", copy.name()));
        let (page, talk) = (stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(0), "{talk}");
        let (_, made_again) = page.split_once("\"warm_up\":").expect("what was made again");
        let (made_again, _) = made_again.split_once("</script>").expect("an end");
        let again = talk.replace(&path, "");
        let (before, _) = page.split_once(super::DATA).expect("data");
        let (_, shown) = before.split_once("</head>").expect("what is shown");
        for part in parts.iter().filter(|part| **part != "ride") {
            assert!(!shown.replace(&path, "").contains(part), "{option}: {part}: {shown}");
        }
        for part in parts {
            assert!(!made_again.contains(part), "{option}: {part}: {made_again}");
            assert!(!again.contains(part), "{option}: {part}: {again}");
        }
        assert!(made_again.contains("run_note\":\"The"), "{made_again}");
    }
}

/// The first point vouches for its run; the second reads a file of the reader.
#[test]
fn a_file_that_another_point_reads_is_only_named() {
    let copy = Copy::new("other-point");
    let file = copy.place("mine.txt");
    fs::write(&file, "41.25\n17.75\n").expect("a file");
    let path = file.display().to_string();
    let manifest = fs::read_to_string(copy.place("manifest.json")).expect("a manifest");
    let (before, last) = manifest.rsplit_once("\"--rides=60\"").expect("a last point");
    let changed = format!("{before}\"--durations-file={path}\"{last}");
    fs::write(copy.place("manifest.json"), changed).expect("a change");
    let page = stdout(&run(&format!("report {} -q --even-if-changed --html -", copy.name())));
    assert!(page.contains("\"run\":{"), "the first point is shown");
    let (_, shown) = page.split_once("id=\"question\"").expect("parameters");
    let (shown, _) = shown.split_once("</section>").expect("their end");
    assert!(shown.contains(&path) && !shown.contains("41.25"), "its name alone: {shown}");
    assert!(shown.contains("<dt>price</dt><dd>1.25</dd>"), "defaults of options: {shown}");
    assert!(shown.contains("<dt>latency</dt><dd>1ms</dd>"), "defaults of the run: {shown}");
}

#[test]
fn nobody_waits_for_standard_input() {
    let copy = Copy::new("stdin");
    copy.change("manifest.json", "=60\", \"--fleet", "=60\", \"--faults=-\", \"--fleet");
    let output = run(&format!("report {} --even-if-changed --html -", copy.name()));
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("it reads -"), "{}", stderr(&output));
}

#[test]
fn a_study_that_reads_a_file_and_vouches_for_it_has_its_timeline() {
    let copy = Copy::new("vouched");
    let plan = copy.place("plan.txt");
    fs::write(&plan, "slow driver/** by 1.5\n").expect("a plan");
    let out = copy.place("study");
    let line = format!("--faults {} --replications 2 --out {}", plan.display(), out.display());
    let output = run(&format!("sweep taxi --rides 20 {line}"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown = || stdout(&run(&format!("report {} -q --html -", out.display())));
    assert!(shown().contains("\"run\":{"));
    // The file is another one now.
    fs::write(&plan, "slow driver/** by 2\n").expect("a plan");
    assert!(shown().contains("There is no timeline"));
}

#[test]
fn texts_of_a_study_do_nothing_to_a_terminal() {
    let evil = r"\u001b]0;owned\u0007\u001b[31m\u009b31m\u202etxt\u007f";
    let copy = Copy::new("terminal");
    let file = copy.place("manifest.json");
    let text = fs::read_to_string(&file).expect("a text");
    fs::write(&file, text.replace("\"model\": \"taxi\"", &format!("\"model\": \"{evil}\"")))
        .expect("a change");
    let raw = "\u{1b}[2J\u{7}\u{9b}31m";
    let rows = fs::read_to_string(copy.place("rows.csv")).expect("rows");
    let failed = rows.lines().find(|row| row.contains("in a handler")).expect("a failed row");
    let (before, rest) = failed.split_once("handler").expect("an error");
    fs::write(copy.place("rows.csv"), rows.replace(failed, &format!("{before}{raw}handler{rest}")))
        .expect("rows");
    for arguments in ["", "--html -", "--against flee\u{1b}[31m", "--of \u{9b}"] {
        let output = run(&format!("report {} --even-if-changed {arguments}", copy.name()));
        let (text, talk) = (stdout(&output), stderr(&output));
        assert!(is_plain(&text), "{arguments}: {text:?}");
        assert!(is_plain(&talk), "{arguments}: {talk:?}");
    }
}

#[test]
fn texts_of_files_and_options_do_nothing_to_a_terminal() {
    let copy = Copy::new("words");
    let scenario = copy.place("evil.toml");
    let path = scenario.display().to_string();
    for line in [
        "fleet = \"\\u001b[31m\"",
        "drivers = [\"\\u001b[31mEve\\u202e\"]",
        "\"\\u001b[31m\" = 1",
        "service-law = \"\\u009b\"",
    ] {
        fs::write(&scenario, format!("model = \"taxi\"\n{line}\n")).expect("a scenario");
        for command in ["run", "verify", "ties", "run --trace --lang en", "run --json"] {
            let (command, rest) = command.split_once(' ').unwrap_or((command, ""));
            let output = run(format!("{command} {path} {rest}").trim_end());
            let (text, talk) = (stdout(&output), stderr(&output));
            assert!(is_plain(&text) && is_plain(&talk), "{line}: {text:?}{talk:?}");
        }
    }
    let output = run("run taxi --drivers \u{1b}[31mEve,Ada\u{7f} --json --fleet 2");
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(is_plain(&stdout(&output)));
    assert_eq!(object["rides"][1]["driver"], "Ada\u{7f}");
    let output = run("run taxi --faults \u{1b}[31m.txt");
    assert!(is_plain(&stderr(&output)), "{:?}", stderr(&output));
}

#[test]
fn the_policy_names_each_script_and_style_by_its_hash() {
    let page = super::html(&super::sample("x", 2, 2, 3));
    let (_, policy) = page.split_once("Security-Policy\" content=\"").expect("a policy");
    let (policy, _) = policy.split_once('"').expect("an end");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    // The data are no script.
    for (name, tag) in [("script-src", "script"), ("style-src", "style")] {
        let (begin, end) = (format!("<{tag}>"), format!("</{tag}>"));
        let texts = page.split(&begin).skip(1).filter_map(|rest| rest.split_once(&end));
        let hash = |text: &str| {
            let hash = hmac_sha256::Hash::hash(text.as_bytes());
            format!(" 'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(hash))
        };
        let directive: String = texts.map(|(text, _)| hash(text)).collect();
        let directive = format!("{name}{directive};");
        assert!(policy.contains(&directive), "page.html needs {directive}");
    }
    // Another study has the same policy: nothing of it is in the scripts.
    let other = super::html(&super::sample("</script><script>alert(1)</script>", 2, 2, 3));
    assert!(other.contains(policy));
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="));
}
