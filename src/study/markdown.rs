//! `summary.md`: the summary as a table.

use super::{MeasureSummary, PointSummary, Summary};
use std::fmt::Write;

/// The summary as a table in Markdown: one line a point, one column a measure, means with
/// their half-widths.
#[must_use]
pub fn markdown(summary: &Summary) -> String {
    let mut text = String::new();
    let Summary { model, seed, level, factors, measures, points, .. } = summary;
    let mut line = |args: std::fmt::Arguments<'_>| {
        text.write_fmt(args).expect("a string takes everything");
        text.push('\n');
    };
    line(format_args!("# {model}"));
    line(format_args!(""));
    let (count, failed) = (summary.replications(), summary.failed());
    // Where the seed varies, no single one is told.
    let varies = factors.iter().any(|factor| factor == "seed");
    let from = if varies { String::new() } else { format!(" from seed {seed}") };
    let percent = (level * 1e10).round() / 1e8;
    line(format_args!(
        "{count} replications{from}, {failed} failed. Mean ± half-width of the {percent} % \
         confidence interval (Student, over the replications)."
    ));
    line(format_args!(""));
    let mut head: Vec<String> = factors.iter().map(|name| escape(name)).collect();
    head.push("replications".to_owned());
    for measure in measures {
        let unit = if measure.unit == "1" { String::new() } else { format!(" ({})", measure.unit) };
        head.push(escape(&format!("{}{unit}", measure.name)));
    }
    line(format_args!("| {} |", head.join(" | ")));
    let rule: Vec<&str> = head.iter().map(|_| "---:").collect();
    line(format_args!("| {} |", rule.join(" | ")));
    for point in points {
        let PointSummary { levels, replications, failed, measures, .. } = point;
        let mut cells: Vec<String> = factors.iter().map(|name| escape(&levels[name])).collect();
        cells.push(match failed {
            0 => replications.to_string(),
            failed => format!("{replications} ({failed} failed)"),
        });
        cells.extend(measures.iter().map(cell));
        line(format_args!("| {} |", cells.join(" | ")));
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn cell(measure: &MeasureSummary) -> String {
    match (measure.mean, measure.half_width) {
        (Some(mean), Some(half)) => with_error(mean, half),
        (Some(mean), None) => mean.to_string(),
        _ => "–".to_owned(),
    }
}

/// A mean with as many digits as its error leaves meaning to: the error has two.
pub(crate) fn with_error(mean: f64, half: f64) -> String {
    if half == 0.0 {
        return format!("{mean} ± 0");
    }
    // The place of the second digit that counts.
    let place = 1 - libm::floor(libm::log10(half)) as i32;
    if (0..=12).contains(&place) {
        let digits = place as usize;
        format!("{mean:.digits$} ± {half:.digits$}")
    } else if place < 0 {
        format!("{mean:.0} ± {half:.0}")
    } else {
        format!("{mean:e} ± {half:.1e}")
    }
}
