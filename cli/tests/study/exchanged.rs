//! No rows of another study, however the files of two are exchanged.

use super::{Files, Place, files, stderr};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Studies that are near to each other: other parameters, seeds, numbers, points, levels,
/// limits.
const STUDIES: [&str; 8] = [
    "taxi --rides 6 --set fleet=1,2 --replications 5",
    "taxi --rides 7 --set fleet=1,2 --replications 5",
    "taxi --rides 6 --set fleet=1,2 --replications 5 --seed 7",
    "taxi --rides 6 --set fleet=1,2 --replications 6",
    "taxi --rides 6 --set fleet=2,1 --replications 5",
    "taxi --rides 6 --set fleet=1,3 --replications 5",
    "taxi --rides 6 --set fleet=1,2 --replications 5 --level 0.9",
    "taxi --rides 6 --set fleet=1,2 --replications 5 --max-events 70",
];

/// One of them: its files, and its log at the end.
#[derive(Debug)]
struct Known {
    files: Files,
    log: Vec<u8>,
    /// Some runs of the last fail.
    code: i32,
}

fn sweep(place: &Place, name: &str, study: usize) -> Output {
    place.sweep(name, STUDIES[study]).output().expect("it runs")
}

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let place = Place::new("exchanged-known");
        let one = |study: usize| {
            let name = study.to_string();
            let output = sweep(&place, &name, study);
            let code = output.status.code().expect("a code");
            assert!(code <= 1, "{}", stderr(&output));
            let whole = files(&place.join(&name));
            // A folder in the way of the last file: the log stays.
            let cut = place.join(&format!("{name}-cut"));
            fs::create_dir_all(cut.join("summary.json.partial")).expect("a folder");
            fs::write(cut.join("manifest.json"), &whole["manifest.json"]).expect("a file");
            let output = sweep(&place, &format!("{name}-cut"), study);
            assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
            Known { files: whole, log: fs::read(cut.join("rows.log")).expect("a log"), code }
        };
        (0..STUDIES.len()).map(one).collect()
    })
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum From {
    One,
    Other,
    Nowhere,
}

fn from() -> impl Strategy<Value = From> {
    prop_oneof![4 => Just(From::One), 3 => Just(From::Other), 1 => Just(From::Nowhere)]
}

/// What stands in the log, if there is one.
#[derive(Clone, Copy, Debug)]
enum Log {
    Whole(From),
    Cut(From, u8),
    /// Lines of the one, and then lines of the other.
    Both(u8),
    /// Lines of both in turn, below the first line of the one.
    Mixed,
}

fn log() -> impl Strategy<Value = Log> {
    prop_oneof![
        3 => from().prop_map(Log::Whole),
        2 => (from(), any::<u8>()).prop_map(|(from, at)| Log::Cut(from, at)),
        1 => any::<u8>().prop_map(Log::Both),
        1 => Just(Log::Mixed),
    ]
}

fn bytes(log: Log, one: &[u8], other: &[u8]) -> Vec<u8> {
    let part = |bytes: &[u8], at: u8| bytes[..bytes.len() * usize::from(at) / 255].to_vec();
    let of = |from: From| if from == From::One { one } else { other };
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    match log {
        Log::Whole(from) => of(from).to_vec(),
        Log::Cut(from, at) => part(of(from), at),
        Log::Both(at) => {
            let mut both: Vec<u8> =
                lines(one).into_iter().take(2 + usize::from(at % 5)).flatten().collect();
            both.extend(lines(other).into_iter().skip(2).flatten());
            both
        }
        Log::Mixed => {
            let mut mixed = lines(one)[..2].concat();
            for (one, other) in lines(one).into_iter().zip(lines(other)).skip(2) {
                mixed.extend(other);
                mixed.extend(one);
            }
            mixed
        }
    }
}

const NAMES: [&str; 6] =
    ["manifest.json", "rows.csv", "rows.parquet", "summary.json", "summary.md", "checksums.txt"];

fn report(path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    command.arg("report").arg(path).arg("-q").output().expect("it runs")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Files of two studies in one folder: whoever gives the command of either gets its own
    /// bytes, or an error; and nothing but a whole study is reported.
    #[test]
    fn rows_belong_to_one_study(
        one in 0..STUDIES.len(), other in 0..STUDIES.len(), of_one in any::<bool>(),
        parts in prop::array::uniform6(from()), log in prop::option::weighted(0.4, log()),
        repair in prop::bool::weighted(0.2),
    ) {
        let place = Place::new("exchanged");
        let path = place.join("days");
        fs::create_dir_all(&path).expect("a folder");
        let all = known();
        for (name, from) in NAMES.into_iter().zip(parts) {
            let file = match from {
                From::One => all[one].files.get(name),
                From::Other => all[other].files.get(name),
                From::Nowhere => None,
            };
            file.into_iter().for_each(|bytes| fs::write(path.join(name), bytes).expect("a file"));
        }
        if let Some(log) = log {
            let log = bytes(log, &all[one].log, &all[other].log);
            fs::write(path.join("rows.log"), log).expect("a file");
        }
        let before = files(&path);
        let whole = |study: usize| NAMES.iter().all(|name| before.get(*name) == all[study].files.get(*name));
        let output = report(&path);
        match output.status.code() {
            Some(0) => prop_assert!(log.is_none() && (whole(one) || whole(other))),
            code => prop_assert!(matches!(code, Some(3..=5)), "{:?} {}", code, stderr(&output)),
        }
        let study = if of_one { one } else { other };
        let arguments = format!("{}{}", STUDIES[study], if repair { " --repair" } else { "" });
        let output = place.sweep("days", &arguments).output().expect("it runs");
        let told = stderr(&output);
        match output.status.code() {
            Some(0 | 1) => {
                prop_assert_eq!(output.status.code(), Some(all[study].code), "{}", told);
                let mut after = files(&path);
                after.remove(".lock");
                let mut wanted = all[study].files.clone();
                wanted.remove(".lock");
                prop_assert!(after == wanted, "{}", told);
            }
            Some(3..=5) => {
                let mut after = files(&path);
                after.remove(".lock");
                prop_assert!(after == before, "what is refused is left as it was: {}", told);
            }
            code => prop_assert!(false, "{:?} {}", code, told),
        }
    }
}

/// The case that was found by hand: rows of one under the manifest of the other.
#[test]
fn the_manifest_of_another_study_does_not_make_its_rows() {
    let place = Place::new("laundered");
    for (one, other) in [(0, 1), (0, 2), (0, 3), (0, 4), (0, 6), (7, 0), (0, 7)] {
        let name = format!("{one}-{other}");
        let path = place.join(&name);
        fs::create_dir_all(&path).expect("a folder");
        for (file, bytes) in &known()[one].files {
            fs::write(path.join(file), bytes).expect("a file");
        }
        fs::write(path.join("manifest.json"), &known()[other].files["manifest.json"])
            .expect("a file");
        let before = files(&path);
        for options in ["", " --repair", " --retry-failed"] {
            let arguments = format!("{}{options}", STUDIES[other]);
            let output = place.sweep(&name, &arguments).output().expect("it runs");
            assert_eq!(output.status.code(), Some(5), "{name}: {}", stderr(&output));
            assert!(
                stderr(&output).contains("checksums.txt does not belong"),
                "{}",
                stderr(&output)
            );
            assert!(files(&path) == before, "{name}");
        }
        assert_eq!(report(&path).status.code(), Some(5));
    }
}

/// Another version may come to other rows.
#[test]
fn rows_of_another_version_are_refused() {
    let place = Place::new("version");
    let whole = &known()[0];
    for (name, wanted) in [("manifest", "begun by flagfall 0.0.9"), ("log", "flagfall 0.0.9")] {
        let path = place.join(name);
        fs::create_dir_all(&path).expect("a folder");
        let manifest = String::from_utf8(whole.files["manifest.json"].clone()).expect("UTF-8");
        if name == "manifest" {
            let old = manifest.replacen("\"0.1.0\"", "\"0.0.9\"", 1);
            fs::write(path.join("manifest.json"), old).expect("a file");
        } else {
            fs::write(path.join("manifest.json"), manifest).expect("a file");
            let log = String::from_utf8(whole.log.clone()).expect("UTF-8");
            let (first, rest) = log.split_once('\n').expect("lines");
            let first = first[17..].replacen("\"0.1.0\"", "\"0.0.9\"", 1);
            let check = twox_hash::XxHash3_64::oneshot(first.as_bytes());
            fs::write(path.join("rows.log"), format!("{check:016x} {first}\n{rest}"))
                .expect("a file");
        }
        let output = sweep(&place, name, 0);
        assert_eq!(output.status.code(), Some(5), "{name}: {}", stderr(&output));
        assert!(stderr(&output).contains(wanted), "{}", stderr(&output));
    }
}
