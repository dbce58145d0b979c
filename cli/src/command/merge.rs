//! `flagfall merge`: puts the shards of a study together.

use super::options::MergeArgs;
use super::program::Program;
use super::studying::{Merging, Shown};
use super::talk::{Failure, without_panic_messages};
use super::ties;
use crate::report::study::Questions;
use crate::study::{Folder, Manifest, Merged, Opened, Part, Reopen, Shards, Short};
use crate::words::{counted, one_line, shown};
use flagfall::experiment::{Replications, Row, Stored};
use std::path::Path;

pub(crate) fn merge(args: &MergeArgs, program: &Program) -> Result<(), Failure> {
    without_panic_messages(|| merge_shards(args, program))
}

fn merge_shards(args: &MergeArgs, program: &Program) -> Result<(), Failure> {
    let (path, quiet, json) = (&args.dir, args.quiet, args.json);
    if ties::is_search(path) {
        return ties::merge(path, (quiet, json), program);
    }
    let (manifest, replications) = &Manifest::of(path)?;
    let shell = |words: Vec<String>| program.shell_line(words);
    let replay = &|row: &Row| manifest.again(row, shell);
    let best = manifest.selection.as_ref().filter(|_| manifest.comparison.is_none());
    let best = best.map(|entry| (entry.best, entry.of.clone()));
    let questions = &Questions { best, ..Questions::default() };
    let study = Shown { manifest, replications, questions, path, quiet, json, replay };
    if Folder::is_finished(path) {
        // Its rows are not read into memory.
        return study.known();
    }
    if questions.best.is_some() {
        return Err(Failure::Usage(format!(
            "{} is of a sweep with --indifference, which cannot be run in parts, because each round \
             depends on the round before\ncontinue: {}",
            shown(path),
            program.shell_line(manifest.words().into_iter().chain(out_words(path)))
        )));
    }
    let shards = Shards::scan(path, manifest, replications)?;
    let merging = Merging { shown: study };
    // Before anything is written.
    merging.check(&shards)?;
    let (folder, stored) = match Folder::open(path, manifest, Reopen::default())? {
        Opened::Complete(_) => return study.known(),
        Opened::Begun { folder, stored, .. } => (folder, stored),
        Opened::New(folder) => (folder, Stored::default()),
    };
    match merging.merge(&shards, folder, &stored)? {
        Merged::Complete(summary) => study.merged(&summary),
        Merged::Short(folder, short) => {
            folder.leave()?;
            Err(Failure::Short(told(&study, &short, program)))
        }
    }
}

/// The option of the folder.
fn out_words(path: &Path) -> [String; 2] {
    ["--out".to_owned(), path.to_string_lossy().into_owned()]
}

/// What is to be run before the shards can be put together.
fn told(study: &Shown<'_>, short: &Short, program: &Program) -> String {
    let path = shown(study.path);
    let Short { round, parts, planned: (replications, points) } = short;
    let of_round = if *round > 1 { format!(" of round {round}") } else { String::new() };
    let is_fixed = matches!(study.replications, Replications::Fixed(_));
    let (what, run, shard) = match &parts[..] {
        [] if is_fixed => (
            format!(
                "{path} has not all shards, whose numbers have too little in common to say which"
            ),
            "all of one number",
            "I/N".to_owned(),
        ),
        [] => (
            format!(
                "{path} needs another round: round {round} has {} at {}",
                counted(*replications, "replication"),
                counted(*points, "point")
            ),
            "all shards again",
            "I/N".to_owned(),
        ),
        [Part::ALL] => (format!("{path} has no shard{of_round}"), "all", "I/N".to_owned()),
        [first, ..] => (
            format!("{path} has not all shards{of_round}: {} missing", Part::told(parts)),
            "each",
            first.to_string(),
        ),
    };
    if study.manifest.function {
        return format!("{what}; {}", call(study));
    }
    format!("{what}; run {run}, then merge again\nas in: {}", command(study, program, &shard))
}

/// What goes on with a study of a function of Python: its call, which needs no shard.
fn call(study: &Shown<'_>) -> String {
    let out = study.path.to_string_lossy().replace('\\', r"\\").replace('\'', r"\'");
    let call = study.manifest.call();
    let call = format!("{}, out='{out}')", call.strip_suffix(')').unwrap_or(&call));
    let what = "its call runs what is missing, and puts all together, here or with on='ray' on a \
                cluster";
    format!("{what}\nas in: {}", one_line(&call))
}

/// The command that runs a shard.
fn command(study: &Shown<'_>, program: &Program, shard: &str) -> String {
    let mut words = study.manifest.words();
    words.extend(out_words(study.path));
    words.extend(["--shard".to_owned(), shard.to_owned()]);
    program.shell_line(words)
}
