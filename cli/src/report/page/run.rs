//! A single run as a page: its parameters, its results, its resources and its timeline.

use super::Run;
use super::escape::html;
use super::write::{fill, of_all};
use super::{data, html as study};
use flagfall::measure::Measures;
use std::io::{self, Write};

const SECTIONS: &str = include_str!("assets/run.html");

/// What the page of a run shows.
#[derive(Clone, Debug)]
pub struct RunPage<'a> {
    /// The model.
    pub model: &'a str,
    /// Seed, virtual time and events, in words.
    pub facts: String,
    /// All parameters with their values, defaults included.
    pub parameters: Vec<(String, String)>,
    /// The results of a run that has come to its end.
    pub results: Option<&'a Measures>,
    /// Why it has not; empty if it has.
    pub failure: String,
    /// What happened.
    pub run: Run<'a>,
}

/// Writes the page of a run, as [`write`](super::write()) that of a study.
///
/// # Errors
/// What writing to `out` returns.
pub fn write_run(out: &mut dyn Write, page: &RunPage<'_>) -> io::Result<()> {
    of_all(out, &mut |out, name| match name {
        "title" => write!(out, "{}: flagfall run", html(page.model)),
        "kind" => write!(out, "run"),
        "heading" => write!(out, "{}", html(page.model)),
        "facts" => write!(out, "{}", html(&page.facts)),
        "nav" => study::nav(
            out,
            &[
                ("question", "Parameters"),
                ("summary", "Results"),
                ("resources", "Resources"),
                ("timeline", "Timeline"),
            ],
        ),
        "sections" => fill(out, SECTIONS, &mut |out, name| section(out, page, name)),
        "footer" => study::made_by(out, env!("CARGO_PKG_VERSION"), ""),
        _ => data::write_run(out, &page.run),
    })
}

fn section(out: &mut dyn Write, page: &RunPage<'_>, name: &str) -> io::Result<()> {
    match name {
        "notes" => {
            if !page.failure.is_empty() {
                let failure = html(&page.failure);
                write!(
                    out,
                    "<p class=\"note\"><span class=\"bad\">It fails:</span> {failure}</p>"
                )?;
            }
            Ok(())
        }
        "parameters" => {
            write!(out, "<code class=\"code\">{}</code>\n<dl>", html(&page.run.command))?;
            page.parameters.iter().try_for_each(|(name, value)| study::entry(out, name, value))?;
            write!(out, "</dl>")
        }
        _ => match page.results {
            None => write!(out, "<p class=\"hint\">The run has no results.</p>"),
            Some(results) => measures(out, results),
        },
    }
}

fn measures(out: &mut dyn Write, results: &Measures) -> io::Result<()> {
    write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results\"><table>\n<thead>\
         <tr><th scope=\"col\">measure</th><th scope=\"col\">value</th><th scope=\"col\" \
         class=\"left\">unit</th></tr></thead>\n<tbody>"
    )?;
    for measure in results.as_slice() {
        let value = measure.value.map_or_else(|| "–".to_owned(), |value| value.to_string());
        let unit = if measure.unit == "1" { "" } else { &*measure.unit };
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{value}</td><td class=\"left\">{}</td></tr>",
            html(&measure.name),
            html(unit)
        )?;
    }
    write!(out, "</tbody></table></div>")
}
