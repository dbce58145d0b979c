//! The template of a page, filled in.

use super::{Page, data, html};
use std::io::{self, Write};

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");
const UPLOT: &str = include_str!("assets/uplot.min.js");
const UPLOT_STYLE: &str = include_str!("assets/uplot.min.css");

/// In the order in which they use each other; one script in the page, so that they know
/// each other. The policy in the template names it by its hash: a test says the new one.
const SCRIPTS: [&str; 9] = [
    include_str!("assets/base.js"),
    include_str!("assets/plots.js"),
    include_str!("assets/distributions.js"),
    include_str!("assets/rows.js"),
    include_str!("assets/lanes.js"),
    include_str!("assets/timeline.js"),
    include_str!("assets/chart.js"),
    include_str!("assets/player.js"),
    include_str!("assets/main.js"),
];

/// Writes the page.
///
/// Cost: a pass over the rows for each measure; a page of 10,000 rows with six measures takes
/// 0.9 MB, 0.12 MB of that for scripts and style.
///
/// # Errors
/// What writing to `out` returns.
pub fn write(out: &mut dyn Write, page: &Page<'_>) -> io::Result<()> {
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("@{") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.write_all(before.as_bytes())?;
        match name {
            "title" => html::title(out, page.study)?,
            "heading" => html::heading(out, page.study)?,
            "facts" => html::facts(out, page.study)?,
            "answers" => html::answers(out, page.study, page.answers)?,
            "notes" => html::notes(out, page.study)?,
            "parameters" => html::parameters(out, page.study)?,
            "summary" => html::summary(out, page.study, page.answers)?,
            "footer" => html::footer(out, page.study)?,
            "data" => data::write(out, page)?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "uplot" => out.write_all(UPLOT.as_bytes())?,
            "uplot-style" => out.write_all(UPLOT_STYLE.as_bytes())?,
            "script" => out.write_all(SCRIPTS.concat().as_bytes())?,
            other => return Err(io::Error::other(format!("the template names {other}"))),
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::STYLE;

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
}
