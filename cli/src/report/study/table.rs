//! The table of points and measures.

use super::Study;
use crate::study::{PointSummary, Summary};
use crate::words::with_unit;
use flagfall::experiment;
use std::io::{self, Write};

/// What a column holds.
pub(super) struct Column {
    pub(super) head: String,
    pub(super) cells: Vec<String>,
    pub(super) left: bool,
}

impl Column {
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| length(cell));
        cells.chain([length(&self.head)]).max().unwrap_or(0)
    }
}

/// How wide a text is, if every character takes one place.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The text at the left or right end of that many places.
pub(super) fn padded(text: &str, width: usize, left: bool) -> String {
    let blank = " ".repeat(width.saturating_sub(length(text)));
    if left { format!("{text}{blank}") } else { format!("{blank}{text}") }
}

/// A text as a cell shows it: what would be written out on its way to a terminal is so
/// before it is measured, and neither ends of lines nor tabs are in it.
pub(super) fn plain(text: &str) -> String {
    crate::report::plain(text).replace(['\n', '\t'], " ")
}

/// A measure as the head of a column or plot names it.
pub(super) fn head(measure: &experiment::Column) -> String {
    plain(&with_unit(&measure.name, &measure.unit))
}

/// Writes means and half-widths of intervals, points by measures, no wider than `width`
/// where a point and one measure fit: measures that do not are in another table below.
///
/// # Errors
/// What writing to `out` returns.
pub fn table(out: &mut dyn Write, study: &Study, width: usize) -> io::Result<()> {
    blocks(out, &points(study), &measures(study), study.summary.points.len(), width)
}

/// Writes columns after those at the head of each line, as many side by side as `width` has room for.
pub(super) fn blocks(
    out: &mut dyn Write,
    heads: &[Column],
    measures: &[Column],
    rows: usize,
    width: usize,
) -> io::Result<()> {
    let fixed: usize = heads.iter().map(|column| column.width() + 2).sum();
    let mut block: Vec<&Column> = Vec::new();
    let mut taken = fixed;
    let mut blocks = Vec::new();
    for column in measures {
        if !block.is_empty() && taken + column.width() > width {
            blocks.push(std::mem::take(&mut block));
            taken = fixed;
        }
        taken += column.width() + 2;
        block.push(column);
    }
    blocks.push(block);
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let columns: Vec<&Column> = heads.iter().chain(block.iter().copied()).collect();
        write_block(out, &columns, rows)?;
    }
    Ok(())
}

fn write_block(out: &mut dyn Write, columns: &[&Column], rows: usize) -> io::Result<()> {
    let widths: Vec<usize> = columns.iter().map(|column| column.width()).collect();
    let line = |cell: &dyn Fn(&Column) -> String| {
        let cells: Vec<String> = columns
            .iter()
            .zip(&widths)
            .map(|(column, width)| padded(&cell(column), *width, column.left))
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", line(&|column| column.head.clone()))?;
    writeln!(out, "{}", line(&|column| "─".repeat(column.width())))?;
    for row in 0..rows {
        writeln!(out, "{}", line(&|column| column.cells[row].clone()))?;
    }
    Ok(())
}

/// The columns that say which point a line is about.
pub(super) fn points(study: &Study) -> Vec<Column> {
    let column = |head: &str, cells: Vec<String>| Column { head: plain(head), cells, left: false };
    let (asked, points) = (&study.manifest, || study.summary.points.iter());
    let numbers = (0..asked.points.len()).map(|at| at.to_string());
    let mut columns = vec![column("point", numbers.collect())];
    for (at, factor) in asked.factors.iter().enumerate() {
        let level = |levels: &Vec<String>| plain(levels.get(at).map_or("", String::as_str));
        let levels = asked.points.iter().map(|point| level(&point.levels));
        columns.push(column(&factor.name, levels.collect()));
    }
    columns.push(column("runs", points().map(|point| point.replications.to_string()).collect()));
    if study.summary.failed() > 0 {
        columns.push(column("failed", points().map(|point| point.failed.to_string()).collect()));
    }
    columns
}

fn measures(study: &Study) -> Vec<Column> {
    let Summary { measures, points, .. } = &study.summary;
    let column = |(at, measure): (usize, &experiment::Column)| {
        let text = |point: &PointSummary| point.measures.get(at).map(|of| plain(&of.text));
        let texts: Vec<String> =
            points.iter().map(|point| text(point).unwrap_or_default()).collect();
        Column { head: head(measure), cells: aligned(&texts), left: true }
    };
    measures.iter().enumerate().map(column).collect()
}

/// Texts with their signs ± below each other.
fn aligned(texts: &[String]) -> Vec<String> {
    let mean = |text: &str| {
        let end = text.find(" ± ").or_else(|| text.find(" ("));
        end.map_or(length(text), |end| length(&text[..end]))
    };
    let widest = texts.iter().map(|text| mean(text)).max().unwrap_or(0);
    texts.iter().map(|text| format!("{}{text}", " ".repeat(widest - mean(text)))).collect()
}
