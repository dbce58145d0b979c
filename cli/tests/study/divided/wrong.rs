//! Files of shards that do not belong together, or were damaged while they were written.

use super::{Asked, Place, files, row, run};
use flagfall::experiment::{Column, Numbers, Replications, Row, Stored};
use flagfall_cli::study::{Folder, OpenShard, Opened, Part, Reopen, Shard, StudyProblem, Tasks};
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

fn begin(asked: &Asked, path: &Path) -> (Box<Shard>, Stored, Tasks) {
    let opened = Shard::open(path, &asked.manifest, &asked.replications, Part::ALL);
    let Ok(OpenShard::Begun(shard, stored, _)) = opened else { panic!("{opened:?}") };
    let tasks = shard.tasks.clone();
    (shard, stored, tasks)
}

/// Makes the only shard by another program.
fn other_program(asked: &Asked, path: &Path, change: impl Fn(&mut [Column], &mut Row)) {
    let (mut shard, _, tasks) = begin(asked, path);
    for (point, replication) in (0..tasks.count()).map(|number| tasks.at(number)) {
        let (mut columns, mut row) = row(&run, point, replication);
        change(&mut columns, &mut row);
        shard.keep(&columns, &[row]).expect("room");
    }
    shard.finish().expect("room");
}

#[test]
fn shards_of_different_programs_are_refused() {
    let place = Place::new("programs");
    let asked = Asked::new(2, Replications::Fixed(10), 42);
    let path = place.join("parts");
    let of = |text: &str| text.parse::<Part>().expect("a part");
    asked.shard(&path, of("1/2"), u64::MAX).expect("done");
    other_program(&asked, &path, |_, row| {
        if let Ok(Numbers { values, .. }) = &mut row.outcome {
            values[0] = values[0].map(|value| value + 1.0);
        }
    });
    let told = asked.merge(&path).expect_err("other numbers").to_string();
    assert!(told.contains("is not the same in") && told.contains("1-of-2.shard"), "{told}");
    assert!(told.contains("1-of-1.shard"), "{told}");
    let wanted =
        format!("{} has files that do not belong together: ", path.join("shards").display());
    assert!(told.starts_with(&wanted), "{told}");
    assert!(!path.join("rows.csv").exists());
}

/// Rows of the study itself, and shards of another program, whose measures are not the same.
#[test]
fn rows_and_shards_of_other_measures_are_refused() {
    let place = Place::new("other-measures");
    let asked = Asked::new(2, Replications::Fixed(10), 42);
    let cases = [("renamed", ["queue", "1"]), ("unit", ["wait", "min"]), ("torn", ["wait", "h"])];
    for (name, measures) in cases {
        let path = place.join(name);
        let opened = Folder::open(&path, &asked.manifest, Reopen::default()).expect("a folder");
        let Opened::New(mut folder) = opened else { panic!("{opened:?}") };
        let (columns, first) = row(&run, 0, 0);
        folder.keep(&columns, &[first]).expect("room");
        drop(folder);
        if name == "torn" {
            // Its measures are there, and no row.
            let log = path.join("rows.log");
            let bytes = fs::read(&log).expect("a log");
            fs::write(&log, &bytes[..bytes.len() - 1]).expect("room");
        }
        other_program(&asked, &path, |columns, _| {
            if let Some(column) = columns.first_mut() {
                (column.name, column.unit) = (measures[0].into(), measures[1].into());
            }
        });
        let error = asked.merge(&path).expect_err("other measures");
        assert!(error.is_foreign(), "{error}");
        let told = error.to_string();
        assert!(told.contains("rows.log and ") && told.contains("1-of-1.shard"), "{told}");
        assert!(told.contains("have different measures"), "{told}");
        assert!(!path.join("rows.csv").exists());
    }
}

/// A byte changed, or lost, after it was written and before the shard is done: that is told, and
/// the same command runs what is lost.
#[test]
fn a_shard_does_not_vouch_for_what_it_did_not_write() {
    let place = Place::new("changed-log");
    let asked = Asked::new(2, Replications::Fixed(30), 42);
    let whole = asked.whole(&place.join("whole"));
    for (name, from_end) in [("middle", 1000), ("end", 3)] {
        let path = place.join(name);
        let (mut shard, _, tasks) = begin(&asked, &path);
        for number in 0..tasks.count() {
            let (point, replication) = tasks.at(number);
            let (columns, row) = row(&run, point, replication);
            shard.keep(&columns, &[row]).expect("room");
            if number == 40 {
                let log = shard.path.with_extension("log");
                let mut file = fs::File::options().write(true).open(log).expect("a log");
                file.seek(SeekFrom::End(-from_end)).expect("a place in it");
                file.write_all(b"#").expect("room");
            }
        }
        let done = shard.path.clone();
        let error = shard.finish().expect_err("a byte was changed");
        assert!(matches!(error.problem, StudyProblem::ShardDamage(_)), "{error}");
        let told = error.to_string();
        assert!(told.contains("1-of-1.log is damaged"), "{told}");
        assert!(told.contains("give the same command again"), "{told}");
        assert!(!done.exists());
        let (shard, stored, _) = begin(&asked, &path);
        assert!((20..=41).contains(&stored.rows.len()), "{} rows", stored.rows.len());
        drop(shard);
        asked.shard(&path, Part::ALL, u64::MAX).expect("done");
        asked.merge(&path).expect("shards of one study").expect("all of them");
        assert!(files(&path) == whole, "{name}");
    }
}
