//! `flagfall shards`: what there is of the shards of a study.

use super::options::ShardsArgs;
use super::talk::{Failure, print};
use super::ties;
use crate::study::{Doubtful, Folder, Manifest, Part, Running, Shards};
use crate::words::{counted, one_line, shown};
use flagfall::experiment::Stored;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whoever was not heard of for longer does not run any more.
const SILENT: Duration = Duration::from_secs(60);

/// All of it, as it is printed with `--json`.
#[derive(Serialize)]
struct Listed {
    model: String,
    study: String,
    /// In which round a study with a precision is; 1 for others.
    round: u64,
    /// How many rows that round has, at all points.
    planned: u64,
    done: Vec<Done>,
    running: Vec<Open>,
    stopped: Vec<Open>,
    failed: Vec<Open>,
    /// The parts that no file has; none if the study is complete or needs another round.
    missing: Vec<String>,
    doubled: Vec<PathBuf>,
    torn: Vec<File>,
    foreign: Vec<File>,
    /// Whether it cannot be said which are missing: the divisions have too little in common.
    unclear: bool,
    /// Why the files cannot be put together, if they cannot.
    refused: Option<String>,
    complete: bool,
}

#[derive(Serialize)]
struct Done {
    shard: String,
    round: u64,
    rows: u64,
    failed: u64,
    file: PathBuf,
}

/// A shard that was begun.
#[derive(Serialize)]
struct Open {
    name: String,
    told: String,
    seconds: Option<u64>,
    error: Option<String>,
}

#[derive(Serialize)]
struct File {
    file: PathBuf,
    what: String,
}

pub(crate) fn shards(args: &ShardsArgs) -> Result<(), Failure> {
    let path = &args.dir;
    if ties::is_search(path) {
        return ties::list(path, args.json);
    }
    let (manifest, replications) = Manifest::of(path)?;
    let shards = Shards::scan(path, &manifest, &replications)?;
    let listed = listed(&manifest, shards, Folder::is_finished(path));
    print(|out| match args.json {
        true => {
            serde_json::to_writer(&mut *out, &listed)?;
            out.write_all(b"\n")
        }
        false => text(out, path, &listed),
    })
}

fn listed(manifest: &Manifest, shards: Shards, complete: bool) -> Listed {
    let missing = if complete { None } else { shards.missing() };
    let unclear = !complete && shards.are_unclear();
    let refused = shards.check(&Stored::default()).err().filter(|_| !complete);
    let refused = refused.map(|error| error.to_string());
    let mut listed = Listed {
        model: manifest.model.clone(),
        study: manifest.study.clone(),
        round: shards.round(),
        planned: shards.planned(),
        done: Vec::new(),
        running: Vec::new(),
        stopped: Vec::new(),
        failed: Vec::new(),
        missing: missing
            .map_or_else(Vec::new, |(_, parts)| parts.iter().map(Part::to_string).collect()),
        doubled: shards.doubled,
        torn: shards.torn.into_iter().map(file).collect(),
        foreign: shards.foreign.into_iter().map(file).collect(),
        unclear,
        refused,
        complete,
    };
    for shard in &shards.done {
        let ((rows, failed), round) = (shard.rows(), shard.round);
        let (shard, file) = (shard.part.to_string(), shard.path.clone());
        listed.done.push(Done { shard, round, rows, failed, file });
    }
    for running in shards.running {
        let age = age(&running);
        let Running { name, told, failed: error, .. } = running;
        let into = match (&error, age) {
            (Some(_), _) => &mut listed.failed,
            (None, Some(age)) if age <= SILENT => &mut listed.running,
            (None, _) => &mut listed.stopped,
        };
        into.push(Open { name, told, seconds: age.map(|age| age.as_secs()), error });
    }
    listed
}

fn file(Doubtful { path: file, what }: Doubtful) -> File {
    File { file, what }
}

/// How long ago something was heard of whoever runs a shard.
fn age(running: &Running) -> Option<Duration> {
    let modified = running.beat.metadata().and_then(|found| found.modified()).ok()?;
    // A clock that is behind that of the file system has heard of it just now.
    Some(modified.elapsed().unwrap_or_default())
}

fn text(out: &mut dyn Write, path: &Path, listed: &Listed) -> io::Result<()> {
    let Listed { model, study, round, .. } = listed;
    let of_round = if *round > 1 { format!(", round {round}") } else { String::new() };
    writeln!(out, "{model}: study {study}{of_round}")?;
    let rows: u64 = listed.done.iter().map(|done| done.rows).sum();
    let failed: u64 = listed.done.iter().map(|done| done.failed).sum();
    let files = counted(listed.done.len(), "shard");
    writeln!(out, "done     {files}, {}, {failed} failed", counted(rows, "row"))?;
    for (state, opens) in [("running", &listed.running), ("stopped", &listed.stopped)] {
        for Open { name, told, seconds, .. } in opens {
            let seconds = seconds.unwrap_or_default();
            writeln!(out, "{state:8} {name}: {}, {seconds} s ago", one_line(told))?;
        }
    }
    for Open { name, error, .. } in &listed.failed {
        writeln!(out, "failed   {name}: {}", one_line(error.as_deref().unwrap_or_default()))?;
    }
    if !listed.missing.is_empty() {
        let parts = listed.missing.iter().filter_map(|part| part.parse().ok());
        writeln!(out, "missing  {}", Part::told(&parts.collect::<Vec<_>>()))?;
    }
    for (state, files) in [("torn", &listed.torn), ("foreign", &listed.foreign)] {
        for File { file, what } in files {
            writeln!(out, "{state:8} {}: {what}", shown(file))?;
        }
    }
    for file in &listed.doubled {
        writeln!(out, "doubled  {}", shown(file))?;
    }
    let path = shown(path);
    match &listed.refused {
        _ if listed.complete => writeln!(out, "{path} has the whole study"),
        Some(why) => writeln!(out, "{path} cannot be merged: {why}"),
        None if listed.unclear => writeln!(
            out,
            "missing  some, or none: the numbers of shards have too little in common to say"
        ),
        None if listed.missing.is_empty() => writeln!(out, "{path} can be merged"),
        None => Ok(()),
    }
}
