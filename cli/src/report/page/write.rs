//! The template of a page, filled in.

use super::{Page, data, html};
use std::io::{self, Write};

const TEMPLATE: &str = include_str!("assets/page.html");
const SECTIONS: &str = include_str!("assets/study.html");
const ONE_RUN: &str = include_str!("assets/one-run.html");
const STYLE: &str = include_str!("assets/page.css");
const UPLOT: &str = include_str!("assets/uplot.min.js");
const UPLOT_STYLE: &str = include_str!("assets/uplot.min.css");

/// In the order in which they use each other; one script in the page, so that they know
/// each other. The policy in the template names it by its hash: a test says the new one.
const SCRIPTS: [&str; 11] = [
    include_str!("assets/base.js"),
    include_str!("assets/plots.js"),
    include_str!("assets/distributions.js"),
    include_str!("assets/rows.js"),
    include_str!("assets/lanes.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/folds.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/overview.js"),
    include_str!("assets/player.js"),
    include_str!("assets/main.js"),
];

/// Writes the part of that name.
type Part<'a> = dyn FnMut(&mut dyn Write, &str) -> io::Result<()> + 'a;

/// Writes the page.
///
/// Cost: a pass over the rows for each measure; a page of 10,000 rows with six measures takes
/// 0.9 MB, 0.12 MB of that for scripts and style.
///
/// # Errors
/// What writing to `out` returns.
pub fn write(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    let study = page.study;
    of_all(out, &mut |out, name| match name {
        "title" => html::title(out, study),
        "kind" => write!(out, "study"),
        "heading" => html::heading(out, study),
        "facts" => html::facts(out, study),
        "nav" => html::nav(
            out,
            &[
                ("question", "Parameters"),
                ("summary", "Summary"),
                ("factors", "Factors"),
                ("distributions", "Distributions"),
                ("warm-up", "Warm-up"),
                ("replications", "Replications"),
                ("resources", "Resources"),
                ("timeline", "Timeline"),
            ],
        ),
        "sections" => fill(out, SECTIONS, &mut |out, name| match name {
            "answers" => html::answers(out, study, page.answers),
            "notes" => html::notes(out, study),
            "parameters" => html::parameters(out, page),
            _ => html::summary(out, study, page.answers),
        }),
        "footer" => html::footer(out, study),
        _ => data::write(out, page),
    })
}

/// Writes a page with what all pages have, and `part` for each of the others: title, kind, heading,
/// facts, nav, sections, footer and data.
pub(super) fn of_all(out: &mut dyn Write, part: &mut Part<'_>) -> io::Result<()> {
    fill(out, TEMPLATE, &mut |out, name| match name {
        "style" => out.write_all(STYLE.as_bytes()),
        "uplot" => out.write_all(UPLOT.as_bytes()),
        "uplot-style" => out.write_all(UPLOT_STYLE.as_bytes()),
        "script" => out.write_all(SCRIPTS.concat().as_bytes()),
        name => part(out, name),
    })
}

/// Writes a template with its parts, of which that of one run is the same on all pages.
pub(super) fn fill(out: &mut dyn Write, template: &str, part: &mut Part<'_>) -> io::Result<()> {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("@{") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.write_all(before.as_bytes())?;
        match name {
            "one-run" => out.write_all(ONE_RUN.as_bytes())?,
            name => part(out, name)?,
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{ONE_RUN, SECTIONS, STYLE, TEMPLATE};

    /// The style has them twice: for a dark system, and for a reader who has chosen dark.
    #[test]
    fn the_dark_colours_are_the_same_twice() {
        let block = |selector: &str| {
            let (_, rest) = STYLE.split_once(selector).expect("it is there");
            let (colours, _) = rest.split_once('}').expect("its end");
            colours.split_whitespace().collect::<Vec<_>>()
        };
        let by_system = block(":root:not([data-theme=\"light\"]) {");
        assert!(by_system.len() > 20);
        assert_eq!(by_system, block(":root[data-theme=\"dark\"] {"));
    }

    /// Each part has a writer, and no writer takes another part.
    #[test]
    fn templates_name_the_parts_that_there_are() {
        let parts = |text: &str| -> Vec<String> {
            let after = text.split("@{").skip(1);
            after.filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
        };
        let of_page = [
            "title",
            "uplot-style",
            "style",
            "kind",
            "heading",
            "facts",
            "nav",
            "sections",
            "footer",
            "data",
            "uplot",
            "script",
        ];
        assert_eq!(parts(TEMPLATE), of_page);
        assert_eq!(parts(SECTIONS), ["answers", "notes", "parameters", "summary", "one-run"]);
        let of_run = parts(include_str!("assets/run.html"));
        assert_eq!(of_run, ["notes", "parameters", "summary", "one-run"]);
        assert!(parts(ONE_RUN).is_empty());
    }
}
