//! A search in shards: one of them is run, all are put together, and listed.

use super::explore::Explore;
use super::folder::{MANIFEST, OpenShard, Search, Shard};
use super::kept::Kept;
use crate::command::arguments::Reader;
use crate::command::options::SearchArgs;
use crate::command::program::Program;
use crate::command::talk::{Failure, print, talk};
use crate::report::ties::RunResult;
use crate::study::Part;
use crate::words::{counted, shown};
use flagfall::search::Outcomes;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// In about how many parts a search is divided, whatever the number of shards: so that shards of
/// several divisions fit together. More would cost each shard more runs to divide it, and with
/// fewer, shards would differ more.
const PARTS: usize = 256;

/// What is printed of a shard with `--json`.
#[derive(Serialize)]
struct Told<'a> {
    shard: String,
    parts: usize,
    runs: u64,
    file: &'a Path,
}

/// Runs what is missing of a shard, into a file of its own.
pub(super) fn run(explore: &Explore<'_>, out: &Path, part: Part) -> Result<(), Failure> {
    let start = Instant::now();
    let search = Search::of(explore)?;
    search.check(out)?;
    let division = explore.divide(PARTS)?;
    let head = search.head(part, &division);
    let quiet = explore.scenario.options.quiet;
    let (file, end) = match Shard::open(out, &search, &head)? {
        OpenShard::Done(file, end) => {
            if !quiet {
                let file = shown(&file);
                talk(format_args!("{file} has all of shard {part}: nothing was searched"));
            }
            (file, end)
        }
        OpenShard::Begun(mut shard) => {
            let begun = shard.parts.len();
            if begun > 0 && !quiet {
                let parts = counted(begun, "part");
                talk(format_args!("shard {part} has {parts} already: going on"));
            }
            let most = explore.settings().most_runs();
            let left = |shard: &Shard| most.saturating_sub(shard.runs);
            let now = left(&shard);
            explore.run_parts(&division, &head.numbers()[begun..], now, &mut |part| {
                shard.keep(&part)?;
                Ok(Some(left(&shard)))
            })?;
            let (file, end) = shard.finish()?;
            if !quiet {
                let millis = start.elapsed().as_secs_f64() * 1e3;
                talk(format_args!(
                    "{}: seed {}, shard {part} of search {}: {} of {}, {}, and {} to divide it, \
                     wall {millis:.0} ms; in {}",
                    search.model,
                    search.seed,
                    search.search,
                    counted(end.parts, "part"),
                    division.parts(),
                    counted(end.runs, "run"),
                    division.runs(),
                    shown(&file),
                ));
            }
            (file, end)
        }
    };
    if !explore.scenario.options.json {
        return Ok(());
    }
    let told = Told { shard: part.to_string(), parts: end.parts, runs: end.runs, file: &file };
    print(|out| {
        serde_json::to_writer(&mut *out, &told)?;
        out.write_all(b"\n")
    })
}

/// Puts together what the shards have found. What none of them has is searched here.
pub(super) fn put_together(
    explore: &Explore<'_>,
    out: &Path,
) -> Result<Outcomes<RunResult>, Failure> {
    let search = Search::of(explore)?;
    search.check(out)?;
    let kept = Kept::scan(out, &search)?;
    if kept.files.is_empty() && !explore.scenario.options.quiet {
        let out = shown(out);
        talk(format_args!("note: {out} has no shard that is done, and this search keeps nothing"));
    }
    kept.check(out, explore.scenario.options.quiet)?;
    let division = explore.divide(PARTS)?;
    kept.check_division(&division)?;
    explore.joined(division, kept)
}

/// The command `merge`: as the search on one machine, once all shards are there.
pub(crate) fn merge(
    path: &Path,
    (quiet, json): (bool, bool),
    program: &Program,
) -> Result<(), Failure> {
    let start = Instant::now();
    let search = Search::read(path)?;
    let mut reader = Reader::new(program);
    let mut scenario = reader.read(&search.command).map_err(|error| {
        let told = reader.told(&error, &search.command);
        Failure::Usage(format!("in {}: {told}", shown(path.join(MANIFEST))))
    })?;
    (scenario.options.quiet, scenario.options.json) = (quiet, json);
    let Search { budget, samples, of, expect_one, .. } = search.clone();
    let (threads, out, shard) = (1, None, None);
    let args = SearchArgs { budget, samples, of, expect_one, threads, out, shard };
    let config = scenario.prepare()?;
    let explore = Explore::new(&scenario, config, &args);
    if Search::of(&explore)?.search != search.search {
        return Err(Failure::Foreign(format!(
            "the files that the command in {} names were changed since: put them back, or search \
             again in another folder",
            shown(path.join(MANIFEST))
        )));
    }
    let kept = Kept::scan(path, &search)?;
    kept.check(path, quiet)?;
    let missing = kept.missing();
    if missing.as_ref().is_none_or(|missing| !missing.is_empty()) {
        return Err(short(path, &search, missing.as_deref(), program));
    }
    let division = explore.divide(PARTS)?;
    kept.check_division(&division)?;
    explore.tell(&explore.joined(division, kept)?, start)
}

/// What is to be run before the shards can be put together.
fn short(path: &Path, search: &Search, missing: Option<&[Part]>, program: &Program) -> Failure {
    let (what, shard) = match missing {
        None | Some([]) => {
            let what = "has not all shards, whose numbers have too little in common to say which; \
                        run all of one number";
            (what.to_owned(), "I/N".to_owned())
        }
        Some([Part::ALL]) => ("has no shard; run all".to_owned(), "I/N".to_owned()),
        Some(parts @ [first, ..]) => (
            format!("has not all shards: {} missing; run each", Part::told(parts)),
            first.to_string(),
        ),
    };
    let mut words = vec!["ties".to_owned()];
    words.extend(search.command.iter().cloned());
    words.extend([format!("--budget={}", search.budget), format!("--samples={}", search.samples)]);
    words.extend(search.of.iter().map(|of| format!("--of={of}")));
    words.extend(search.expect_one.then(|| "--expect-one".to_owned()));
    let out = path.to_string_lossy().into_owned();
    words.extend(["--out".to_owned(), out, "--shard".to_owned(), shard]);
    let command = program.shell_line(words);
    Failure::Short(format!("{} {what}, then merge again\nas in: {command}", shown(path)))
}

/// What there is of the shards, as it is printed with `--json`.
#[derive(Serialize)]
struct Listed {
    model: String,
    search: String,
    done: Vec<Done>,
    begun: Vec<Begun>,
    missing: Vec<String>,
    /// Whether it cannot be said which are missing: the divisions have too little in common.
    unclear: bool,
    doubled: Vec<PathBuf>,
    torn: Vec<PathBuf>,
    foreign: Vec<(PathBuf, String)>,
}

#[derive(Serialize)]
struct Done {
    shard: String,
    parts: usize,
    runs: u64,
    file: PathBuf,
}

#[derive(Serialize)]
struct Begun {
    file: PathBuf,
    parts: usize,
}

/// The command `shards` for a search.
pub(crate) fn list(path: &Path, json: bool) -> Result<(), Failure> {
    let search = Search::read(path)?;
    let kept = Kept::scan(path, &search)?;
    let missing = kept.missing();
    let refused = !kept.foreign.is_empty();
    let done = kept.files.iter().map(|file| Done {
        shard: file.head.shard().map_or_else(String::new, |shard| shard.to_string()),
        parts: file.places.len(),
        runs: file.places.iter().map(|place| place.runs).sum(),
        file: file.path.clone(),
    });
    let begun = kept.begun.into_iter().map(|(file, parts)| Begun { file, parts });
    let listed = Listed {
        model: search.model,
        search: search.search,
        done: done.collect(),
        begun: begun.collect(),
        missing: missing.iter().flatten().map(Part::to_string).collect(),
        unclear: missing.is_none(),
        doubled: kept.doubled,
        torn: kept.torn,
        foreign: kept.foreign,
    };
    print(|out| {
        if json {
            serde_json::to_writer(&mut *out, &listed)?;
            return out.write_all(b"\n");
        }
        let Listed { model, search, done, begun, doubled, torn, foreign, .. } = &listed;
        let runs: u64 = done.iter().map(|done| done.runs).sum();
        writeln!(out, "{model}: search {search}")?;
        writeln!(out, "done     {}, {}", counted(done.len(), "shard"), counted(runs, "run"))?;
        for Begun { file, parts } in begun {
            writeln!(out, "begun    {}: {}", shown(file), counted(*parts, "part"))?;
        }
        match missing.as_deref() {
            Some([]) => {}
            Some(missing) => writeln!(out, "missing  {}", Part::told(missing))?,
            None => writeln!(
                out,
                "missing  some, or none: the numbers of shards have too little in common to say"
            )?,
        }
        torn.iter().try_for_each(|file| writeln!(out, "torn     {}", shown(file)))?;
        doubled.iter().try_for_each(|file| writeln!(out, "doubled  {}", shown(file)))?;
        let mut foreign = foreign.iter();
        foreign.try_for_each(|(file, why)| writeln!(out, "foreign  {}: {why}", shown(file)))?;
        let path = shown(path);
        if refused {
            writeln!(
                out,
                "{path} cannot be merged: it has files that do not belong to the search"
            )?;
        } else if missing.is_some_and(|missing| missing.is_empty()) {
            writeln!(out, "{path} can be merged")?;
        }
        Ok(())
    })
}
