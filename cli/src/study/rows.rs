//! `rows.csv`: one row per replication.

use super::Manifest;
use super::error::{StudyError, StudyProblem};
use flagfall::experiment::{Column, Factor, Numbers, Results, Row, Stored};
use std::io::{Read, Write};
use std::iter::once;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The names of the columns of a study's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// One per factor. A factor that is called like a measure, or like another column, has
    /// `set_` before its name.
    pub factors: Vec<String>,
    /// One per measure.
    pub measures: Vec<String>,
}

/// Columns that every study has: the first before the measures, the others after.
pub(super) const POINT: &str = "point";
pub(super) const REPLICATION: &str = "replication";
pub(super) const EVENTS: &str = "events";
pub(super) const DIGEST: &str = "digest";
pub(super) const ERROR: &str = "error";
pub(super) const REPLAY: &str = "replay";
/// In the order of the files. [`CsvWriter`] and `parquet.rs` write one value for each, and
/// [`Fields`] reads them. Whoever adds a column here raises [`FORMAT`](super::FORMAT) by one.
pub(super) const BEHIND: [&str; 4] = [EVENTS, DIGEST, ERROR, REPLAY];

/// The place of a column after the measures.
fn place(name: &str) -> usize {
    BEHIND.iter().position(|column| *column == name).expect("it is one of them")
}

impl Layout {
    /// The columns of those factors and measures.
    #[must_use]
    pub fn new(factors: &[Factor], columns: &[Column]) -> Self {
        let measures: Vec<String> = columns.iter().map(|column| column.name.to_string()).collect();
        let taken = |name: &str| {
            [POINT, REPLICATION].contains(&name)
                || BEHIND.contains(&name)
                || measures.iter().any(|measure| measure == name)
        };
        let name = |factor: &Factor| {
            let name = &factor.name;
            if taken(name) { format!("set_{name}") } else { name.clone() }
        };
        Self { factors: factors.iter().map(name).collect(), measures }
    }

    /// All names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let factors = self.factors.iter().map(String::as_str);
        let measures = self.measures.iter().map(String::as_str);
        [POINT]
            .into_iter()
            .chain(factors)
            .chain([REPLICATION])
            .chain(measures)
            .chain(BEHIND)
            .collect()
    }
}

/// The fields of a row by the names of their columns. No other reader knows
/// their positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    record: &'a csv::StringRecord,
    layout: &'a Layout,
}

impl<'a> Fields<'a> {
    /// The record is of a file with the columns of that layout.
    pub(crate) fn new(record: &'a csv::StringRecord, layout: &'a Layout) -> Self {
        Self { record, layout }
    }

    fn at(self, place: usize) -> &'a str {
        self.record.get(place).unwrap_or_default()
    }

    pub(crate) fn level(self, factor: usize) -> &'a str {
        self.at(1 + factor)
    }

    pub(crate) fn measure(self, measure: usize) -> &'a str {
        self.at(2 + self.layout.factors.len() + measure)
    }

    /// The field of a column that every study has.
    pub(crate) fn of(self, name: &str) -> &'a str {
        match name {
            POINT => self.at(0),
            REPLICATION => self.at(1 + self.layout.factors.len()),
            behind => self.measure(self.layout.measures.len() + place(behind)),
        }
    }

    /// The number in a column that every study has.
    pub(crate) fn number<T: FromStr>(self, name: &str) -> Result<T, String> {
        number_of(self.of(name), name)
    }
}

/// Gives the command that runs a failed replication again.
pub type Replay<'a> = &'a (dyn Fn(&Row) -> String + Sync);

/// Writes the rows of a study as CSV (RFC 4180, lines end with a line feed). Numbers are
/// the shortest decimals that read back as the same; what is undefined is empty. `replay`
/// gives the command that runs a replication again.
///
/// # Errors
/// What writing to `out` returns.
pub fn write_csv(
    out: impl Write,
    manifest: &Manifest,
    results: &Results,
    replay: Replay<'_>,
) -> std::io::Result<()> {
    let mut csv = CsvWriter::new(out, manifest, &results.columns);
    csv.write(manifest, &results.rows, replay)?;
    csv.end().map(drop)
}

/// Writes rows as CSV, some at a time. See [`write_csv`].
pub(super) struct CsvWriter<W> {
    out: W,
    /// The line that is begun.
    line: Vec<u8>,
    measures: usize,
    /// Only texts can need quotes, and most of a row is numbers: texts of a point are
    /// written once, and numbers are written directly, not by the CSV writer.
    known: Option<usize>,
    levels: Vec<u8>,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(out: W, manifest: &Manifest, columns: &[Column]) -> Self {
        let mut line = Vec::new();
        fields(&mut line, Layout::new(&manifest.factors, columns).names());
        Self { out, line, measures: columns.len(), known: None, levels: Vec::new() }
    }

    pub(super) fn write(
        &mut self,
        manifest: &Manifest,
        rows: &[Row],
        replay: Replay<'_>,
    ) -> std::io::Result<()> {
        let Self { out, line, measures, known, levels } = self;
        for row in rows {
            let Row { point, replication, outcome } = row;
            newline(out, line)?;
            if *known != Some(*point) {
                *known = Some(*point);
                levels.clear();
                let entry = &manifest.points[*point];
                let point = point.to_string();
                fields(levels, once(&point).chain(&entry.levels).map(String::as_str));
            }
            line.extend_from_slice(levels);
            whole(line, *replication);
            match outcome {
                Ok(Numbers { values, events, digest }) => {
                    values.iter().for_each(|value| float(line, *value));
                    whole(line, *events);
                    line.push(b',');
                    line.extend(digest.iter().flat_map(|digest| hexadecimal::<32>(*digest)));
                    line.extend_from_slice(b",,");
                }
                Err(error) => {
                    // The measures and the columns before the error are empty.
                    line.resize(line.len() + *measures + place(ERROR) + 1, b',');
                    fields(line, [error.as_str(), &replay(row)]);
                }
            }
        }
        Ok(())
    }

    pub(super) fn end(mut self) -> std::io::Result<W> {
        newline(&mut self.out, &mut self.line)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn newline(out: &mut impl Write, line: &mut Vec<u8>) -> std::io::Result<()> {
    line.push(b'\n');
    out.write_all(line)?;
    line.clear();
    Ok(())
}

/// Texts with commas between them, quoted where that is needed.
fn fields<'a>(line: &mut Vec<u8>, texts: impl IntoIterator<Item = &'a str>) {
    let mut writer = csv::Writer::from_writer(&mut *line);
    writer.write_record(texts).expect("memory takes it");
    drop(writer);
    line.pop();
}

fn whole(line: &mut Vec<u8>, number: u64) {
    write!(line, ",{number}").expect("memory takes it");
}

/// Whole numbers below 2^53 without a point.
fn float(line: &mut Vec<u8>, value: Option<f64>) {
    line.push(b',');
    let Some(value) = value else { return };
    let whole = value as i64;
    if whole as f64 == value
        && whole.unsigned_abs() < 1 << 53
        && (whole != 0 || value.is_sign_positive())
    {
        write!(line, "{whole}").expect("memory takes it");
    } else {
        line.extend_from_slice(zmij::Buffer::new().format(value).as_bytes());
    }
}

/// The last digits of a number.
pub(super) fn hexadecimal<const DIGITS: usize>(number: u128) -> [u8; DIGITS] {
    std::array::from_fn(|at| {
        let digit = (number >> (4 * (DIGITS - 1 - at))) & 15;
        b"0123456789abcdef"[digit as usize]
    })
}

/// Reads rows back. Units are not in the file: `columns` has them, in order.
///
/// # Errors
/// [`StudyProblem::Damaged`] with the line, [`StudyProblem::Io`].
pub fn read_csv(
    from: impl Read,
    path: &Path,
    manifest: &Manifest,
    columns: Vec<Column>,
) -> Result<Stored, StudyError> {
    let rows = RowReader::new(from, path, manifest, &columns)?.collect::<Result<_, _>>()?;
    Ok(Stored { columns, rows })
}

/// Rows that are read one by one: memory does not grow with their number.
pub(super) struct RowReader<R> {
    reader: csv::Reader<R>,
    record: csv::StringRecord,
    layout: Layout,
    points: usize,
    path: PathBuf,
}

impl<R: Read> RowReader<R> {
    /// Reads the first line of a file, which has the names of its columns.
    pub(super) fn new(
        from: R,
        path: &Path,
        manifest: &Manifest,
        columns: &[Column],
    ) -> Result<Self, StudyError> {
        let layout = Layout::new(&manifest.factors, columns);
        let mut reader = csv::Reader::from_reader(from);
        let damaged = |problem: String| StudyProblem::Damaged(problem).at(path);
        let names = reader.headers().map_err(|error| damaged(error.to_string()))?;
        if !names.iter().eq(layout.names()) {
            let names: Vec<_> = names.iter().collect();
            return Err(damaged(format!("line 1: the columns are {}", names.join(", "))));
        }
        let (record, points) = (csv::StringRecord::new(), manifest.points.len());
        Ok(Self { reader, record, layout, points, path: path.to_owned() })
    }

    fn read(&mut self) -> Result<Option<Row>, String> {
        if !self.reader.read_record(&mut self.record).map_err(|error| error.to_string())? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let row = parse(&self.record, &self.layout, self.points);
        row.map(Some).map_err(|problem| format!("line {line}: {problem}"))
    }
}

impl<R: Read> Iterator for RowReader<R> {
    type Item = Result<Row, StudyError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().map_err(|problem| StudyProblem::Damaged(problem).at(&self.path)).transpose()
    }
}

/// A field of the column of that name.
pub(crate) fn number_of<T: FromStr>(text: &str, column: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no {column}"))
}

/// A field that may be empty.
pub(crate) fn optional_of<T: FromStr>(text: &str, column: &str) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { number_of(text, column).map(Some) }
}

fn parse(record: &csv::StringRecord, layout: &Layout, points: usize) -> Result<Row, String> {
    let fields = Fields::new(record, layout);
    let point = fields.number(POINT)?;
    if point >= points {
        return Err(format!("there is no point {point}"));
    }
    let replication = fields.number(REPLICATION)?;
    if !fields.of(ERROR).is_empty() {
        return Ok(Row { point, replication, outcome: Err(fields.of(ERROR).to_owned()) });
    }
    let values: Result<Box<[_]>, String> = layout
        .measures
        .iter()
        .enumerate()
        .map(|(n, name)| optional_of(fields.measure(n), name))
        .collect();
    let digest = match fields.of(DIGEST) {
        "" => None,
        text => {
            Some(u128::from_str_radix(text, 16).map_err(|_| format!("`{text}` is not a digest"))?)
        }
    };
    let numbers = Numbers { values: values?, events: fields.number(EVENTS)?, digest };
    Ok(Row { point, replication, outcome: Ok(numbers) })
}
