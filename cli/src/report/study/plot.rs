//! Small plots in text.

use super::bins::Bins;
use super::table::{head, length, padded, plain};
use super::{Answers, Study, number};
use crate::study::{Manifest, MeasureSummary};
use crate::words::counted;
use std::io::{self, Write};

/// Points that a plot shows at most: more are for a page.
const MOST_POINTS: usize = 40;

/// A bar that is taller than can be shown beside the others.
const CUT: char = '▲';

/// The limit of a goal.
const LIMIT: char = '┊';

/// Names of points take this much of the width at most.
const WIDEST_NAME: usize = 40;

/// Writes the means of a measure with their intervals, one line per point: points that differ
/// in the factor `against` alone stand together. The limits of goals are marked.
///
/// # Errors
/// What writing to `out` returns.
pub fn means(
    out: &mut dyn Write,
    study: &Study,
    goals: &Answers,
    (measure, against): (usize, usize),
    width: usize,
) -> io::Result<()> {
    let Some(column) = study.summary.measures.get(measure) else { return Ok(()) };
    let points = ordered(study, against);
    let shown = &points[..points.len().min(MOST_POINTS)];
    let (lowest, highest) = study.bounds(measure);
    // An interval may reach impossible values; it is cut.
    let of = |point: &usize| {
        let point = &study.summary.points[*point];
        let mut summary = point.measures.get(measure).cloned().unwrap_or_default();
        summary.low = summary.low.map(|low| low.max(lowest));
        summary.high = summary.high.map(|high| high.min(highest));
        summary
    };
    let ends = |summary: MeasureSummary| {
        [summary.low.or(summary.mean), summary.high.or(summary.mean)].into_iter().flatten()
    };
    let goals: Vec<_> = goals.goals().filter(|goal| goal.measure == measure).collect();
    let limits: Vec<f64> = goals.iter().map(|goal| goal.threshold.limit).collect();
    let ends = shown.iter().map(of).flat_map(ends);
    let (least, most) = range(ends.chain(limits.iter().copied()));
    let factor = study.manifest.factors.get(against);
    let by = factor.map_or_else(String::new, |by| format!(" against {}", plain(&by.name)));
    let level = number(study.manifest.level * 100.0, 4);
    writeln!(out, "{}{by}: mean and {level} % interval", head(column))?;
    if least > most {
        return writeln!(out, "  (undefined in all replications)");
    }
    let names: Vec<String> = shown.iter().map(|point| label(study, *point, against)).collect();
    let left = names.iter().map(|name| length(name)).max().unwrap_or(0);
    let room = width.saturating_sub(left + 4).clamp(20, 100);
    let place = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        ((share * (room - 1) as f64 + 0.5) as usize).min(room - 1)
    };
    let mut before = None;
    for (point, name) in shown.iter().zip(&names) {
        let group = others(study, *point, against);
        if before.as_ref().is_some_and(|before| *before != group) {
            writeln!(out)?;
        }
        before = Some(group);
        let line = interval_line(&of(point), &limits, room, place);
        writeln!(out, "  {}  {}", padded(name, left, true), line.trim_end())?;
    }
    let (from, to) = (number(least, 4), number(most, 4));
    let between = room.saturating_sub(length(&from) + length(&to));
    writeln!(out, "  {}  {from}{}{to}", " ".repeat(left), " ".repeat(between))?;
    for goal in goals {
        writeln!(out, "  ({LIMIT} is the limit of {})", plain(&goal.goal.to_string()))?;
    }
    left_out(out, points.len() - shown.len())
}

fn interval_line(
    summary: &MeasureSummary,
    limits: &[f64],
    room: usize,
    place: impl Fn(f64) -> usize,
) -> String {
    let mut line = vec![' '; room];
    limits.iter().for_each(|limit| line[place(*limit)] = LIMIT);
    if let (Some(low), Some(high)) = (summary.low, summary.high) {
        let (from, to) = (place(low), place(high));
        line[from..=to].fill('─');
        line[from] = '├';
        line[to] = '┤';
    }
    if let Some(mean) = summary.mean {
        line[place(mean)] = '●';
    }
    line.into_iter().collect()
}

/// Writes how often values of a measure occur, one line per point: bars that are the same at
/// all points, eight steps high. Bars that would make the others too small are cut, and
/// marked.
///
/// # Errors
/// What writing to `out` returns.
pub fn distribution(out: &mut dyn Write, study: &Study, measure: usize) -> io::Result<()> {
    const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (column, values) = (study.summary.measures.get(measure), study.rows.values.get(measure));
    let (Some(column), Some(values)) = (column, values) else { return Ok(()) };
    let points = study.manifest.points.len();
    let bins = Bins::of(points, &study.rows.point.iter().copied().zip(values));
    writeln!(out, "{}: how often", head(column))?;
    let (Some(first), Some(last)) = (bins.places.first(), bins.places.last()) else {
        return writeln!(out, "  (undefined in all replications)");
    };
    let shown = points.min(MOST_POINTS);
    let names: Vec<String> = (0..shown).map(|point| cut(&plain(&study.name_of(point)))).collect();
    let left = names.iter().map(|name| length(name)).max().unwrap_or(0);
    // One scale for all points: a bar that is twice as high is twice as often.
    let share =
        |counts: &[u64], count: u64| count as f64 / counts.iter().sum::<u64>().max(1) as f64;
    let (highest, cut) = bins.scale();
    for (counts, name) in bins.counts.iter().zip(&names) {
        let bar = |count: &u64| {
            let steps = share(counts, *count) / highest * 8.0;
            if cut && steps > 8.0 {
                return CUT;
            }
            // What occurs at all can be seen.
            STEPS[if *count == 0 { 0 } else { (steps + 0.5).clamp(1.0, 8.0) as usize }]
        };
        let bars: String = counts.iter().map(bar).collect();
        writeln!(out, "  {}  {}", padded(name, left, true), bars.trim_end())?;
    }
    let (from, to) = (number(*first, 4), number(*last, 4));
    let bars = bins.counts.first().map_or(0, Vec::len);
    let ends = if length(&from) + length(&to) < bars {
        let between = bars - length(&from) - length(&to);
        format!("{from}{}{to}", " ".repeat(between))
    } else if from == to {
        from
    } else {
        format!("{from} to {to}")
    };
    writeln!(out, "  {}  {ends}", " ".repeat(left))?;
    if cut {
        let percent = number(highest * 100.0, 2);
        writeln!(out, "  ({CUT} is a bar of more than {percent} %, which is the height of █)")?;
    }
    left_out(out, points - shown)
}

fn left_out(out: &mut dyn Write, points: usize) -> io::Result<()> {
    if points == 0 {
        return Ok(());
    }
    let are = if points == 1 { "is" } else { "are" };
    writeln!(out, "  ({} {are} left out; --html FILE shows all)", counted(points, "point"))
}

/// Points with those together that differ in one factor alone.
fn ordered(study: &Study, against: usize) -> Vec<usize> {
    let Manifest { factors, points, .. } = &study.manifest;
    let place = |point: usize, at: usize| {
        let level = points[point].levels.get(at);
        factors.get(at)?.levels.iter().position(|known| Some(known) == level)
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by_key(|point| {
        let others = (0..factors.len()).filter(|at| *at != against);
        let others: Vec<_> = others.map(|at| place(*point, at)).collect();
        (others, place(*point, against))
    });
    order
}

fn others(study: &Study, point: usize, against: usize) -> Vec<&String> {
    let levels = study.manifest.points[point].levels.iter().enumerate();
    levels.filter(|(at, _)| *at != against).map(|(_, level)| level).collect()
}

/// A point by its other factors, then the one that it is plotted against.
fn label(study: &Study, point: usize, against: usize) -> String {
    let Manifest { factors, points, .. } = &study.manifest;
    if factors.is_empty() {
        return study.name_of(point);
    }
    let order = (0..factors.len()).filter(|at| *at != against).chain([against]);
    let words = order.filter_map(|at| {
        Some(format!("{} {}", factors.get(at)?.name, points[point].levels.get(at)?))
    });
    cut(&plain(&words.collect::<Vec<_>>().join(", ")))
}

/// The end of a long name, because names differ at their end.
fn cut(name: &str) -> String {
    match length(name).checked_sub(WIDEST_NAME) {
        None | Some(0) => name.to_owned(),
        Some(more) => format!("…{}", name.chars().skip(more + 1).collect::<String>()),
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    values.fold(start, |(least, most), value| (least.min(value), most.max(value)))
}
