//! One shard of a study.

use super::{Making, Replicates, Study, threads};
use crate::command::talk::{Failure, print, talk};
use crate::study::{Beats, Manifest, OpenShard, Part, Shard};
use crate::words::{counted, shown};
use flagfall::experiment::{Column, Replications, Row, Stored};
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is said that a shard runs.
const BEAT: Duration = Duration::from_secs(5);

/// What is printed of a shard with `--json`.
#[derive(Serialize)]
struct Told<'a> {
    shard: String,
    round: Option<u64>,
    rows: u64,
    failed: u64,
    file: &'a Path,
}

impl<R: Replicates> Study<'_, R> {
    /// Runs what is missing of a part, into a file of its own.
    pub(super) fn run_shard(&self, part: Part) -> Result<(), Failure> {
        if !Manifest::is_in(&self.path) {
            self.check_measures()?;
        }
        let opened = Shard::open(&self.path, &self.manifest, &self.replications, part)?;
        let (shard, stored, cut) = match opened {
            OpenShard::Begun(shard, stored, cut) => (*shard, stored, cut),
            OpenShard::Done(path, rows, failed) => {
                if !self.quiet {
                    let rows = counted(rows, "row");
                    talk(format_args!(
                        "{} has all {rows} of shard {part}: nothing was run",
                        shown(&path)
                    ));
                }
                let told = Told { shard: part.to_string(), round: None, rows, failed, file: &path };
                return self.tell_shard(&told);
            }
            OpenShard::Finished => {
                if !self.quiet {
                    let path = shown(&self.path);
                    talk(format_args!("{path} has the whole study already: nothing was run"));
                }
                let (shard, file) = (part.to_string(), self.path.as_path());
                return self.tell_shard(&Told { shard, round: None, rows: 0, failed: 0, file });
            }
        };
        let path = shard.path.clone();
        let run = self.run_begun(part, shard, stored, cut);
        if let Err(failure) = &run {
            Shard::failed(&path, &failure.text());
        }
        run
    }

    fn run_begun(
        &self,
        part: Part,
        mut shard: Shard,
        stored: Stored,
        cut: u64,
    ) -> Result<(), Failure> {
        let (start, counted_before) = (Instant::now(), threads::counted());
        let (path, round, tasks) = (shard.path.clone(), shard.round, shard.tasks.clone());
        if !self.quiet && !stored.rows.is_empty() {
            let rows = counted(stored.rows.len(), "row");
            talk(format_args!("shard {part} has {rows} already: going on"));
        }
        if cut > 0 {
            let bytes = counted(cut, "byte");
            talk(format_args!(
                "note: the end of the log of shard {part}, {bytes}, was torn or damaged; its rows \
                 are run again"
            ));
        }
        // A shard is one row of replications. They are numbered one after the other.
        let number = |mut row: Row| {
            row.replication = tasks.number(row.point, row.replication)?;
            row.point = 0;
            Some(row)
        };
        let stored = Stored {
            columns: stored.columns,
            rows: stored.rows.into_iter().filter_map(number).collect(),
        };
        let count = tasks.count();
        let making = Making {
            replications: Replications::Fixed(count),
            points: usize::from(count > 0),
            total: Some(count),
            file: &path,
        };
        let as_asked = |_: usize, number: u64| tasks.at(number);
        let kept = AtomicU64::new(0);
        let made = thread::scope(|scope| {
            let (ends, ended) = channel::<()>();
            if let Some(beats) = shard.beats() {
                // Without a thread, nobody hears of it until it is done.
                let kept = &kept;
                let beat = move || beat(&beats, kept, &ended);
                let _ = thread::Builder::new().spawn_scoped(scope, beat);
            }
            let mut keep = |columns: &[Column], rows: &[Row]| {
                let renamed = |row: &Row| {
                    let (point, replication) = tasks.at(row.replication);
                    Row { point, replication, outcome: row.outcome.clone() }
                };
                shard.keep(columns, &rows.iter().map(renamed).collect::<Vec<_>>())
            };
            let made = self.make(&making, stored, &as_asked, &mut keep, &kept);
            drop(ends);
            made
        });
        let (_, new) = made?;
        let failed = shard.finish()?;
        if !self.quiet {
            let of_round = match self.replications {
                Replications::Fixed(_) => String::new(),
                _ => format!(", round {round}"),
            };
            talk(format_args!(
                "{}: {}, shard {part}{of_round} of study {}: {}, {failed} failed; {}; in {}",
                self.manifest.model,
                self.manifest.seeds(),
                self.manifest.study,
                counted(count, "replication"),
                self.rate(new, start, counted_before),
                shown(&path),
            ));
        }
        let (shard, round) = (part.to_string(), Some(round));
        self.tell_shard(&Told { shard, round, rows: count, failed, file: &path })
    }

    fn tell_shard(&self, told: &Told<'_>) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        print(|out| {
            serde_json::to_writer(&mut *out, told)?;
            out.write_all(b"\n")
        })
    }
}

/// Says now and then how many rows there are, until the other end of the channel is gone.
fn beat(beats: &Beats, kept: &AtomicU64, ended: &std::sync::mpsc::Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(BEAT) {
        beats.beat(kept.load(Ordering::Relaxed));
    }
}
