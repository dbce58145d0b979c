//! `summary.md`: the summary as a table.

use super::{PointSummary, Summary};
use crate::words::{counted, with_unit};
use std::fmt::Write;

/// The summary as a table in Markdown: one line per point, one column per measure, means with
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
    // Where the seed varies, no single one is shown.
    let from = seed.map_or_else(String::new, |seed| format!(" from seed {seed}"));
    let percent = (level * 1e10).round() / 1e8;
    line(format_args!(
        "{}{from}, {failed} failed. Mean ± half-width of the {percent} % \
         confidence interval (Student, over {}).",
        counted(count, "replication"),
        if summary.has_pairs() { "the means of antithetic pairs" } else { "the replications" }
    ));
    for note in summary.notes() {
        line(format_args!("{note}"));
    }
    line(format_args!(""));
    let mut head: Vec<String> = factors.iter().map(|name| escape(name)).collect();
    head.push("replications".to_owned());
    head.extend(measures.iter().map(|measure| escape(&with_unit(&measure.name, &measure.unit))));
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
        cells.extend(measures.iter().map(|measure| escape(&measure.text)));
        line(format_args!("| {} |", cells.join(" | ")));
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}
