//! Reads the files of a finished study.

use crate::command::program::Program;
use crate::command::talk::Failure;
use crate::disk;
use crate::report::study::{Failed, Rows, Study};
use crate::study::{
    FORMAT, Fields, Layout, MOST_JSON, Manifest, StudyProblem, Summary, optional_of, vouch,
};
use crate::words::{one_line, shown};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io;
use std::path::Path;

#[derive(Deserialize)]
struct Format {
    format: u32,
    #[serde(default)]
    flagfall: String,
}

/// Reads the study in a folder; errors name the file and the line. Files that were changed later
/// are an error, unless that is allowed: then the study has a note.
pub(crate) fn read(program: &Program, dir: &Path, even_if_changed: bool) -> Result<Study, Failure> {
    let mut study = read_summary(program, dir, even_if_changed)?;
    study.rows = rows(&dir.join("rows.csv"), &study)?;
    Ok(study)
}

/// As [`read`], without the rows: memory does not grow with their number.
pub(crate) fn read_summary(
    program: &Program,
    dir: &Path,
    even_if_changed: bool,
) -> Result<Study, Failure> {
    if let Err(error) = fs::metadata(dir) {
        return Err(Failure::Files(format!(
            "cannot read {}: {error}; `flagfall sweep ... --out DIR` makes such a folder",
            shown(dir)
        )));
    }
    let path = dir.join("manifest.json");
    if !path.exists() {
        return Err(Failure::Files(format!(
            "{} is not a study: it has no manifest.json; `flagfall sweep ... --out DIR` makes one",
            shown(dir)
        )));
    }
    let manifest: Manifest = json(&path)?;
    // Checksums are written last: if they are there, missing files were removed.
    let was_finished = dir.join("checksums.txt").exists();
    if !was_finished {
        check_complete(program, dir, &manifest)?;
    }
    let changed = check_unchanged(dir, &manifest, even_if_changed)?;
    check_complete(program, dir, &manifest)?;
    let path = dir.join("summary.json");
    let summary: Summary = json(&path)?;
    let wrong = |what: &str| {
        Failure::Files(format!(
            "{} does not belong to the manifest.json beside it: {what}; sweep into a new folder",
            shown(path)
        ))
    };
    let mut study = Study::new(manifest, summary).map_err(|what| wrong(&what))?;
    study.notes.extend(changed);
    Ok(study)
}

/// Checks that all files are as the sweep wrote them; returns a note instead of an error if that is
/// allowed. Files of another study are always an error.
fn check_unchanged(
    dir: &Path,
    manifest: &Manifest,
    even_if_changed: bool,
) -> Result<Option<String>, Failure> {
    let Err(error) = vouch(dir, manifest) else { return Ok(None) };
    match &error.problem {
        StudyProblem::Changed(names) if even_if_changed => Ok(Some(format!(
            "Files of this study were changed or removed after it was finished ({}): what is shown \
             may differ from the real results.",
            names.join(", ")
        ))),
        StudyProblem::Changed(_) => Err(Failure::Changed(format!(
            "{error}; report with --even-if-changed shows them as they are"
        ))),
        _ => Err(error.into()),
    }
}

fn check_complete(program: &Program, dir: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let there = |name: &str| dir.join(name).exists();
    let missing = ["summary.json", "rows.csv"].into_iter().find(|name| !there(name));
    let why = match missing {
        _ if there("rows.log") => "rows.log still exists".to_owned(),
        Some(missing) => format!("it has no {missing}"),
        None => return Ok(()),
    };
    let incomplete = |again: String| {
        let dir = shown(dir);
        Err(Failure::Files(format!("the study in {dir} is not complete: {why}\ncontinue: {again}")))
    };
    if manifest.function {
        return incomplete(one_line(&manifest.call()).into_owned());
    }
    let mut again = manifest.words();
    if !manifest.command.iter().any(|word| word == "--out" || word.starts_with("--out=")) {
        again.extend(["--out".to_owned(), dir.to_string_lossy().into_owned()]);
    }
    incomplete(program.shell_line(again))
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let name = shown(path);
    let text = disk::text(path, MOST_JSON)
        .map_err(|error| Failure::Files(format!("cannot read {name}: {error}")))?;
    let damaged = |error: serde_json::Error| {
        // The error has line and column.
        Failure::Files(format!(
            "{name} is damaged: {error}; sweep into a new folder to make it again"
        ))
    };
    // The format first: the rest may be different in another format.
    let Format { format, flagfall } = serde_json::from_str(&text).map_err(damaged)?;
    if format != FORMAT {
        let by =
            if flagfall.is_empty() { String::new() } else { format!(" by flagfall {flagfall}") };
        return Err(Failure::Files(format!(
            "{name} was written{by} in format {format}; this flagfall, {}, reads format {FORMAT}: \
             use the one that wrote it",
            env!("CARGO_PKG_VERSION")
        )));
    }
    serde_json::from_str(&text).map_err(damaged)
}

/// Reads the rows, column by column, and compares them with the study.
fn rows(path: &Path, study: &Study) -> Result<Rows, Failure> {
    let name = shown(path);
    let damaged = |line: u64, what: &str| {
        Failure::Files(format!(
            "{name} is damaged, line {line}: {what}; sweep into a new folder to make it again"
        ))
    };
    let file =
        disk::open(path).map_err(|error| Failure::Files(format!("cannot read {name}: {error}")))?;
    let file = io::BufReader::with_capacity(1 << 16, file);
    let mut reader = csv::ReaderBuilder::new().from_reader(file);
    let not_csv = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                damaged(line, &format!("{len} fields where there are {expected_len} columns"))
            }
            _ => damaged(line, &error.to_string()),
        }
    };
    let layout = Layout::new(&study.manifest.factors, &study.summary.measures);
    let columns = layout.names();
    let header = reader.headers().map_err(|error| not_csv(&error))?;
    if !header.iter().eq(columns.iter().copied()) {
        return Err(damaged(1, &format!("its columns are not {}", columns.join(","))));
    }
    let mut rows = Rows::default();
    rows.values.resize(study.summary.measures.len(), Vec::new());
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| not_csv(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        row(&mut rows, study, Fields::new(&record, &layout))
            .map_err(|what| damaged(line, &what))?;
    }
    let (expected, found) = (study.summary.replications(), rows.len() as u64);
    if found != expected {
        let what = format!("{found} rows where summary.json counts {expected}");
        return Err(damaged(found + 1, &what));
    }
    Ok(rows)
}

fn row(rows: &mut Rows, study: &Study, fields: Fields<'_>) -> Result<(), String> {
    let point: usize = fields.number("point")?;
    let Manifest { points, factors, .. } = &study.manifest;
    if point >= points.len() {
        return Err(format!("there is no point {point}"));
    }
    for (at, (factor, level)) in factors.iter().zip(&points[point].levels).enumerate() {
        let found = fields.level(at);
        if found != level {
            return Err(format!("{} is `{found}`, but `{level}` at point {point}", factor.name));
        }
    }
    rows.point.push(point);
    rows.replication.push(fields.number("replication")?);
    for (at, (measure, values)) in study.summary.measures.iter().zip(&mut rows.values).enumerate() {
        let value: Option<f64> = optional_of(fields.measure(at), &measure.name)?;
        values.push(value.filter(|value| value.is_finite()));
    }
    rows.events.push(optional_of(fields.of("events"), "events")?);
    rows.digest.push(optional_of(fields.of("digest"), "digest")?);
    let error = fields.of("error").to_owned();
    if !error.is_empty() {
        let replay = fields.of("replay").to_owned();
        rows.failed.push(Failed { row: rows.point.len() - 1, error, replay });
    }
    Ok(())
}
