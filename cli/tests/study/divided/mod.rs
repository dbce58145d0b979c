//! Studies in shards, without a model: any division, in any order, with copies, torn and foreign
//! files, comes to the bytes of one machine, or is refused by name.

mod wrong;

use super::Place;
use flagfall::Measures;
use flagfall::experiment::{
    Column, Experiment, Factor, Finished, Grid, Replications, Row, Stored, UntilPrecise,
};
use flagfall::statistics::Precision;
use flagfall_cli::study::{
    Folder, Manifest, Merged, OpenShard, Opened, Part, Reopen, Shard, Shards, Short, StudyError,
    StudyProblem, Summary,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a run comes to: it depends on the point and the replication alone.
pub(super) fn run(point: usize, replication: u64) -> Result<Finished, String> {
    let mixed = (replication + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let mixed = (mixed ^ point as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11;
    let uniform = mixed as f64 / (1_u64 << 53) as f64;
    if mixed % 13 == 5 {
        return Err(format!("no luck at {point},\n\"{replication}\""));
    }
    let mut measures = Measures::new();
    measures.add("wait", "s", Some(100.0 + 30.0 * uniform / (point + 1) as f64));
    measures.add("tip", "$", (mixed % 3 > 0).then_some(-0.0 + uniform - 0.5));
    measures.share("lost", u64::from(mixed % 7 == 0), 1);
    measures.add("vast", "1", Some(if mixed % 50 == 1 { f64::MAX } else { 1.0 }));
    Ok(Finished { measures, events: mixed % 1000, digest: None })
}

fn replay(row: &Row) -> String {
    format!("again {} {}", row.point, row.replication)
}

/// Makes a replication of a point.
pub(super) type Make = dyn Fn(usize, u64) -> Result<Finished, String> + Send + Sync;

#[derive(Clone)]
pub(super) struct Asked {
    pub(super) manifest: Manifest,
    pub(super) replications: Replications,
    pub(super) make: Arc<Make>,
}

impl Asked {
    fn new(points: usize, replications: Replications, seed: u64) -> Self {
        let levels = (0..points).map(|level| format!("{level}s")).collect();
        let factor = Factor { name: "every".to_owned(), levels };
        let grid = Grid::new(vec![factor]).expect("a grid");
        let manifest = Manifest::new("days", seed, &grid, &[], &replications, 0.95);
        Self { manifest, replications, make: Arc::new(run) }
    }

    fn points(&self) -> usize {
        self.manifest.points.len()
    }

    /// The files of one machine.
    pub(super) fn whole(&self, path: &Path) -> BTreeMap<String, Vec<u8>> {
        let opened = Folder::open(path, &self.manifest, Reopen::default()).expect("a folder");
        let Opened::New(mut folder) = opened else { panic!("{opened:?}") };
        let experiment = Experiment::new(self.replications.clone()).threads(2);
        let keep = |columns: &[_], rows: &[_]| folder.keep(columns, rows);
        let results = experiment.run_into(self.points(), Stored::default(), &*self.make, keep);
        folder.finish(&self.manifest, results.expect("rows"), &replay).expect("files");
        files(path)
    }

    /// Runs a shard; `most` rows of it, and then it is killed.
    pub(super) fn shard(&self, path: &Path, part: Part, most: u64) -> Option<PathBuf> {
        let opened = Shard::open(path, &self.manifest, &self.replications, part).expect("a shard");
        let (mut shard, stored) = match opened {
            OpenShard::Begun(shard, stored, _) => (*shard, stored),
            OpenShard::Done(path, ..) => return Some(path),
            OpenShard::Finished => panic!("the study is not complete"),
        };
        let tasks = shard.tasks.clone();
        let begun = stored.rows.len() as u64;
        let end = tasks.count().min(begun.saturating_add(most));
        for (point, replication) in (begun..end).map(|number| tasks.at(number)) {
            let (columns, row) = row(&*self.make, point, replication);
            shard.keep(&columns, &[row]).expect("room");
        }
        if end < tasks.count() {
            return None;
        }
        let path = shard.path.clone();
        shard.finish().expect("room");
        Some(path)
    }

    fn merge(&self, path: &Path) -> Result<Result<(), Short>, StudyError> {
        let shards = Shards::scan(path, &self.manifest, &self.replications)?;
        let opened = Folder::open(path, &self.manifest, Reopen::default())?;
        let (folder, stored) = match opened {
            Opened::New(folder) => (folder, Stored::default()),
            Opened::Begun { folder, stored, .. } => (folder, stored),
            _ => return Ok(Ok(())),
        };
        let of = (&self.replications, &stored);
        let merged = shards.merge(folder, &self.manifest, of, &replay, &mut |_| ())?;
        Ok(match merged {
            Merged::Complete(_) => Ok(()),
            Merged::Short(_, short) => Err(short),
        })
    }

    /// Merges, and runs what is asked for in each round, until the study is complete: how many
    /// rounds it took.
    pub(super) fn merge_on(&self, path: &Path, next: &dyn Fn() -> Vec<Part>) -> u64 {
        for turn in 1.. {
            assert!(turn < 40, "it comes to no end");
            let Err(short) = self.merge(path).expect("shards of one study") else { return turn };
            let parts = if short.parts.is_empty() { next() } else { short.parts };
            parts.into_iter().for_each(|part| drop(self.shard(path, part, u64::MAX)));
        }
        unreachable!("it is endless")
    }
}

fn row(make: &Make, point: usize, replication: u64) -> (Vec<Column>, Row) {
    let one = Experiment::new(Replications::Fixed(1));
    let results = one.run(1, |_, _| make(point, replication)).expect("a row");
    let outcome = results.rows[0].outcome.clone();
    (results.columns, Row { point, replication, outcome })
}

/// Those of the study, and none of its shards.
pub(super) fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(path).expect("a folder").map(|entry| entry.expect("one").path());
    let files = entries.filter(|path| path.is_file());
    files
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a file"))
        })
        .collect()
}

/// A division of all into parts, in some order: which are split, and into how many.
pub(super) fn division() -> impl Strategy<Value = Vec<Part>> {
    let splits = prop::collection::vec((any::<prop::sample::Index>(), 2..5_u64), 0..5);
    let divided = splits.prop_map(|splits| {
        let mut parts = vec![Part::ALL];
        for (which, count) in splits {
            let part = parts.swap_remove(which.index(parts.len()));
            let (n, of) = (part.part(), part.of());
            parts.extend((0..count).map(|k| Part::new(n + k * of, count * of).expect("a part")));
        }
        parts
    });
    divided.prop_shuffle()
}

fn replications() -> impl Strategy<Value = Replications> {
    let precise = (5..40_u32, 20..300_u64, any::<bool>()).prop_map(|(share, most, one)| {
        let precision = Precision::Relative(f64::from(share) / 1000.0);
        let mut until = UntilPrecise::new(precision, 0.95).expect("a precision");
        until.most = most;
        until.of = if one { vec!["wait".to_owned()] } else { vec!["wait".into(), "tip".into()] };
        Replications::UntilPrecise(until)
    });
    prop_oneof![(1..40_u64).prop_map(Replications::Fixed), precise]
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Line(prop::sample::Index),
}

impl Damage {
    fn of(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self {
            // One that was cut to nothing before.
            _ if bytes.is_empty() => {}
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Flip(at, bit) => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << (bit % 8);
            }
            Self::Line(which) => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                lines.remove(which.index(lines.len()));
                bytes = lines.concat();
            }
        }
        bytes
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    use prop::sample::Index;
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        any::<Index>().prop_map(Damage::Line),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_division_comes_to_the_same_bytes_or_is_refused(
        points in 1..4_usize,
        replications in replications(),
        parts in division(),
        copies in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        torn in prop::collection::vec((any::<prop::sample::Index>(), damage()), 0..4),
        killed in prop::collection::vec((any::<prop::sample::Index>(), 0..9_u64), 0..3),
        foreign in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..3),
    ) {
        let place = Place::new("divided");
        let asked = Asked::new(points, replications, 42);
        let whole = asked.whole(&place.join("whole"));
        let path = place.join("parts");
        for (which, most) in &killed {
            asked.shard(&path, parts[which.index(parts.len())], *most);
        }
        let done: Vec<PathBuf> =
            parts.iter().map(|part| asked.shard(&path, *part, u64::MAX).expect("done")).collect();
        for (number, which) in copies.iter().enumerate() {
            let copy = path.join(format!("shards/copy {number}.shard"));
            fs::copy(&done[which.index(done.len())], copy).expect("room");
        }
        let copied: Vec<usize> = copies.iter().map(|which| which.index(done.len())).collect();
        let mut lost = Vec::new();
        for (which, damage) in &torn {
            let at = which.index(done.len());
            let bytes = damage.of(&fs::read(&done[at]).expect("a file"));
            fs::write(&done[at], bytes).expect("room");
            lost.push(at);
        }
        // Files of another seed, and of another version.
        let mut strangers = Vec::new();
        for (number, (which, of_version)) in foreign.iter().enumerate() {
            let mut other = asked.clone();
            if *of_version {
                other.manifest.flagfall = "0.0.9".to_owned();
            } else {
                other = Asked::new(points, asked.replications.clone(), 7);
            }
            let from = place.join(&format!("other {number}"));
            let part = parts[which.index(parts.len())];
            let file = other.shard(&from, part, u64::MAX).expect("done");
            let name = format!("stranger {number}.shard");
            fs::copy(file, path.join("shards").join(&name)).expect("room");
            strangers.push(name);
        }
        if !strangers.is_empty() {
            let error = asked.merge(&path).expect_err("strangers");
            prop_assert!(matches!(error.problem, StudyProblem::Shards(_)), "{error}");
            for name in &strangers {
                prop_assert!(error.to_string().contains(name), "{error}");
                fs::remove_file(path.join("shards").join(name)).expect("a file");
            }
            prop_assert!(!path.join("rows.csv").exists() && !path.join("summary.json").exists());
        }
        if let Err(short) = asked.merge(&path).expect("shards of one study") {
            // What is said to be missing is what was torn, to the last replication.
            let is_torn = |point, replication| {
                let owner = parts.iter().position(|part| part.has(point, replication));
                let owner = owner.expect("a division");
                lost.contains(&owner) && !copied.contains(&owner)
            };
            for (point, replication) in (0..points).flat_map(|p| (0..60).map(move |r| (p, r))) {
                let is_missing = short.parts.iter().any(|part| part.has(point, replication));
                // A file that was damaged twice may be as it was.
                let is_known = is_torn(point, replication) == is_missing || torn.len() > 1;
                prop_assert!(is_known || short.parts.is_empty(), "{short:?}");
            }
        }
        asked.merge_on(&path, &|| parts.clone());
        let merged = files(&path);
        prop_assert_eq!(merged.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
        for (name, bytes) in &whole {
            prop_assert!(merged[name] == *bytes, "{} differs", name);
        }
    }
}

#[test]
fn a_round_goes_on_after_all_rows_and_stops_as_on_one_machine() {
    let place = Place::new("rounds");
    let mut until = UntilPrecise::new(Precision::Relative(0.004), 0.95).expect("a precision");
    until.of = vec!["wait".to_owned()];
    let asked = Asked::new(3, Replications::UntilPrecise(until), 42);
    let whole = asked.whole(&place.join("whole"));
    for parts in [vec!["1/1"], vec!["2/3", "3/3", "1/3"]] {
        let path = place.join(&format!("{} parts", parts.len()));
        let parts: Vec<Part> = parts.iter().map(|part| part.parse().expect("a part")).collect();
        parts.iter().for_each(|part| drop(asked.shard(&path, *part, u64::MAX)));
        let rounds = asked.merge_on(&path, &|| parts.clone());
        assert!((2..7).contains(&rounds), "{rounds} rounds");
        assert!(files(&path) == whole, "{parts:?}");
    }
}

/// What does not fit into memory is sorted in pieces, in a file.
#[test]
fn quantiles_of_many_rows_are_those_of_all() {
    let place = Place::new("many");
    let replications = Replications::Fixed(300_000);
    let asked = Asked::new(1, replications.clone(), 42);
    let path = place.join("study");
    let opened = Folder::open(&path, &asked.manifest, Reopen::default()).expect("a folder");
    let Opened::New(folder) = opened else { panic!("it is new") };
    let results = Experiment::new(replications).threads(2).run(1, run).expect("rows");
    let wanted = Summary::of(&asked.manifest, &results);
    let summary = folder.finish(&asked.manifest, results, &replay).expect("files");
    assert!(summary.points[0].measures.iter().all(|measure| measure.count > 131_072));
    assert!(summary == wanted, "{summary:?}");
    let names: Vec<String> = files(&path).into_keys().collect();
    assert!(!names.iter().any(|name| name.starts_with("values")), "{names:?}");
}

/// A file of an earlier round that is lost later: the rows are run again in a round of their own.
#[test]
fn an_earlier_round_that_is_lost_is_run_again() {
    let place = Place::new("lost-round");
    let mut until = UntilPrecise::new(Precision::Relative(0.004), 0.95).expect("a precision");
    until.of = vec!["wait".to_owned()];
    let asked = Asked::new(3, Replications::UntilPrecise(until), 42);
    let whole = asked.whole(&place.join("whole"));
    let parts: Vec<Part> = ["1/2", "2/2"].map(|part| part.parse().expect("a part")).to_vec();
    for (name, is_cut, is_run) in
        [("cut", true, true), ("gone", false, true), ("cut at once", true, false)]
    {
        let path = place.join(name);
        let first = asked.shard(&path, parts[0], u64::MAX).expect("done");
        asked.shard(&path, parts[1], u64::MAX).expect("done");
        let short = asked.merge(&path).expect("shards of one study").expect_err("a round more");
        assert_eq!((short.round, &short.parts[..]), (2, &[][..]));
        if is_run {
            parts.iter().for_each(|part| drop(asked.shard(&path, *part, u64::MAX)));
        }
        if is_cut {
            let bytes = fs::read(&first).expect("a file");
            fs::write(&first, &bytes[..bytes.len() / 2]).expect("room");
        } else {
            fs::remove_file(&first).expect("a file");
        }
        let rounds = asked.merge_on(&path, &|| parts.clone());
        assert!(rounds < 10, "{name}: {rounds} rounds");
        assert!(files(&path) == whole, "{name}");
    }
}
